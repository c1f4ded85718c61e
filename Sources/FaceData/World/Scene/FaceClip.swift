import Foundation

/// A video of one person: what stays from frame to frame, and how the rest moves.
///
/// Pose, gaze and framing are sums of slow sines, expressions come and go with onset, apex and
/// offset, lids blink and lips speak: all are functions of time, so that any frame can be drawn
/// alone and neighbouring frames differ as little as the frame rate says.
struct FaceClip {
  private let settings: FaceWorldSettings
  private let clip: Int
  private let base: FaceScene
  private let episodes: [Episode]
  /// Seconds at which a blink begins.
  private let blinks: [Float]
  private let turn: [Wave]
  private let look: [Wave]
  private let drift: [Wave]

  private struct Episode {
    /// Seconds.
    var start: Float
    var duration: Float
    var emotion: Emotion
    var units: [Float]
    var isSpeech: Bool
  }

  /// - Parameters: clip: its place in the set; identity: of the person.
  init(settings: FaceWorldSettings, clip: Int, identity: Int) {
    (self.settings, self.clip) = (settings, clip)
    base = FaceScene(settings: settings, index: clip, identity: identity, purpose: "world.clip")
    let seed = UInt64(bitPattern: Int64(settings.seed))
    var stream = RandomStream(seed: seed, purpose: "world.motion", index: clip)
    let duration = Float(settings[.frames] / settings[.frameRate])
    episodes = Self.drawEpisodes(duration, &stream)
    blinks = Self.drawBlinks(duration, &stream)
    func waves(_ count: Int, _ hertz: ClosedRange<Float>) -> [Wave] {
      (0..<count).map { _ in Wave(hertz: hertz, &stream) }
    }
    turn = waves(3, 0.06...0.35)
    look = waves(2, 0.1...0.5)
    drift = waves(3, 0.05...0.25)
  }

  func scene(frame: Int) -> FaceScene {
    let seconds = Float(Double(frame) / settings[.frameRate])
    var scene = base
    let degree = Float.pi / 180
    scene.pose.yaw += turn[0](seconds) * 16 * degree
    scene.pose.pitch += turn[1](seconds) * 8 * degree
    scene.pose.roll += turn[2](seconds) * 5 * degree
    scene.gaze.x = max(-0.5, min(0.5, scene.gaze.x + look[0](seconds) * 0.2))
    scene.gaze.y = max(-0.3, min(0.3, scene.gaze.y + look[1](seconds) * 0.1))
    scene.camera.shift += SIMD2(drift[0](seconds), drift[1](seconds)) * 0.015
    scene.camera.margin *= 1 + 0.03 * drift[2](seconds)
    (scene.emotion, scene.actionUnits) = expression(seconds)
    // Only the grain of the sensor is new in every frame.
    let index = clip &* settings.framesPerClip &+ frame
    var stream = RandomStream(
      seed: UInt64(bitPattern: Int64(settings.seed)), purpose: "world.grain", index: index)
    scene.sensor.seed = stream.next()
    scene.sensor.addFaults(settings, index: index)
    scene.camera.addError(settings, index: index)
    return scene
  }

  /// The emotion is named while a third of it or more shows.
  private func expression(_ seconds: Float) -> (Emotion, [Float]) {
    var units = [Float](repeating: 0, count: ActionUnit.allCases.count)
    var emotion = Emotion.neutral
    for episode in episodes {
      let phase = (seconds - episode.start) / episode.duration
      guard phase > 0, phase < 1 else { continue }
      let level = smoothstep(0, 0.25, phase) * (1 - smoothstep(0.65, 1, phase))
      for k in units.indices { units[k] += episode.units[k] * level }
      if level > 1 / 3 { emotion = episode.emotion }
      guard episode.isSpeech else { continue }
      let (fast, slow) = (sin(seconds * 19), sin(seconds * 7.3 + 1))
      units[ActionUnit.au25.index] += level * (1.6 + 1.2 * fast)
      units[ActionUnit.au26.index] += level * max(0, 0.9 + 0.8 * fast + 0.6 * slow)
    }
    for blink in blinks {
      let phase = (seconds - blink) / 0.24
      guard phase > 0, phase < 1 else { continue }
      units[ActionUnit.au45.index] += 5 * smoothstep(0, 0.35, phase) * smoothstep(1, 0.5, phase)
    }
    return (emotion, units.map { max(0, min(5, $0)) })
  }

  private static func drawEpisodes(
    _ duration: Float, _ stream: inout RandomStream
  ) -> [Episode] {
    var episodes: [Episode] = []
    var start: Float = stream.uniform(in: -1...0.5)
    while start < duration {
      let length = stream.uniform(in: 1.2...3.5)
      let (emotion, units) = FaceScene.drawExpression(&stream)
      var still = units
      still[ActionUnit.au45.index] = 0
      episodes.append(
        Episode(
          start: start, duration: length, emotion: emotion, units: still,
          isSpeech: emotion == .neutral && stream.chance(0.7)))
      start += length * stream.uniform(in: 0.8...1.1)
    }
    return episodes
  }

  private static func drawBlinks(_ duration: Float, _ stream: inout RandomStream) -> [Float] {
    var blinks: [Float] = []
    var time = stream.uniform(in: 0...3)
    while time < duration {
      blinks.append(time)
      time += stream.uniform(in: 1.5...5)
    }
    return blinks
  }
}

/// Three sines, within ±1.
private struct Wave {
  private let radians: SIMD3<Float>
  private let phases: SIMD3<Float>

  init(hertz: ClosedRange<Float>, _ stream: inout RandomStream) {
    func triple(_ range: ClosedRange<Float>) -> SIMD3<Float> {
      SIMD3(stream.uniform(in: range), stream.uniform(in: range), stream.uniform(in: range))
    }
    radians = triple(hertz) * (2 * .pi)
    phases = triple(0...6.2832)
  }

  func callAsFunction(_ seconds: Float) -> Float {
    let at = radians * seconds + phases
    return (sin(at.x) + 0.6 * sin(at.y) + 0.4 * sin(at.z)) / 2
  }
}
