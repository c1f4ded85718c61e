import Testing

@testable import Torch

struct MapTests {
  /// PyTorch's interpolate(mode="bilinear", align_corners=False) by hand: sources at −.25, .25, .75,
  /// 1.25 of a row [0, 4], clamped.
  @Test func bilinearResampling() throws {
    let x = try Tensor([0, 4, 0, 4] as [Float], shape: [1, 1, 2, 2])
    let y = try upsampledBilinear(x, height: 2, width: 4)
    #expect(try y.floats() == [0, 1, 3, 4, 0, 1, 3, 4])
    x.requiresGradient = true
    try upsampledBilinear(x, height: 4, width: 4).sum().backward()
    #expect(try #require(x.gradient).floats() == [4, 4, 4, 4])
    #expect(throws: TensorError.self) {
      try upsampledBilinear(Tensor.ones([2, 2]), height: 4, width: 4)
    }
  }

  @Test func nearestResampling() throws {
    let x = try Tensor([1, 2, 3, 4] as [Float], shape: [1, 1, 2, 2])
    let y = try upsampledNearest(x, height: 4, width: 4)
    #expect(try y.floats() == [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4])
    x.requiresGradient = true
    try upsampledNearest(x, height: 4, width: 4).sum().backward()
    #expect(try #require(x.gradient).floats() == [4, 4, 4, 4])
    #expect(throws: TensorError.self) {
      try upsampledNearest(Tensor.ones([2, 2]), height: 4, width: 4)
    }
  }

  @Test func eigenvectorsMakeTheMatrixAgain() throws {
    let a = try Tensor([4, 1, 0, 1, 3, -2, 0, -2, 1] as [Double], shape: [3, 3])
    let (values, vectors) = try a.symmetricEigen()
    let numbers = try values.doubles()
    #expect(numbers == numbers.sorted())
    #expect(abs(numbers.reduce(0, +) - 8) < 1e-12)
    let back = try (vectors * values).matmul(vectors.transposed(0, 1)).doubles()
    #expect(zip(back, try a.doubles()).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(throws: TensorError.self) { try Tensor.ones([2, 3]).symmetricEigen() }
  }
}
