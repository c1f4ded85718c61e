import Foundation

/// Everything that decides one picture.
struct FaceScene {
  var identityIndex: Int
  var identity: FaceIdentity
  var emotion: Emotion
  /// Intensities 0–5 in order of `ActionUnit.allCases`.
  var actionUnits: [Float]
  /// Radians: to the image's right and up, from straight ahead of the head.
  var gaze: SIMD2<Float>
  var pose: Pose
  var camera: Camera
  var light: Light
  var background: Background
  var sensor: Sensor
  var clothColour: SIMD3<Float>
  var pupilRadius: Float
  var hat: Hat?
  var occluder: Occluder?

  /// Radians. Positive yaw turns the face to the image's right, pitch up, roll clockwise.
  struct Pose {
    var yaw: Float = 0
    var pitch: Float = 0
    var roll: Float = 0
  }

  struct Camera {
    /// From the middle of the head, in mm.
    var distance: Float
    /// Side of the crop over the larger side of the face's box.
    var margin: Float
    /// Whether that box holds the forehead, or the 68 points alone.
    var holdsForehead = true
    /// Shift of the face's centre as a share of the crop.
    var shift: SIMD2<Float>
  }

  /// Lights in the camera's frame, but x right, y up, z towards the camera; linear RGB.
  struct Light {
    var ambient: SIMD3<Float>
    /// Where the ambient light comes from; its length says how one-sided it is.
    var ambientGradient: SIMD3<Float>
    var keyDirection: SIMD3<Float>
    var key: SIMD3<Float>
    var fillDirection: SIMD3<Float>
    var fill: SIMD3<Float>
    /// 0 to 1: how greasy the skin looks.
    var gloss: Float
  }

  struct Sensor {
    /// Standard deviation in pixels.
    var blur: Float
    /// Standard deviation in grey levels of 255.
    var noise: Float
    var contrast: Float
    /// Added after contrast, 0 to 1 scale.
    var brightness: Float
    /// 0 grey to 1.
    var saturation: Float
    var seed: UInt64
    var faults = PictureFaults()
  }

  /// - Parameters: index: of the picture, or of the clip; identity: of the person in it; purpose: of
  ///   the stream that the picture is drawn from.
  init(
    settings: FaceWorldSettings, index: Int, identity: Int, purpose: String = "world.image"
  ) {
    let seed = UInt64(bitPattern: Int64(settings.seed))
    var stream = RandomStream(seed: seed, purpose: purpose, index: index)
    identityIndex = identity
    self.identity = FaceIdentity(seed: seed, index: identity)
    (emotion, actionUnits) = Self.drawExpression(&stream)
    let isWild = settings.profile != .studio
    pose = Self.drawPose(isWild: isWild, &stream).limited(by: settings)
    let roaming: Float = isWild ? 0.28 : 0.12
    gaze = SIMD2(
      max(-0.5, min(0.5, roaming * stream.normal())),
      max(-0.3, min(0.3, 0.6 * roaming * stream.normal())))
    camera = Self.drawCamera(isWild: isWild, &stream)
    light = Self.drawLight(isWild: isWild, &stream)
    background = Background(isWild: isWild, &stream)
    sensor = Self.drawSensor(isWild: isWild, size: settings.size, &stream)
    clothColour = Background.colour(&stream) * 0.7
    pupilRadius = stream.uniform(in: 0.15...0.26)
    (hat, occluder) = Self.drawCover(settings, index: index, skinOf: self.identity)
    guard settings.profile != .video else { return }
    sensor.addFaults(settings, index: index)
    camera.addError(settings, index: index)
  }

  /// Hat and occluder, from streams of their own.
  private static func drawCover(
    _ settings: FaceWorldSettings, index: Int, skinOf identity: FaceIdentity
  ) -> (Hat?, Occluder?) {
    let seed = UInt64(bitPattern: Int64(settings.seed))
    var hats = RandomStream(seed: seed, purpose: "world.hat", index: index)
    let hat = hats.chance(Float(settings[.hats])) ? Hat(&hats) : nil
    var covers = RandomStream(seed: seed, purpose: "world.occluder", index: index)
    let isCovered = covers.chance(Float(settings[.occlusion]))
    return (hat, isCovered ? Occluder(FacePalette.skin(identity), &covers) : nil)
  }

  /// Neutral in three of ten pictures, else one of the six with a strength from weak to full.
  static func drawExpression(_ stream: inout RandomStream) -> (Emotion, [Float]) {
    var units = [Float](repeating: 0, count: ActionUnit.allCases.count)
    let emotion: Emotion =
      stream.chance(0.3) ? .neutral : Emotion.allCases[1 + stream.integer(below: 6)]
    let strength = stream.uniform(in: 0.4...1)
    for (unit, intensity) in emotion.prototype where !stream.chance(0.08) {
      units[unit.index] = intensity * strength * stream.uniform(in: 0.8...1.15)
    }
    // Small movements that come and go with any expression, and speech.
    for unit in ActionUnit.allCases where unit != .au45 && stream.chance(0.11) {
      units[unit.index] += stream.uniform(in: 0...1.2)
    }
    if emotion == .neutral, stream.chance(0.3) {
      units[ActionUnit.au25.index] += stream.uniform(in: 0.5...3)
      units[ActionUnit.au26.index] += stream.uniform(in: 0...2)
    }
    if stream.chance(0.05) { units[ActionUnit.au45.index] = stream.uniform(in: 2...5) }
    return (emotion, units.map { max(0, min(5, $0)) })
  }

