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
    let whole = min(radius, planes.width - 1, planes.height - 1)
    guard whole > 0 else { return }
    let radius = prepareKernel(sigma: sigma, radius: whole)
    guard radius > 0 else { return }
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

  /// target ← Σ kernel[tap] · source(tap), elementwise over a row. Sixteen sums at a time stay in
  /// registers over all taps.
  @inline(__always)
  private func accumulate(
    into target: UnsafeMutablePointer<Float>, count: Int,
    source: (_ tap: Int) -> UnsafeMutablePointer<Float>
  ) {
    kernel.withUnsafeBufferPointer { kernel in
      let whole = count - count % 16
      for x in stride(from: 0, to: whole, by: 16) {
        var sum = kernel[0] * Self.sixteen(source(0) + x)
        for tap in 1..<kernel.count { sum += kernel[tap] * Self.sixteen(source(tap) + x) }
        UnsafeMutableRawPointer(target + x).storeBytes(of: sum, as: SIMD16<Float>.self)
      }
      for x in whole..<count {
        var sum = kernel[0] * source(0)[x]
        for tap in 1..<kernel.count { sum += kernel[tap] * source(tap)[x] }
        target[x] = sum
      }
    }
  }

  @inline(__always)
  private static func sixteen(_ values: UnsafeMutablePointer<Float>) -> SIMD16<Float> {
    UnsafeRawPointer(values).loadUnaligned(as: SIMD16<Float>.self)
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

  /// - Returns: the radius of the taps that count: what falls below 2⁻³⁰ of the middle one, most of
  ///   them where `sigma` is small, changes no byte of a picture.
  private func prepareKernel(sigma: Float, radius: Int) -> Int {
    let values = (-radius...radius).map { exp(-0.5 * Float($0 * $0) / (sigma * sigma)) }
    let total = values.reduce(0, +)
    kernel = values.filter { $0 > 0x1p-30 }.map { $0 / total }
    return kernel.count / 2
  }

  private func reserve(_ buffer: inout [Float], _ count: Int) {
    if buffer.count < count { buffer = [Float](repeating: 0, count: count) }
  }
}
