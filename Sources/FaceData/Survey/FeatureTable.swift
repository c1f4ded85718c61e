import Foundation

/// A unit vector for each sample of a data set: what is near is alike.
public struct FeatureTable: Sendable {
  /// Rows are padded with zeros to a multiple of this, so that whole vectors can be multiplied.
  static let lane = 16

  public let count: Int
  public let dimension: Int
  /// `[count, stride]`, each row of length 1.
  let values: [Float]
  let stride: Int

  /// - Parameters: rows: `[count, dimension]`; each is brought to length 1.
  /// - Edge cases: a row of zeros becomes a direction of its own that all such rows share.
  /// - Throws: `FaceDataError` `.brokenLabels` for values that are not finite or do not fill rows.
  public init(rows: [Float], dimension: Int) throws {
    guard dimension > 0, rows.count.isMultiple(of: dimension), rows.allSatisfy(\.isFinite) else {
      throw FaceDataError(
        .brokenLabels,
        "\(rows.count) numbers are no finite feature vectors of \(dimension) dimensions")
    }
    (count, self.dimension) = (rows.count / dimension, dimension)
    // One place more than the dimension holds the direction of rows without length.
    stride = (dimension + Self.lane) / Self.lane * Self.lane
    var values = [Float](repeating: 0, count: count * stride)
    for row in 0..<count {
      let source = rows[row * dimension..<(row + 1) * dimension]
      let length = source.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
      let start = row * stride
      guard length > 1e-12 else {
        values[start + dimension] = 1
        continue
      }
      for (place, value) in source.enumerated() { values[start + place] = value / length }
    }
    self.values = values
  }

  /// Thumbnails of 16 × 16 as vectors: their cosine is the correlation of the pictures.
  ///
  /// - Edge cases: pictures that could not be read have a row like that of a flat picture.
  public init(thumbnails survey: DatasetSurvey) throws {
    let side = PictureSignature.side
    let flat = [Float](repeating: 0, count: side * side)
    try self.init(
      rows: survey.pictures.flatMap { $0?.signature.unitThumbnail ?? flat }, dimension: side * side)
  }

  /// The tensor `features` of a safetensors file, as the engine's job `embeddings` leaves it.
  ///
  /// - Throws: `FaceDataError` `.unreadable` or `.brokenLabels`; `.notEnoughData` if the file is of
  ///   another number of samples.
  public init(path: String, samples: Int) throws {
    let pack = try SafetensorsPack(path: path, remedy: "make the features anew")
    let values = try pack.floats("features")
    guard samples > 0, !values.isEmpty, values.count.isMultiple(of: samples) else {
      throw FaceDataError(
        .notEnoughData,
        "\(values.count) numbers are no features of \(samples) samples; make them anew", path: path)
    }
    try self.init(rows: values, dimension: values.count / samples)
  }

  /// The vectors less a mean, at length 1 again: raw features of a network share a large mean, next to
  /// which all pictures look alike.
  ///
  /// - Parameters: mean: nil takes the table's own.
  public func centred(on mean: [Float]? = nil) throws -> FeatureTable {
    let mean = mean ?? self.mean
    var rows = [Float](repeating: 0, count: count * dimension)
    for row in 0..<count {
      for place in 0..<dimension {
        rows[row * dimension + place] = values[row * stride + place] - mean[place]
      }
    }
    return try FeatureTable(rows: rows, dimension: dimension)
  }

  /// `[dimension]`.
  public var mean: [Float] {
    var sums = [Double](repeating: 0, count: dimension)
    for row in 0..<count {
      for place in 0..<dimension { sums[place] += Double(values[row * stride + place]) }
    }
    return sums.map { Float($0 / Double(max(1, count))) }
  }

  /// A row, `[dimension]`.
  public func vector(_ row: Int) -> [Float] {
    Array(values[row * stride..<row * stride + dimension])
  }

  /// The rows of a table of the same network that are most like a row of this one.
  ///
  /// - Parameters: count: at most so many; leavingOut: says which rows do not count.
  /// - Returns: the most alike first; of rows that are equally alike the first.
  /// - Complexity: a product of vectors for each row.
  public func nearest(
    to row: Int, in table: FeatureTable, count: Int, leavingOut: (Int) -> Bool = { _ in false }
  ) -> [(row: Int, cosine: Float)] {
    precondition(stride == table.stride, "features of two networks")
    return (0..<table.count).filter { !leavingOut($0) }
      .map { (row: $0, cosine: cosine(row, $0, in: table)) }
      .sorted { ($1.cosine, $0.row) < ($0.cosine, $1.row) }
      .prefix(count).map { $0 }
  }

  /// The cosine of two rows, of this table and of another of the same dimension.
  @inline(__always)
  func cosine(_ row: Int, _ other: Int, in table: FeatureTable) -> Float {
    Self.product(values, row * stride, table.values, other * table.stride, count: stride)
  }

  func cosine(_ first: Int, _ second: Int) -> Float { cosine(first, second, in: self) }

  /// The distance of two rows as points of the unit sphere: √(2 − 2 cos).
  func distance(_ first: Int, _ second: Int) -> Float {
    Self.distance(cosine: cosine(first, second))
  }

  static func distance(cosine: Float) -> Float { max(0, 2 - 2 * cosine).squareRoot() }

  @inline(__always)
  private static func product(
    _ a: [Float], _ i: Int, _ b: [Float], _ j: Int, count: Int
  ) -> Float {
    a.withUnsafeBytes { a in
      b.withUnsafeBytes { b in
        var sum = SIMD16<Float>()
        for place in Swift.stride(from: 0, to: count, by: lane) {
          let x = a.loadUnaligned(fromByteOffset: 4 * (i + place), as: SIMD16<Float>.self)
          let y = b.loadUnaligned(fromByteOffset: 4 * (j + place), as: SIMD16<Float>.self)
          sum += x * y
        }
        return sum.sum()
      }
    }
  }
}
