/// A seen triangle with the colours of its corners, to be coloured at samples.
struct Surface {
  let triangle: VisibleTriangle
  private let colours: (SIMD4<Float>, SIMD4<Float>, SIMD4<Float>)
  private let details: UnsafeMutablePointer<SIMD2<Float>>

  /// - Parameter name: its place in `visible`.
  @inline(__always)
  init(_ buffers: RenderBuffers, name: Int32) {
    triangle = buffers.visible[Int(name)]
    let c = triangle.corners
    let (i, j, k) = (Int(c.x), Int(c.y), Int(c.z))
    colours = (buffers.colours[i], buffers.colours[j], buffers.colours[k])
    details = buffers.details
  }

  /// - Parameters: x, y: of a pixel; corner: of its four samples, by rows.
  @inline(__always)
  func shade(_ x: Int, _ y: Int, _ corner: Int, _ detail: DetailShader?) -> SIMD4<Float> {
    shade(Float(2 * x + (corner & 1)) + 0.5, Float(2 * y + (corner >> 1)) + 0.5, detail)
  }

  /// - Parameters: x, y: in samples.
  @inline(__always)
  func shade(_ x: Float, _ y: Float, _ detail: DetailShader?) -> SIMD4<Float> {
    let t = triangle
    let (px, py) = (x - t.x, y - t.y)
    let a = (px * t.by - t.bx * py) * t.inverseArea
    let b = (t.ax * py - px * t.ay) * t.inverseArea
    var colour = colours.0 * (1 - a - b)
    colour += colours.1 * a
    colour += colours.2 * b
    guard let detail else { return colour }
    if case .smooth = t.material { return colour }
    var place = details[Int(t.corners.x)] * (1 - a - b)
    place += details[Int(t.corners.y)] * a
    place += details[Int(t.corners.z)] * b
    return switch t.material {
    case .smooth: colour
    case .brow: detail.brow(detail.line(colour, place), place)
    case .lined: detail.line(colour, place)
    case .hair: detail.hair(colour, place)
    case .eye: detail.eye(colour, place)
    }
  }
}
