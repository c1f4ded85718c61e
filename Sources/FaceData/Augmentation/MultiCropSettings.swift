/// A group of random crops of one size.
public struct CropGroup: Sendable, Hashable, Codable {
  /// Crops of each sample.
  public var count: Int
  /// Height and width of a crop in pixels.
  public var size: Int
  /// Share of the picture's area that a crop covers, before it is resized.
  public var scale: ClosedRange<Float>

  public init(count: Int, size: Int, scale: ClosedRange<Float>) {
    (self.count, self.size, self.scale) = (count, size, scale)
  }
}

/// Random brightness, contrast, saturation and hue, in random order.
///
/// - Source: torchvision's `ColorJitter`; strengths of SimCLR and SwAV.
public struct ColorJitter: Sendable, Hashable, Codable {
  /// The factor is uniform in [max(0, 1 − b), 1 + b].
  public var brightness: Float
  public var contrast: Float
  public var saturation: Float
  /// The shift is uniform in [−h, h] turns of the colour circle; at most 0.5.
  public var hue: Float
  /// Share of the crops that are jittered at all.
  public var probability: Float

  public init(
    brightness: Float = 0.8, contrast: Float = 0.8, saturation: Float = 0.8, hue: Float = 0.2,
    probability: Float = 0.8
  ) {
    (self.brightness, self.contrast) = (brightness, contrast)
    (self.saturation, self.hue, self.probability) = (saturation, hue, probability)
  }

  /// All four strengths times a factor, as SwAV's `color_distort(s)`.
  public func scaled(by strength: Float) -> ColorJitter {
    ColorJitter(
      brightness: brightness * strength, contrast: contrast * strength,
      saturation: saturation * strength, hue: min(0.5, hue * strength), probability: probability)
  }
}

/// Random Gaussian blur.
///
/// - Source: SwAV blurs half of the crops with σ in [0.1, 2]; the kernel of about a tenth of the
///   picture is SimCLR's (arXiv:2002.05709, appendix A), which keeps small crops legible.
public struct GaussianBlur: Sendable, Hashable, Codable {
  public var probability: Float
  /// Standard deviation in pixels of the crop.
  public var sigma: ClosedRange<Float>
  /// Kernel width as a share of the crop's size; rounded to an odd number of at least 3.
  public var kernelShare: Float

  public init(
    probability: Float = 0.5, sigma: ClosedRange<Float> = 0.1...2, kernelShare: Float = 0.1
  ) {
    (self.probability, self.sigma, self.kernelShare) = (probability, sigma, kernelShare)
  }
}

/// What is different about the second of two views, as in BYOL.
///
/// - Source: Grill et al. 2020, arXiv:2006.07733, table 6: blur 1 and 0.1, solarise 0 and 0.2.
public struct SecondView: Sendable, Hashable, Codable {
  public var blurProbability: Float
  public var solarizeProbability: Float

  public init(blurProbability: Float, solarizeProbability: Float) {
    (self.blurProbability, self.solarizeProbability) = (blurProbability, solarizeProbability)
  }
}

/// How SwAV makes several views of one picture.
///
/// The defaults are SwAV's with crop sizes for faces of 64 px; with 2×224 and 6×96 they are the
/// paper's own.
/// - Source: Caron et al. 2020, arXiv:2006.09882, and the run script of its code.
public struct MultiCropSettings: Sendable, Hashable, Codable {
  public var globalCrops: CropGroup
  public var localCrops: CropGroup
  /// Width over height of a crop before it is resized.
  public var aspectRatio: ClosedRange<Float>
  public var flipProbability: Float
  public var color: ColorJitter
  public var grayscaleProbability: Float
  public var blur: GaussianBlur
  /// Share of the crops in which values from 128 on are inverted.
  public var solarizeProbability: Float
  /// Holds for every second global crop; nil where all crops are alike.
  public var secondView: SecondView?

  public init(
    globalCrops: CropGroup = CropGroup(count: 2, size: 64, scale: 0.14...1),
    localCrops: CropGroup = CropGroup(count: 4, size: 32, scale: 0.05...0.14),
    aspectRatio: ClosedRange<Float> = (3 / 4)...(4 / 3), flipProbability: Float = 0.5,
    color: ColorJitter = ColorJitter(), grayscaleProbability: Float = 0.2,
    blur: GaussianBlur = GaussianBlur(), solarizeProbability: Float = 0,
    secondView: SecondView? = nil
  ) {
    (self.globalCrops, self.localCrops) = (globalCrops, localCrops)
    (self.aspectRatio, self.flipProbability) = (aspectRatio, flipProbability)
    (self.color, self.grayscaleProbability, self.blur) = (color, grayscaleProbability, blur)
    (self.solarizeProbability, self.secondView) = (solarizeProbability, secondView)
  }

  /// The settings of one view, in the views' order.
  func ofView(_ number: Int) -> MultiCropSettings {
    guard let secondView, number < globalCrops.count, number % 2 == 1 else { return self }
    var settings = self
    settings.blur.probability = secondView.blurProbability
    settings.solarizeProbability = secondView.solarizeProbability
    return settings
  }

  /// - Throws: `FaceDataError` `.invalidSetting` naming the value.
  func check() throws {
    for (name, group) in [("global", globalCrops), ("local", localCrops)] {
      try require(group.count >= 0, "the number of \(name) crops is \(group.count), below 0")
      try require(
        (1...4_096).contains(group.size), "a \(name) crop of \(group.size) px is not in 1…4096")
      try require(
        group.scale.lowerBound > 0 && group.scale.upperBound <= 1,
        "the area share \(group.scale) of the \(name) crops is not within 0…1")
    }
    try require(globalCrops.count + localCrops.count > 0, "no crop is asked for")
    try require(aspectRatio.lowerBound > 0, "the aspect ratio \(aspectRatio) reaches 0")
    try require(
      blur.sigma.lowerBound > 0 && (0...1).contains(blur.kernelShare),
      "the blur (σ \(blur.sigma), kernel \(blur.kernelShare)) is not within σ > 0, kernel 0…1")
  }
}

/// - Throws: `FaceDataError` `.invalidSetting` unless the condition holds.
func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
  guard !condition else { return }
  throw FaceDataError(.invalidSetting, "bad augmentation setting: " + message())
}
