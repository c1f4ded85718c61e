import Testing

@testable import Torch

struct TensorTests {
  let x: Tensor
  init() throws { x = try Tensor([1, -2, 3, 4, 5, -6] as [Float], shape: [2, 3]) }

  @Test func keepsValuesShapesAndTypes() throws {
    #expect(x.shape == [2, 3])
    #expect(x.rank == 2)
    #expect(x.elementCount == 6)
    #expect(x.dtype == .float32)
    #expect(x.device == .cpu)
    #expect(try x.floats() == [1, -2, 3, 4, 5, -6])
    #expect(try x.to(.int64).int64s() == [1, -2, 3, 4, 5, -6])
    #expect(try x.to(.bfloat16).to(.float32).floats() == [1, -2, 3, 4, 5, -6])
    #expect(try Tensor(bytes: [0, 255], shape: [2]).bytes() == [0, 255])
    #expect(try Tensor([1, 2, 3] as [Int64], shape: [3]).dtype == .int64)
    #expect(try Tensor.full([], 2.5).item() == 2.5)
    #expect(try Tensor.zeros([0, 4]).floats() == [])
    for type in DType.allCases {
      #expect(try Tensor.ones([2], dtype: type).dtype == type)
      #expect(try Tensor.ones([2], dtype: type).doubles() == [1, 1])
    }
  }

