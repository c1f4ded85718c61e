import Foundation
import Synchronization
import Testing

@testable import Torch

/// Ranks as threads of this process, each with its own tensors.
final class RankResults<Value: Sendable>: Sendable {
  let values = Mutex<[Int: Result<Value, any Error>]>([:])
}

func withRanks<Value: Sendable>(
  _ size: Int = 2, _ body: @escaping @Sendable (ProcessGroup) throws -> Value
) throws -> [Result<Value, any Error>] {
  let server = try TCPStore(host: "127.0.0.1", port: 0, serves: true)
  let (port, results, all) = (server.port, RankResults<Value>(), DispatchGroup())
  for rank in 0..<size {
    all.enter()
    Thread.detachNewThread {
      let result = Result {
        let store = try TCPStore(host: "127.0.0.1", port: port, serves: false, timeoutSeconds: 20)
        return try body(
          ProcessGroup(store: store, rank: rank, size: size, isLocal: true, timeoutSeconds: 20))
      }
      results.values.withLock { $0[rank] = result }
      all.leave()
    }
  }
  all.wait()
  return withExtendedLifetime(server) {
    results.values.withLock { values in (0..<size).compactMap { values[$0] } }
  }
}

@Suite(.serialized)
struct ProcessGroupTests {
  @Test("means over ranks, of several tensors and types at once")
  func average() throws {
    let results = try withRanks(3) { group in
      let a = try Tensor([Float(group.rank), 10], shape: [2])
      let b = try Tensor([Double(3 * group.rank)], shape: [1, 1])
      try group.average([a, b])
      return try a.floats() + b.floats()
    }
    for result in results { #expect(try result.get() == [1, 10, 3]) }
  }

  @Test("the first rank's tensors and answers go to all")
  func broadcast() throws {
    let results = try withRanks { group in
      let a = try Tensor([Float(group.rank) + 7], shape: [1])
      try group.broadcast([a])
      let answer = try group.ofFirst { 4 }
      return (try a.floats(), answer, try group.any(group.rank == 1), try group.any(false))
    }
    for result in results {
      let (values, answer, isAny, isNone) = try result.get()
      #expect(values == [7] && answer == 4 && isAny && !isNone)
    }
  }

  @Test("rows of several views come together view by view")
  func rows() throws {
    let results = try withRanks { group in
      // Two views of two samples: 10 · view + sample.
      let own = (0..<2).flatMap { view in
        (0..<2).map { Float(10 * view + 2 * group.rank + $0) }
      }
      return try group.gatheredRows(Tensor(own, shape: [4, 1]), views: 2).floats()
    }
    for result in results { #expect(try result.get() == [0, 1, 2, 3, 10, 11, 12, 13]) }
  }

  @Test("each rank's part gets the gradients of all ranks")
  func gradient() throws {
    let results = try withRanks { group in
      let x = try Tensor([Float(group.rank + 1)], shape: [1])
      try x.setRequiresGradient(true)
      let weight = try Tensor(group.rank == 0 ? [Float(1), 2] : [3, 5], shape: [2, 1])
      try (group.gathered(x) * weight).sum().backward()
      return try #require(x.gradient).floats()
    }
    #expect(try results.map { try $0.get() } == [[4], [7]])
  }

  /// Within 1e-5: the sums are taken in another order.
  @Test("batch norm over two ranks is batch norm over the joined batch")
  func batchNorm() throws {
    struct Outcome: Sendable {
      var y, dx, dWeight, dBias, mean, variance: [Float]
    }
    @Sendable func outcome(_ group: ProcessGroup?, rows: Range<Int>) throws -> Outcome {
      let generator = try Generator(seed: 4)
      let all = try Tensor.randn([8, 3, 4, 4], generator: generator, mean: 2)
      let factors = try Tensor.randn([8, 3, 4, 4], generator: generator)
      let norm = try BatchNorm2d(3)
      let x = try all.narrow(0, start: rows.lowerBound, length: rows.count).clone().detached()
      try x.setRequiresGradient(true)
      let y = try withSynchronizedBatchNorm(group) { try norm(x, training: true) }
      try (y * factors.narrow(0, start: rows.lowerBound, length: rows.count)).sum().backward()
      let (weight, bias) = (try #require(norm.weight.gradient), try #require(norm.bias.gradient))
      try group?.average([weight, bias])
      return Outcome(
        y: try y.floats(), dx: try #require(x.gradient).floats(), dWeight: try weight.floats(),
        dBias: try bias.floats(), mean: try norm.runningMean.floats(),
        variance: try norm.runningVariance.floats())
    }
    let whole = try outcome(nil, rows: 0..<8)
    let parts = try withRanks { group in
      try outcome(group, rows: group.rank * 4..<group.rank * 4 + 4)
    }.map { try $0.get() }
    #expect(Self.near(parts.flatMap(\.y), whole.y))
    #expect(Self.near(parts.flatMap(\.dx), whole.dx))
    for part in parts {
      // Gradients are means over the ranks.
      #expect(Self.near(part.dWeight.map { 2 * $0 }, whole.dWeight))
      #expect(Self.near(part.dBias.map { 2 * $0 }, whole.dBias))
      #expect(Self.near(part.mean, whole.mean) && Self.near(part.variance, whole.variance))
    }
  }

  private static func near(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }
  }

  @Test("a rank that is gone ends the others' calls with an error that says so")
  func lostRank() throws {
    let results = try withRanks { group in
      if group.rank == 1 { return }
      try group.average([Tensor([Float](repeating: 1, count: 1000), shape: [1000])])
    }
    #expect { try results[0].get() } throws: { ($0 as? TensorError)?.code == .lostRank }
  }

  @Test("nobody at the meeting place is an error, not a wait for ever")
  func nobody() {
    #expect {
      try TCPStore(host: "127.0.0.1", port: 9, serves: false, timeoutSeconds: 0.2)
    } throws: { ($0 as? TensorError)?.code == .lostRank }
  }
}
