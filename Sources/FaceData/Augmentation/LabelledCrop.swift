/// How a labelled sample is turned into a training crop.
public struct LabelledCropSettings: Sendable, Hashable, Codable {
  /// Height and width of the crop in pixels.
  public var size: Int
  /// Rotation about the centre, uniform in ±this.
  public var rotationDegrees: Float
  /// Side of the region that is cut, as a share of the picture's: below 1 zooms in.
  public var scale: ClosedRange<Float>
  /// Shift, uniform in ± this share of the picture's side, in x and y.
  public var translation: Float
  public var flipProbability: Float
  /// Factor on `ColorJitter`'s default strengths; 0 leaves the colours alone.
  public var colorStrength: Float

  public init(
    size: Int, rotationDegrees: Float = 15, scale: ClosedRange<Float> = 0.85...1.1,
    translation: Float = 0.05, flipProbability: Float = 0.5, colorStrength: Float = 0.5
  ) {
    (self.size, self.rotationDegrees, self.scale) = (size, rotationDegrees, scale)
    (self.translation, self.flipProbability) = (translation, flipProbability)
    self.colorStrength = colorStrength
  }

  /// The whole picture, antialiased to `size`: nothing random.
  public static func evaluation(size: Int) -> LabelledCropSettings {
    LabelledCropSettings(
      size: size, rotationDegrees: 0, scale: 1...1, translation: 0, flipProbability: 0,
      colorStrength: 0)
  }

  /// - Throws: `FaceDataError` `.invalidSetting` naming the value.
  func check() throws {
    try require((1...4_096).contains(size), "a crop of \(size) px is not in 1…4096")
    try require(
      scale.lowerBound > 0 && scale.upperBound <= 10, "the scale \(scale) is not within 0…10")
    try require(
      rotationDegrees.isFinite && translation.isFinite && colorStrength >= 0,
      "rotation \(rotationDegrees)°, translation \(translation) or colour \(colorStrength)")
  }
}

/// Crops of labelled samples: one affine warp of the picture, with the labels taken along.
public enum LabelledCrop {
  /// A batch of crops with their labels.
  ///
  /// A pure function of its arguments; a sample's randomness is keyed by (seed, "labelled-crop",
  /// epoch, index). A picture that is not square is stretched to the square crop. Landmarks follow
  /// the picture, and change places left and right where it is flipped; points whose mirror is not
  /// known are never flipped. See `FaceLabels.moved` for the other labels.
  /// - Throws: `FaceDataError` for a bad setting or an unreadable picture.
  /// - Checked by: LabelledCropTests.
  public static func batch(
    _ dataset: any FaceDataset, indices: [Int], settings: LabelledCropSettings, seed: UInt64,
    epoch: Int
  ) throws -> LabelledBatch {
    try settings.check()
    let length = settings.size * settings.size * 3
    var pixels = [UInt8](repeating: 0, count: indices.count * length)
    var labels: [FaceLabels] = []
    var toImage: [Affine] = []
    let renderer = CropRenderer()
    for (position, index) in indices.enumerated() {
      let sample = try dataset.sample(at: index)
      var stream = RandomStream(seed: seed, purpose: "labelled-crop", epoch: epoch, index: index)
      let plan = CropPlan.draw(
        settings, width: sample.image.width, height: sample.image.height, from: &stream,
        mayFlip: sample.labels.canBeMirrored)
      pixels.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return }
        renderer.render(sample.image, plan, size: settings.size, into: start + position * length)
      }
      labels.append(plan.mapped(sample.labels))
      toImage.append(plan.toImage)
    }
    let view = ViewBatch(size: settings.size, count: indices.count, pixels: pixels)
    return LabelledBatch(indices: indices, view: view, labels: labels, toImage: toImage)
  }
}

