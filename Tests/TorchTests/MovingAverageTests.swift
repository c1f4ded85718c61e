import Testing

@testable import Torch

struct MovingAverageTests {
  private func state(_ value: Float, buffer: Float) throws -> [NamedTensor] {
    [
      NamedTensor("w", try Tensor([value, 2 * value], shape: [2])),
      NamedTensor("running", try Tensor([buffer], shape: [1]), .buffer),
    ]
  }

  @Test("parameters move by 1 − m of the way, buffers are copied")
  func moves() throws {
    let (target, source) = (try state(1, buffer: 5), try state(3, buffer: 7))
    try moveAverage(target, towards: source, decay: 0.75)
    #expect(try target[0].tensor.floats() == [1.5, 3])
    #expect(try target[1].tensor.floats() == [7])
    #expect(try source[0].tensor.floats() == [3, 6])
  }

  @Test("running statistics have a decay of their own, counters are copied")
  func statistics() throws {
    func counted(_ count: Int64, buffer: Float) throws -> [NamedTensor] {
      try state(1, buffer: buffer) + [NamedTensor("n", Tensor([count], shape: [1]), .buffer)]
    }
    let target = try counted(1, buffer: 5)
    try moveAverage(target, towards: counted(4, buffer: 7), decay: 1, statistics: 0.5)
    #expect(try target[1].tensor.floats() == [6])
    #expect(try target[2].tensor.int64s() == [4])
  }

  @Test("states of other names are refused")
  func refuses() throws {
    let (target, source) = (try state(1, buffer: 5), try state(3, buffer: 7))
    #expect(throws: TensorError.self) {
      try moveAverage(target, towards: source.prefixed("x"), decay: 0.5)
    }
  }
}
