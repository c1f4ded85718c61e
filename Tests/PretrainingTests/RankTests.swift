import FaceData
import FaceModels
import Foundation
import Synchronization
import Testing
import Torch

@testable import Pretraining

/// Two ranks with half of a batch each against one process with all of it, float32.
@Suite(.serialized)
struct RankTests {
  private final class Results: Sendable {
    let losses = Mutex<[Int: Result<[Double], any Error>]>([:])
  }

  private static func options(_ changes: [String: String]) -> TestOptions {
    var options = TestOptions.small
    options.numbers["queue"] = 24
    options.texts.merge(changes) { $1 }
    return options
  }

  /// Losses of three updates.
  @Sendable private static func losses(
    _ name: String, _ changes: [String: String], _ group: ProcessGroup?
  ) throws -> [Double] {
    try setThreads(1)
    let plain = TestMethods.setup(name, options: options(changes))
    let setup = PretrainingSetup(
      options: plain.options, dataset: plain.dataset, compute: plain.compute, seed: plain.seed,
      group: group, makeBackbone: plain.makeBackbone)
    let method = try #require(try PretrainingMethods.make(name, setup))
    let trainer = try PretrainingTrainer(
      method, settings: OptimizationSettings(rule: .sgd, learningRate: 0.02, clip: 1), group: group)
    return try (0..<3).map { step in
      let batch = try TestMethods.batch(method, step: step)
      let own = group.map { batch.part($0.rank * 6..<$0.rank * 6 + 6) } ?? batch
      return try trainer.train(
        own, at: StepPosition(step: step, stepsPerEpoch: 1, totalSteps: 3)
      ).loss
    }
  }

  /// Within 2e-3 of the loss: sums are taken in another order, and batch norm over a dozen pictures
  /// makes much of it from step to step. The first loss, before any update, within 1e-5.
  @Test(
    "two ranks give the losses of one with the whole batch",
    arguments: [
      "swav", "moco", "byol", "simsiam", "simclr", "vicreg", "barlow-twins", "dino", "supervised",
      "supervised-contrastive", "triplet", "siamese", "multi-task", "mae", "denoising", "vae",
    ])
  func equality(name: String) throws { try compare(name) }

  @Test("two ranks' teachers of DINO are spread over the outputs together")
  func sharedSinkhorn() throws { try compare("dino", ["centring": "sinkhorn"]) }

  private func compare(_ name: String, _ changes: [String: String] = [:]) throws {
    let whole = try Self.losses(name, changes, nil)
    let server = try TCPStore(host: "127.0.0.1", port: 0, serves: true)
    let (port, results, all) = (server.port, Results(), DispatchGroup())
    for rank in 0..<2 {
      all.enter()
      Thread.detachNewThread {
        let result = Result {
          let store = try TCPStore(host: "127.0.0.1", port: port, serves: false)
          let group = try ProcessGroup(
            store: store, rank: rank, size: 2, isLocal: true, timeoutSeconds: 60)
          return try Self.losses(name, changes, group)
        }
        results.losses.withLock { $0[rank] = result }
        all.leave()
      }
    }
    all.wait()
    for rank in 0..<2 {
      let losses = try #require(results.losses.withLock { $0[rank] }).get()
      #expect(losses.count == 3)
      for (step, pair) in zip(losses, whole).enumerated() {
        let tolerance = (step == 0 ? 1e-5 : 2e-3) * max(1, abs(pair.1))
        #expect(abs(pair.0 - pair.1) < tolerance, "step \(step): \(pair.0), \(pair.1) alone")
      }
    }
    withExtendedLifetime(server) {}
  }
}
