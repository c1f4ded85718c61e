/// Gives the runs of a store from before version 3, whose cache keys depended on options such as
/// `threads`, the keys that they have now, and those that started from them the new name of their
/// parent.
///
/// A run that is not finished keeps its key: its checkpoint names it. `resume` goes on with such a
/// run; the same command given again starts a new one.
struct CacheKeyRenewal {
  private struct Row {
    let id: Int64
    let specification: RunSpecification
    let fingerprint: String
    let key: String
    let isFinished: Bool
  }

  private let rows: [Row]
  /// Any run of each old key: all of them have the same specification.
  private let byKey: [String: Row]
  private var renewed: [String: String] = [:]

  static func convert(_ connection: Connection) throws {
    var renewal = try CacheKeyRenewal(connection)
    for row in renewal.rows { try renewal.renew(row, connection) }
  }

  private init(_ connection: Connection) throws {
    rows = try connection.run(
      "SELECT id, specification, data_fingerprint, cache_key, status FROM runs"
    ).rows.map { row in
      Row(
        id: row[0].integerValue ?? 0,
        specification: try CanonicalJSON.decode(
          RunSpecification.self, from: row[1].textValue ?? ""),
        fingerprint: row[2].textValue ?? "", key: row[3].textValue ?? "",
        isFinished: row[4].textValue == RunStatus.finished.rawValue)
    }
    byKey = Dictionary(rows.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private mutating func renew(_ row: Row, _ connection: Connection) throws {
    let specification = try renewed(row.specification)
    let key = row.isFinished ? try newKey(of: row.key) : row.key
    try connection.execute(
      "UPDATE runs SET specification = ?, cache_key = ? WHERE id = ?",
      [.text(try CanonicalJSON.encode(specification)), .text(key), .integer(row.id)])
    try connection.execute(
      "UPDATE parameters SET value = ? WHERE run_id = ? AND path = 'initialization'",
      [SQLValue(specification.initialization), .integer(row.id)])
  }

  /// The specification with its parent's new key.
  private mutating func renewed(_ specification: RunSpecification) throws -> RunSpecification {
    var specification = specification
    specification.initialization = try specification.initialization.map { try newKey(of: $0) }
    return specification
  }

  /// A key of a run that is not in this store stays as it is.
  private mutating func newKey(of old: String) throws -> String {
    if let known = renewed[old] { return known }
    guard let row = byKey[old] else { return old }
    // What claims to descend from itself keeps its key.
    renewed[old] = old
    let key = try CacheKey.of(try renewed(row.specification), dataFingerprint: row.fingerprint)
    renewed[old] = key
    return key
  }
}
