import Foundation

/// Which of a run's models a value was measured with.
public enum SelectionRule: String, Sendable, Hashable, CaseIterable, Codable {
  case last
  case validationBest = "validation-best"
  case testBest = "test-best"
}

/// One number that a run measured at its end.
public struct ResultRow: Sendable, Hashable {
  public let run: RunID
  public let task: String
  public let dataset: String
  public let protocolName: String
  /// With its normaliser or protocol: `nme[inter-ocular]`.
  public let metric: String
  /// `train`, `validation`, `test`.
  public let split: String
  public let selection: SelectionRule
  public let value: Double
  /// Samples or pairs behind the value.
  public let count: Int

  public init(
    run: RunID, task: String, dataset: String, protocolName: String, metric: String,
    split: String, selection: SelectionRule, value: Double, count: Int
  ) {
    (self.run, self.task, self.dataset) = (run, task, dataset)
    (self.protocolName, self.metric, self.split) = (protocolName, metric, split)
    (self.selection, self.value, self.count) = (selection, value, count)
  }
}

extension Store {
  /// Writes results in one transaction. A second value for the same metric of the same run, task,
  /// data set, protocol, split and selection replaces the first.
  public func addResults(_ rows: [ResultRow]) throws {
    try write { transaction in
      for row in rows {
        let (value, special) = SQLValue.pair(row.value)
        try transaction.execute(
          """
          INSERT INTO results (run_id, task, dataset, protocol, metric, split, selection,
            value, special, n) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET
            value = excluded.value, special = excluded.special, n = excluded.n
          """,
          [
            .integer(try rowID(of: row.run)), .text(row.task), .text(row.dataset),
            .text(row.protocolName), .text(row.metric), .text(row.split),
            .text(row.selection.rawValue), value, special, SQLValue(row.count),
          ])
      }
    }
  }

  /// Notes a file that a run left; a second one of the same name replaces the first.
  /// - Parameters: path: relative to the store's folder; size: in bytes; sha256: 64 digits.
  public func addArtifact(
    run: RunID, name: String, path: String, size: Int, sha256: String
  ) throws {
    try write { transaction in
      try transaction.execute(
        """
        INSERT INTO artifacts (run_id, name, path, size, sha256, created)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET path = excluded.path, size = excluded.size,
          sha256 = excluded.sha256, created = excluded.created
        """,
        [
          .integer(try rowID(of: run)), .text(name), .text(path), SQLValue(size), .text(sha256),
          SQLValue(Date()),
        ])
    }
  }

  /// The path of a run's artifact, relative to the store's folder, or nil.
  public func artifactPath(run: RunID, name: String) throws -> String? {
    try connection.scalar(
      "SELECT path FROM artifacts WHERE run_id = ? AND name = ?",
      [.integer(try rowID(of: run)), .text(name)]
    ).textValue
  }

  /// Notes a data set as a run saw it. The same name and fingerprint again changes its counts.
  /// - Parameters: counts: what there is how much of, such as `samples: 20000`; samples: ids of those
  ///   of a set that is a chosen part of another.
  public func registerDataset(
    name: String, specification: SpecValue, fingerprint: String, counts: [String: Int],
    samples: [String] = []
  ) throws {
    let values: [SQLValue] = [
      .text(name), .text(try CanonicalJSON.encode(specification)), .text(fingerprint),
      .text(try CanonicalJSON.encode(counts)), SQLValue(Date()),
    ]
    try write { transaction in
      try transaction.execute(
        """
        INSERT INTO datasets (name, specification, fingerprint, counts, created)
        VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET counts = excluded.counts,
          specification = excluded.specification
        """, values)
      guard !samples.isEmpty else { return }
      let dataset = try connection.scalar(
        "SELECT id FROM datasets WHERE name = ? AND fingerprint = ?",
        [.text(name), .text(fingerprint)])
      for (ordinal, sample) in samples.enumerated() {
        try transaction.execute(
          "INSERT OR IGNORE INTO dataset_samples (dataset_id, ordinal, sample) VALUES (?, ?, ?)",
          [dataset, SQLValue(ordinal), .text(sample)])
      }
    }
  }

  /// Ids of the samples of a set that is a chosen part of another, as they were registered.
  public func samples(ofDataset name: String, fingerprint: String) throws -> [String] {
    try connection.run(
      """
      SELECT sample FROM dataset_samples JOIN datasets ON datasets.id = dataset_id
      WHERE name = ? AND fingerprint = ? ORDER BY ordinal
      """, [.text(name), .text(fingerprint)]
    ).rows.compactMap { $0.first?.textValue }
  }

  /// Notes weights that later runs can start from.
  /// - Parameters: path: relative to the store's folder; settings: width, dimension and the like.
  public func registerModel(
    run: RunID, path: String, sha256: String, backbone: String,
    selection: SelectionRule = .last, settings: [String: SpecValue] = [:]
  ) throws {
    let settings = try CanonicalJSON.encode(settings)
    try write { transaction in
      try transaction.execute(
        """
        INSERT INTO models (run_id, path, sha256, backbone, selection, settings, created)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET sha256 = excluded.sha256, backbone = excluded.backbone,
          selection = excluded.selection, settings = excluded.settings, created = excluded.created
        """,
        [
          .integer(try rowID(of: run)), .text(path), .text(sha256), .text(backbone),
          .text(selection.rawValue), .text(settings), SQLValue(Date()),
        ])
    }
  }
}
