import Digests
import Foundation

/// A synthetic set of faces: a parametric 3D head, rendered when a sample is asked for.
///
/// Every sample is a pure function of the settings and its index, so the bytes depend neither on
/// the number of threads nor on the order of access. All labels are exact unless a knob spoils
/// them: identity, landmarks (68 or another scheme's) and which of them are seen, action units,
/// emotion, valence, arousal, gaze, pose, glasses, beard and hat, and the mesh in the camera's frame.
/// `landmarks` are those of pictures, with the jaw line on the
/// visible outline of the face as in 300-W; `landmarks3D` are points of the head, seen or not, as in
/// AFLW2000-3D.
public struct FaceWorld: FaceDataset {
  /// Part of the fingerprint: raised whenever the same settings give other bytes.
  public static let rendererVersion = "world-5"
  public static let sizes = 16...1024

  public let settings: FaceWorldSettings
  public let fingerprint: String
  private let renderers: FaceRendererPool
  /// Cumulative shares of the people; empty where all have equally many pictures.
  private let tail: [Double]

  /// - Throws: `FaceDataError` where a setting is out of range or the head cannot be read.
  public init(_ settings: FaceWorldSettings) throws {
    try settings.validate()
    self.settings = settings
    let kit = try settings.head.map { try FaceKit(ictFaceKit: $0) } ?? .own
    fingerprint = SHA256Digest.of(Self.description(settings, kit)).hex
    renderers = FaceRendererPool(size: settings.size, kit: kit, scheme: settings.landmarks)
    tail = Self.cumulativeShares(settings.identities, exponent: settings[.longTail])
  }

  private static func description(_ settings: FaceWorldSettings, _ kit: FaceKit) -> String {
    let knobs = settings.turnedKnobs.map { " \($0.rawValue)=\(settings[$0])" }.joined()
    let head = settings.head == nil ? "" : " head=\(kit.digest)"
    let scheme = settings.landmarks == .ibug68 ? "" : " landmarks=\(settings.landmarks.name)"
    return "\(rendererVersion) \(settings.profile.rawValue) identities=\(settings.identities) "
      + "images=\(settings.images) size=\(settings.size) seed=\(settings.seed)\(knobs)\(head)\(scheme)"
  }

  public var count: Int { settings.images }
  public var identityNames: [String] {
    (0..<settings.identities).map { index in
      settings.profile == .objects
        ? "object-" + Self.padded(index + 1, to: 4) : Self.identityName(index)
    }
  }
  public var pairs: [VerificationPair] { [] }
  public var unusable: [UnusableSample] { [] }

  public func id(at index: Int) -> String { Self.padded(index, to: 6) }

  /// The clip and the place in it; nil unless the profile is `video`.
  func frame(at index: Int) -> VideoFrame? {
    guard settings.profile == .video else { return nil }
    let (clip, number) = index.quotientAndRemainder(dividingBy: settings.framesPerClip)
    return VideoFrame(video: "clip-" + Self.padded(clip + 1, to: 4), number: number)
  }

  /// All labels, the mesh included, without the picture.
  public func labels(at index: Int) throws -> FaceLabels {
    let scene = try scene(at: index)
    return finished(renderers.withRenderer { $0.labels(of: scene) }, scene, index)
  }

  public var meshLandmarks: [MeshPoint] { renderers.kit.head.landmarks.map { MeshPoint($0) } }
  public var meshTriangles: [SIMD3<Int32>] { renderers.kit.head.corners }

  public func sample(at index: Int) throws -> FaceSample {
    let scene = try scene(at: index)
    let (image, labels) = renderers.withRenderer { $0.render(scene) }
    return FaceSample(
      id: id(at: index), image: try scene.sensor.faults.applied(to: image),
      labels: finished(labels, scene, index))
  }

  /// The person in picture `index`, in a clip as a whole: every run of `identities` pictures or clips
  /// shows each person once, in an order of its own, so that prefixes of the set are balanced.
  func identity(at index: Int) -> Int {
    let place = index / settings.framesPerClip
    let seed = UInt64(bitPattern: Int64(settings.seed))
    guard tail.isEmpty else {
      var stream = RandomStream(seed: seed, purpose: "world.tail", index: place)
      let draw = Double(stream.uniform())
      return min(tail.partitioningIndex { $0 > draw }, settings.identities - 1)
    }
    let count = settings.identities
    let shuffle = IndexShuffle(count: count, seed: seed, round: place / count)
    return shuffle[place % count]
  }

  private func scene(at index: Int) throws -> WorldScene {
    try check(index: index)
    let scene = WorldScene(settings: settings, index: index, identity: identity(at: index))
    return renderers.kit.shown(scene)
  }

  /// Puts in the place in the video, and the faults in the labels that knobs ask for.
  private func finished(_ labels: FaceLabels, _ scene: WorldScene, _ index: Int) -> FaceLabels {
    var labels = LabelFaults(settings).applied(to: labels, index: index)
    (labels.frame, labels.attributes) = (frame(at: index), scene.attributes)
    return labels
  }

  /// What the face in picture `index` wears.
  func attributes(at index: Int) throws -> Set<FaceAttribute>? { try scene(at: index).attributes }

  func check(index: Int) throws {
    guard (0..<count).contains(index) else {
      throw FaceDataError(
        .notEnoughData,
        "Face \(index) does not exist: the set has the faces 0 to \(count - 1).")
    }
  }

  /// Zipf's law, added up: Σ_{j ≤ k} j⁻ˢ over the sum for all.
  private static func cumulativeShares(_ count: Int, exponent: Double) -> [Double] {
    guard exponent > 0 else { return [] }
    var (sum, sums): (Double, [Double]) = (0, [])
    for rank in 1...count {
      sum += pow(Double(rank), -exponent)
      sums.append(sum)
    }
    return sums.map { $0 / sum }
  }

  static func identityName(_ index: Int) -> String { "id-" + padded(index + 1, to: 4) }

  private static func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension Array {
  /// The first place at which a rising condition holds; `count` where it holds nowhere.
  fileprivate func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
