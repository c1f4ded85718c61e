/// Finds the best cell of each column or row of a pivot and those that cannot be told from it.
struct PivotMarker {
  let better: MetricDirection?
  let marking: PivotMarking
  /// The position of the column that pairs measurements.
  let seed: Int?
  /// The position of the column that names runs.
  let run: Int?
  private let intervals: PivotIntervals?

  private var usedPaired = false
  private var usedWelch = false
  private var untested = false

  init(
    better: MetricDirection?, marking: PivotMarking, seed: Int?, run: Int? = nil,
    intervals: PivotIntervals? = nil
  ) {
    (self.better, self.marking, self.seed, self.run) = (better, marking, seed, run)
    self.intervals = intervals
  }

  /// The cells of a column or row with their marks.
  mutating func cells(of column: [[Measurement]?]) throws -> [PivotCell?] {
    let summaries = try column.map { try $0.map { try Summary($0.map(\.value)) } }
    let marks = try marks(of: column, summaries)
    return column.indices.map { index in
      guard let summary = summaries[index], let group = column[index] else { return nil }
      return PivotCell(
        summary: summary, values: group.map(\.value), mark: marks[index],
        interval: intervals?.interval(of: group, summary),
        runs: run.map { run in group.compactMap { $0.cells[run].textValue } } ?? [])
    }
  }

  private mutating func marks(
    of column: [[Measurement]?], _ summaries: [Summary?]
  ) throws -> [Int: PivotCell.Mark] {
    let order = ranking(of: summaries)
    // A single cell is not better than anything.
    guard order.count > 1, let best = column[order[0]] else { return [:] }
    var marks: [Int: PivotCell.Mark] = [order[0]: .best]
    var tested: [(index: Int, p: Double)] = []
    for index in order.dropFirst() {
      guard let group = column[index], let p = try pValue(best, group) else {
        untested = true
        continue
      }
      tested.append((index, p))
    }
    for (test, adjusted) in zip(tested, holmAdjusted(tested.map(\.p)))
    where adjusted >= marking.significance {
      marks[test.index] = .indistinguishable
    }
    if marks[order[1]] == nil { marks[order[1]] = .second }
    return marks
  }

  /// Positions of the cells with a finite mean, best first.
  private func ranking(of summaries: [Summary?]) -> [Int] {
    guard let better else { return [] }
    let means = summaries.enumerated().compactMap { index, summary in
      summary.flatMap { $0.mean.isFinite ? (index: index, mean: $0.mean) : nil }
    }
    return means.sorted { better == .lower ? $0.mean < $1.mean : $0.mean > $1.mean }.map(\.index)
  }

  /// Nil where there are too few values for a test.
  private mutating func pValue(_ best: [Measurement], _ other: [Measurement]) throws -> Double? {
    if let (first, second) = shared(best, other) {
      usedPaired = true
      return try StudentTest.paired(first, second).pValue
    }
    guard best.count > 1, other.count > 1 else { return nil }
    usedWelch = true
    return try StudentTest.welch(best.map(\.value), other.map(\.value)).pValue
  }

  /// The values over the seeds that both have; nil for fewer than two seeds, or where a seed
  /// occurs twice in a cell, so that it does not say what belongs together.
  private func shared(_ first: [Measurement], _ second: [Measurement]) -> ([Double], [Double])? {
    guard let seed else { return nil }
    func bySeed(_ group: [Measurement]) -> [Cell: Double]? {
      let known = group.filter { $0.cells[seed] != .missing }
      let values = Dictionary(known.map { ($0.cells[seed], $0.value) }) { first, _ in first }
      return values.count == group.count ? values : nil
    }
    guard let left = bySeed(first), let right = bySeed(second) else { return nil }
    let seeds = first.map { $0.cells[seed] }.filter { right[$0] != nil }
    guard seeds.count > 1 else { return nil }
    return (seeds.compactMap { left[$0] }, seeds.compactMap { right[$0] })
  }

  /// What the marks mean.
  var note: String {
    var sentences: [String] = []
    let tests = [
      usedPaired ? "a paired t-test over shared \(marking.pairing)s" : nil,
      usedWelch ? "Welch's t-test" : nil,
    ].compactMap(\.self)
    if !tests.isEmpty {
      sentences.append(
        "Not distinguishable from the best of its \(marking.rivals): p ≥ \(marking.significance) by "
          + "\(tests.joined(separator: " or ")), Holm-corrected within the \(marking.rivals).")
    }
    if untested {
      sentences.append("Cells with fewer than two values could not be tested.")
    }
    return sentences.joined(separator: " ")
  }
}
