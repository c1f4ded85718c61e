/// Some samples of a data set, in the order of their indices.
///
/// People keep their numbers and names, so that labels mean the same as in the whole set; pairs
/// remain where both samples do.
public struct DatasetSubsetView: FaceDataset {
  private let base: any FaceDataset
  /// Ascending indices into the base.
  public let indices: [Int]
  public let fingerprint: String
  public let pairs: [VerificationPair]

  /// - Precondition: ascending indices of the base.
  init(_ base: any FaceDataset, indices: [Int], fingerprint: String) {
    (self.base, self.indices, self.fingerprint) = (base, indices, fingerprint)
    let all = base.pairs
    let places =
      all.isEmpty ? [:] : Dictionary(uniqueKeysWithValues: zip(indices, indices.indices))
    pairs = all.compactMap { pair in
      guard let first = places[pair.first], let second = places[pair.second] else { return nil }
      return VerificationPair(first: first, second: second, isSame: pair.isSame, fold: pair.fold)
    }
  }

  public var count: Int { indices.count }
  public var identityNames: [String] { base.identityNames }
  public var unusable: [UnusableSample] { [] }
  public var labelledUnits: LabelledUnits { base.labelledUnits }
  public func id(at index: Int) -> String { base.id(at: indices[index]) }
  public func labels(at index: Int) throws -> FaceLabels { try base.labels(at: indices[index]) }
  public func sample(at index: Int) throws -> FaceSample { try base.sample(at: indices[index]) }
  public var meshLandmarks: [MeshPoint] { base.meshLandmarks }
  public var meshTriangles: [SIMD3<Int32>] { base.meshTriangles }
  public func mesh(at index: Int) throws -> [SIMD3<Float>]? {
    try base.mesh(at: indices[index])
  }
  public func part(at index: Int) -> DatasetPart? { base.part(at: indices[index]) }
  public func encodedPicture(at index: Int) throws -> [UInt8]? {
    try base.encodedPicture(at: indices[index])
  }
}
