import Foundation
import Testing

@testable import FaceData

@Suite struct RandomStreamTests {
  /// Random123's kat_vectors for philox4x32-10.
  @Test(arguments: [
    (
      SIMD4<UInt32>(repeating: 0), SIMD2<UInt32>(repeating: 0),
      SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
    ),
    (
      SIMD4<UInt32>(repeating: .max), SIMD2<UInt32>(repeating: .max),
      SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
    ),
    (
      SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
      SIMD2<UInt32>(0xa409_3822, 0x299f_31d0),
      SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ])
  func philoxGivesThePublishedAnswers(
    counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: SIMD4<UInt32>
  ) {
    #expect(Philox4x32.block(counter: counter, key: key) == expected)
  }

  @Test func everyPartOfTheKeyChangesTheStream() {
    var streams = [
      RandomStream(seed: 1, purpose: "a", epoch: 0, index: 0),
      RandomStream(seed: 2, purpose: "a", epoch: 0, index: 0),
      RandomStream(seed: 1, purpose: "b", epoch: 0, index: 0),
      RandomStream(seed: 1, purpose: "a", epoch: 1, index: 0),
      RandomStream(seed: 1, purpose: "a", epoch: 0, index: 1),
      RandomStream(seed: 1, purpose: "a", epoch: 0, index: 1 << 32),
    ]
    let first = streams.indices.map { streams[$0].next() }
    #expect(Set(first).count == first.count)
    var again = RandomStream(seed: 1, purpose: "a", epoch: 0, index: 0)
    #expect(again.next() == first[0])
  }

  @Test func uniformHasTheMomentsOfAUniform() {
    var stream = RandomStream(seed: 3, purpose: "test")
    let values = (0..<20_000).map { _ in stream.uniform() }
    #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
    let mean = values.reduce(0, +) / 20_000
    let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 20_000
    #expect(abs(mean - 0.5) < 0.008)
    #expect(abs(variance - 1 / 12) < 0.003)
  }

  @Test func normalHasTheMomentsOfANormal() {
    var stream = RandomStream(seed: 4, purpose: "test")
    let values = (0..<20_000).map { _ in stream.normal() }
    let mean = values.reduce(0, +) / 20_000
    let variance = values.map { $0 * $0 }.reduce(0, +) / 20_000
    let fourth = values.map { $0 * $0 * $0 * $0 }.reduce(0, +) / 20_000
    #expect(abs(mean) < 0.03)
    #expect(abs(variance - 1) < 0.05)
    #expect(abs(fourth - 3) < 0.35)
  }

  @Test func integersAreEven() {
    var stream = RandomStream(seed: 5, purpose: "test")
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<6_000 { counts[stream.integer(below: 6)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 1_000) < 150 })
    #expect(stream.integer(below: 1) == 0)
    #expect(stream.integer(below: 0) == 0)
  }

  @Test func anEpochOrderIsAPermutationOfItsOwn() {
    let order = EpochOrder.indices(seed: 7, epoch: 3, count: 500)
    #expect(order.sorted() == Array(0..<500))
    #expect(order != Array(0..<500))
    #expect(order == EpochOrder.indices(seed: 7, epoch: 3, count: 500))
    #expect(order != EpochOrder.indices(seed: 7, epoch: 4, count: 500))
    #expect(order != EpochOrder.indices(seed: 8, epoch: 3, count: 500))
    #expect(EpochOrder.indices(seed: 7, epoch: 0, count: 0).isEmpty)
  }
}
