/// How a picture looks, in a few numbers.
public struct PictureMeasures: Sendable, Hashable {
  /// In pixels.
  public let width: Int
  public let height: Int
  /// Variance of the Laplacian of the luminance at the picture's own size: low where it is blurred,
  /// enlarged or plain, high where it has edges or noise.
  ///
  /// - Source: Pech-Pacheco et al. 2000, "Diatom autofocusing in brightfield microscopy"; the
  ///   Laplacian with four neighbours. Checked by: PictureMeasuresTests.
  public let sharpness: Float
  /// Mean luminance (BT.601), 0–255.
  public let brightness: Float
  /// Standard deviation of the luminance.
  public let contrast: Float
  /// How one-sided the light is: (right − left) / (right + left) of the halves' mean luminance,
  /// −1…1, positive where the picture's right is brighter.
  public let sideLight: Float

  /// - Parameters: gray: the picture's `grayPlane(side: 32)`.
  init(_ image: Image, gray: [Float]) {
    (width, height) = (image.width, image.height)
    sharpness = Self.laplacianVariance(image)
    let count = Float(gray.count)
    let mean = gray.reduce(0, +) / count
    let variance = gray.reduce(Float(0)) { $0 + ($1 - mean) * ($1 - mean) } / count
    (brightness, contrast) = (mean, variance.squareRoot())
    let side = PerceptualHash.side
    var (left, right): (Float, Float) = (0, 0)
    for (place, value) in gray.enumerated() {
      if place % side < side / 2 { left += value } else { right += value }
    }
    sideLight = left + right > 0 ? (right - left) / (right + left) : 0
  }

  /// - Edge cases: 0 for a picture less than three pixels wide or high.
  private static func laplacianVariance(_ image: Image) -> Float {
    let (width, height) = (image.width, image.height)
    guard width > 2, height > 2 else { return 0 }
    let gray = luminance(image)
    var (sum, squares) = (0.0, 0.0)
    gray.withUnsafeBufferPointer { gray in
      for y in 1..<height - 1 {
        var (row, rowSquares): (Float, Float) = (0, 0)
        for at in y * width + 1..<(y + 1) * width - 1 {
          let edge =
            gray[at - 1] + gray[at + 1] + gray[at - width] + gray[at + width] - 4 * gray[at]
          row += edge
          rowSquares += edge * edge
        }
        sum += Double(row)
        squares += Double(rowSquares)
      }
    }
    let count = Double((width - 2) * (height - 2))
    return Float(max(0, squares / count - sum / count * (sum / count)))
  }

  private static func luminance(_ image: Image) -> [Float] {
    image.pixels.withUnsafeBufferPointer { pixels in
      [Float](unsafeUninitializedCapacity: image.width * image.height) { gray, filled in
        filled = image.width * image.height
        for at in 0..<filled {
          let (red, green) = (Float(pixels[3 * at]), Float(pixels[3 * at + 1]))
          gray[at] = 0.299 * red + 0.587 * green + 0.114 * Float(pixels[3 * at + 2])
        }
      }
    }
  }
}
