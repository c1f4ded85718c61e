import Testing

@testable import Torch

/// Bad shapes and values throw, with the shapes in the message; nothing traps.
struct ErrorTests {
  let a: Tensor
  let b: Tensor
  let generator: Generator

  init() throws {
    a = try Tensor.ones([2, 3])
    b = try Tensor.ones([4])
    generator = try Generator(seed: 1)
  }

  private func expectMismatch(
    naming shapes: [String], _ location: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
  ) throws {
    let error = try thrownError(location, body)
    #expect(error.code == .shapeMismatch, sourceLocation: location)
    for shape in shapes {
      #expect(error.message.contains(shape), "\(error.message)", sourceLocation: location)
    }
  }

  @Test func shapesOfOperands() throws {
    let both = ["[2, 3]", "[4]"]
    try expectMismatch(naming: both) { _ = try a + b }
    try expectMismatch(naming: both) { _ = try a.gt(b) }
    try expectMismatch(naming: both) { _ = try a.matmul(b) }
    try expectMismatch(naming: both) { try a.add_(b) }
    try expectMismatch(naming: both) { try a.copy_(from: b) }
    try expectMismatch(naming: both) { _ = try Tensor.cat([a, b]) }
    try expectMismatch(naming: both) { _ = try mse(a, b) }
    try expectMismatch(naming: both) { _ = try smoothL1(a, b) }
    try expectMismatch(naming: both) { _ = try wingLoss(predicted: a, truth: b) }
    try expectMismatch(naming: ["[2, 3]", "[5]"]) { _ = try a.reshaped([5]) }
    try expectMismatch(naming: ["[2, 3]"]) { _ = try a.item() }
    try expectMismatch(naming: ["[2, 3]"]) { _ = try a.permuted([0]) }
    try expectMismatch(naming: ["[2, 3]"]) { _ = try a.contiguous(.channelsLast) }
    try expectMismatch(naming: ["5 values", "[2, 3]"]) {
      _ = try Tensor([1, 2, 3, 4, 5] as [Float], shape: [2, 3])
    }
    try expectMismatch(naming: ["-1"]) { _ = try Tensor.zeros([-1]) }
    try expectMismatch(naming: ["[2, 3]"]) { _ = try a.reshaped([.max, .max]) }
    try expectMismatch(naming: ["65"]) { _ = try Tensor.zeros([Int](repeating: 1, count: 65)) }
    try expectMismatch(naming: ["is no shape"]) { _ = try Tensor.zeros([.max, .max]) }
  }

  @Test func shapesInLayers() throws {
    let conv = try Conv2d(inputs: 3, outputs: 4, window: Window(kernel: 3), generator: generator)
    let dense = try Linear(inputs: 5, outputs: 2, generator: generator)
    try expectMismatch(naming: ["[1, 2, 8, 8]", "[4, 3, 3, 3]"]) {
      _ = try conv(Tensor.ones([1, 2, 8, 8]))
    }
    try expectMismatch(naming: ["[2, 3]", "[2, 5]"]) { _ = try dense(a) }
    try expectMismatch(naming: ["3 channels", "[2, 4, 1, 1]"]) {
      _ = try BatchNorm2d(3)(Tensor.ones([2, 4, 1, 1]), training: true)
    }
    try expectMismatch(naming: ["[2, 3]", "[4]"]) {
      _ = try crossEntropy(logits: a, labels: Tensor([0, 1, 2, 0] as [Int64], shape: [4]))
    }
  }

  @Test func valuesOutOfRange() throws {
    let labels = try Tensor([0, 3] as [Int64], shape: [2])
    #expect(
      try thrownError { _ = try crossEntropy(logits: a, labels: labels) }.code == .indexOutOfRange)
    #expect(try thrownError { _ = try a.select(0, 2) }.code == .indexOutOfRange)
    #expect(try thrownError { _ = try a.indexSelect(1, labels) }.message.contains("[2, 3]"))
    #expect(try thrownError { _ = try a.narrow(1, start: 2, length: 2) }.message.contains("[2, 3]"))
    #expect(try thrownError { _ = try Tensor.cat([]) }.code == .invalidArgument)
    #expect(try thrownError { _ = try a.chunk(0) }.code == .invalidArgument)
    #expect(try thrownError { _ = try a.bytes() }.code == .invalidArgument)
    #expect(try thrownError { try setThreads(-1) }.code == .invalidArgument)
    #expect(
      try thrownError { _ = try Linear(inputs: 0, outputs: 1, generator: generator) }.code
        == .invalidArgument)
    #expect(try thrownError { _ = try Tensor.empty([1 << 46]) }.code == .outOfMemory)
  }

  @Test func gradientsThatCannotBe() throws {
    #expect(try thrownError { try a.backward() }.code == .shapeMismatch)
    #expect(try thrownError { try a.sum().backward() }.code == .torch)
    let leaf = try Tensor.ones([2])
    leaf.requiresGradient = true
    #expect(try thrownError { try leaf.add_(1) }.code == .torch)
    #expect(throws: TensorError.self) { try Tensor.arange(3).setRequiresGradient(true) }
  }

  @Test func devicesAndPrecisionsByName() throws {
    #expect(try Device(named: "cpu") == .cpu)
    #expect(Device.cpu.isAvailable)
    #expect(!Device.cuda(99).isAvailable)
    #expect(try thrownError { _ = try Device(named: "cuda:99") }.code == .unsupported)
    #expect(try thrownError { _ = try Device(named: "tpu") }.message.contains("tpu"))
    #expect(
      try thrownError { _ = try Tensor.ones([1], device: .cuda(99)) }.code == .invalidArgument)
    #expect(try Precision(named: "float32", for: .cpu) == .float32)
    #expect(try Precision(named: "auto", for: .cpu) == .best(for: .cpu))
    #expect(
      try thrownError { _ = try Precision(named: "half", for: .cpu) }.code == .invalidArgument)
    let amd = "vendor_id\t: AuthenticAMD\n"
    #expect(Precision.gainsFromBFloat16(amd + "flags\t\t: fpu avx512_bf16 sse\n"))
    #expect(!Precision.gainsFromBFloat16("vendor_id\t: GenuineIntel\nflags\t: avx512_bf16\n"))
    #expect(Precision.gainsFromBFloat16("flags\t: amx_bf16\n"))
    #expect(!Precision.gainsFromBFloat16(amd + "flags\t\t: fpu avx512f\nbugs: avx512_bf16\n"))
    #expect(!Precision.gainsFromBFloat16(""))
  }
}
