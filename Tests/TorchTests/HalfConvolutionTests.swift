import Testing

@testable import Torch

private let hasFloat16 = Precision.hasFloat16(on: .cpu)

/// Convolutions and batch norm of float16 maps on the processor, against PyTorch's in float64.
@Suite(.enabled(if: hasFloat16, "needs a processor with AVX512-FP16"))
struct HalfConvolutionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let shape: [Int]
    let outputs, kernel: Int
    var stride = 1, padding = 0
    var testDescription: String {
      "\(shape) to \(outputs), \(kernel)×\(kernel) / \(stride) + \(padding)"
    }
  }

  static let cases: [Case] = [
    // Rows as they lie in memory, with blocks of many and ends of few.
    Case(shape: [3, 64, 9, 13], outputs: 128, kernel: 1),
    Case(shape: [1, 576, 5, 5], outputs: 64, kernel: 1),
    // Rows that are gathered: strides, borders, taps that see nothing, bands of what is seen.
    Case(shape: [3, 64, 9, 8], outputs: 64, kernel: 3, stride: 2, padding: 1),
    Case(shape: [2, 64, 7, 10], outputs: 128, kernel: 1, stride: 2),
    Case(shape: [2, 64, 11, 7], outputs: 64, kernel: 3, stride: 4),
    Case(shape: [4, 128, 1, 1], outputs: 64, kernel: 3, padding: 1),
    Case(shape: [3, 64, 2, 5], outputs: 64, kernel: 5, padding: 2),
    Case(shape: [2, 512, 3, 3], outputs: 64, kernel: 3, padding: 1),
    // Tiles: whole, cut off, blocks of many.
    Case(shape: [5, 64, 16, 16], outputs: 64, kernel: 3, padding: 1),
    Case(shape: [7, 128, 9, 13], outputs: 64, kernel: 3, padding: 1),
    Case(shape: [70, 64, 3, 4], outputs: 128, kernel: 3, padding: 1),
  ]

  private struct Outcome {
    let y: Tensor
    let outputs, inputGradient, weightGradient: [Double]
  }

  private func outcome(_ test: Case, _ precision: Precision?) throws -> Outcome {
    func learnt(_ tensor: Tensor) throws -> Tensor {
      let result = try tensor.to(precision == nil ? .float64 : .float32).detached()
      result.requiresGradient = true
      return result
    }
    let x = try learnt(wave(test.shape, 1).to(.float16))
    let weight = try learnt(wave([test.outputs, test.shape[1], test.kernel, test.kernel], 2))
    let convolve = { try conv2d(x, weight: weight, stride: test.stride, padding: test.padding) }
    let y = try precision.map { try withAutocast($0, convolve) } ?? convolve()
    try (y * wave(y.shape, 3).to(.float16).to(y.dtype)).sum().backward()
    return Outcome(
      y: y, outputs: try y.doubles(), inputGradient: try #require(x.gradient).doubles(),
      weightGradient: try #require(weight.gradient).doubles())
  }

  @Test("equals PyTorch but for float16's rounding", arguments: cases)
  func equality(_ test: Case) throws {
    let exact = try outcome(test, nil)
    let found = try outcome(test, .float16)
    #expect(found.y.dtype == .float16)
    // Of the largest value. The tiles' transforms are rounded as well.
    expectClose(found.outputs, exact.outputs, 4e-3)
    expectClose(found.inputGradient, exact.inputGradient, 4e-3)
    expectClose(found.weightGradient, exact.weightGradient, 4e-3)
  }

  @Test("tiles are what convolves 3×3")
  func areUsed() throws {
    func zeros(_ shape: [Int]) throws -> Tensor { try .zeros(shape) }
    let x = try wave([5, 64, 16, 16], 1).to(.float32)
    let weight = try wave([64, 64, 3, 3], 2).to(.float32)
    // With the border as a part of the maps rows are gathered.
    let wide = try Tensor.cat([zeros([5, 64, 16, 1]), x, zeros([5, 64, 16, 1])], dim: 3)
    let bordered = try Tensor.cat([zeros([5, 64, 1, 18]), wide, zeros([5, 64, 1, 18])], dim: 2)
    let (tiled, gathered) = try withAutocast(.float16) {
      (try conv2d(x, weight: weight, padding: 1), try conv2d(bordered, weight: weight))
    }
    #expect(try tiled.doubles() != gathered.doubles())
    expectClose(try tiled.doubles(), try gathered.doubles(), 4e-3)
  }

  @Test("pictures, which have three channels and no gradient, are convolved as well")
  func pictures() throws {
    func values(_ precision: Precision?) throws -> [[Double]] {
      let dtype: DType = precision == nil ? .float64 : .float32
      let x = try wave([2, 3, 21, 18], 1).to(.float16).to(dtype)
      let weight = try wave([64, 3, 7, 7], 2).to(dtype).detached()
      weight.requiresGradient = true
      let convolve = { try conv2d(x, weight: weight, stride: 2, padding: 3) }
      let y = try precision.map { try withAutocast($0, convolve) } ?? convolve()
      #expect(y.dtype == (precision == nil ? .float64 : .float16))
      try (y * wave(y.shape, 3).to(.float16).to(y.dtype)).sum().backward()
      return [try y.doubles(), try #require(weight.gradient).doubles()]
    }
    for (found, exact) in zip(try values(.float16), try values(nil)) {
      expectClose(found, exact, 2e-3)
    }
  }

  @Test("of few channels or of groups, and with a bias")
  func others() throws {
    let (x, weight) = (
      try wave([2, 24, 6, 5], 1).to(.float32), try wave([32, 12, 3, 3], 2).to(.float32)
    )
    let bias = try wave([32], 3).to(.float32)
    let found = try withAutocast(.float16) { try conv2d(x, weight: weight, bias: bias, groups: 2) }
    // They are left in float32.
    #expect(found.dtype == .float32)
    #expect(try found.floats() == conv2d(x, weight: weight, bias: bias, groups: 2).floats())
    let wide = try wave([64, 24, 3, 3], 4).to(.float32)
    let shift = try wave([64], 5, scale: 30).to(.float32)
    let shifted = try withAutocast(.float16) { try conv2d(x, weight: wide, bias: shift) }
    #expect(shifted.dtype == .float16)
    expectClose(
      try shifted.doubles(), try conv2d(x, weight: wide, bias: shift).doubles(), 2e-3)
  }

  @Test(
    "outputs are the same on any number of threads, and gradients but for rounding",
    arguments: cases)
  func threads(_ test: Case) throws {
    let threads = threadCount
    defer { try? setThreads(threads) }
    let all = try [1, 5].map {
      try setThreads($0)
      return try outcome(test, .float16)
    }
    #expect(all[0].outputs == all[1].outputs)
    #expect(all[0].inputGradient == all[1].inputGradient)
    expectClose(all[0].weightGradient, all[1].weightGradient, 4e-3)
  }

  @Test(
    "batch norm with a shortcut and ReLU", arguments: [false, true], [false, true])
  func normalization(hasShortcut: Bool, training: Bool) throws {
    func values(_ dtype: DType) throws -> [[Double]] {
      func learnt(_ tensor: Tensor, _ dtype: DType) throws -> Tensor {
        let result = try tensor.to(dtype).detached()
        result.requiresGradient = true
        return result
      }
      func map(_ seed: UInt64) throws -> Tensor {
        try learnt(wave([3, 32, 23, 17], seed).to(.float16).contiguous(.channelsLast), dtype)
      }
      let own: DType = dtype == .float16 ? .float32 : dtype
      let (x, shortcut) = (try map(1), try hasShortcut ? map(2) : nil)
      let (weight, bias) = (try learnt(wave([32], 4) + 0.5, own), try learnt(wave([32], 5), own))
      let (mean, variance) = (try wave([32], 6).to(own), try Tensor.full([32], 0.7).to(own))
      let y = try batchNorm(
        x, weight: weight, bias: bias, runningMean: mean, runningVariance: variance,
        training: training, shortcut: shortcut, relu: true)
      #expect(y.dtype == dtype)
      try (y * wave(y.shape, 7).to(.float16).to(dtype)).sum().backward()
      let learners = [x, weight, bias] + (shortcut.map { [$0] } ?? [])
      let gradients = try learners.map { try #require($0.gradient).doubles() }
      return try [y, mean, variance].map { try $0.doubles() } + gradients
    }
    let (found, exact) = (try values(.float16), try values(.float64))
    // Rounded once, after the sum with the shortcut: 11 digits.
    expectClose(found[0], exact[0], 5e-4)
    for (some, expected) in zip(found, exact) { expectClose(some, expected, 2e-3) }
  }
}
