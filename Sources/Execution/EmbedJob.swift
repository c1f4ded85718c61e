import Experiments
import FaceData
import FaceModels
import FaceTasks
import Foundation
import Torch

/// Leaves the features of every picture of a data set in `embeddings.safetensors`: `features`,
/// float32 `[N, D]`, rows in the set's order.
///
/// A row is f(x) + f(flipped x) of the backbone, of length 1, not centred: whoever compares two sets
/// takes one mean away from both.
struct EmbedJob {
  let context: JobContext

  func run() throws -> JobEnd {
    let options = context.options
    let device = try options.device()
    let input = try options.input(device: device)
    let backbone = try context.makeBackbone(on: device)
    guard let features = try embedAll(input, backbone) else { return .paused }
    let file = context.folder.appending(path: JobFiles.embeddings)
    try Safetensors.save(
      ["features": features],
      metadata: ["dataset": context.dataset.fingerprint, "cache-key": context.run.cacheKey],
      to: file)
    try context.register(file, as: "embeddings")
    return .finished
  }

  /// `[N, D]`; nil where the job was interrupted. It starts anew then: a pass over the pictures is
  /// short.
  private func embedAll(_ input: InputSettings, _ backbone: any Backbone) throws -> Tensor? {
    let count = context.dataset.count
    let piece = input.batch * 4
    let steps = (count + piece - 1) / piece
    let pace = Pace(firstStep: 0, steps: steps, imagesPerStep: piece)
    var parts: [Tensor] = []
    for step in 0..<steps {
      if context.isInterrupted() { return nil }
      let indices = Array(step * piece..<min(count, (step + 1) * piece))
      parts.append(
        try embeddings(indices, of: context.dataset, input: input, backbone: backbone))
      try context.recorder.progress(
        EngineProgress(
          phase: "embed", step: step + 1, steps: steps,
          imagesPerSecond: pace.imagesPerSecond(after: step + 1),
          etaSeconds: pace.secondsLeft(after: step + 1)))
    }
    return try Tensor.cat(parts, dim: 0)
  }
}
