import Foundation

/// Turns samples into pixels: colours the nearest surfaces, averages, and imitates a camera.
struct PictureDeveloper {
  private let buffers: RenderBuffers
  private let size: Int
  private static let curveSteps: Float = 2048
  /// sRGB's curve for linear 0 to 2 with a soft shoulder above 0.8.
  private static let curve: [Float] = (0...4096).map { step in
    let x = Float(step) / curveSteps
    let soft = x < 0.8 ? x : 0.8 + 0.2 * (1 - 1 / (1 + (x - 0.8) / 0.2))
    return soft <= 0.003_130_8 ? 12.92 * soft : 1.055 * pow(soft, 1 / 2.4) - 0.055
  }

  init(buffers: RenderBuffers, size: Int) { (self.buffers, self.size) = (buffers, size) }

  /// - Parameter detail: nil where every triangle is smooth.
  func develop(_ background: Background, _ sensor: FaceScene.Sensor, detail: DetailShader?)
    -> Image
  {
    resolve(background, detail)
    if sensor.blur > 0 { blur(sensor.blur) }
    return encode(sensor)
  }

  /// The mean of four samples in linear light for each pixel.
  private func resolve(_ background: Background, _ detail: DetailShader?) {
    for y in 0..<size {
      for x in 0..<size {
        var sum = SIMD4<Float>()
        var open: Float = 0
        let columns = buffers.names + (y / 2 * buffers.side + 2 * x)
        let (left, right) =
          y % 2 == 0
          ? (columns[0].lowHalf, columns[1].lowHalf) : (columns[0].highHalf, columns[1].highHalf)
        let names = SIMD4(left.x, right.x, left.y, right.y)
        let isOne = names == SIMD4(repeating: names.x)
        if isOne, names.x < 0 {
          open = 4
        } else if isOne {
          let surface = Surface(buffers, name: names.x)
          if case .smooth = surface.triangle.material {
            // Colours are linear in a triangle: the mean of the four is that of the middle.
            sum = 4 * surface.shade(Float(2 * x + 1), Float(2 * y + 1), detail)
          } else {
            for corner in 0..<4 { sum += surface.shade(x, y, corner, detail) }
          }
        } else {
          for corner in 0..<4 {
            if names[corner] < 0 {
              open += 1
            } else {
              sum += Surface(buffers, name: names[corner]).shade(x, y, corner, detail)
            }
          }
        }
        if open > 0 {
          let place = (SIMD2(Float(x), Float(y)) + 0.5) / Float(size)
          sum += SIMD4(background.colour(at: place), 0) * open
        }
        buffers.pixels[y * size + x] = sum * 0.25
      }
    }
  }

  /// A Gaussian of the given standard deviation in pixels, rows then columns; edges repeat.
  private func blur(_ sigma: Float) {
    let radius = max(1, min(size / 2, Int(2.5 * sigma + 0.5)))
    let raw = (-radius...radius).map { (tap: Int) -> Float in bell(Float(tap), sigma) }
    let total: Float = raw.reduce(0, +)
    let kernel = raw.map { $0 / total }
    /// Adds up the taps of the pixel at `place`, which is `along` pixels from an edge.
    @inline(__always)
    func sum(
      _ source: UnsafeMutablePointer<SIMD4<Float>>, _ place: Int, _ along: Int, _ step: Int,
      _ kernel: UnsafeBufferPointer<Float>
    ) -> SIMD4<Float> {
      var sum = SIMD4<Float>()
      if along >= radius, along < size - radius {
        for tap in -radius...radius { sum += source[place + tap * step] * kernel[tap + radius] }
      } else {
        for tap in -radius...radius {
          let inside = min(max(along + tap, 0), size - 1) - along
          sum += source[place + inside * step] * kernel[tap + radius]
        }
      }
      return sum
    }
    kernel.withUnsafeBufferPointer { kernel in
      for y in 0..<size {
        for x in 0..<size {
          buffers.scratch[y * size + x] = sum(buffers.pixels, y * size + x, x, 1, kernel)
        }
      }
      for y in 0..<size {
        for x in 0..<size {
          buffers.pixels[y * size + x] = sum(buffers.scratch, y * size + x, y, size, kernel)
        }
      }
    }
  }

  /// Saturation, sRGB, contrast, noise, and bytes.
  private func encode(_ sensor: FaceScene.Sensor) -> Image {
    var noise = FastNoise(seed: sensor.seed)
    let lift = 127.5 * (1 - sensor.contrast) + 255 * sensor.brightness + 0.5
    let scale = 255 * sensor.contrast
    let luma = SIMD4<Float>(0.2126, 0.7152, 0.0722, 0)
    let bytes = [UInt8](unsafeUninitializedCapacity: size * size * 3) { bytes, count in
      Self.curve.withUnsafeBufferPointer { curve in
        for pixel in 0..<size * size {
          let linear = buffers.pixels[pixel]
          let grey = SIMD4<Float>(repeating: (linear * luma).sum())
          let tinted = grey + (linear - grey) * sensor.saturation
          let steps = tinted * Self.curveSteps
          let grain = noise.next() * sensor.noise
          for c in 0..<3 {
            let value = curve[Int(min(max(steps[c], 0), 4096))] * scale + lift + grain[c]
            bytes[pixel * 3 + c] = UInt8(min(max(value, 0), 255))
          }
        }
      }
      count = size * size * 3
    }
    return Image(width: size, height: size, pixels: bytes)
  }
}

/// Nearly normal numbers with standard deviation 1, four at a time: sums of four bytes.
struct FastNoise {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  @inline(__always)
  mutating func next() -> SIMD4<Float> {
    let (a, b) = (Self.byteSums(word()), Self.byteSums(word()))
    let sums = SIMD4<Int32>(
      Int32(truncatingIfNeeded: a), Int32(truncatingIfNeeded: a >> 32),
      Int32(truncatingIfNeeded: b), Int32(truncatingIfNeeded: b >> 32))
    // The sum of four bytes has mean 510 and standard deviation 147.8.
    return (SIMD4<Float>(sums) - 510) * (1 / 147.8)
  }

  /// The sums of the bytes in each half, in the halves.
  @inline(__always)
  private static func byteSums(_ word: UInt64) -> UInt64 {
    let pairs = (word & 0x00FF_00FF_00FF_00FF) + (word >> 8 & 0x00FF_00FF_00FF_00FF)
    return (pairs & 0x0000_FFFF_0000_FFFF) + (pairs >> 16 & 0x0000_FFFF_0000_FFFF)
  }

  /// SplitMix64.
  @inline(__always)
  private mutating func word() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
