public import Foundation

/// A run's UUID: 36 characters, lower case; also the name of its folder below `runs/`.
public typealias RunID = String

public enum RunStatus: String, Sendable, Hashable, CaseIterable {
  case queued, running, paused, interrupted, finished, failed
}

/// One thing that the engine carried out, or is to: a row of the table `runs`.
public struct Run: Sendable, Hashable {
  public let id: RunID
  public let name: String
  public let kind: RunSpecification.Kind
  public let method: String
  public let specification: RunSpecification
  public let dataFingerprint: String
  public let cacheKey: String
  public let status: RunStatus
  /// Why it failed or was interrupted.
  public let error: String?
  public let seed: Int
  /// The runs whose weights it starts from.
  public let parents: [RunID]
  /// Where the latest segment ran; nil before the first.
  public let process: ProcessIdentity?
  public let device: String?
  public let threads: Int?
  public let provenance: Provenance
  public let created: Date
  public let started: Date?
  public let finished: Date?
  public let heartbeat: Date?
  /// Seconds of work, over all segments.
  public let durationSeconds: Double
}

extension Run {
  /// A run that is in no store, as if it were finished: what a plan puts in the place of a run that
  /// would have to be carried out.
  public init(
    planned specification: RunSpecification, name: String, dataFingerprint: String,
    parents: [RunID] = []
  ) throws {
    id = UUID().uuidString.lowercased()
    (self.name, self.specification, self.parents) = (name, specification, parents)
    (kind, method, seed) = (specification.kind, specification.method, specification.seed)
    self.dataFingerprint = dataFingerprint
    cacheKey = try CacheKey.of(specification, dataFingerprint: dataFingerprint)
    (status, error, process, device, threads) = (.finished, nil, nil, nil, nil)
    provenance = Provenance(commit: nil, isDirty: nil)
    (created, started, finished, heartbeat, durationSeconds) = (Date(), nil, nil, nil, 0)
  }

  static let select = """
    SELECT uuid, name, specification, data_fingerprint, cache_key, status, error,
      host, pid, process_started, device, threads, versions, git_commit, git_dirty,
      created, started, finished, heartbeat, duration,
      (SELECT group_concat(uuid) FROM (SELECT parents.uuid FROM run_parents
        JOIN runs AS parents ON parents.id = parent_id
        WHERE run_id = runs.id ORDER BY ordinal))
    FROM runs
    """

  /// Reads a row of `select`.
  init(row: [SQLValue]) throws {
    id = row[0].textValue ?? ""
    name = row[1].textValue ?? ""
    specification = try CanonicalJSON.decode(RunSpecification.self, from: row[2].textValue ?? "")
    (kind, method, seed) = (specification.kind, specification.method, specification.seed)
    (dataFingerprint, cacheKey) = (row[3].textValue ?? "", row[4].textValue ?? "")
    status = RunStatus(rawValue: row[5].textValue ?? "") ?? .failed
    error = row[6].textValue
    process = row[7].textValue.map {
      ProcessIdentity(
        host: $0, pid: Int(row[8].integerValue ?? 0), started: row[9].textValue)
    }
    device = row[10].textValue
    threads = row[11].integerValue.map { Int($0) }
    provenance = Provenance(
      commit: row[13].textValue, isDirty: row[14].integerValue.map { $0 != 0 },
      versions: try CanonicalJSON.decode([String: String].self, from: row[12].textValue ?? "{}"))
    created = row[15].dateValue ?? .distantPast
    (started, finished, heartbeat) = (row[16].dateValue, row[17].dateValue, row[18].dateValue)
    durationSeconds = row[19].realValue ?? 0
    parents = row[20].textValue?.split(separator: ",").map(String.init) ?? []
  }
}
