import Foundation
import Testing

@testable import Execution

struct RankPlaceTests {
  @Test("torchrun's variables say the rank, and that its agent serves the store")
  func torchrun() throws {
    let place = try #require(
      try RankPlace(environment: [
        "RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "MASTER_ADDR": "node3",
        "MASTER_PORT": "29500", "TORCHELASTIC_USE_AGENT_STORE": "True",
        "TORCHELASTIC_RESTART_COUNT": "2",
      ]))
    #expect(place.rank == 5 && place.size == 8 && place.localRank == 1)
    #expect(place.address == "node3" && place.port == 29500)
    #expect(place.isServed && place.prefix == "/worker/attempt_2")
  }

  @Test("srun's variables say it too; those of a batch script do not")
  func slurm() throws {
    var environment = [
      "SLURM_PROCID": "3", "SLURM_NTASKS": "4", "SLURM_STEP_NUM_TASKS": "4", "SLURM_LOCALID": "1",
      "SLURM_STEP_NODELIST": "gpu[07-08]", "SLURM_JOB_ID": "41",
    ]
    let place = try #require(try RankPlace(environment: environment))
    #expect(place.rank == 3 && place.size == 4 && place.localRank == 1)
    #expect(place.address == "gpu07" && place.port == 20_041 && !place.isServed)
    environment["SLURM_STEP_NUM_TASKS"] = nil
    #expect(try RankPlace(environment: environment) == nil)
  }

  @Test(arguments: [
    ("node[03-06,9]", "node03"), ("a1,a2", "a1"), ("single", "single"), ("x[5],y", "x5"),
  ])
  func firstNode(list: String, first: String) { #expect(RankPlace.firstNode(of: list) == first) }

  @Test("a process that nobody started as one of several is alone")
  func alone() throws {
    #expect(try RankPlace(environment: [:]) == nil)
    #expect(
      try RankPlace(environment: [
        "RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "x", "MASTER_PORT": "1",
      ]) == nil)
  }

  @Test(arguments: [
    ["RANK": "0", "WORLD_SIZE": "2"], ["RANK": "two", "WORLD_SIZE": "2"],
    ["RANK": "2", "WORLD_SIZE": "2", "MASTER_ADDR": "x", "MASTER_PORT": "1"],
  ])
  func badVariables(environment: [String: String]) {
    #expect {
      try RankPlace(environment: environment)
    } throws: { ($0 as? EngineError)?.code == .badRank }
  }

  @Test("every rank gets its part of each batch, all of it together")
  func shares() {
    let order = TrainingOrder(samples: Array(0..<24), batch: 8, seed: 1)
    for step in 0..<6 {
      let parts = (0..<4).flatMap { order.indices(of: step, rank: $0, of: 4) }
      #expect(parts == order.indices(of: step))
    }
  }

  @Test("the largest batch that fits is found to an eighth, from a few tries")
  func largestBatch() {
    for limit in [2, 3, 7, 100, 255] {
      var tries = 0
      let found = LargestBatch.find(below: 256) {
        tries += 1
        return $0 <= limit
      }
      #expect(found.map { $0 <= limit && Double($0) > 0.85 * Double(limit) - 1 } == true)
      #expect(tries < 14)
    }
    #expect(LargestBatch.find(below: 256) { _ in false } == nil)
  }
}
