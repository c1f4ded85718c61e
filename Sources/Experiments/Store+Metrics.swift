public import Foundation

/// One point of a training curve. NaN and ±infinity are kept as they are; −0 becomes 0.
public struct MetricPoint: Sendable, Hashable {
  public let run: RunID
  /// With its protocol: `loss`, `validation.nme[inter-ocular]`.
  public let name: String
  public let step: Int
  public let value: Double
  public let time: Date

  public init(run: RunID, name: String, step: Int, value: Double, time: Date = Date()) {
    (self.run, self.name, self.step, self.value, self.time) = (run, name, step, value, time)
  }
}

extension SQLValue {
  /// The pair (value, special) that holds any number.
  static func pair(_ value: Double) -> (value: SQLValue, special: SQLValue) {
    if value.isNaN { return (.null, .text("nan")) }
    if value.isInfinite { return (.null, .text(value > 0 ? "inf" : "-inf")) }
    return (.real(value), .null)
  }

  /// The number of a pair.
  static func number(_ value: SQLValue, special: SQLValue) -> Double {
    switch special.textValue {
    case "inf": .infinity
    case "-inf": -.infinity
    default: value.realValue ?? .nan
    }
  }
}

extension Store {
  private static let insertPoint = """
    INSERT INTO metric_points (run_id, name_id, step, segment, value, special, time)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (run_id, name_id, step, segment) DO UPDATE SET
      value = excluded.value, special = excluded.special, time = excluded.time, superseded = 0
    """

  /// Writes points in one transaction. A second value for the same run, name and step of a
  /// segment replaces the first.
  /// - Throws: `.notFound` for an unknown run; then none of the points is kept.
  public func log(_ points: [MetricPoint]) throws {
    guard !points.isEmpty else { return }
    try write { _ in
      let statement = try connection.prepared(Store.insertPoint)
      defer { statement.reset() }
      for point in points {
        let row = try rowID(of: point.run)
        let (value, special) = SQLValue.pair(point.value)
        statement.bind(.integer(row), at: 1)
        statement.bind(.integer(try metricID(of: point.name)), at: 2)
        statement.bind(.integer(Int64(point.step)), at: 3)
        statement.bind(.integer(try segment(of: row)), at: 4)
        statement.bind(value, at: 5)
        statement.bind(special, at: 6)
        statement.bind(.real(point.time.timeIntervalSince1970), at: 7)
        try connection.step(statement, Store.insertPoint)
      }
    }
  }

  /// Marks the run's points after a step as superseded: a resumed run computes them again.
  /// - Returns: how many points there were.
  @discardableResult
  public func supersede(run: RunID, after step: Int) throws -> Int {
    try write { transaction in
      try transaction.execute(
        "UPDATE metric_points SET superseded = 1 WHERE run_id = ? AND step > ? AND superseded = 0",
        [.integer(try rowID(of: run)), SQLValue(step)])
    }
  }

  private func metricID(of name: String) throws -> Int64 {
    if let id = metricIDs[name] { return id }
    try connection.execute(
      "INSERT INTO metric_names (name) VALUES (?) ON CONFLICT (name) DO NOTHING", [.text(name)])
    let found = try connection.scalar("SELECT id FROM metric_names WHERE name = ?", [.text(name)])
    let id = found.integerValue ?? 0
    metricIDs[name] = id
    return id
  }

  private func segment(of row: Int64) throws -> Int64 {
    if let segment = segments[row] { return segment }
    let found = try connection.scalar(
      "SELECT max(ordinal) FROM run_segments WHERE run_id = ?", [.integer(row)])
    let segment = found.integerValue ?? 0
    segments[row] = segment
    return segment
  }
}
