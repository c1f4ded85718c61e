import Foundation

/// What one picture shows.
enum WorldScene {
  case face(FaceScene)
  /// Solids, of a class if that is what the set is about.
  case objects(ObjectScene)

  /// - Parameters: index: of the picture; identity: of the person or class in it.
  init(settings: FaceWorldSettings, index: Int, identity: Int) {
    let seed = UInt64(bitPattern: Int64(settings.seed))
    guard settings.profile != .objects else {
      self = .objects(ObjectScene(settings: settings, index: index, objectClass: identity))
      return
    }
    let share = Float(settings[.nonFaces])
    var stream = RandomStream(seed: seed, purpose: "world.non-face", index: index)
    guard share == 0 || !stream.chance(share) else {
      self = .objects(ObjectScene(settings: settings, index: index, objectClass: nil))
      return
    }
    if settings.profile == .video {
      let (clip, frame) = index.quotientAndRemainder(dividingBy: settings.framesPerClip)
      self = .face(
        FaceClip(settings: settings, clip: clip, identity: identity).scene(frame: frame))
    } else {
      self = .face(FaceScene(settings: settings, index: index, identity: identity))
    }
  }

  var sensor: FaceScene.Sensor {
    switch self {
    case .face(let scene): scene.sensor
    case .objects(let scene): scene.sensor
    }
  }

  /// What the person wears; nil where there is none.
  var attributes: Set<FaceAttribute>? {
    guard case .face(let scene) = self else { return nil }
    var found: Set<FaceAttribute> = []
    let person = scene.identity
    if person.glasses != .none { found.insert(.glasses) }
    if person.glasses == .sun { found.insert(.sunglasses) }
    if person.beard.jaw > Self.visibleBeard { found.insert(.beard) }
    if person.beard.moustache > Self.visibleBeard { found.insert(.moustache) }
    if scene.hat != nil { found.insert(.hat) }
    if scene.occluder != nil { found.insert(.occlusion) }
    return found
  }

  /// A density from which a beard is called one: below it is a shadow on the skin.
  private static let visibleBeard: Float = 0.5
}

/// What happens to a picture after it was taken.
struct PictureFaults {
  /// Side over which it was stored, as a share; 1 leaves it.
  var resolution: Float = 1
  /// Quality of the JPEG that it was stored as; nil leaves it.
  var jpegQuality: Int?

  /// - Throws: `FaceDataError` if the JPEG library fails.
  func applied(to image: Image) throws -> Image {
    var image = image
    if resolution < 1 {
      let small = max(4, Int(Float(image.width) * resolution + 0.5))
      image = image.resized(to: small).resized(to: image.width)
    }
    guard let jpegQuality else { return image }
    return try ImageFile.decode(image.encodedJPEG(quality: jpegQuality), path: "synthetic face")
  }
}

extension FaceScene.Sensor {
  /// Adds the knobs' faults, each drawn from a stream of its own.
  mutating func addFaults(_ settings: FaceWorldSettings, index: Int) {
    let seed = UInt64(bitPattern: Int64(settings.seed))
    func drawn<Value>(
      _ knob: FaceWorldSettings.Knob, _ value: (inout RandomStream) -> Value
    ) -> Value? {
      let share = Float(settings[knob])
      guard share > 0 else { return nil }
      var stream = RandomStream(seed: seed, purpose: "world." + knob.rawValue, index: index)
      return stream.chance(share) ? value(&stream) : nil
    }
    if let more = drawn(.blur, { $0.uniform(in: 0.8...2.4) * Float(settings.size) / 64 }) {
      blur = (blur * blur + more * more).squareRoot()
    }
    faults.resolution = drawn(.lowResolution) { $0.uniform(in: 0.3...0.55) } ?? 1
    faults.jpegQuality = drawn(.jpeg) { 10 + $0.integer(below: 36) }
  }
}

extension FaceScene.Camera {
  /// Moves and scales the crop by the knob `crop-error`.
  mutating func addError(_ settings: FaceWorldSettings, index: Int) {
    let error = Float(settings[.cropError])
    guard error > 0 else { return }
    let seed = UInt64(bitPattern: Int64(settings.seed))
    var stream = RandomStream(seed: seed, purpose: "world.crop-error", index: index)
    func draw() -> Float { error * max(-2.5, min(2.5, stream.normal())) }
    shift += SIMD2(draw(), draw())
    margin *= exp(draw())
  }
}

extension FaceKit {
  /// A scene without the action units that the head cannot show, so that labels stay true.
  func shown(_ scene: WorldScene) -> WorldScene {
    guard head.hasOwnModes, case .face(var face) = scene else { return scene }
    for unit in ActionUnit.allCases where !head.shows(unit) { face.actionUnits[unit.index] = 0 }
    return .face(face)
  }
}
