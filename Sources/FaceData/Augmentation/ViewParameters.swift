import Foundation

/// One step of a colour jitter.
enum ColorStep: Hashable, Sendable {
  /// Pixel values times a factor.
  case brightness(Float)
  /// Distance from the mean grey of the picture times a factor.
  case contrast(Float)
  /// Distance from the pixel's own grey times a factor.
  case saturation(Float)
  /// Turns of the colour circle.
  case hue(Float)
}

/// Everything random about one view, drawn before any pixel is touched.
struct ViewParameters: Hashable, Sendable {
  var crop: PixelRectangle
  var isFlipped: Bool
  /// Empty if the view is not jittered.
  var colorSteps: [ColorStep]
  var isGrayscale: Bool
  /// Nil if the view is not blurred.
  var blurSigma: Float?
  var isSolarized = false

  /// Draws in SwAV's order: crop, flip, colour, grey, blur; then BYOL's solarisation.
  ///
  /// The number of draws from the stream depends on the settings and on what was drawn; views of a
  /// sample share one stream one after the other.
  static func draw(
    _ settings: MultiCropSettings, scale: ClosedRange<Float>, width: Int, height: Int,
    from stream: inout RandomStream
  ) -> ViewParameters {
    ViewParameters(
      crop: randomCrop(
        width: width, height: height, scale: scale, ratio: settings.aspectRatio, from: &stream),
      isFlipped: stream.chance(settings.flipProbability),
      colorSteps: settings.color.draw(from: &stream),
      isGrayscale: stream.chance(settings.grayscaleProbability),
      blurSigma: settings.blur.draw(from: &stream),
      isSolarized: settings.solarizeProbability > 0
        && stream.chance(settings.solarizeProbability))
  }

  /// A rectangle of random area and aspect ratio inside a picture.
  ///
  /// The ratio is uniform in its logarithm; after ten that do not fit, the largest centred crop
  /// whose ratio is within the range.
  /// - Source: torchvision's `RandomResizedCrop.get_params`.
  static func randomCrop(
    width: Int, height: Int, scale: ClosedRange<Float>, ratio: ClosedRange<Float>,
    from stream: inout RandomStream
  ) -> PixelRectangle {
    let logRatio = log(ratio.lowerBound)...log(ratio.upperBound)
    for _ in 0..<10 {
      let area = Float(width * height) * stream.uniform(in: scale)
      let aspect = exp(stream.uniform(in: logRatio))
      let w = Int((area * aspect).squareRoot().rounded())
      let h = Int((area / aspect).squareRoot().rounded())
      guard w >= 1, w <= width, h >= 1, h <= height else { continue }
      return PixelRectangle(
        x: stream.integer(below: width - w + 1), y: stream.integer(below: height - h + 1),
        width: w, height: h)
    }
    return centralCrop(width: width, height: height, ratio: ratio)
  }

  private static func centralCrop(
    width: Int, height: Int, ratio: ClosedRange<Float>
  ) -> PixelRectangle {
    let actual = Float(width) / Float(height)
    var (w, h) = (width, height)
    if actual < ratio.lowerBound { h = Int((Float(width) / ratio.lowerBound).rounded()) }
    if actual > ratio.upperBound { w = Int((Float(height) * ratio.upperBound).rounded()) }
    (w, h) = (min(max(w, 1), width), min(max(h, 1), height))
    return PixelRectangle(x: (width - w) / 2, y: (height - h) / 2, width: w, height: h)
  }
}

extension ColorJitter {
  /// The steps in random order, or none.
  func draw(from stream: inout RandomStream) -> [ColorStep] {
    guard stream.chance(probability) else { return [] }
    var steps: [ColorStep] = []
    if brightness > 0 { steps.append(.brightness(stream.uniform(in: factors(brightness)))) }
    if contrast > 0 { steps.append(.contrast(stream.uniform(in: factors(contrast)))) }
    if saturation > 0 { steps.append(.saturation(stream.uniform(in: factors(saturation)))) }
    if hue > 0 { steps.append(.hue(stream.uniform(in: -hue...hue))) }
    return stream.shuffled(steps)
  }

  private func factors(_ strength: Float) -> ClosedRange<Float> {
    max(0, 1 - strength)...(1 + strength)
  }
}

extension GaussianBlur {
  func draw(from stream: inout RandomStream) -> Float? {
    stream.chance(probability) ? stream.uniform(in: sigma) : nil
  }

  /// Half of the kernel's width, without the centre.
  func radius(size: Int) -> Int {
    // Odd width nearest to the share, at least 3, and no wider than reflection at the edge allows.
    min(max(1, Int((Float(size) * kernelShare / 2).rounded(.down))), max(0, size - 1))
  }
}
