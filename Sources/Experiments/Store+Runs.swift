import Foundation

// MARK: Making and finding runs

extension Store {
  /// Writes a new run with status `queued`.
  /// - Parameters:
  ///   - name: need not be unique; nil is the method and the start of the cache key.
  ///   - parents: the runs whose weights it starts from. Empty with an `initialization` in the
  ///     specification: the newest finished run of that cache key.
  ///   - notebookCell: the cell that asked for it, as `saveNotebookCell` gave it.
  ///   - experiment: a group of runs, made when it is new.
  /// - Throws: `.notFound` for a parent or cell that is not in the store, `.encoding` for a
  ///   specification with NaN or an infinity.
  public func createRun(
    specification: RunSpecification, name: String? = nil, dataFingerprint: String,
    parents: [RunID] = [], notebookCell: Int64? = nil, experiment: String? = nil
  ) throws -> Run {
    let key = try CacheKey.of(specification, dataFingerprint: dataFingerprint)
    let id = UUID().uuidString.lowercased()
    let provenance = Provenance.capture(folder: folder)
    let values: [SQLValue] = [
      .text(id), .text(specification.kind.rawValue), .text(specification.method),
      .text(name ?? "\(specification.method)-\(key.prefix(8))"),
      .text(try CanonicalJSON.encode(specification)), .text(dataFingerprint), .text(key),
      SQLValue(specification.seed), .text(try CanonicalJSON.encode(provenance.versions)),
      SQLValue(provenance.commit), SQLValue(provenance.isDirty), SQLValue(Date()),
    ]
    try write { transaction in
      try transaction.execute(
        """
        INSERT INTO runs (uuid, kind, method, name, specification, data_fingerprint, cache_key,
          seed, versions, git_commit, git_dirty, created)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """, values)
      try addParents(parents, initialization: specification.initialization, of: id)
      try addParameters(of: specification, to: id)
      if let notebookCell { try link(cell: notebookCell, run: id) }
      if let experiment { try join(experiment: experiment, run: id) }
    }
    guard let run = try run(id: id) else { throw Store.unknown(run: id) }
    return run
  }

  /// The newest finished run of that cache key: its results can be used again.
  public func finishedRun(cacheKey: String) throws -> Run? {
    try firstRun("WHERE cache_key = ? AND status = 'finished' ORDER BY id DESC", [.text(cacheKey)])
  }

  /// The newest run of that cache key that can go on: queued, paused, interrupted or failed.
  public func resumableRun(cacheKey: String) throws -> Run? {
    try firstRun(
      """
      WHERE cache_key = ? AND status IN ('queued', 'paused', 'interrupted', 'failed')
      ORDER BY id DESC
      """, [.text(cacheKey)])
  }

  /// Gives a run that is to go on other values of options that do not change its outcome.
  /// - Throws: `.wrongState` for a specification that would measure something else.
  public func revise(run id: RunID, specification: RunSpecification) throws -> Run {
    guard let run = try run(id: id) else { throw Store.unknown(run: id) }
    // A real without fraction reads back as an integer: texts are compared, not values.
    let (text, old) = (
      try CanonicalJSON.encode(specification), try CanonicalJSON.encode(run.specification)
    )
    guard
      try CanonicalJSON.encode(specification.decisive)
        == CanonicalJSON.encode(run.specification.decisive)
    else {
      throw ExperimentsError(
        .wrongState, "The run \(run.name) was begun with other options. Start a new run.",
        context: ["run": id])
    }
    guard text != old else { return run }
    try write { transaction in
      let row = SQLValue.integer(try rowID(of: id))
      try transaction.execute(
        "UPDATE runs SET specification = ? WHERE id = ?",
        [.text(text), row])
      try transaction.execute("DELETE FROM parameters WHERE run_id = ?", [row])
      try addParameters(of: specification, to: id)
    }
    return try self.run(id: id) ?? run
  }

  public func run(id: RunID) throws -> Run? {
    try firstRun("WHERE uuid = ?", [.text(id.lowercased())])
  }

  /// The newest run of that name, of one of these kinds and with one of these statuses.
  public func run(
    named name: String,
    kinds: Set<RunSpecification.Kind> = Set(RunSpecification.Kind.allCases),
    status: Set<RunStatus> = Set(RunStatus.allCases)
  ) throws -> Run? {
    try firstRun(
      "WHERE name = ? AND kind IN (\(Self.quoted(kinds))) AND status IN (\(Self.quoted(status)))"
        + " ORDER BY id DESC", [.text(name)])
  }

  /// Runs with one of these statuses, newest first.
  public func runs(
    status: Set<RunStatus> = Set(RunStatus.allCases), limit: Int? = nil
  ) throws -> [Run] {
    try connection.run(
      "\(Run.select) WHERE status IN (\(Self.quoted(status))) ORDER BY id DESC LIMIT ?",
      [SQLValue(limit ?? -1)]
    ).rows.map(Run.init(row:))
  }

  private static func quoted<Name: RawRepresentable<String>>(_ names: Set<Name>) -> String {
    names.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
  }

  private func firstRun(_ condition: String, _ bindings: [SQLValue]) throws -> Run? {
    try connection.run("\(Run.select) \(condition) LIMIT 1", bindings).rows.first.map(
      Run.init(row:))
  }
}

// MARK: What belongs to a run

extension Store {
  static func unknown(run: RunID) -> ExperimentsError {
    ExperimentsError(
      .notFound, "There is no run \(run) in this store. List the runs and check its id.",
      context: ["run": run])
  }

  /// The row of a run.
  func rowID(of run: RunID) throws -> Int64 {
    if let row = rowIDs[run] { return row }
    let found = try connection.scalar(
      "SELECT id FROM runs WHERE uuid = ?", [.text(run.lowercased())])
    guard let row = found.integerValue else { throw Store.unknown(run: run) }
    rowIDs[run] = row
    return row
  }

  private func addParents(_ parents: [RunID], initialization: String?, of run: RunID) throws {
    var parents = parents
    if parents.isEmpty, let key = initialization, let parent = try finishedRun(cacheKey: key) {
      parents = [parent.id]
    }
    for (ordinal, parent) in parents.enumerated() {
      try connection.execute(
        "INSERT INTO run_parents (run_id, parent_id, ordinal) VALUES (?, ?, ?)",
        [.integer(try rowID(of: run)), .integer(try rowID(of: parent)), SQLValue(ordinal)])
    }
  }

  private func addParameters(of specification: RunSpecification, to run: RunID) throws {
    let row = try rowID(of: run)
    for parameter in specification.parameters {
      try connection.execute(
        "INSERT INTO parameters (run_id, path, type, value) VALUES (?, ?, ?, ?)",
        [.integer(row), .text(parameter.path), .text(parameter.type), parameter.value])
    }
  }

  private func join(experiment: String, run: RunID) throws {
    try connection.execute(
      "INSERT INTO experiments (name, created) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
      [.text(experiment), SQLValue(Date())])
    try connection.execute(
      "UPDATE runs SET experiment_id = (SELECT id FROM experiments WHERE name = ?) WHERE id = ?",
      [.text(experiment), .integer(try rowID(of: run))])
  }
}
