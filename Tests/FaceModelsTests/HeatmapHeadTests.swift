import Testing

@testable import FaceModels
@testable import Torch

struct HeatmapHeadTests {
  /// Two points on 4×8 maps: the first has all its weight in row 1, column 6; the second half in
  /// each of two cells. Offsets move both.
  @Test func aPointLiesAtTheMeanPlaceUnderItsMap() throws {
    var maps = [Float](repeating: 0, count: 6 * 32)
    maps[8 + 6] = 100
    (maps[32], maps[32 + 31]) = (100, 100)
    for cell in 0..<32 {
      maps[2 * 32 + cell] = 0.25  // x offset of point 0
      maps[5 * 32 + cell] = -0.5  // y offset of point 1
    }
    let places = try HeatmapHead.expectedPlaces(
      Tensor(maps, shape: [1, 6, 4, 8]), points: 2
    ).floats()
    let expected: [Float] = [6.5 / 8 + 0.25, 1.5 / 4, (0.5 + 7.5) / 16, (0.5 + 3.5) / 8 - 0.5]
    #expect(zip(places, expected).allSatisfy { abs($0 - $1) < 1e-5 }, "\(places)")
  }

  @Test func learnsWhereABlobIs() throws {
    let generator = try Generator(seed: 5)
    let head = try HeatmapHead(channels: [4, 6], points: 1, width: 8, generator: generator)
    #expect(Set(head.state.map(\.name)).count == head.state.count)
    // The blob is one bright cell of the fine map.
    var (pixels, truth): ([Float], [Float]) = ([], [])
    for sample in 0..<16 {
      let cell = (sample * 7) % 64
      for _ in 0..<4 { pixels += (0..<64).map { $0 == cell ? 1 : 0 } }
      truth += [(Float(cell % 8) + 0.5) / 8, (Float(cell / 8) + 0.5) / 8]
    }
    let fine = try Tensor(pixels, shape: [16, 4, 8, 8])
    let coarse = try averagePool2d(fine, Window(kernel: 2, stride: 2)).matmul(
      Tensor.ones([16, 4, 4, 4]))
    let maps = [fine, try Tensor.cat([coarse, coarse.narrow(1, start: 0, length: 2)], dim: 1)]
    let optimizer = try AdamW([ParameterGroup(parameters: head.state)])
    let target = try Tensor(truth, shape: [16, 2])
    var losses: [Double] = []
    for _ in 0..<150 {
      let loss = try smoothL1(head(maps, training: true), target, beta: 0.01)
      optimizer.clearGradients()
      try loss.backward()
      try optimizer.step(learningRate: 0.01)
      losses.append(try loss.item())
    }
    #expect(losses[149] < losses[0] / 4, "\(losses[0]) … \(losses[149])")
    #expect(throws: TensorError.self) { try head([fine], training: false) }
  }
}

struct ResNetPartsTests {
  @Test func partsHoldEveryParameterOnce() throws {
    let network = try ResNet(depth: 18, width: 8, generator: Generator(seed: 1))
    let names = network.parameterParts.flatMap { $0.map(\.name) }
    #expect(network.parameterParts.count == 5)
    #expect(names == network.parameters.map(\.name))
    let x = try hashed([1, 3, 64, 64], "x").to(.float32)
    let maps = try network.stageMaps(x, training: false)
    #expect(maps.map { $0.shape[1] } == network.stageChannels)
    #expect(maps.map { $0.shape[2] } == [16, 8, 4, 2])
    #expect(try network.features(x, training: false).map.floats() == maps[3].floats())
  }

  @Test func frozenPartsKeepTheirStatistics() throws {
    let network = try ResNet(depth: 18, width: 8, generator: Generator(seed: 1))
    func mean(_ name: String) throws -> [Float] {
      try #require(network.stateDictionary()[name]).floats()
    }
    let names = ["bn1.running_mean", "layer1.0.bn1.running_mean", "layer2.0.bn1.running_mean"]
    let before = try names.map(mean)
    network.frozenParts = 2
    _ = try network(hashed([2, 3, 64, 64], "x").to(.float32), training: true)
    let after = try names.map(mean)
    #expect(after[0] == before[0] && after[1] == before[1] && after[2] != before[2])
  }
}
