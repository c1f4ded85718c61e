/// A rectangle of whole pixels.
struct PixelRectangle: Sendable, Hashable {
  var x, y, width, height: Int
}

/// Antialiased resampling with a triangle filter, as PIL's `resize(…, BILINEAR)`: the filter spans
/// two source pixels when enlarging, and two target pixels when shrinking.
///
/// Down the columns first, because a row of bytes times a weight is one vector loop, then along the
/// row with one vector of the three channels a tap. Unlike PIL nothing is rounded in between.
/// Checked by: ResizeTests (PIL's own results, within 1 grey level).
final class Resampler {
  private var columns = FilterTaps()
  private var rows = FilterTaps()
  /// One row of the crop, filtered down the columns, interleaved; 4 floats of slack at the end.
  private var row: [Float] = []

  /// Resamples a rectangle of `image` to `width` × `height`; pixels outside of it have no influence.
  ///
  /// - Precondition: the rectangle lies in the image; nothing is drawn if it is empty.
  func resample(
    _ image: Image, _ crop: PixelRectangle, width: Int, height: Int, isFlipped: Bool = false,
    into planes: FloatPlanes
  ) {
    planes.resize(width: width, height: height)
    guard crop.width > 0, crop.height > 0 else { return }
    columns.prepare(input: crop.width, output: width)
    rows.prepare(input: crop.height, output: height)
    let needed = crop.width * 3 + 4
    if row.count < needed { row = [Float](repeating: 0, count: needed) }
    image.pixels.withUnsafeBufferPointer { pixels in
      row.withUnsafeMutableBufferPointer { row in
        guard let source = pixels.baseAddress, let row = row.baseAddress else { return }
        let origin = source + (crop.y * image.width + crop.x) * 3
        for y in 0..<height {
          filterColumns(origin, stride: image.width * 3, length: crop.width * 3, y, into: row)
          filterRow(row, isFlipped: isFlipped, into: planes, offset: y * width)
        }
      }
    }
  }

  private func filterColumns(
    _ origin: UnsafePointer<UInt8>, stride: Int, length: Int, _ y: Int,
    into row: UnsafeMutablePointer<Float>
  ) {
    rows.weights.withUnsafeBufferPointer { weights in
      let first = rows.starts[y]
      for tap in 0..<rows.counts[y] {
        let weight = weights[y * rows.stride + tap]
        let source = origin + (first + tap) * stride
        if tap == 0 {
          for i in 0..<length { row[i] = weight * Float(source[i]) }
        } else {
          for i in 0..<length { row[i] += weight * Float(source[i]) }
        }
      }
    }
  }

  private func filterRow(
    _ row: UnsafePointer<Float>, isFlipped: Bool, into planes: FloatPlanes, offset: Int
  ) {
    let (width, last) = (planes.width, planes.width - 1)
    let (red, green, blue) = (planes.red + offset, planes.green + offset, planes.blue + offset)
    columns.weights.withUnsafeBufferPointer { weights in
      columns.starts.withUnsafeBufferPointer { starts in
        columns.counts.withUnsafeBufferPointer { counts in
          for x in 0..<width {
            var sum = SIMD4<Float>()
            let source = UnsafeRawPointer(row + starts[x] * 3)
            for tap in 0..<counts[x] {
              // Lane 3 is the next pixel's red; it is not stored.
              let pixel = source.loadUnaligned(fromByteOffset: tap * 12, as: SIMD4<Float>.self)
              sum += pixel * weights[x * columns.stride + tap]
            }
            let target = isFlipped ? last - x : x
            (red[target], green[target], blue[target]) = (sum.x, sum.y, sum.z)
          }
        }
      }
    }
  }
}

/// The source pixels and weights behind each target pixel along one axis.
private struct FilterTaps {
  var starts: [Int] = []
  var counts: [Int] = []
  /// `[output, stride]`, each row summing to 1.
  var weights: [Float] = []
  var stride = 0
  private var prepared = (input: 0, output: 0)

  /// Triangle taps for stretching `input` pixels over `output`.
  mutating func prepare(input: Int, output: Int) {
    guard prepared != (input, output) else { return }
    prepared = (input, output)
    let scale = Float(input) / Float(output)
    let support = max(scale, 1)
    stride = 2 * Int(support.rounded(.up)) + 1
    starts = [Int](repeating: 0, count: output)
    counts = starts
    weights = [Float](repeating: 0, count: output * stride)
    for target in 0..<output {
      let center = (Float(target) + 0.5) * scale
      let start = max(0, Int(center - support + 0.5))
      let end = min(input, Int(center + support + 0.5))
      fill(target, start: start, end: max(end, start + 1), center: center, support: support)
    }
  }

  private mutating func fill(_ target: Int, start: Int, end: Int, center: Float, support: Float) {
    (starts[target], counts[target]) = (start, end - start)
    var total: Float = 0
    for source in start..<end {
      let weight = max(0, 1 - abs(Float(source) + 0.5 - center) / support)
      weights[target * stride + source - start] = weight
      total += weight
    }
    for tap in 0..<(end - start) { weights[target * stride + tap] /= total }
  }
}

extension Image {
  /// The picture stretched or shrunk to a new size with antialiasing, as PIL's bilinear `resize`.
  ///
  /// - Edge cases: sizes below 1 become 1; an empty picture stays as it is.
  public func resized(width: Int, height: Int) -> Image {
    guard self.width > 0, self.height > 0 else { return self }
    let planes = FloatPlanes()
    let whole = PixelRectangle(x: 0, y: 0, width: self.width, height: self.height)
    Resampler().resample(self, whole, width: max(1, width), height: max(1, height), into: planes)
    return planes.image()
  }

  /// The picture stretched to a square of `size` pixels.
  public func resized(to size: Int) -> Image { resized(width: size, height: size) }
}
