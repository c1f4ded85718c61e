import Statistics
import Testing

@Suite struct LandmarkErrorTests {
  /// Points on a grid of 8 × 9, so that each has its own place.
  private let face = (0..<68).map { SIMD2<Float>(Float($0 % 8), Float($0 / 8)) }

  @Test(arguments: LandmarkNormalizer.allCases)
  func agreesWithNumPy(normalizer: LandmarkNormalizer) throws {
    let golden = try Goldens.load().landmarks
    let error = try normalizedMeanError(
      predicted: golden.predicted.map { SIMD2($0[0], $0[1]) },
      truth: golden.truth.map { SIMD2($0[0], $0[1]) }, normalizer: normalizer)
    #expect(near(error, try #require(golden.nme[normalizer.rawValue]), 1e-12))
  }

  /// By hand: the grid's box is 7 wide and 8 high; 36 is at (4, 4), 45 at (5, 5).
  @Test(arguments: [
    (LandmarkNormalizer.interOcular, 2.0), (.box, 56.0), (.diagonal, 113.0),
  ])
  func lengthsByHand(normalizer: LandmarkNormalizer, squared: Double) throws {
    let length = try normalizer.length(of: face)
    #expect(abs(length * length - squared) < 1e-12)
  }

  @Test func aShiftByTheNormaliserIsAnErrorOfOne() throws {
    let moved = face.map { $0 + SIMD2(1, 1) }
    let error = try normalizedMeanError(predicted: moved, truth: face, normalizer: .interOcular)
    #expect(abs(error - 1) < 1e-7)
    #expect(try normalizedMeanError(predicted: face, truth: face, normalizer: .box) == 0)
  }

  @Test(arguments: LandmarkNormalizer.allCases)
  func coincidentPointsThrow(normalizer: LandmarkNormalizer) {
    let points = [SIMD2<Float>](repeating: SIMD2(3, 3), count: 68)
    let error = #expect(throws: StatisticsError.self) {
      try normalizedMeanError(predicted: face, truth: points, normalizer: normalizer)
    }
    #expect(error?.code == .degenerate)
  }

  @Test func otherCountsThrow() {
    #expect(throws: StatisticsError.self) {
      try normalizedMeanError(
        predicted: Array(face.dropLast()), truth: face, normalizer: .diagonal)
    }
    #expect(throws: StatisticsError.self) {
      try LandmarkNormalizer.interPupil.length(of: Array(face.dropLast()))
    }
    #expect(throws: StatisticsError.self) { try LandmarkNormalizer.box.length(of: []) }
  }

  @Test func aBrokenPredictionGivesNaN() throws {
    var predicted = face
    predicted[5].x = .nan
    #expect(
      try normalizedMeanError(predicted: predicted, truth: face, normalizer: .box).isNaN)
  }
}
