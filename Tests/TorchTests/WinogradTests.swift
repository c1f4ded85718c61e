import Foundation
import Testing

@testable import Torch

/// 3×3 convolutions in tiles and of whole maps of 2×2, against PyTorch's in float64.
struct WinogradTests {
  private struct Outcome {
    let outputs, inputGradient, weightGradient: [Double]
  }

  private func outcome(
    _ shape: [Int], _ outputs: Int, _ dtype: DType, format: MemoryFormat = .channelsLast
  ) throws -> Outcome {
    func learnt(_ shape: [Int], _ seed: UInt64) throws -> Tensor {
      let tensor = try wave(shape, seed).to(dtype).contiguous(format).detached()
      tensor.requiresGradient = true
      return tensor
    }
    let x = try learnt(shape, 1)
    let weight = try learnt([outputs, shape[1], 3, 3], 2)
    let y = try conv2d(x, weight: weight, padding: 1)
    try (y * wave(y.shape, 3).to(dtype)).sum().backward()
    return Outcome(
      outputs: try y.doubles(), inputGradient: try #require(x.gradient).doubles(),
      weightGradient: try #require(weight.gradient).doubles())
  }

  struct Maps: Sendable {
    let shape: [Int]
    let outputs: Int
  }

  static let maps: [Maps] = [
    // Tiles cut off, maps of one tile and less, blocks of many tiles.
    Maps(shape: [3, 32, 9, 14], outputs: 64), Maps(shape: [5, 64, 16, 16], outputs: 32),
    Maps(shape: [16, 32, 4, 4], outputs: 64), Maps(shape: [20, 64, 3, 2], outputs: 64),
    Maps(shape: [24, 96, 1, 7], outputs: 32), Maps(shape: [1, 32, 33, 61], outputs: 32),
    Maps(shape: [70, 256, 4, 5], outputs: 288),
    // Whole maps.
    Maps(shape: [40, 64, 2, 2], outputs: 96), Maps(shape: [130, 512, 2, 2], outputs: 32),
    Maps(shape: [64, 32, 2, 2], outputs: 256),
  ]

  @Test("equals PyTorch", arguments: maps, [MemoryFormat.channelsLast, .standard])
  func equality(_ maps: Maps, _ format: MemoryFormat) throws {
    let exact = try outcome(maps.shape, maps.outputs, .float64)
    let found = try outcome(maps.shape, maps.outputs, .float32, format: format)
    // Of the largest value. The transforms cost a digit.
    expectClose(found.outputs, exact.outputs, 2e-5)
    expectClose(found.inputGradient, exact.inputGradient, 2e-5)
    expectClose(found.weightGradient, exact.weightGradient, 2e-5)
  }

  /// Of the processors that the tiles are written for, and torch not told to do without.
  private static let hasVectors: Bool = {
    let flags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    return flags.contains(" avx2 ") && flags.contains(" fma ")
      && ProcessInfo.processInfo.environment["ATEN_CPU_CAPABILITY"] == nil
  }()

  @Test(
    "is what convolves", .enabled(if: hasVectors, "needs a processor with AVX2"), arguments: [4, 2])
  func isUsed(side: Int) throws {
    let x = try wave([64, 32, side, side], 1).to(.float32)
    let weight = try wave([32, 32, 3, 3], 2).to(.float32)
    let tiled = try conv2d(x, weight: weight, padding: 1)
    // A 33rd channel of zeros is libtorch's case. It sums in another order.
    let plain = try conv2d(
      Tensor.cat([x, x.narrow(1, start: 0, length: 1) * 0], dim: 1),
      weight: Tensor.cat([weight, weight.narrow(1, start: 0, length: 1) * 0], dim: 1), padding: 1)
    #expect(try tiled.doubles() != plain.doubles())
    expectClose(try tiled.doubles(), try plain.doubles(), 2e-5)
  }

  @Test("outputs are the same on any number of threads, and gradients but for rounding")
  func threads() throws {
    let threads = threadCount
    defer { try? setThreads(threads) }
    let all = try [1, 5].map {
      try setThreads($0)
      return try outcome([7, 256, 11, 6], 64, .float32)
    }
    #expect(all[0].outputs == all[1].outputs)
    #expect(all[0].inputGradient == all[1].inputGradient)
    expectClose(all[0].weightGradient, all[1].weightGradient, 1e-6)
  }
}
