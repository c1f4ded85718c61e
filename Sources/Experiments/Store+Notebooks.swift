public import Foundation

/// What a notebook's cell printed or drew, by media type: `text/plain`, `image/png`, …
public struct CellOutput: Sendable, Hashable {
  public enum Content: Sendable, Hashable {
    case text(String)
    case data([UInt8])
  }

  public let mediaType: String
  public let content: Content

  public init(mediaType: String, content: Content) {
    (self.mediaType, self.content) = (mediaType, content)
  }
}

/// One execution of a notebook's cell.
public struct NotebookCell: Sendable, Hashable {
  public enum Status: String, Sendable, Hashable { case queued, running, finished, failed }

  /// The notebook's file, or a name for a shell session.
  public var notebook: String
  /// The position in the notebook, from 0.
  public var ordinal: Int
  public var source: String
  /// Digest of the source and of all that it depends on.
  public var cacheKey: String?
  public var status: Status
  public var error: String?
  public var started: Date?
  public var finished: Date?
  public var outputs: [CellOutput]

  public init(
    notebook: String, ordinal: Int, source: String, cacheKey: String? = nil,
    status: Status = .queued, error: String? = nil, started: Date? = nil, finished: Date? = nil,
    outputs: [CellOutput] = []
  ) {
    (self.notebook, self.ordinal, self.source) = (notebook, ordinal, source)
    (self.cacheKey, self.status, self.error) = (cacheKey, status, error)
    (self.started, self.finished, self.outputs) = (started, finished, outputs)
  }
}

extension Store {
  /// Writes a cell and its outputs in place of what its position held before.
  /// - Returns: the cell's id, for `createRun(notebookCell:)` and `link`.
  @discardableResult
  public func saveNotebookCell(_ cell: NotebookCell) throws -> Int64 {
    try write { transaction in
      try transaction.execute(
        "INSERT INTO notebooks (path, created) VALUES (?, ?) ON CONFLICT (path) DO NOTHING",
        [.text(cell.notebook), SQLValue(Date())])
      let rows = try transaction.query(
        """
        INSERT INTO cells (notebook_id, ordinal, source, cache_key, status, error, started,
          finished)
        SELECT id, ?, ?, ?, ?, ?, ?, ? FROM notebooks WHERE path = ?
        ON CONFLICT (notebook_id, ordinal) DO UPDATE SET source = excluded.source,
          cache_key = excluded.cache_key, status = excluded.status, error = excluded.error,
          started = excluded.started, finished = excluded.finished
        RETURNING id
        """,
        [
          SQLValue(cell.ordinal), .text(cell.source), SQLValue(cell.cacheKey),
          .text(cell.status.rawValue), SQLValue(cell.error), SQLValue(cell.started),
          SQLValue(cell.finished), .text(cell.notebook),
        ]
      ).rows
      let id = rows.first?.first?.integerValue ?? 0
      try saveOutputs(cell.outputs, of: id)
      return id
    }
  }

  /// Writes a cell's outputs in place of those that it had.
  public func saveOutputs(_ outputs: [CellOutput], of cell: Int64) throws {
    try write { transaction in
      try transaction.execute("DELETE FROM outputs WHERE cell_id = ?", [.integer(cell)])
      for (ordinal, output) in outputs.enumerated() {
        let content: SQLValue =
          switch output.content {
          case .text(let text): .text(text)
          case .data(let bytes): .blob(bytes)
          }
        try transaction.execute(
          "INSERT INTO outputs (cell_id, ordinal, media_type, content) VALUES (?, ?, ?, ?)",
          [.integer(cell), SQLValue(ordinal), .text(output.mediaType), content])
      }
    }
  }

  /// The cells of a notebook with their outputs, in order; none for an unknown notebook.
  public func notebookCells(_ notebook: String) throws -> [NotebookCell] {
    let rows = try connection.run(
      """
      SELECT cells.id, ordinal, source, cache_key, status, error, started, finished
      FROM cells JOIN notebooks ON notebooks.id = notebook_id WHERE path = ? ORDER BY ordinal
      """, [.text(notebook)]
    ).rows
    return try rows.map { row in
      NotebookCell(
        notebook: notebook, ordinal: Int(row[1].integerValue ?? 0),
        source: row[2].textValue ?? "", cacheKey: row[3].textValue,
        status: NotebookCell.Status(rawValue: row[4].textValue ?? "") ?? .failed,
        error: row[5].textValue, started: row[6].dateValue, finished: row[7].dateValue,
        outputs: try outputs(of: row[0].integerValue ?? 0))
    }
  }

  /// Notes that a cell made a run or used it again.
  public func link(cell: Int64, run: RunID) throws {
    try write { transaction in
      let known = try transaction.query("SELECT 1 FROM cells WHERE id = ?", [.integer(cell)])
      guard !known.rows.isEmpty else {
        throw ExperimentsError(
          .notFound, "There is no cell \(cell) in this store. Save the cell first.",
          context: ["cell": "\(cell)"])
      }
      try transaction.execute(
        "INSERT INTO cell_runs (cell_id, run_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [.integer(cell), .integer(try rowID(of: run))])
    }
  }

  /// The runs that a cell made or used, oldest first.
  public func runs(ofCell cell: Int64) throws -> [Run] {
    let sql = Run.select + " JOIN cell_runs ON run_id = runs.id WHERE cell_id = ? ORDER BY runs.id"
    return try connection.run(sql, [.integer(cell)]).rows.map(Run.init(row:))
  }

  private func outputs(of cell: Int64) throws -> [CellOutput] {
    let sql = "SELECT media_type, content FROM outputs WHERE cell_id = ? ORDER BY ordinal"
    return try connection.run(sql, [.integer(cell)]).rows.map { row in
      let content: CellOutput.Content =
        row[1].blobValue.map { .data($0) } ?? .text(row[1].textValue ?? "")
      return CellOutput(mediaType: row[0].textValue ?? "", content: content)
    }
  }
}

// MARK: History of the shell

extension Store {
  /// Keeps what the user typed. Blank text is not kept.
  public func appendHistory(_ text: String) throws {
    guard text.contains(where: { !$0.isWhitespace }) else { return }
    try write { transaction in
      try transaction.execute(
        "INSERT INTO history (text, time) VALUES (?, ?)", [.text(text), SQLValue(Date())])
    }
  }

  /// The latest entries, oldest first.
  public func history(limit: Int = 1000) throws -> [String] {
    let sql = "SELECT text FROM history ORDER BY id DESC LIMIT ?"
    return try connection.run(sql, [SQLValue(limit)]).rows.reversed().compactMap { $0[0].textValue }
  }
}
