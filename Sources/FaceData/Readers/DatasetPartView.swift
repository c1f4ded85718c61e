/// The samples of a data set that its makers put into one part.
public struct DatasetPartView: FaceDataset {
  private let base: any FaceDataset
  private let indices: [Int]
  private let name: DatasetPart

  /// - Throws: `FaceDataError` `.emptyDataset` if no sample is in the part.
  public init(_ base: any FaceDataset, part: DatasetPart) throws {
    self.base = base
    name = part
    indices = (0..<base.count).filter { base.part(at: $0) == part }
    guard !indices.isEmpty else {
      let parts = Set((0..<base.count).compactMap { base.part(at: $0)?.rawValue }).sorted()
      throw FaceDataError(
        .emptyDataset,
        "none of the \(base.count) samples is in the part “\(part.rawValue)”; "
          + (parts.isEmpty ? "the set has no parts" : "there are \(parts.joined(separator: ", "))"))
    }
  }

  public var count: Int { indices.count }
  public var fingerprint: String { "\(base.fingerprint) \(name.rawValue)" }
  public var identityNames: [String] { base.identityNames }
  public var pairs: [VerificationPair] { [] }
  public var unusable: [UnusableSample] { base.unusable }
  public var labelledUnits: LabelledUnits { base.labelledUnits }
  public func id(at index: Int) -> String { base.id(at: indices[index]) }
  public func labels(at index: Int) throws -> FaceLabels { try base.labels(at: indices[index]) }
  public func sample(at index: Int) throws -> FaceSample { try base.sample(at: indices[index]) }
  public var meshLandmarks: [MeshPoint] { base.meshLandmarks }
  public var meshTriangles: [SIMD3<Int32>] { base.meshTriangles }
  public func mesh(at index: Int) throws -> [SIMD3<Float>]? {
    try base.mesh(at: indices[index])
  }
  public func part(at index: Int) -> DatasetPart? { name }
}
