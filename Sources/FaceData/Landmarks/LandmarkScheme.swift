/// A numbering of facial points: how many there are and what each one means.
///
/// Left and right are the viewer's throughout: the left eye is the one at the picture's left.
public enum LandmarkScheme: Sendable, Hashable {
  /// 300-W: 17 jaw, 10 brows, 9 nose, 12 eyes, 20 mouth.
  /// - Source: Sagonas et al. 2013, "300 Faces in-the-wild challenge".
  case ibug68
  /// WFLW: 33 jaw, 18 brows, 9 nose, 16 eyes, 20 mouth, 2 pupils.
  /// - Source: Wu et al. 2018, "Look at boundary", CVPR.
  case wflw98
  /// AFLW without the ears: 6 brows, 6 eyes with their centres, 3 nose, 3 mouth, chin.
  /// - Source: Zhu et al. 2016, "Unconstrained face alignment via cascaded compositional learning".
  case aflw19
  /// COFW: 8 brows, 8 eyes, 2 pupils, 4 nose, 6 mouth, chin.
  /// - Source: Burgos-Artizzu et al. 2013, "Robust face landmark estimation under occlusion".
  case cofw29
  /// LaPa and JD-landmark: 33 jaw, 18 brows, 15 nose, 18 eyes with their centres, 20 mouth,
  /// 2 pupils.
  /// - Source: Liu et al. 2020, "A new dataset and boundary-attention semantic segmentation".
  case lapa106
  /// Centre of the left and of the right eye, tip of the nose, left and right corner of the mouth:
  /// what recognition is aligned by.
  case five
  /// Points whose meaning facet does not know: Helen's 194, a set of one's own.
  case other(Int)

  /// The schemes that have names.
  public static let named: [LandmarkScheme] = [
    .ibug68, .wflw98, .aflw19, .cofw29, .lapa106, .five,
  ]

  public var count: Int {
    switch self {
    case .ibug68: 68
    case .wflw98: 98
    case .aflw19: 19
    case .cofw29: 29
    case .lapa106: 106
    case .five: 5
    case .other(let count): count
    }
  }

  /// The word in JSON and messages: "ibug68", "other194".
  public var name: String {
    switch self {
    case .ibug68: "ibug68"
    case .wflw98: "wflw98"
    case .aflw19: "aflw19"
    case .cofw29: "cofw29"
    case .lapa106: "lapa106"
    case .five: "five"
    case .other(let count): "other\(count)"
    }
  }

  /// The scheme of that name, or nil.
  public init?(name: String) {
    if let scheme = Self.named.first(where: { $0.name == name }) {
      self = scheme
    } else if name.hasPrefix("other"), let count = Int(name.dropFirst(5)), count > 0 {
      self = .other(count)
    } else {
      return nil
    }
  }

  /// The scheme that a benchmark's file with so many points means.
  public init(benchmarkCount count: Int) {
    self = Self.named.first { $0.count == count } ?? .other(count)
  }
}

extension LandmarkScheme: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let scheme = LandmarkScheme(name: name) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "“\(name)” is no landmark scheme: "
          + Self.named.map(\.name).joined(separator: ", ") + " or other and a number")
    }
    self = scheme
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}
