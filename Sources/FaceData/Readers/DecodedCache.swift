import Synchronization

/// A data set that remembers decoded samples until a number of bytes is reached; beyond it samples
/// are decoded each time, so memory never grows further. Safe to use from many threads.
public final class DecodedCache: FaceDataset {
  private struct State {
    var samples: [Int: FaceSample] = [:]
    var bytes = 0
  }

  private let base: any FaceDataset
  private let byteLimit: Int
  private let state = Mutex(State())

  /// - Parameters: byteLimit: of pixels kept.
  public init(_ base: any FaceDataset, byteLimit: Int = 2 << 30) {
    (self.base, self.byteLimit) = (base, byteLimit)
  }

  public var count: Int { base.count }
  public var fingerprint: String { base.fingerprint }
  public var identityNames: [String] { base.identityNames }
  public var pairs: [VerificationPair] { base.pairs }
  public var unusable: [UnusableSample] { base.unusable }
  public func id(at index: Int) -> String { base.id(at: index) }
  public func labels(at index: Int) throws -> FaceLabels { try base.labels(at: index) }
  public var labelledUnits: LabelledUnits { base.labelledUnits }
  public func part(at index: Int) -> DatasetPart? { base.part(at: index) }
  public func mesh(at index: Int) throws -> [SIMD3<Float>]? { try base.mesh(at: index) }
  public var meshLandmarks: [MeshPoint] { base.meshLandmarks }
  public var meshTriangles: [SIMD3<Int32>] { base.meshTriangles }

  /// Bytes of pixels in memory now.
  public var cachedBytes: Int { state.withLock { $0.bytes } }

  public func sample(at index: Int) throws -> FaceSample {
    if let sample = state.withLock({ $0.samples[index] }) { return sample }
    // Decoded outside of the lock: two threads may do it twice, but never wait for each other.
    let sample = try base.sample(at: index)
    let bytes = sample.image.pixels.count
    state.withLock { state in
      guard state.samples[index] == nil, state.bytes + bytes <= byteLimit else { return }
      state.samples[index] = sample
      state.bytes += bytes
    }
    return sample
  }
}
