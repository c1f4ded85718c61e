import Testing

@testable import Torch

/// Batch norm with a shortcut and ReLU in one operation, against one after the other in float64.
struct NormalizationTests {
  struct Case: CustomTestStringConvertible {
    let training, hasShortcut, relu: Bool
    var testDescription: String {
      "\(training ? "training" : "evaluation")\(hasShortcut ? ", shortcut" : "")\(relu ? ", ReLU" : "")"
    }
  }

  static let cases = [false, true].flatMap { training in
    [false, true].flatMap { hasShortcut in
      [false, true].map { Case(training: training, hasShortcut: hasShortcut, relu: $0) }
    }
  }

  /// More rows than are summed at once, and means far from 0.
  private let shape = [3, 5, 23, 17]

  private struct Values {
    /// Result, running statistics, gradients.
    var all: [[Double]] = []
  }

  private func values(_ test: Case, _ dtype: DType, _ format: MemoryFormat) throws -> Values {
    func learnt(_ tensor: Tensor) throws -> Tensor {
      let result = try tensor.to(dtype).detached()
      let placed = result.rank == 4 ? try result.contiguous(format).detached() : result
      placed.requiresGradient = true
      return placed
    }
    let x = try learnt(wave(shape, 1) + wave([1, 5, 1, 1], 2, scale: 30))
    let shortcut = try test.hasShortcut ? learnt(wave(shape, 3)) : nil
    let (weight, bias) = (try learnt(wave([5], 4) + 0.5), try learnt(wave([5], 5)))
    let mean = try wave([5], 6, scale: 30).to(dtype)
    let variance = try Tensor.full([5], 0.7).to(dtype)
    let y = try batchNorm(
      x, weight: weight, bias: bias, runningMean: mean, runningVariance: variance,
      training: test.training, shortcut: shortcut, relu: test.relu)
    try (y * wave(shape, 7).to(dtype)).sum().backward()
    let learners = [x, weight, bias] + (shortcut.map { [$0] } ?? [])
    let gradients = try learners.map { try #require($0.gradient).doubles() }
    return Values(all: try [y, mean, variance].map { try $0.doubles() } + gradients)
  }

  @Test("values and gradients are those of separate operations", arguments: cases)
  func equality(_ test: Case) throws {
    let exact = try values(test, .float64, .standard)
    for format in [MemoryFormat.standard, .channelsLast] {
      let rounded = try values(test, .float32, format)
      #expect(rounded.all.count == exact.all.count)
      for (some, expected) in zip(rounded.all, exact.all) { expectClose(some, expected, 2e-5) }
    }
  }

  @Test("a gradient that others share is left as it is")
  func sharedGradients() throws {
    func learnt(_ seed: UInt64) throws -> Tensor {
      let tensor = try wave(shape, seed).to(.float32).contiguous(.channelsLast).detached()
      tensor.requiresGradient = true
      return tensor
    }
    let (first, second, leaf) = (try learnt(1), try learnt(2), try learnt(3))
    let norm = try BatchNorm2d(5)
    let factors = try wave(shape, 4).to(.float32).contiguous(.channelsLast)
    let sum =
      try norm(first, relu: true, training: true) + leaf
      + norm(second, shortcut: leaf, relu: true, training: true)
    try (sum * factors).sum().backward()
    let positive = try norm(second, shortcut: leaf, relu: true, training: true).sign()
    expectClose(
      try #require(leaf.gradient).doubles(), try (factors * (positive + 1)).doubles(), 1e-6)
  }

  @Test("the same on any number of threads")
  func threads() throws {
    let threads = threadCount
    defer { try? setThreads(threads) }
    let all = try [1, 3].map {
      try setThreads($0)
      return try values(
        Case(training: true, hasShortcut: true, relu: true), .float32, .channelsLast
      )
      .all
    }
    #expect(all[0] == all[1])
  }

  @Test("NaN stays NaN behind ReLU", arguments: [MemoryFormat.standard, .channelsLast])
  func notANumber(_ format: MemoryFormat) throws {
    let x = try Tensor([.nan, 1, 2, 3] as [Float], shape: [1, 1, 2, 2]).contiguous(format)
    for training in [false, true] {
      let y = try BatchNorm2d(1)(x, relu: true, training: training).floats()
      #expect(y[0].isNaN)
      #expect(y[1].isNaN == training)
    }
  }

  @Test("a shortcut of another shape is refused")
  func misfit() throws {
    let error = try thrownError {
      _ = try BatchNorm2d(5)(
        Tensor.ones(shape), shortcut: .ones([3, 5, 2, 2]), relu: true, training: true)
    }
    #expect(error.code == .shapeMismatch)
  }
}
