import Testing

@testable import Statistics

/// A frame of results: from, labels, seed, NME; nil is missing.
private func frame(_ rows: [(String, String, Int, Double?)]) -> DataFrame {
  DataFrame(
    columns: ["from", "labels", "seed", "nme[box]"],
    rows: rows.map { from, labels, seed, value in
      [.text(from), .text(labels), .integer(seed), value.map { .number($0) } ?? .missing]
    })
}

private func pivot(
  _ rows: [(String, String, Int, Double?)], better: MetricDirection? = nil
) throws -> PivotTable {
  try frame(rows).pivot(
    rows: "from", columns: "labels", value: "nme[box]", marking: PivotMarking(better: better))
}

@Suite struct PivotTests {
  @Test func gathersMeansAndKeepsWhatIsMissing() throws {
    let table = try pivot([
      ("swav", "10%", 1, 4), ("scratch", "1%", 1, 10), ("scratch", "1%", 2, 13),
      ("scratch", "100%", 1, nil), ("swav", "100%", 1, 2),
    ])
    #expect(table.rowLabels == [.text("swav"), .text("scratch")])  // as they came
    #expect(table.columnLabels == [.text("1%"), .text("10%"), .text("100%")])  // ascending
    #expect(table.cells[0][0] == nil && table.cells[1][1] == nil && table.cells[1][2] == nil)
    let cell = try #require(table.cells[1][0])
    #expect(cell.values == [10, 13] && cell.summary.mean == 11.5 && cell.summary.count == 2)
    #expect(abs(try #require(cell.summary.standardDeviation) - 4.5.squareRoot()) < 1e-12)
    #expect(table.cells[0][1]?.summary.standardDeviation == nil)
    #expect(table.better == .lower)
  }

  /// Rows that are no rivals: the best of each is found by itself.
  @Test func theBestOfARow() throws {
    let rows: [(String, String, Int, Double?)] = [
      ("a", "x", 1, 5), ("a", "y", 1, 7), ("b", "x", 1, 90), ("b", "y", 1, 80),
    ]
    let table = try frame(rows).pivot(
      rows: "from", columns: "labels", value: "nme[box]", marking: PivotMarking(rivals: .row))
    #expect(table.cells.map { $0.map { $0?.mark } } == [[.best, .second], [.second, .best]])
    let columns = try frame(rows).pivot(rows: "from", columns: "labels", value: "nme[box]")
    #expect(columns.cells.map { $0.map { $0?.mark } } == [[.best, .best], [.second, .second]])
  }

  /// SciPy: t.interval(0.95, 2, loc=6, scale=1/sqrt(3)) = (3.51586, 8.48414); for 1 degree of freedom
  /// t.ppf(0.975, 1) = 12.7062.
  @Test func intervalsOfTheMeanOverRepetitions() throws {
    let rows: [(String, String, Int, Double?)] = [
      ("a", "1%", 1, 5), ("a", "1%", 2, 7), ("a", "1%", 3, 6), ("b", "1%", 1, 9), ("c", "1%", 1, 1),
      ("c", "1%", 2, 3),
    ]
    let table = try frame(rows).pivot(
      rows: "from", columns: "labels", value: "nme[box]", spread: .repetitions(level: 0.95))
    let interval = try #require(table.cells[0][0]?.interval)
    #expect(abs(interval.lowerBound - 3.5158622) < 1e-6)
    #expect(abs(interval.upperBound - 8.4841377) < 1e-6)
    #expect(table.cells[1][0]?.interval == nil, "one value says nothing of the spread")
    let wide = try #require(table.cells[2][0]?.interval)
    #expect(abs(wide.upperBound - 2 - 12.7062047) < 1e-5)
    #expect(table.spread == .repetitions(level: 0.95))
  }

