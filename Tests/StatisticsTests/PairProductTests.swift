import Testing

@testable import Statistics

/// Scores of pairs and the order that the ROC is made of.
@Suite struct PairProductTests {
  @Test(arguments: [1, 7, 16, 37])
  func productsAreThoseOfTheRows(width: Int) throws {
    var generator = TestGenerator(state: 2)
    let rows = (0..<50 * width).map { _ in Float(generator.normal()) }
    let pairs = (0..<20_000).map { _ in
      (Int32(generator.next() % 50), Int32(generator.next() % 50))
    }
    func products(_ threads: Int) throws -> [Float] {
      try pairProducts(
        rows, width: width, first: pairs.map(\.0), second: pairs.map(\.1), threads: threads)
    }
    let one = try products(1)
    for (pair, value) in zip(pairs, one).prefix(200) {
      let expected = (0..<width).reduce(0.0) {
        $0 + Double(rows[Int(pair.0) * width + $1]) * Double(rows[Int(pair.1) * width + $1])
      }
      #expect(abs(Double(value) - expected) < 1e-4)
    }
    // Bit by bit, whatever the number of threads.
    #expect(try products(3) == one)
  }

  @Test func rowsThatAreNotThereAreRefused() {
    #expect(throws: StatisticsError.self) {
      try pairProducts([1, 2, 3, 4], width: 2, first: [0], second: [2])
    }
    #expect(throws: StatisticsError.self) {
      try pairProducts([1, 2, 3, 4], width: 2, first: [-1], second: [0])
    }
    #expect(throws: StatisticsError.self) {
      try pairProducts([1, 2, 3], width: 2, first: [0], second: [0])
    }
  }

  @Test func theOrderFallsAndTiesKeepTheirs() {
    var generator = TestGenerator(state: 3)
    var values = (0..<5000).map { _ in Float(generator.normal()) }
    values += [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, 1, 1, -1, -1]
    values += values.prefix(100)
    let order = fallingOrder(values).map(Int.init)
    #expect(order.sorted() == Array(values.indices))
    for (a, b) in zip(order, order.dropFirst()) {
      #expect(values[a] >= values[b])
      if values[a].bitPattern == values[b].bitPattern { #expect(a < b) }
    }
    #expect(fallingOrder([]).isEmpty)
  }

  /// A threshold for −0 and 0 alike: both are accepted together.
  @Test func bothZerosAreOneThreshold() throws {
    let metrics = try VerificationMetrics(similarities: [0, -0.0], isSame: [false, true])
    #expect(metrics.operatingPoints.count == 2 && metrics.areaUnderROC == 0.5)
  }
}
