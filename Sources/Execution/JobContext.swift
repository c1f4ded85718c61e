import Digests
import Experiments
import FaceData
import FaceModels
import Foundation
import Pretraining
import Torch

/// How a job ended, other than by an error.
public enum JobEnd: Sendable { case finished, paused }

/// What every job needs: its specification, its data, its folder and the way to the store.
struct JobContext {
  let run: Run
  let store: Store
  let recorder: Recorder
  /// Remembers the pictures of `source` once they are decoded.
  let dataset: any FaceDataset
  let source: any FaceDataset
  let options: JobOptions
  /// `runs/<UUID>` beside the store.
  let folder: URL
  /// Where an earlier segment of the run left off.
  let checkpoint: Checkpoint?
  let threads: Int
  /// Asked between steps: true pauses the job with a checkpoint.
  let isInterrupted: () -> Bool
  let limits: JobLimits
  /// The processes that carry out this run.
  let ranks: Ranks

  /// Name of the data set in results.
  let datasetName: String
  /// Another set to test on as a whole.
  let testSet: (dataset: any FaceDataset, name: String)?
  /// Where frozen features are kept, beside rendered faces.
  let cacheFolder: URL

  var specification: RunSpecification { run.specification }
  var seed: UInt64 { UInt64(bitPattern: Int64(specification.seed)) }
  var checkpointFile: URL { folder.appending(path: JobFiles.checkpoint) }

  /// Whether the job is to stop here with a checkpoint; the same on all ranks.
  func isToPause(after done: Int, of steps: Int) throws -> Bool {
    let wish = isInterrupted() || limits.isReached(done: done, of: steps)
    return try ranks.group?.any(wish) ?? wish
  }

  /// A generator for one purpose: weights of a head do not change when the backbone draws more.
  func generator(_ purpose: String) throws -> Generator {
    try Generator(seed: seed, purpose: purpose)
  }

  /// The backbone as the run starts: drawn from the seed, or the parent's weights.
  func makeBackbone(on device: Device) throws -> any Backbone {
    let backbone = try untrainedBackbone(on: device)
    guard let parent = try parent() else { return backbone }
    let (tensors, _) = try Safetensors.load(model(of: parent))
    try backbone.load(tensors.subset(prefix: "backbone."), strict: true)
    return backbone
  }

  /// The network as it is before any training.
  func untrainedBackbone(on device: Device) throws -> any Backbone {
    try options.makeBackbone(generator: generator("backbone"), device: device)
  }

  /// The run that this one starts from, or measures; nil is from scratch.
  func parent() throws -> Run? {
    guard let key = specification.initialization else { return nil }
    guard let parent = try store.finishedRun(cacheKey: key) else {
      throw EngineError(
        .missingParent,
        "the run that this one starts from is not finished or not in this store:"
          + " pretrain it first, or use from: scratch")
    }
    return parent
  }

  func model(of parent: Run) throws -> URL {
    let file = folder.deletingLastPathComponent()
      .appending(path: parent.id).appending(path: JobFiles.model)
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw EngineError(
        .missingParent,
        "the weights of \(parent.name) are gone: \(file.path) does not exist;"
          + " pretrain it again with fresh: true")
    }
    return file
  }

  /// Writes the final weights and enters them into the store.
  func saveModel(
    _ state: [NamedTensor], selection: SelectionRule, file name: String = JobFiles.model,
    metadata: [String: String] = [:]
  ) throws {
    guard ranks.isFirst else { return }
    let file = folder.appending(path: name)
    try Safetensors.save(
      state.dictionary,
      metadata: ["cache-key": run.cacheKey, "name": run.name].merging(metadata) { $1 }, to: file)
    let hash = try register(file, as: file.deletingPathExtension().lastPathComponent)
    try store.registerModel(
      run: run.id, path: storedPath(file), sha256: hash, backbone: options.text("backbone"),
      selection: selection)
  }

  /// - Returns: the file's SHA-256.
  @discardableResult
  func register(_ file: URL, as name: String) throws -> String {
    let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? 0
    let hash = try SHA256Digest.of(file: file).hex
    try store.addArtifact(
      run: run.id, name: name, path: storedPath(file), size: size, sha256: hash)
    return hash
  }

  /// Relative to the store's folder, so that both can be moved together.
  private func storedPath(_ file: URL) -> String { "runs/\(run.id)/\(file.lastPathComponent)" }
}

/// File names inside a run's folder.
enum JobFiles {
  static let model = "model.safetensors"
  static let bestModel = "model-best.safetensors"
  static let checkpoint = "checkpoint.safetensors"
  static let predictions = "predictions.json"
  static let protocolRecord = "protocol.json"
  static let embeddings = "embeddings.safetensors"
  static func table(_ name: String) -> String { name + ".csv" }
}

extension [String: Tensor] {
  /// The entries under a prefix, without it.
  func subset(prefix: String) -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for (name, tensor) in self where name.hasPrefix(prefix) {
      result[String(name.dropFirst(prefix.count))] = tensor
    }
    return result
  }
}
