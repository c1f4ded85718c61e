import FaceData
import FaceModels
import Torch

extension MultiCropBatch {
  /// Normal draws for each picture by itself, `[B, shape…]` on the CPU: a rank, or a part of a batch,
  /// gets what its pictures would get in the whole.
  func noise(
    _ purpose: String, _ shape: [Int], seed: UInt64, at position: StepPosition
  ) throws -> Tensor {
    try Tensor.stack(
      indices.map { index in
        try Tensor.randn(
          shape,
          generator: Generator(seed: seed, purpose: "\(purpose)-\(index)", step: position.step))
      })
  }

  /// Images of some views of one size, as the network takes them: `[views · B, 3, S, S]`, view by
  /// view.
  func images(_ range: Range<Int>, on device: Device) throws -> Tensor {
    let chosen = views[range]
    var bytes: [UInt8] = []
    if chosen.count == 1 {
      bytes = views[range.lowerBound].pixels
    } else {
      bytes.reserveCapacity(chosen.reduce(0) { $0 + $1.pixels.count })
      for view in chosen { bytes += view.pixels }
    }
    return try normalizedImages(
      bytes: bytes, count: chosen.reduce(0) { $0 + $1.count }, size: views[range.lowerBound].size,
      device: device)
  }

  /// The batch in parts of nearly the same size, in order; fewer where it has not so many samples.
  func parts(_ count: Int) -> [MultiCropBatch] {
    guard count > 1 else { return [self] }
    let size = (indices.count + count - 1) / count
    return stride(from: 0, to: indices.count, by: max(size, 1)).map { start in
      part(start..<min(start + size, indices.count))
    }
  }

  /// Some of the samples, with all their views.
  func part(_ range: Range<Int>) -> MultiCropBatch {
    let views = views.map { view in
      let length = view.size * view.size * 3
      return ViewBatch(
        size: view.size, count: range.count,
        pixels: Array(view.pixels[range.lowerBound * length..<range.upperBound * length]))
    }
    return MultiCropBatch(indices: Array(indices[range]), views: views)
  }
}

extension MultiCropSettings {
  /// Views of one size for the methods that compare whole pictures.
  ///
  /// Options: size, crop-scale, color, grayscale, blur, and where a method has them blur-second and
  /// solarize-second.
  init(views: Int, _ options: any OptionValues, hasSecondView: Bool = false) throws {
    self.init(
      globalCrops: CropGroup(
        count: views, size: try options.integer("size"),
        scale: try Float(options.real("crop-scale"))...1),
      localCrops: CropGroup(count: 0, size: 32, scale: 0.1...0.2))
    try augment(options)
    guard hasSecondView else { return }
    secondView = SecondView(
      blurProbability: try Float(options.real("blur-second")),
      solarizeProbability: try Float(options.real("solarize-second")))
  }

  /// SwAV's and DINO's views: a few large crops and many small ones.
  init(multiCrop options: any OptionValues) throws {
    let border = try Float(options.real("global-scale"))
    self.init(
      globalCrops: CropGroup(
        count: try options.integer("global-crops"), size: try options.integer("size"),
        scale: border...1),
      localCrops: CropGroup(
        count: try options.integer("local-crops"), size: try options.integer("local-size"),
        scale: min(try Float(options.real("local-scale")), border)...border))
    try augment(options)
  }

  private mutating func augment(_ options: any OptionValues) throws {
    color = ColorJitter().scaled(by: try Float(options.real("color")))
    grayscaleProbability = try Float(options.real("grayscale"))
    blur.probability = try Float(options.real("blur"))
  }

  /// Both kinds of crops.
  var viewCount: Int { globalCrops.count + localCrops.count }

  /// The views that lie side by side in a tensor: the large crops, then the small ones.
  var viewGroups: [Range<Int>] {
    [0..<globalCrops.count, globalCrops.count..<viewCount].filter { !$0.isEmpty }
  }
}