  private static func drawPose(isWild: Bool, _ stream: inout RandomStream) -> Pose {
    let degree = Float.pi / 180
    func clipped(_ sigma: Float, _ limit: Float) -> Float {
      max(-limit, min(limit, sigma * stream.normal())) * degree
    }
    guard isWild else {
      return Pose(yaw: clipped(8, 20), pitch: clipped(5, 12), roll: clipped(2.5, 7))
    }
    let turn = stream.uniform(in: -1...1)
    let yaw = 60 * degree * (turn < 0 ? -1 : 1) * pow(abs(turn), 1.3)
    return Pose(yaw: yaw, pitch: clipped(11, 25), roll: clipped(9, 20))
  }

  private static func drawCamera(isWild: Bool, _ stream: inout RandomStream) -> Camera {
    guard isWild else {
      return Camera(
        distance: stream.uniform(in: 900...1400), margin: stream.uniform(in: 1.28...1.36),
        shift: .zero)
    }
    // About the box of the landmarks, as sets of landmarks are cropped: Helen's by 1.6.
    let margin = stream.uniform(in: 1.35...1.85)
    let slack = 0.35 * (1 - 1 / margin)
    return Camera(
      distance: stream.uniform(in: 450...1800), margin: margin, holdsForehead: false,
      shift: SIMD2(stream.uniform(in: -slack...slack), stream.uniform(in: -slack...slack)))
  }

  static func drawLight(isWild: Bool, _ stream: inout RandomStream) -> Light {
    func direction(_ side: ClosedRange<Float>, _ height: ClosedRange<Float>) -> SIMD3<Float> {
      let (azimuth, elevation) = (stream.uniform(in: side), stream.uniform(in: height))
      return SIMD3(
        sin(azimuth) * cos(elevation), sin(elevation), cos(azimuth) * cos(elevation))
    }
    func tint(_ strength: Float) -> SIMD3<Float> {
      let warmth = strength * stream.normal()
      return SIMD3(1 + warmth, 1, 1 - warmth)
    }
    guard isWild else {
      return Light(
        ambient: SIMD3(repeating: 0.5), ambientGradient: SIMD3(0, 0.35, 0.15),
        keyDirection: direction(-0.6...0.6, 0.25...0.8),
        key: SIMD3(repeating: stream.uniform(in: 0.6...0.75)), fillDirection: SIMD3(0, 0, 1),
        fill: SIMD3(repeating: 0.12), gloss: stream.uniform(in: 0.1...0.4))
    }
    let level = stream.uniform(in: 0.18...0.7)
    let strength = stream.uniform(in: 0.15...1.25) * (1.25 - level)
    return Light(
      ambient: tint(0.09) * level,
      ambientGradient: direction(-2.5...2.5, -0.3...1.4) * stream.uniform(in: 0.1...0.6),
      keyDirection: direction(-1.7...1.7, -0.2...1.2), key: tint(0.13) * strength * 1.2,
      fillDirection: direction(-3...3, -0.5...1),
      fill: tint(0.2) * stream.uniform(in: 0...0.25), gloss: stream.uniform(in: 0...0.9))
  }

  static func drawSensor(
    isWild: Bool, size: Int, _ stream: inout RandomStream
  ) -> Sensor {
    guard isWild else {
      return Sensor(
        blur: 0, noise: 1, contrast: 1, brightness: 0, saturation: 1, seed: stream.next())
    }
    let blur = stream.chance(0.3) ? stream.uniform(in: 0.35...1.1) * Float(size) / 64 : 0
    let noise = stream.chance(0.4) ? stream.uniform(in: 2...11) : 1.5
    let contrast = stream.chance(0.25) ? stream.uniform(in: 0.55...0.9) : 1
    let saturation = stream.chance(0.08) ? 0 : stream.uniform(in: 0.7...1.1)
    return Sensor(
      blur: blur, noise: noise, contrast: contrast,
      brightness: 0.06 * max(-1.5, min(1.5, stream.normal())), saturation: saturation,
      seed: stream.next())
  }
}

extension FaceScene.Pose {
  /// Scaled from the profile's largest angles to the settings' own.
  fileprivate func limited(by settings: FaceWorldSettings) -> FaceScene.Pose {
    func share(_ knob: FaceWorldSettings.Knob) -> Float {
      Float(settings[knob] / knob.neutral(settings.profile))
    }
    // A clip starts nearer to the middle: it moves from there.
    let rest: Float = settings.profile == .video ? 0.4 : 1
    return FaceScene.Pose(
      yaw: yaw * share(.yaw) * rest, pitch: pitch * share(.pitch) * rest,
      roll: roll * share(.roll) * rest)
  }
}
