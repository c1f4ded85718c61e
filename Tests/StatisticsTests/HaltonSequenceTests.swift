import Testing

@testable import Statistics

@Suite struct HaltonSequenceTests {
  @Test func mirrorsDigits() {
    #expect((1...4).map { HaltonSequence.radicalInverse($0, base: 2) } == [0.5, 0.25, 0.75, 0.125])
    #expect(abs(HaltonSequence.radicalInverse(5, base: 3) - 7.0 / 9) < 1e-15)
  }

  /// Each of the 6 × 6 boxes of the unit square gets its share of 36 points: ⅙ of a coordinate can be
  /// told apart in bases 2 and 3.
  @Test(arguments: [0, 0.3, 0.99]) func fillsTheSquareEvenly(shift: Double) throws {
    let sequence = try HaltonSequence(shifts: [shift, shift])
    let points = (0..<360).map { sequence.point($0) }
    #expect(points.joined().allSatisfy { $0 >= 0 && $0 < 1 })
    var counts = [Int](repeating: 0, count: 9)
    for point in points { counts[Int(point[0] * 3) * 3 + Int(point[1] * 3)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 40) <= 4 }, "\(counts)")
  }

  @Test func manyCoordinatesAreRefused() {
    #expect(throws: StatisticsError.self) {
      try HaltonSequence(shifts: [Double](repeating: 0, count: 13))
    }
  }
}
