import Testing

@testable import FaceData

@Suite struct StreamViewsTests {
  @Test(arguments: [0, 3])
  func aStreamsViewsAreThoseOfTheDataSet(threads: Int) throws {
    let folder = try TemporaryFolder()
    let source = MemoryDataset.pictures(40, size: 24)
    try ShardWriter(source, settings: .init(samplesPerShard: 9)).writeShards(
      to: folder.path + "/out")
    let stream = try ShardStream(path: folder.path + "/out", settings: StreamSettings(seed: 1))
    let settings = MultiCropSettings(
      globalCrops: CropGroup(count: 2, size: 20, scale: 0.3...1),
      localCrops: CropGroup(count: 3, size: 12, scale: 0.1...0.3))
    let maker = try MultiCropMaker(settings, seed: 5)
    let loader = try StreamLoader(stream, epochs: 2, threads: threads) { sample, epoch in
      maker.views(of: sample.image, number: sample.number, epoch: epoch)
    }
    var epochs: [Int] = []
    while let next = try loader.next(20) {
      epochs.append(next.epoch)
      let batch = MultiCropBatch(next.outputs, settings: settings)
      #expect(batch.views.map(\.size) == [20, 20, 12, 12, 12] && batch.indices.count == 20)
      for (place, number) in batch.indices.enumerated() {
        let index = try #require((0..<40).first { StableHash.of("\($0)") == number })
        let alone = try maker.views(
          of: source.sample(at: index).image, number: number, epoch: next.epoch)
        #expect(batch.views.map { $0.image(at: place).pixels } == alone.views)
      }
    }
    #expect(epochs == [0, 0, 1, 1])
  }

  @Test func theMakerMakesWhatABatchOfADataSetHolds() throws {
    let source = MemoryDataset.pictures(3, size: 24)
    let settings = MultiCropSettings(localCrops: CropGroup(count: 1, size: 12, scale: 0.1...0.3))
    let expected = try MultiCrop.batch(
      source, indices: [2, 0], settings: settings, seed: 8, epoch: 3)
    let maker = try MultiCropMaker(settings, seed: 8)
    let samples = try [2, 0].map {
      try maker.views(of: source.sample(at: $0).image, number: $0, epoch: 3)
    }
    #expect(MultiCropBatch(samples, settings: settings) == expected)
  }
}
