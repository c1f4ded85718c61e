import Experiments
import FaceData
import Foundation

extension Session {
  /// Threads for work on pictures in this process.
  var workThreads: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Tells how far a piece of work is, and stops it where the user wishes.
  func work(_ title: String) -> (_ done: Int, _ count: Int) throws -> Void {
    { [self] done, count in
      onWork(WorkReport(title: title, done: done, count: count))
      try checkInterrupt()
    }
  }

  /// The survey of a data set, made once in a session.
  func survey(_ dataset: NamedDataset) throws -> DatasetSurvey {
    if let survey = surveys[dataset.specification] { return survey }
    let open = try open(dataset)
    defer { onWork(nil) }
    let survey = try DatasetSurvey(
      open, threads: workThreads, progress: work("looks at \(dataset.name)"))
    surveys[dataset.specification] = survey
    return survey
  }

  /// The features of every sample: those of a run's backbone, for which the engine goes over the
  /// pictures once, or thumbnails.
  func features(of dataset: NamedDataset, by run: Run?) throws -> FeatureTable {
    guard let run else { return try FeatureTable(thumbnails: survey(dataset)) }
    guard let method = MethodCatalog.method(.evaluate, "embeddings") else {
      throw ShellError(.unknownMethod, "the engine makes no embeddings")
    }
    let embedding = try perform(
      JobRequest(kind: .evaluate, method: method, options: [:], dataset: dataset, parent: run))
    let store = try store()
    guard let path = try store.artifactPath(run: embedding.id, name: "embeddings") else {
      throw ShellError(.data, "\(embedding.name) left no embeddings")
    }
    let file = store.folder.appendingPathComponent(path).path
    return try FeatureTable(path: file, samples: open(dataset).count)
  }
}

/// How far a piece of work in the shell's own process is.
public struct WorkReport: Sendable, Hashable {
  public let title: String
  public let done: Int
  public let count: Int
}