extension LabelledCrop {
  /// What `batch` with `.evaluation(size:)` says of a picture whose size is known, without decoding
  /// it: the labels in the crop's pixels, and the map from the crop to the picture.
  public static func evaluationLabels(
    _ labels: FaceLabels, width: Int, height: Int, size: Int
  ) -> (labels: FaceLabels, toImage: Affine) {
    var stream = RandomStream(seed: 0, purpose: "labelled-crop", epoch: 0, index: 0)
    let plan = CropPlan.draw(
      .evaluation(size: size), width: width, height: height, from: &stream)
    return (plan.mapped(labels), plan.toImage)
  }
}

/// Everything random about one labelled crop.
struct CropPlan: Sendable {
  /// Crop → picture.
  let toImage: Affine
  let isFlipped: Bool
  /// The whole picture, only resized.
  let isPlain: Bool
  let colorSteps: [ColorStep]

  static func draw(
    _ settings: LabelledCropSettings, width: Int, height: Int, from stream: inout RandomStream,
    mayFlip: Bool = true
  ) -> CropPlan {
    let angle = stream.uniform(in: -1...1) * settings.rotationDegrees
    let scale = stream.uniform(in: settings.scale)
    let shift = SIMD2(stream.uniform(in: -1...1), stream.uniform(in: -1...1))
    let isFlipped = stream.chance(settings.flipProbability) && mayFlip
    let colors = ColorJitter().scaled(by: settings.colorStrength).draw(from: &stream)
    let offset = shift * settings.translation
    // In units of the picture's sides, with the centre as origin.
    let map = Affine.translation(-Float(settings.size) / 2, -Float(settings.size) / 2)
      .then(.scale((isFlipped ? -1 : 1) / Float(settings.size), 1 / Float(settings.size)))
      .then(.rotation(degrees: angle)).then(.scale(scale, scale))
      .then(.translation(0.5 + offset.x, 0.5 + offset.y))
      .then(.scale(Float(width), Float(height)))
    let isPlain = angle == 0 && scale == 1 && offset == .zero && !isFlipped
    return CropPlan(toImage: map, isFlipped: isFlipped, isPlain: isPlain, colorSteps: colors)
  }

  func mapped(_ labels: FaceLabels) -> FaceLabels {
    guard let toCrop = toImage.inverse else { return labels }
    return labels.moved(by: toCrop, isFlipped: isFlipped, isPlain: isPlain)
  }
}

/// Makes labelled crops; keeps its buffers. Owned by one thread.
private final class CropRenderer {
  private let planes = FloatPlanes()
  private let resampler = Resampler()

  func render(
    _ image: Image, _ plan: CropPlan, size: Int, into output: UnsafeMutablePointer<UInt8>
  ) {
    if plan.isPlain {
      let whole = PixelRectangle(x: 0, y: 0, width: image.width, height: image.height)
      resampler.resample(image, whole, width: size, height: size, into: planes)
    } else {
      warp(image, plan.toImage, size: size)
    }
    planes.apply(plan.colorSteps)
    planes.pack(into: output)
  }

  /// Bilinear sampling skips pixels where the picture shrinks; there it is first resized, with
  /// antialiasing, to about the crop's resolution.
  private func warp(_ image: Image, _ toImage: Affine, size: Int) {
    let step = SIMD2(
      (toImage.a * toImage.a + toImage.b * toImage.b).squareRoot(),
      (toImage.c * toImage.c + toImage.d * toImage.d).squareRoot())
    guard step.x > 1 || step.y > 1 else {
      return image.warp(toImage, width: size, height: size, into: planes)
    }
    let width = max(1, Int((Float(image.width) / max(1, step.x)).rounded(.up)))
    let height = max(1, Int((Float(image.height) / max(1, step.y)).rounded(.up)))
    let whole = PixelRectangle(x: 0, y: 0, width: image.width, height: image.height)
    resampler.resample(image, whole, width: width, height: height, into: planes)
    let toSmall = toImage.then(
      .scale(Float(width) / Float(image.width), Float(height) / Float(image.height)))
    planes.image().warp(toSmall, width: size, height: size, into: planes)
  }
}
