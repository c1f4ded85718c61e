import Foundation
import Statistics
import Testing

@Suite struct ShapeTests {
  @Test(arguments: 0..<3)
  func alignmentAgreesWithSciPy(index: Int) throws {
    let golden = try TaskGoldens.load().alignment[index]
    let source = golden.source.map { SIMD3($0[0], $0[1], $0[2]) }
    let target = golden.target.map { SIMD3($0[0], $0[1], $0[2]) }
    for (isScaled, rest) in [(false, golden.rigid), (true, golden.similar)] {
      let alignment = try RigidAlignment(from: source, to: target, withScale: isScaled)
      for (row, expected) in zip(alignment.rotation, golden.rotation) {
        for k in 0..<3 { #expect(abs(row[k] - expected[k]) < 1e-6) }
      }
      #expect(abs(alignment.scale - (isScaled ? golden.scale : 1)) < 1e-6)
      let distances = zip(source, target).map { p, q -> Float in
        let d = alignment(p) - q
        return (d * d).sum().squareRoot()
      }
      let mean = Double(distances.reduce(0, +)) / Double(distances.count)
      #expect(abs(mean - rest) < 1e-3, "\(mean), expected \(rest)")
    }
  }

  @Test func pointsThatCoincideThrow() {
    let same = [SIMD3<Float>](repeating: SIMD3(1, 2, 3), count: 5)
    #expect(throws: StatisticsError.self) { try RigidAlignment(from: same, to: same) }
    #expect(throws: StatisticsError.self) { try RigidAlignment(from: [], to: []) }
  }

  /// By hand: bins of means 1, 4 and 10 have the mean 5, whatever their sizes.
  @Test func yawBinsWeighTheSame() throws {
    let bins = try YawBins(errors: [1, 1, 1, 4, 10], yaws: [0, -30, 30, -30.1, 60.1])
    #expect(bins.bins.map(\.name) == ["0-30", "30-60", "60-90"])
    #expect(bins.bins.map(\.count) == [3, 1, 1])
    #expect(bins.mean == 5)
    #expect(try YawBins(errors: [2, 4], yaws: [10, 80]).mean == 3)
    #expect(throws: StatisticsError.self) { try YawBins(errors: [1], yaws: []) }
  }

  static let arrays = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/data/aflw2000-3d/3ddfa").standardized

  /// 3DDFA's ground truth of all 2,000 pictures; the prediction is 5 pixels off at every point.
  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: arrays.path), "needs ../shared/data/aflw2000-3d"))
  func agreesWith3DDFA() throws {
    let golden = try TaskGoldens.load().yaw
    let points = try ArrayFile(Self.arrays.appending(path: "AFLW2000-3D.pts68.npy"))
    let yaws = try ArrayFile(Self.arrays.appending(path: "AFLW2000-3D.pose.npy"))
    let (faces, rows) = (points.shape[0], points.shape[1])
    let errors = try (0..<faces).map { face in
      let truth = (0..<68).map { point in
        SIMD2(
          Float(points.values[face * rows * 68 + point]),
          Float(points.values[face * rows * 68 + 68 + point]))
      }
      return try normalizedMeanError(
        predicted: truth.map { $0 + SIMD2(3, 4) }, truth: truth, normalizer: .box)
    }
    let width = yaws.shape.count > 1 ? yaws.shape[1] : 1
    let bins = try YawBins(errors: errors, yaws: (0..<faces).map { yaws.values[$0 * width] })
    #expect(bins.bins.map(\.count) == golden.counts)
    for (bin, mean) in zip(bins.bins, golden.means) { #expect(near(bin.mean, mean, 1e-5)) }
    #expect(near(bins.mean, golden.mean, 1e-5))
  }

  /// The eyes of other schemes: WFLW's points 60 and 72 are 10 apart, its pupils 4.
  @Test func normalizersOfOtherSchemes() throws {
    var points = (0..<98).map { SIMD2<Float>(Float($0 % 7), Float($0 % 5)) }
    (points[60], points[72]) = (SIMD2(0, 0), SIMD2(6, 8))
    (points[96], points[97]) = (SIMD2(1, 1), SIMD2(5, 1))
    let eyes = LandmarkEyes(points: 98, corners: (60, 72), pupils: ([96], [97]))
    #expect(try LandmarkNormalizer.interOcular.length(of: points, eyes: eyes) == 10)
    #expect(try LandmarkNormalizer.interPupil.length(of: points, eyes: eyes) == 4)
    let blind = LandmarkEyes(points: 98, corners: nil, pupils: nil)
    #expect(throws: StatisticsError.self) {
      try LandmarkNormalizer.interOcular.length(of: points, eyes: blind)
    }
    #expect(throws: StatisticsError.self) { try LandmarkNormalizer.interOcular.length(of: points) }
    let moved = points.map { $0 + SIMD2(0, 2) }
    let error = try normalizedMeanError(
      predicted: moved, truth: points, normalizer: .interOcular, eyes: eyes)
    #expect(abs(error - 0.2) < 1e-6)
    #expect(try pointDistances(predicted: moved, truth: points) == points.map { _ in 2 })
  }
}

/// A NumPy array of 32- or 64-bit reals in C or Fortran order, in C order.
struct ArrayFile {
  let shape: [Int]
  let values: [Double]

  init(_ url: URL) throws {
    let data = try Data(contentsOf: url)
    let start = 10 + Int(data[8]) + 256 * Int(data[9])
    let header = String(decoding: data[10..<start], as: UTF8.self)
    let inside = header.split(separator: "(")[1].split(separator: ")")[0]
    shape = inside.split(separator: ",").compactMap {
      Int($0.trimmingCharacters(in: .whitespaces))
    }
    let body = Data(data[start...])
    values = body.withUnsafeBytes { bytes in
      header.contains("f4")
        ? (0..<bytes.count / 4).map {
          Double(bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self))
        }
        : (0..<bytes.count / 8).map {
          bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self)
        }
    }
  }
}
