import Foundation

/// Separable Gaussian blur with reflection at the edges, as torchvision's `gaussian_blur`.
///
/// Checked by: ColorTests.
final class BlurOperation {
  private var kernel: [Float] = []
  private var line: [Float] = []
  private var plane: [Float] = []

  func apply(to planes: FloatPlanes, sigma: Float, radius: Int) {
    // Reflection without the edge pixel needs radius < size.
    let radius = min(radius, planes.width - 1, planes.height - 1)
    guard radius > 0 else { return }
    prepareKernel(sigma: sigma, radius: radius)
    reserve(&line, planes.width + 2 * radius)
    reserve(&plane, planes.pixelCount)
    for channel in 0..<3 { blur(planes, channel, radius: radius) }
  }

  private func blur(_ planes: FloatPlanes, _ channel: Int, radius: Int) {
    let values = planes.base + channel * planes.planeStride
    let (width, height) = (planes.width, planes.height)
    plane.withUnsafeMutableBufferPointer { scratch in
      line.withUnsafeMutableBufferPointer { padded in
        guard let scratch = scratch.baseAddress, let padded = padded.baseAddress else { return }
        for y in 0..<height {
          let row = values + y * width
          reflect(row, count: width, radius: radius, into: padded)
          accumulate(into: scratch + y * width, count: width) { padded + $0 }
        }
        for y in 0..<height {
          accumulate(into: values + y * width, count: width) { tap in
            scratch + Self.reflected(y + tap - radius, height) * width
          }
        }
      }
    }
  }

  /// target ← Σ kernel[tap] · source(tap), elementwise over a row.
  @inline(__always)
  private func accumulate(
    into target: UnsafeMutablePointer<Float>, count: Int,
    source: (_ tap: Int) -> UnsafeMutablePointer<Float>
  ) {
    kernel.withUnsafeBufferPointer { kernel in
      for tap in 0..<kernel.count {
        let (weight, source) = (kernel[tap], source(tap))
        if tap == 0 {
          for x in 0..<count { target[x] = weight * source[x] }
        } else {
          for x in 0..<count { target[x] += weight * source[x] }
        }
      }
    }
  }

  private func reflect(
    _ row: UnsafePointer<Float>, count: Int, radius: Int,
    into padded: UnsafeMutablePointer<Float>
  ) {
    (padded + radius).update(from: row, count: count)
    for distance in 1...radius {
      padded[radius - distance] = row[distance]
      padded[radius + count - 1 + distance] = row[count - 1 - distance]
    }
  }

  private static func reflected(_ index: Int, _ count: Int) -> Int {
    index < 0 ? -index : (index < count ? index : 2 * count - 2 - index)
  }

  private func prepareKernel(sigma: Float, radius: Int) {
    let values = (-radius...radius).map { exp(-0.5 * Float($0 * $0) / (sigma * sigma)) }
    let total = values.reduce(0, +)
    kernel = values.map { $0 / total }
  }

  private func reserve(_ buffer: inout [Float], _ count: Int) {
    if buffer.count < count { buffer = [Float](repeating: 0, count: count) }
  }
}