  @Test func intervalsThatColumnsHold() throws {
    let values: [(Double, Double?, Double)] = [(10, 9, 11), (12, 10, 13), (20, nil, 22)]
    let frame = DataFrame(
      columns: ["from", "labels", "seed", "tar", "low95.tar", "high95.tar"],
      rows: values.enumerated().map { index, value in
        [
          .text(index < 2 ? "a" : "b"), .text("1%"), .integer(index), .number(value.0),
          value.1.map { .number($0) } ?? .missing, .number(value.2),
        ]
      })
    let table = try frame.pivot(
      rows: "from", columns: "labels", value: "tar",
      spread: .columns(lower: "low95.tar", upper: "high95.tar"))
    #expect(table.cells[0][0]?.interval == 9.5...12)
    #expect(table.cells[1][0]?.interval == nil)
    #expect(throws: StatisticsError.self) {
      try frame.pivot(
        rows: "from", columns: "labels", value: "tar", spread: .columns(lower: "x", upper: "y"))
    }
  }

  /// Differences 1, 1.1, 0.9: t = 17.3 on 2 degrees of freedom, p = 0.0033. Against the noisy one
  /// 3, −2, 0.5: t = 0.35, p = 0.76. Holm doubles the smaller.
  @Test func pairedTestOverSharedSeeds() throws {
    let rows: [(String, String, Int, Double?)] =
      [(1, 5.0), (2, 7.0), (3, 6.0)].map { ("best", "1%", $0, $1) }
      + [(3, 6.9), (2, 8.1), (1, 6.0)].map { ("clear", "1%", $0, $1) }
      + [(1, 8.0), (2, 5.0), (3, 6.5)].map { ("noisy", "1%", $0, $1) }
    let table = try pivot(rows)
    #expect(table.cells.map { $0[0]?.mark } == [.best, nil, .indistinguishable])
    #expect(table.note.contains("paired t-test over shared seeds"))
    #expect(table.note.contains("Holm") && !table.note.contains("Welch"))
  }

  /// Without pairs the same spread of 5…7 hides a difference of 1.
  @Test func welchWhereNoSeedsAreShared() throws {
    let rows: [(String, String, Int, Double?)] =
      [(1, 5.0), (2, 7.0), (3, 6.0)].map { ("best", "1%", $0, $1) }
      + [(4, 6.0), (5, 8.1), (6, 6.9)].map { ("close", "1%", $0, $1) }
      + [(7, 60.0), (8, 81), (9, 69)].map { ("far", "1%", $0, $1) }
    let table = try pivot(rows)
    #expect(table.cells.map { $0[0]?.mark } == [.best, .indistinguishable, nil])
    #expect(table.note.contains("Welch") && !table.note.contains("paired"))
  }

  /// Two tests of p = 0.033 each are significant alone, but not as a family of two.
  @Test func holmCorrectsWithinTheColumn() throws {
    let best = [(1, 5.0), (2, 7.0), (3, 6.0)].map { ("best", "1%", $0, Optional($1)) }
    func other(_ name: String) -> [(String, String, Int, Double?)] {
      [(1, 6.0), (2, 8.5), (3, 6.8)].map { (name, "1%", $0, $1) }
    }
    let p = try StudentTest.paired([5, 7, 6], [6, 8.5, 6.8]).pValue
    #expect(p > 0.025 && p < 0.05)
    #expect(try pivot(best + other("a")).cells[1][0]?.mark == .second)
    #expect(try pivot(best + other("a") + other("b")).cells[1][0]?.mark == .indistinguishable)
  }

  @Test func singleValuesAreNotTested() throws {
    let table = try pivot([("a", "1%", 1, 5), ("b", "1%", 1, 4), ("c", "1%", 1, 6)])
    #expect(table.cells.map { $0[0]?.mark } == [.second, .best, nil])
    #expect(table.note == "Cells with fewer than two values could not be tested.")
    let alone = try pivot([("a", "1%", 1, 5)])
    #expect(alone.cells[0][0]?.mark == nil && alone.note.isEmpty)
  }

  @Test func directionDecidesTheBest() throws {
    let rows: [(String, String, Int, Double?)] = [("a", "1%", 1, 5), ("b", "1%", 1, 4)]
    #expect(try pivot(rows, better: .higher).cells[0][0]?.mark == .best)
    #expect(try pivot(rows, better: .lower).cells[0][0]?.mark == .second)
  }

  @Test func aDivergedRunIsNeverTheBest() throws {
    let table = try pivot([("a", "1%", 1, .nan), ("b", "1%", 1, 4), ("c", "1%", 1, 9)])
    #expect(table.cells.map { $0[0]?.mark } == [nil, .best, .second])
    #expect(table.cells[0][0]?.summary.mean.isNaN == true)
  }

  @Test func mixedColumnsAreNamed() throws {
    let frame = DataFrame(
      columns: ["run", "from", "labels", "protocol", "split", "nme"],
      rows: [
        [.text("u1"), .text("a"), .integer(60), .text("linear"), .text("test"), .number(1)],
        [.text("u2"), .text("a"), .integer(60), .text("fine-tune"), .text("test"), .number(2)],
      ])
    let table = try frame.pivot(rows: "from", columns: "labels", value: "nme")
    #expect(table.mixedColumns == ["protocol"])
    let apart = try frame.pivot(rows: "from", columns: "protocol", value: "nme")
    #expect(apart.mixedColumns.isEmpty)
  }

  @Test func wrongColumnsThrow() {
    let frame = frame([("a", "1%", 1, 5)])
    let error = #expect(throws: StatisticsError.self) {
      try frame.pivot(rows: "form", columns: "labels", value: "nme[box]")
    }
    #expect(error?.message.contains("form") == true && error?.code == .column)
    #expect(throws: StatisticsError.self) {
      try frame.pivot(rows: "from", columns: "labels", value: "from")
    }
  }

  @Test(arguments: [
    (
      [Cell.text("100%"), .integer(60), .text("1%"), .text("7"), .text("10%"), .missing],
      [Cell.text("7"), .integer(60), .text("1%"), .text("10%"), .text("100%"), .missing]
    ),
    ([.text("swav"), .text("1%"), .text("swav")], [.text("swav"), .text("1%")]),
    ([.number(10), .number(9)], [.number(9), .number(10)]),
  ])
  func orderOfLabels(labels: [Cell], expected: [Cell]) {
    #expect(orderedLabels(labels) == expected)
  }

  @Test(arguments: [
    ("nme[inter-ocular]", MetricDirection.lower), ("failure-rate[inter-ocular@0.10]", .lower),
    ("auc[inter-ocular@0.10]", .higher), ("accuracy[10-fold]", .higher),
    ("icc[AU12]", .higher), ("balanced-accuracy[7-class]", .higher), ("mae[yaw]", .lower),
    ("vertex-error[rigid-mm]", .lower), ("tpir[fpir=0.1-G1:mixed]", .higher),
    ("tar[far=0.01]", .higher), ("eer", .lower), ("validation.nme[box]", .lower),
    ("loss", .lower), ("learning-rate", nil),
  ])
  func directions(name: String, expected: MetricDirection?) {
    #expect(MetricDirection.of(metric: name) == expected)
  }
}
