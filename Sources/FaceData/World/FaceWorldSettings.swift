/// What decides a synthetic set of faces, down to the byte.
public struct FaceWorldSettings: Hashable, Sendable {
  public enum Profile: String, Codable, Hashable, Sendable, CaseIterable {
    /// Curated: near frontal, neutral light, plain background.
    case studio
    /// Uncurated: wide poses, all sorts of light, clutter, hands, hats, blur, noise and mis-crops.
    case wild
    /// Clips of one person with smooth motion: neighbouring pictures differ little.
    case video
    /// No faces at all: solids of many classes, the stand-in for a general pre-training set.
    case objects
  }

  public var profile: Profile
  /// People in the set, or classes of objects; each has `images / identities` pictures, give or
  /// take one, unless `long-tail` says otherwise.
  public var identities: Int
  public var images: Int
  /// Width and height of a picture in pixels.
  public var size: Int
  public var seed: Int
  /// Path of an ICT-FaceKit model that takes the place of our own head; see `ICTFaceModel`.
  public var head: String?
  /// The points that landmarks are given in: any scheme that has a name.
  public var landmarks = LandmarkScheme.ibug68
  /// What differs from the profile's own values.
  private var deviations: [Knob: Double] = [:]

  public init(
    profile: Profile, identities: Int = 400, images: Int = 20_000, size: Int = 64, seed: Int = 0,
    head: String? = nil
  ) {
    (self.profile, self.identities, self.images) = (profile, identities, images)
    (self.size, self.seed, self.head) = (size, seed, head)
  }

  /// A knob's value; the profile's own where none was set.
  public subscript(knob: Knob) -> Double {
    get { deviations[knob] ?? knob.neutral(profile) }
    set { deviations[knob] = newValue == knob.neutral(profile) ? nil : newValue }
  }

  /// The knobs that differ from the profile's own values, in the order of `Knob.allCases`.
  public var turnedKnobs: [Knob] { Knob.allCases.filter { deviations[$0] != nil } }

  /// Frames of a clip; 1 unless the profile is `video`.
  var framesPerClip: Int { profile == .video ? max(1, Int(self[.frames])) : 1 }
}

extension FaceWorldSettings: Codable {
  private enum CodingKeys: String, CodingKey {
    case profile, identities, images, size, seed, head, landmarks
  }

  /// Reads what `encode` wrote, and settings from before there were knobs.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      profile: try values.decode(Profile.self, forKey: .profile),
      identities: try values.decode(Int.self, forKey: .identities),
      images: try values.decode(Int.self, forKey: .images),
      size: try values.decode(Int.self, forKey: .size),
      seed: try values.decode(Int.self, forKey: .seed),
      head: try values.decodeIfPresent(String.self, forKey: .head))
    landmarks = try values.decodeIfPresent(LandmarkScheme.self, forKey: .landmarks) ?? landmarks
    let knobs = try decoder.container(keyedBy: Knob.self)
    for knob in Knob.allCases {
      guard let value = try knobs.decodeIfPresent(Double.self, forKey: knob) else { continue }
      self[knob] = value
    }
  }

  /// Leaves out whatever has the profile's own value, so that a set keeps its name when facet
  /// learns a new knob.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(profile, forKey: .profile)
    try values.encode(identities, forKey: .identities)
    try values.encode(images, forKey: .images)
    try values.encode(size, forKey: .size)
    try values.encode(seed, forKey: .seed)
    try values.encodeIfPresent(head, forKey: .head)
    if landmarks != .ibug68 { try values.encode(landmarks, forKey: .landmarks) }
    var knobs = encoder.container(keyedBy: Knob.self)
    for knob in turnedKnobs { try knobs.encode(self[knob], forKey: knob) }
  }
}
