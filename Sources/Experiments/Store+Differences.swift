/// One thing in which what decides two runs' outcomes differs.
public struct RunDifference: Sendable, Hashable {
  /// The specification's path: `options.epochs`, `data.images`, `seed`, `initialization`; or
  /// `data fingerprint`, where the specification of the data is the same and its files are not.
  public let path: String
  /// As a person would write it; nil where it is absent.
  public let value: String?
  public let other: String?
}

extension RunSpecification {
  /// Where this specification and another one differ, options that do not change the outcome left
  /// out, in order of the paths. Empty means that their cache keys are the same.
  public func differences(
    from other: RunSpecification, dataFingerprint: String, otherFingerprint: String
  ) -> [RunDifference] {
    func leaves(_ specification: RunSpecification) -> [String: String] {
      Dictionary(
        specification.decisive.parameters.map { ($0.path, $0.shown) },
        uniquingKeysWith: { first, _ in first })
    }
    let (own, others) = (leaves(self), leaves(other))
    var found = Set(own.keys).union(others.keys).sorted().compactMap { path in
      own[path] == others[path]
        ? nil : RunDifference(path: path, value: own[path], other: others[path])
    }
    if dataFingerprint != otherFingerprint, !found.contains(where: { $0.path.hasPrefix("data.") }) {
      found.append(
        RunDifference(
          path: "data fingerprint", value: String(dataFingerprint.prefix(12)),
          other: String(otherFingerprint.prefix(12))))
    }
    return found
  }
}

extension Parameter {
  fileprivate var shown: String {
    switch value {
    case .null: type == "empty" ? "[]" : "nothing"
    case .integer(let value): type == "boolean" ? "\(value != 0)" : "\(value)"
    // JSON keeps a whole number as an integer: 0.0 that was stored comes back as 0.
    case .real(let value): Int(exactly: value).map(String.init) ?? "\(value)"
    case .text(let text): text
    case .blob: "?"
    }
  }
}

extension Store {
  /// The finished run of the same kind and method that differs in the fewest things, the newest of
  /// those that differ in as few; nil where there is none. The newest 500 are looked at.
  /// - Parameter id: a run that does not count: the one that is asked about.
  public func nearestRun(
    to specification: RunSpecification, dataFingerprint: String, except id: RunID? = nil
  ) throws -> (run: Run, differences: [RunDifference])? {
    let candidates = try connection.run(
      """
      \(Run.select) WHERE kind = ? AND method = ? AND status = 'finished' AND uuid <> ?
      ORDER BY id DESC LIMIT 500
      """,
      [.text(specification.kind.rawValue), .text(specification.method), .text(id ?? "")]
    ).rows.map(Run.init(row:))
    return candidates.map { run in
      let differences = specification.differences(
        from: run.specification, dataFingerprint: dataFingerprint,
        otherFingerprint: run.dataFingerprint)
      return (run, differences)
    }.min { $0.1.count < $1.1.count }
  }
}
