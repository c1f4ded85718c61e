import Testing

@testable import Torch

/// The weights' gradient by tiles, against PyTorch's in float64.
struct WeightGradientTests {
  private func gradient(
    _ inputs: Int, _ outputs: Int, _ window: Window, size: (Int, Int), _ dtype: DType
  ) throws -> [Double] {
    let x = try wave([3, inputs, size.0, size.1], 1).to(dtype).contiguous(.channelsLast)
    let weight = try wave([outputs, inputs, window.kernel, window.kernel], 2).to(dtype)
      .contiguous(.channelsLast).detached()
    weight.requiresGradient = true
    let y = try conv2d(x, weight: weight, stride: window.stride, padding: window.padding)
    try (y * wave(y.shape, 3).to(dtype)).sum().backward()
    return try #require(weight.gradient).doubles()
  }

  @Test(arguments: [
    (10, 16, Window(kernel: 3, padding: 1)), (8, 32, Window(kernel: 3, stride: 2, padding: 1)),
    (6, 16, Window(kernel: 5, stride: 2)), (12, 48, Window(kernel: 1)),
  ])
  func equality(_ inputs: Int, _ outputs: Int, _ window: Window) throws {
    // A map in several strips, in one, and several maps in one.
    for size in [(31, 37), (12, 13), (5, 6)] {
      let exact = try gradient(inputs, outputs, window, size: size, .float64)
      expectClose(try gradient(inputs, outputs, window, size: size, .float32), exact, 1e-5)
    }
  }

  @Test("the same on any number of threads")
  func threads() throws {
    let threads = threadCount
    defer { try? setThreads(threads) }
    let all = try [1, 5].map {
      try setThreads($0)
      return try gradient(14, 48, Window(kernel: 3, padding: 1), size: (19, 17), .float32)
    }
    #expect(all[0] == all[1])
  }
}
