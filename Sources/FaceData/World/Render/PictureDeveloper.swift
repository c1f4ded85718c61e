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
        let first = buffers.samples + (2 * y * buffers.side + 2 * x)
        let second = first + buffers.side
        let names = SIMD4(
          Self.place(first[0]), Self.place(first[1]), Self.place(second[0]), Self.place(second[1]))
        let isOne = names.x == names.y && names.z == names.w && names.x == names.z
        if isOne, names.x < 0 {
          open = 4
        } else if isOne, case .smooth = buffers.visible[names.x].material {
          // Colours are linear in a triangle: the mean of the four is that of the middle.
          sum = 4 * shade(buffers.visible[names.x], Float(2 * x + 1), Float(2 * y + 1), detail)
        } else {
          for corner in 0..<4 {
            let index = names[corner]
            guard index >= 0 else {
              open += 1
              continue
            }
            let (column, row) = (Float(2 * x + (corner & 1)), Float(2 * y + (corner >> 1)))
            sum += shade(buffers.visible[index], column + 0.5, row + 0.5, detail)
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

  /// Place in `visible` of a sample's nearest triangle; −1 where there is none.
  @inline(__always)
  private static func place(_ sample: UInt64) -> Int {
    Int(truncatingIfNeeded: sample & 0xFFFF_FFFF) - 1
  }

  /// - Parameters: x, y: in samples.
  @inline(__always)
  private func shade(
    _ t: VisibleTriangle, _ x: Float, _ y: Float, _ detail: DetailShader?
  ) -> SIMD4<Float> {
    let (px, py) = (x - t.x, y - t.y)
    let a = (px * t.by - t.bx * py) * t.inverseArea
    let b = (t.ax * py - px * t.ay) * t.inverseArea
    let (i, j, k) = (Int(t.corners.x), Int(t.corners.y), Int(t.corners.z))
    var colour = buffers.colours[i] * (1 - a - b)
    colour += buffers.colours[j] * a
    colour += buffers.colours[k] * b
    guard let detail else { return colour }
    if case .smooth = t.material { return colour }
    var place = buffers.details[i] * (1 - a - b)
    place += buffers.details[j] * a
    place += buffers.details[k] * b
    return switch t.material {
    case .smooth: colour
    case .brow: detail.brow(detail.line(colour, place), place)
    case .lined: detail.line(colour, place)
    case .hair: detail.hair(colour, place)
    case .eye: detail.eye(colour, place)
    }
  }

  /// A Gaussian of the given standard deviation in pixels, rows then columns; edges repeat.
  private func blur(_ sigma: Float) {
    let radius = max(1, min(size / 2, Int(2.5 * sigma + 0.5)))
    let raw = (-radius...radius).map { (tap: Int) -> Float in bell(Float(tap), sigma) }
    let total: Float = raw.reduce(0, +)
    let kernel = raw.map { $0 / total }
    func pass(
      _ source: UnsafeMutablePointer<SIMD4<Float>>, _ target: UnsafeMutablePointer<SIMD4<Float>>,
      step: Int, line: Int
    ) {
      kernel.withUnsafeBufferPointer { kernel in
        for across in 0..<size {
          for along in 0..<size {
            var sum = SIMD4<Float>()
            for tap in -radius...radius {
              let place = min(max(along + tap, 0), size - 1)
              sum += source[across * line + place * step] * kernel[tap + radius]
            }
            target[across * line + along * step] = sum
          }
        }
      }
    }
    pass(buffers.pixels, buffers.scratch, step: 1, line: size)
    pass(buffers.scratch, buffers.pixels, step: size, line: 1)
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
    let (a, b) = (word(), word())
    return SIMD4(sum(a), sum(a >> 32), sum(b), sum(b >> 32))
  }

  @inline(__always)
  private func sum(_ word: UInt64) -> Float {
    let total = (word & 255) + (word >> 8 & 255) + (word >> 16 & 255) + (word >> 24 & 255)
    // The sum of four bytes has mean 510 and standard deviation 147.8.
    return (Float(total) - 510) * (1 / 147.8)
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
