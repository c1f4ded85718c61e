import Testing

@testable import FaceModels
@testable import Torch

struct PerceptronAndDecoderTests {
  @Test(
    "norms stand where the method wants them",
    arguments: [
      (MultilayerPerceptron.Normalization.none, ["0.weight", "0.bias", "2.weight", "2.bias"]),
      (.hidden, ["0.weight", "0.bias", "1.weight", "1.bias", "3.weight", "3.bias"]),
      (
        .all,
        ["0.weight", "0.bias", "1.weight", "1.bias", "3.weight", "3.bias", "4.weight", "4.bias"]
      ),
    ])
  func norms(normalization: MultilayerPerceptron.Normalization, names: [String]) throws {
    let layer = try MultilayerPerceptron(
      inputs: 5, widths: [7, 3], normalization: normalization, generator: Generator(seed: 1))
    #expect(layer.parameters.map(\.name) == names)
    let x = try Tensor.randn([4, 5], generator: Generator(seed: 2))
    #expect(try layer(x, training: true).shape == [4, 3])
  }

  @Test("SimSiam's last norm has no gain: outputs have mean 0 and variance 1, and stay so")
  func plainNorm() throws {
    let layer = try MultilayerPerceptron(
      inputs: 5, widths: [7, 3], normalization: .allLastPlain, generator: Generator(seed: 1))
    let x = try Tensor.randn([64, 5], generator: Generator(seed: 2))
    let z = try layer(x, training: true)
    for mean in try z.mean([0]).doubles() { #expect(abs(mean) < 1e-5) }
    for variance in try z.variance([0]).doubles() { #expect(abs(variance - 64 / 63) < 1e-3) }
    #expect(layer.parameters.filter { !$0.tensor.requiresGradient }.map(\.name).count == 2)
  }

  @Test("a decoder draws the asked size, and repeats pixels before it convolves")
  func decoder() throws {
    let decoder = try ImageDecoder(inputs: 6, side: 2, size: 16, generator: Generator(seed: 1))
    let x = try Tensor.randn([2, 6, 2, 2], generator: Generator(seed: 2))
    let image = try decoder(x, training: true)
    #expect(image.shape == [2, 3, 16, 16])
    try image.sum().backward()
    #expect(decoder.parameters.allSatisfy { $0.tensor.hasGradient })
    // Where every input is alike, the middle of the picture is flat: no checkerboard.
    let flat = try ImageDecoder(inputs: 6, side: 4, size: 32, generator: Generator(seed: 1))(
      Tensor.ones([1, 6, 4, 4]), training: false
    ).narrow(2, start: 10, length: 12).narrow(3, start: 10, length: 12)
    let spread = try (flat.max([2, 3]) - flat.min([2, 3])).max().item()
    #expect(spread < 1e-4)
  }

  @Test("a size that doubling does not reach is the top left of one that it does")
  func oddSizes() throws {
    func draw(_ size: Int) throws -> Tensor {
      try ImageDecoder(inputs: 6, side: 3, size: size, generator: Generator(seed: 1))(
        Tensor.randn([2, 6, 3, 3], generator: Generator(seed: 2)), training: true)
    }
    let whole = try draw(24)
    let part = try draw(17)
    #expect(part.shape == [2, 3, 17, 17])
    let corner = try whole.narrow(2, start: 0, length: 17).narrow(3, start: 0, length: 17)
    #expect(try part.floats() == corner.contiguous().floats())
  }

  @Test("an image smaller than its map is refused")
  func badSize() throws {
    #expect {
      try ImageDecoder(inputs: 6, side: 4, size: 3, generator: Generator(seed: 1))
    } throws: { "\($0)".contains("an image of 3 px") }
  }
}