  @Test(
    arguments: [
      ("+", [3, 0, 5, 6, 7, -4]), ("-", [-1, -4, 1, 2, 3, -8]), ("*", [2, -4, 6, 8, 10, -12]),
      ("/", [0.5, -1, 1.5, 2, 2.5, -3]),
    ] as [(String, [Float])])
  func arithmeticWithTensorsAndNumbers(_ name: String, _ expected: [Float]) throws {
    let two = try Tensor([2, 2, 2] as [Float], shape: [3])
    let results: [Tensor] =
      switch name {
      case "+": [try x + two, try x + 2, try 2 + x, try x.clone().add_(two), try x.clone().add_(2)]
      case "-": [try x - two, try x - 2, try -(2 - x), try x.clone().sub_(two)]
      case "*": [try x * two, try x * 2, try 2 * x, try x.clone().mul_(two), try x.clone().mul_(2)]
      default: [try x / two, try x / 2, try 1 / (2 / x), try x.clone().div_(2)]
      }
    for result in results { #expect(try result.floats() == expected) }
  }

  @Test func integersStayIntegers() throws {
    let n = try Tensor([1, 2] as [Int64], shape: [2])
    #expect(try (n + 1).dtype == .int64)
    #expect(try (n * 2).int64s() == [2, 4])
    #expect(try (n * 0.5).floats() == [0.5, 1])
  }

  @Test func elementWiseFunctions() throws {
    let y = try Tensor([0.25, 1, 4] as [Double], shape: [3])
    #expect(try y.sqrt().doubles() == [0.5, 1, 2])
    expectClose(try y.log().exp().doubles(), [0.25, 1, 4])
    expectClose(
      try y.log1p().doubles(), [0.22314355131420976, 0.6931471805599453, 1.6094379124341003])
    #expect(try y.pow(2).doubles() == [0.0625, 1, 16])
    expectClose(
      try y.sigmoid().doubles(), [0.5621765008857981, 0.7310585786300049, 0.9820137900379085])
    expectClose(
      try y.tanh().doubles(), [0.24491866240370913, 0.7615941559557649, 0.999329299739067])
    expectClose(
      try y.sin().doubles(), [0.24740395925452294, 0.8414709848078965, -0.7568024953079282])
    expectClose(try y.cos().acos().doubles().prefix(2) + [], [0.25, 1])
    #expect(try x.abs().floats() == [1, 2, 3, 4, 5, 6])
    #expect(try x.sign().floats() == [1, -1, 1, 1, 1, -1])
    #expect(try x.relu().floats() == [1, 0, 3, 4, 5, 0])
    #expect(try x.clamp(low: -1, high: 3.5).floats() == [1, -1, 3, 3.5, 3.5, -1])
    #expect(try x.clamp(high: 0).floats() == [0, -2, 0, 0, 0, -6])
    #expect(try x.maximum(-x).floats() == [1, 2, 3, 4, 5, 6])
    #expect(try x.minimum(-x).floats() == [-1, -2, -3, -4, -5, -6])
  }

  @Test func comparisonsAndChoice() throws {
    #expect(try x.gt(3).bytes() == [0, 0, 0, 1, 1, 0])
    #expect(try x.ge(3).bytes() == [0, 0, 1, 1, 1, 0])
    #expect(try x.lt(3).bytes() == [1, 1, 0, 0, 0, 1])
    #expect(try x.le(3).bytes() == [1, 1, 1, 0, 0, 1])
    #expect(try x.eq(x).bytes() == [1, 1, 1, 1, 1, 1])
    #expect(try x.ne(3).bytes() == [1, 1, 0, 1, 1, 1])
    #expect(try x.gt(0).and(x.lt(4)).bytes() == [1, 0, 1, 0, 0, 0])
    #expect(try x.gt(4).or(x.lt(0)).not().bytes() == [1, 0, 1, 1, 0, 0])
    let zero = try Tensor.zeros([1])
    #expect(try Tensor.where(x.lt(0), zero, x).floats() == [1, 0, 3, 4, 5, 0])
    #expect(try x.allFinite() && Tensor.zeros([0]).allFinite())
    #expect(try !(x / Tensor.zeros([3])).allFinite())
    #expect(try !(Tensor.zeros([1]) / 0).allFinite())
  }

  @Test func viewsShareTheirStorage() throws {
    let row = try x.narrow(0, start: 1, length: 1)
    try row.fill_(7)
    #expect(try x.floats() == [1, -2, 3, 7, 7, 7])
    #expect(try x.view([3, 2]).shape == [3, 2])
    #expect(try x.transposed().floats() == [1, 7, -2, 7, 3, 7])
    #expect(try x.permuted([1, 0]).shape == [3, 2])
    #expect(try x.reshaped([-1]).shape == [6])
    #expect(try x.select(1, 0).floats() == [1, 7])
    #expect(try x.unsqueezed(0).shape == [1, 2, 3])
    #expect(try x.unsqueezed(0).squeezed(0).shape == [2, 3])
    #expect(try x.unsqueezed(0).expanded([4, 2, 3]).shape == [4, 2, 3])
    #expect(try x.flattened().shape == [6])
    #expect(try x.flipped(1).floats() == [3, -2, 1, 7, 7, 7])
  }

  @Test func joinsAndPicks() throws {
    #expect(try Tensor.cat([x, x], dim: 1).shape == [2, 6])
    #expect(try Tensor.stack([x, x], dim: 1).shape == [2, 2, 3])
    #expect(try x.chunk(2, dim: -1).map(\.shape) == [[2, 2], [2, 1]])
    let picks = try Tensor([2, 0] as [Int64], shape: [2])
    #expect(try x.indexSelect(1, picks).floats() == [3, 1, -6, 4])
    #expect(try x.gather(1, picks.unsqueezed(1)).floats() == [3, 4])
    #expect(try picks.oneHot(3).floats() == [0, 0, 1, 1, 0, 0])
    let top = try x.topk(2)
    #expect(try top.values.floats() == [3, 1, 5, 4])
    #expect(try top.indices.int64s() == [2, 0, 1, 0])
    #expect(try x.argmax(1).int64s() == [2, 1])
    #expect(try x.matmul(x.transposed()).floats() == [14, -24, -24, 77])
    #expect(try Tensor.arange(3).int64s() == [0, 1, 2])
    #expect(try Tensor.arange(1, 4, step: 1.5, dtype: .float32).floats() == [1, 2.5])
  }

  @Test func reductions() throws {
    #expect(try x.sum().item() == 5)
    #expect(try x.sum([0]).floats() == [5, 3, -3])
    #expect(try x.mean([1], keepDimension: true).shape == [2, 1])
    expectClose(try x.mean([1]).doubles(), [2.0 / 3, 1], 1e-6)
    #expect(try x.max([1]).floats() == [3, 5])
    #expect(try x.min().item() == -6)
    expectClose(try x.norm([0]).doubles(), [17, 29, 45].map { $0.squareRoot() }, 1e-6)
    expectClose([try x.norm().item()], [Double(91).squareRoot()], 1e-6)
    expectClose([try x.variance().item()], [(91 - 25.0 / 6) / 5], 1e-6)
    #expect(try x.sum([]).shape == [2, 3])
  }

  @Test func channelsLastIsAViewOfPixels() throws {
    let pixels = try Tensor(bytes: (0..<24).map { UInt8($0) }, shape: [1, 2, 4, 3])
    let planes = try pixels.permuted([0, 3, 1, 2])
    #expect(planes.shape == [1, 3, 2, 4])
    #expect(planes.isChannelsLast)
    #expect(try planes.to(.float32).isChannelsLast)
    let standard = try planes.contiguous()
    #expect(!standard.isChannelsLast && standard.isContiguous)
    #expect(try standard.contiguous(.channelsLast).isChannelsLast)
    #expect(try standard.bytes().prefix(3) == [0, 3, 6])
  }

  @Test func normalisesImages() throws {
    let bytes = (0..<96).map { UInt8($0 * 2) }
    let images = try normalizedImages(
      bytes: bytes, count: 2, size: 4, mean: [0.5, 0.4, 0.3], std: [0.2, 0.25, 0.5])
    #expect(images.shape == [2, 3, 4, 4])
    #expect(images.isChannelsLast && images.dtype == .float32)
    let value = try images.select(0, 1).select(0, 2).select(0, 3).select(0, 1).item()
    let pixel = (1 * 4 + 3) * 4 + 1
    let byte = Double(bytes[pixel * 3 + 2])
    #expect(abs(value - (byte / 255 - 0.3) / 0.5) < 1e-6)
    let error = try thrownError {
      _ = try normalizedImages(bytes: bytes, count: 3, size: 4)
    }
    #expect(error.code == .shapeMismatch)
  }
}
