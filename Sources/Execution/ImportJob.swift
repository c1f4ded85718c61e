import Digests
import Experiments
import FaceData
import FaceModels
import Foundation
import Torch

/// Takes weights from a file into the store: a finished run that others can start from.
struct ImportJob {
  let context: JobContext

  func run() throws -> JobEnd {
    let file = URL(filePath: try path())
    guard try SHA256Digest.of(file: file).hex == context.run.dataFingerprint else {
      throw EngineError(
        .badOption, "\(file.path) has changed since the command was given: give it again")
    }
    let backbone = try context.options.makeBackbone(
      generator: context.generator("backbone"), device: .cpu)
    let prefix = try context.options.text("prefix")
    let weights = try ForeignWeights(
      WeightFile.load(file), for: backbone, prefix: prefix.isEmpty ? nil : prefix)
    try backbone.load(weights.matched, strict: false)
    context.recorder.message(Self.told(weights))
    try context.saveModel(backbone.state.prefixed("backbone"), selection: .last)
    return .finished
  }

  private func path() throws -> String {
    guard case .record(let fields) = context.specification.data,
      let path = fields["path"]?.textValue
    else { throw EngineError(.badOption, "the specification names no file of weights") }
    return path
  }

  /// What matched and what did not.
  static func told(_ weights: ForeignWeights) -> String {
    let place = weights.prefix.isEmpty ? "" : " under “\(weights.prefix)”"
    var text = "\(weights.matched.count) tensors matched\(place)"
    if !weights.unused.isEmpty {
      text +=
        "; \(weights.unused.count) left out: "
        + weights.unused.prefix(4).joined(separator: ", ") + (weights.unused.count > 4 ? ", …" : "")
    }
    return text
  }
}

/// The data of a job that needs none.
struct NoFaces: FaceDataset {
  let count = 0
  let fingerprint = ""
  let identityNames: [String] = []
  let pairs: [VerificationPair] = []
  let unusable: [UnusableSample] = []
  func id(at index: Int) -> String { "" }
  func labels(at index: Int) throws -> FaceLabels { FaceLabels() }
  func sample(at index: Int) throws -> FaceSample {
    throw EngineError(.tooFewSamples, "this job has no faces")
  }
}
