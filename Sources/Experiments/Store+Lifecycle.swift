public import Foundation

// MARK: A run's life

extension Store {
  /// A heartbeat older than this counts as death where the process itself cannot be asked.
  public static let heartbeatLimitSeconds = 60.0

  /// Sets a run to `running` in this process and opens a segment.
  /// - Parameters: step: the step that it goes on after, 0 for a fresh start; versions: programs
  ///   that the engine uses, such as `torch`.
  /// - Throws: `.wrongState` for a run that is finished or that a living process carries out.
  public func start(
    run id: RunID, device: String, threads: Int, step: Int = 0, versions: [String: String] = [:]
  ) throws {
    let provenance = Provenance.capture(folder: folder).adding(versions: versions)
    let process = ProcessIdentity.current
    let now = SQLValue(Date())
    let setting: [SQLValue] = [
      .text(process.host), SQLValue(process.pid), SQLValue(process.started), .text(device),
      SQLValue(threads), .text(try CanonicalJSON.encode(provenance.versions)),
      SQLValue(provenance.commit), SQLValue(provenance.isDirty),
    ]
    try write { transaction in
      let row = try rowID(of: id)
      try requireStartable(id)
      try transaction.execute(
        """
        UPDATE runs SET status = 'running', error = NULL, finished = NULL,
          host = ?, pid = ?, process_started = ?, device = ?, threads = ?, versions = ?,
          git_commit = ?, git_dirty = ?, started = coalesce(started, ?), heartbeat = ?
        WHERE id = ?
        """, setting + [now, now, .integer(row)])
      try transaction.execute(
        """
        INSERT INTO run_segments (host, pid, process_started, device, threads, versions,
          git_commit, git_dirty, run_id, start_step, started, ended, ordinal)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11,
          coalesce(max(ordinal), 0) + 1 FROM run_segments WHERE run_id = ?9
        """, setting + [.integer(row), SQLValue(step), now])
      segments[row] = nil
    }
  }

  /// Says that the run goes on; to be called every 10 s or so. A run that another program took
  /// for dead meanwhile is running again.
  public func heartbeat(run id: RunID) throws {
    try end(id, from: ["running", "interrupted"], "status = 'running', error = NULL")
  }

  public func finish(run id: RunID) throws {
    guard let run = try run(id: id) else { throw Store.unknown(run: id) }
    // A run that was begun by an older facet gets the key that is looked for today.
    let key = try CacheKey.of(run.specification, dataFingerprint: run.dataFingerprint)
    try end(
      id, from: ["queued", "running", "paused", "interrupted"],
      "status = 'finished', error = NULL, finished = :now, cache_key = ?", [.text(key)])
  }

  /// Stops a run that will be resumed from its checkpoint.
  public func pause(run id: RunID) throws {
    try end(
      id, from: ["queued", "running", "paused", "interrupted"], "status = 'paused', error = NULL")
  }

  /// - Parameter message: what went wrong and what to do, as the user is to read it.
  public func fail(run id: RunID, message: String) throws {
    try end(
      id, from: ["queued", "running", "paused", "interrupted", "failed"],
      "status = 'failed', finished = :now, error = ?", [.text(message)])
  }

  /// What to show as a run's status: one that says `running`, but whose process is dead or has
  /// given no sign of life for `heartbeatLimitSeconds`, is interrupted.
  public func effectiveStatus(of run: Run, now: Date = Date()) -> RunStatus {
    guard run.status == .running else { return run.status }
    if let alive = run.process?.isAlive { return alive ? .running : .interrupted }
    let silence = now.timeIntervalSince(run.heartbeat ?? run.created)
    return silence > Store.heartbeatLimitSeconds ? .interrupted : .running
  }

  /// Sets runs whose process is gone to `interrupted`, and gives them.
  @discardableResult
  public func markInterrupted(now: Date = Date()) throws -> [Run] {
    let dead = try runs(status: [.running]).filter {
      effectiveStatus(of: $0, now: now) == .interrupted
    }
    guard !dead.isEmpty else { return [] }
    return try write { transaction in
      try dead.filter { run in
        let place = run.process.map { "process \($0.pid) on \($0.host)" } ?? "its process"
        // The heartbeat tells whether the run moved on between the look and the write.
        return try transaction.execute(
          """
          UPDATE runs SET status = 'interrupted', error = ?
          WHERE uuid = ? AND status = 'running' AND heartbeat IS ?
          """,
          [
            .text("\(place) is gone without a word. Resume the run."), .text(run.id),
            SQLValue(run.heartbeat),
          ]) > 0
      }
      .compactMap { try self.run(id: $0.id) }
    }
  }
}

extension Store {
  /// Sets a run's status, its heartbeat and the end of its segment to now.
  private func end(
    _ id: RunID, from allowed: [String], _ change: String, _ bindings: [SQLValue] = []
  ) throws {
    let now = SQLValue(Date())
    let states = allowed.map { "'\($0)'" }.joined(separator: ", ")
    try write { transaction in
      let row = try rowID(of: id)
      let sql = """
        UPDATE runs SET heartbeat = :now, \(change) WHERE id = :row AND status IN (\(states))
        """
      // :now is parameter 1 wherever it stands, then those of the change, then :row.
      guard try transaction.execute(sql, [now] + bindings + [.integer(row)]) > 0 else {
        throw try wrongStatus(id, allowed: allowed)
      }
      try transaction.execute(
        """
        UPDATE run_segments SET ended = ? WHERE run_id = ? AND ordinal =
          (SELECT max(ordinal) FROM run_segments WHERE run_id = ?)
        """, [now, .integer(row), .integer(row)])
    }
  }

  private func requireStartable(_ id: RunID) throws {
    guard let run = try run(id: id) else { throw Store.unknown(run: id) }
    switch effectiveStatus(of: run) {
    case .queued, .paused, .interrupted, .failed: return
    case .running, .finished:
      throw try wrongStatus(id, allowed: ["queued", "paused", "interrupted", "failed"])
    }
  }

  private func wrongStatus(_ id: RunID, allowed: [String]) throws -> ExperimentsError {
    guard let run = try run(id: id) else { return Store.unknown(run: id) }
    let place = run.process.map { " (process \($0.pid) on \($0.host))" } ?? ""
    return ExperimentsError(
      .wrongState,
      "The run \(run.name) is \(run.status.rawValue)\(place); this needs one that is "
        + "\(allowed.joined(separator: ", ")). Wait for it, or start a new run.",
      context: ["run": id, "status": run.status.rawValue])
  }
}
