import Digests

/// A synthetic set of faces: a parametric 3D head, rendered when a sample is asked for.
///
/// Every sample is a pure function of the settings and its index, so the bytes depend neither on
/// the number of threads nor on the order of access. All labels are exact: identity, 68 landmarks,
/// action units, emotion and the mesh in the camera's frame.
public struct FaceWorld: FaceDataset {
  /// Part of the fingerprint: raised whenever the same settings give other bytes.
  public static let rendererVersion = "world-2"
  public static let sizes = 16...1024

  public let settings: FaceWorldSettings
  public let fingerprint: String
  private let renderers: FaceRendererPool

  /// - Throws: `FaceDataError` where there is no identity or image, or the size is out of range.
  public init(_ settings: FaceWorldSettings) throws {
    try Self.check(settings)
    self.settings = settings
    let text =
      "\(Self.rendererVersion) \(settings.profile.rawValue) identities=\(settings.identities) "
      + "images=\(settings.images) size=\(settings.size) seed=\(settings.seed)"
    fingerprint = SHA256Digest.of(text).hex
    renderers = FaceRendererPool(size: settings.size)
  }

  public var count: Int { settings.images }
  public var identityNames: [String] { (0..<settings.identities).map(Self.identityName) }
  public var pairs: [VerificationPair] { [] }
  public var unusable: [UnusableSample] { [] }

  public func id(at index: Int) -> String { Self.padded(index, to: 6) }

  /// All labels, the mesh included, without rendering.
  public func labels(at index: Int) throws -> FaceLabels {
    let scene = try scene(at: index)
    return renderers.withRenderer { $0.labels(of: scene) }
  }

  public func sample(at index: Int) throws -> FaceSample {
    let scene = try scene(at: index)
    let (image, labels) = renderers.withRenderer { $0.render(scene) }
    return FaceSample(id: id(at: index), image: image, labels: labels)
  }

  /// The person in picture `index`: every run of `identities` pictures shows each person once, in
  /// an order of its own, so that prefixes of the set are balanced.
  func identity(at index: Int) -> Int {
    let count = settings.identities
    let shuffle = IndexShuffle(
      count: count, seed: UInt64(bitPattern: Int64(settings.seed)), round: index / count)
    return shuffle[index % count]
  }

  private func scene(at index: Int) throws -> FaceScene {
    try check(index: index)
    return FaceScene(settings: settings, index: index, identity: identity(at: index))
  }

  func check(index: Int) throws {
    guard (0..<count).contains(index) else {
      throw FaceDataError(
        .notEnoughData,
        "Face \(index) does not exist: the set has the faces 0 to \(count - 1).")
    }
  }

  private static func check(_ settings: FaceWorldSettings) throws {
    func require(_ holds: Bool, _ message: String) throws {
      guard holds else { throw FaceDataError(.invalidSetting, message) }
    }
    try require(
      settings.identities >= 1,
      "A face world needs at least 1 identity, not \(settings.identities).")
    try require(
      settings.images >= 1, "A face world needs at least 1 image, not \(settings.images).")
    try require(
      sizes.contains(settings.size),
      "Pictures of \(settings.size) pixels cannot be rendered: take "
        + "\(sizes.lowerBound) to \(sizes.upperBound).")
  }

  static func identityName(_ index: Int) -> String { "id-" + padded(index + 1, to: 4) }

  private static func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
