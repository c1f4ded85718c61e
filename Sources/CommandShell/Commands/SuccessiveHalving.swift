import Experiments
import Statistics

/// Which runs go on: of n candidates all get a small share of the steps, the best third of them three
/// times as much, and so on, so that each round costs as much as the next.
///
/// - Source: Jamieson and Talwalkar 2016, arXiv:1502.07943, with η = 3 as in Hyperband (Li et al.
///   2018, arXiv:1603.06560). Checked by: SweepSearchTests.
struct SuccessiveHalving {
  private static let factor = 3
  private static let mostRounds = 2
  let isOn: Bool

  /// Shares of the steps after which runs are compared; the last is 1.
  func shares(of count: Int) -> [Double] {
    (0...rounds(count)).reversed().map { 1 / Double(Self.power($0)) }
  }

  /// How many runs begin each round.
  func counts(of count: Int) -> [Int] {
    (0...rounds(count)).map { max(1, count / Self.power($0)) }
  }

  private func rounds(_ count: Int) -> Int {
    guard isOn else { return 0 }
    return (0...Self.mostRounds).last { Self.power($0) <= count } ?? 0
  }

  private static func power(_ exponent: Int) -> Int {
    (0..<exponent).reduce(1) { product, _ in product * factor }
  }

  /// The places of the best values, in their old order. A value that is missing or NaN is the worst;
  /// of equal ones the first stay.
  static func best(_ values: [Double?], keep: Int, direction: MetricDirection) -> [Int] {
    func rank(_ value: Double?) -> Double {
      guard let value, !value.isNaN else { return .infinity }
      return direction == .lower ? value : -value
    }
    let order = values.indices.sorted { (rank(values[$0]), $0) < (rank(values[$1]), $1) }
    return order.prefix(keep).sorted()
  }
}

/// The metric by which runs of a sweep are compared on the way.
struct SweepCriterion {
  let metric: String
  let direction: MetricDirection

  /// - Parameter name: what was asked for; nil takes the probe, a task's headline on validation, or the
  ///   loss.
  init(_ name: String?, of run: Run, _ session: Session) throws {
    metric = try name ?? Self.chosen(for: run, session)
    guard let direction = MetricDirection.of(metric: metric) else {
      throw ShellError(
        .unknownChoice, "facet does not know whether more or less of `\(metric)` is better",
        expected: "a metric such as loss, probe.accuracy[1-nn] or validation.nme[inter-ocular]")
    }
    self.direction = direction
  }

  private static func chosen(for run: Run, _ session: Session) throws -> String {
    let headline = MethodCatalog.method(run.kind, run.method)?.headline
    let start = run.kind == .adapt ? "validation." + (headline ?? "") : "probe."
    let rows = try session.store().query(
      """
      SELECT DISTINCT name FROM metrics WHERE run = ? AND substr(name, 1, length(?)) = ?
      ORDER BY name LIMIT 1
      """, [.text(run.id), .text(start), .text(start)]
    ).rows
    return rows.first?.first?.textValue ?? "loss"
  }

  /// The best value up to a step; of the loss, which is noisy, the mean over the last tenth.
  func value(of run: Run, upTo step: Int, _ session: Session) throws -> Double? {
    let isLoss = metric == "loss"
    let function = isLoss ? "avg" : direction == .lower ? "min" : "max"
    let rows = try session.store().query(
      """
      SELECT \(function)(value) FROM metrics
      WHERE run = ? AND name = ? AND superseded = 0 AND step <= ? AND step > ?
      """,
      [
        .text(run.id), .text(metric), .integer(Int64(step)),
        .integer(isLoss ? Int64(step - max(step / 10, 1)) : -1),
      ]
    ).rows
    return rows.first?.first?.realValue
  }
}
