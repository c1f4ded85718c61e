extension FaceWorldSettings {
  /// What can be swept about a synthetic set besides its size: how good the pictures and their
  /// labels are. The raw value is the label in the shell and the key in JSON.
  ///
  /// A share is the probability of each picture, drawn from a stream of its own: turning one knob
  /// changes nothing else about a picture.
  public enum Knob: String, CodingKey, CaseIterable, Hashable, Sendable {
    /// Pictures that show an object or nothing, without labels.
    case nonFaces = "non-faces"
    /// Pictures whose identity and emotion are those of another.
    case wrongLabels = "wrong-labels"
    /// How far landmarks miss: standard deviation over the distance of the outer eye corners.
    case landmarkNoise = "landmark-noise"
    /// How far intensities of action units miss: standard deviation.
    case unitNoise = "unit-noise"
    /// Pictures with a hand or an object before the face.
    case occlusion
    case hats
    /// Pictures blurred beyond what the profile does.
    case blur
    /// Pictures that were stored at a third to a half of their size.
    case lowResolution = "low-resolution"
    /// Pictures that were stored as JPEG of quality 10 to 45.
    case jpeg
    /// How far crops miss: standard deviation of their place over their side, and of the logarithm
    /// of their side.
    case cropError = "crop-error"
    /// Exponent s of Zipf's law: person k has pictures in proportion to 1/kˢ.
    case longTail = "long-tail"
    /// Largest angles of the head in degrees.
    case yaw, pitch, roll
    /// Frames of a clip.
    case frames
    /// Frames a second.
    case frameRate = "frame-rate"

    /// What the profile does when nothing is said.
    public func neutral(_ profile: Profile) -> Double {
      switch self {
      case .wrongLabels, .landmarkNoise, .unitNoise, .blur, .lowResolution, .jpeg,
        .cropError, .longTail:
        0
      case .nonFaces: profile == .wild ? 0.04 : 0
      case .occlusion: profile == .wild ? 0.1 : 0
      case .hats: profile == .wild ? 0.1 : 0
      case .yaw: profile == .studio ? 20 : 60
      case .pitch: profile == .studio ? 12 : 25
      case .roll: profile == .studio ? 7 : 20
      case .frames: 50
      case .frameRate: 25
      }
    }

    public var range: ClosedRange<Double> {
      switch self {
      case .nonFaces, .wrongLabels, .occlusion, .hats, .blur, .lowResolution, .jpeg: 0...1
      case .cropError, .landmarkNoise: 0...0.5
      case .unitNoise: 0...5
      case .longTail: 0...3
      case .yaw: 0...90
      case .pitch, .roll: 0...45
      case .frames: 1...10_000
      case .frameRate: 1...1000
      }
    }

    /// Whether only whole numbers make sense.
    public var isWhole: Bool { self == .frames }

    /// A line of help.
    public var help: String {
      switch self {
      case .nonFaces: "share of pictures without a face or label, 4% in wild"
      case .wrongLabels: "share of pictures with another's identity and emotion, 0 by default"
      case .landmarkNoise: "error of landmarks over the outer eye corners' distance, 0 by default"
      case .unitNoise: "error of action units' intensities, 0 by default"
      case .occlusion: "share with a hand or an object before the face, 10% in wild"
      case .hats: "share with a hat, 10% in wild"
      case .blur: "share of pictures blurred further, 0 by default"
      case .lowResolution: "share of pictures enlarged from a smaller one, 0 by default"
      case .jpeg: "share of pictures with marks of JPEG, 0 by default"
      case .cropError: "standard deviation of the crop's place over its side, 0 by default"
      case .longTail: "Zipf's exponent of pictures a person, 0 by default: all have equally many"
      case .yaw: "largest turn in degrees, 20 in studio, else 60"
      case .pitch: "largest nod in degrees, 12 in studio, else 25"
      case .roll: "largest tilt in degrees, 7 in studio, else 20"
      case .frames: "video: frames a clip, 50 by default"
      case .frameRate: "video: frames a second, 25 by default"
      }
    }

    /// Whether the knob does anything in a profile.
    public func applies(to profile: Profile) -> Bool {
      switch self {
      case .frames, .frameRate: profile == .video
      case .nonFaces, .landmarkNoise, .unitNoise, .occlusion, .hats, .yaw, .pitch, .roll:
        profile != .objects
      case .wrongLabels, .blur, .lowResolution, .jpeg, .cropError, .longTail: true
      }
    }
  }
}

extension FaceWorldSettings {
  /// - Throws: `FaceDataError` `.invalidSetting` naming the setting that is out of range.
  func validate() throws {
    func require(_ holds: Bool, _ message: String) throws {
      guard holds else { throw FaceDataError(.invalidSetting, message) }
    }
    try require(identities >= 1, "A face world needs at least 1 identity, not \(identities).")
    try require(images >= 1, "A face world needs at least 1 image, not \(images).")
    try require(
      FaceWorld.sizes.contains(size),
      "Pictures of \(size) pixels cannot be rendered: take "
        + "\(FaceWorld.sizes.lowerBound) to \(FaceWorld.sizes.upperBound).")
    try require(
      head == nil || profile != .objects, "The profile objects shows no heads: leave out head.")
    try require(
      LandmarkScheme.named.contains(landmarks),
      "The head has no points of \(landmarks.name): take one of "
        + LandmarkScheme.named.map(\.name).joined(separator: ", ") + ".")
    try require(
      landmarks == .ibug68 || profile != .objects,
      "The profile objects shows no faces: leave out landmarks.")
    for knob in turnedKnobs {
      let value = self[knob]
      try require(
        knob.range.contains(value) && (!knob.isWhole || value == value.rounded()),
        "“\(knob.rawValue)” is \(value): take \(knob.isWhole ? "a whole number in " : "")"
          + "\(knob.range.lowerBound) to \(knob.range.upperBound).")
      try require(
        knob.applies(to: profile),
        "“\(knob.rawValue)” does nothing in the profile \(profile.rawValue): leave it out.")
    }
  }
}
