import Testing

@testable import Torch

/// Two ranks as threads, against the mean of their gradients taken after the backward pass.
@Suite(.serialized)
struct GradientReducerTests {
  struct Outcome: Sendable {
    /// By step: the buckets under way before the end, and the gradients.
    var early: [Int] = []
    var gradients: [[[Float]]] = []
    var expected: [[[Float]]] = []
  }

  /// Four layers of 1.2 MB, so that the last one's bucket is full by itself.
  private static func network() throws -> Sequential {
    let generator = try Generator(seed: 5)
    return Sequential(
      try (0..<4).map { _ in
        try Linear(inputs: 560, outputs: 560, bias: false, generator: generator)
      })
  }

  private static func loss(
    _ network: Sequential, rank: Int, step: Int, segments: Int = 0
  ) throws -> Tensor {
    let generator = try Generator(seed: UInt64(10 * step + rank))
    let x = try Tensor.randn([3, 560], generator: generator)
    guard segments > 0 else { return try network(x, training: true).pow(2).mean() }
    try x.setRequiresGradient(true)
    let parts = try (0..<segments).map { part in
      try recomputed(x * Double(part + 1), buffers: []) { try network($0, training: true) }
    }
    return try parts.dropFirst().reduce(parts[0]) { try $0 + $1 }.pow(2).mean()
  }

  private static func gradients(_ network: Sequential) throws -> [[Float]] {
    try network.parameters.map { try #require($0.tensor.gradient).floats() }
  }

  /// - Parameter backward: takes the gradients of a step; calls its argument before the last pass.
  private static func outcome(
    _ group: ProcessGroup, backward: (Sequential, Int, () throws -> Void) throws -> Void
  ) throws -> Outcome {
    let network = try network()
    var outcome = Outcome()
    for step in 0..<3 {
      network.clearGradients()
      try backward(network, step) {}
      let own = try network.parameters.map { try #require($0.tensor.gradient) }
      try group.average(own)
      outcome.expected.append(try gradients(network))
    }
    let reducer = try GradientReducer(of: network.parameters.map(\.tensor), over: group)
    for step in 0..<3 {
      network.clearGradients()
      try backward(network, step) { try reducer.begin() }
      outcome.early.append(try reducer.finish())
      outcome.gradients.append(try gradients(network))
    }
    return outcome
  }

  private static func expectMeans(_ results: [Result<Outcome, any Error>]) throws {
    for result in results {
      let outcome = try result.get()
      #expect(outcome.gradients == outcome.expected)
      #expect(outcome.gradients[0] != outcome.gradients[1])
      // The last layer's bucket and that of the other three, but for the step that finds out.
      #expect(outcome.early == [0, 2, 2])
    }
  }

  /// Segments: of recomputed activations, each of which adds to the gradients; 0 recomputes none.
  @Test(
    "gradients are the ranks' means, and travel before the backward pass has ended",
    arguments: [0, 2])
  func overlapped(segments: Int) throws {
    try Self.expectMeans(
      withRanks { group in
        try Self.outcome(group) { network, step, begin in
          let loss = try Self.loss(network, rank: group.rank, step: step, segments: segments)
          try begin()
          try loss.backward()
        }
      })
  }

  @Test("of several passes only the last sends, what all of them have added up")
  func accumulated() throws {
    try Self.expectMeans(
      withRanks { group in
        try Self.outcome(group) { network, step, begin in
          try Self.loss(network, rank: group.rank, step: step).backward()
          let second = try Self.loss(network, rank: group.rank, step: step + 7)
          try begin()
          try second.backward()
        }
      })
  }

  @Test("a gradient that grows after it was sent is an error")
  func changedGraph() throws {
    let results = try withRanks { group in
      let network = try Self.network()
      let reducer = try GradientReducer(of: network.parameters.map(\.tensor), over: group)
      for segments in [1, 2] {
        let loss = try Self.loss(network, rank: group.rank, step: 0, segments: segments)
        try reducer.begin()
        try loss.backward()
        try reducer.finish()
      }
    }
    for result in results {
      #expect { try result.get() } throws: { "\($0)".contains("grew after it was sent") }
    }
  }
}
