/// Memory of one renderer, allocated once.
final class RenderBuffers {
  let vertexCapacity: Int
  let triangleCapacity: Int
  /// Samples per side: two a pixel.
  let side: Int
  /// mm, head's frame.
  let positions: UnsafeMutablePointer<SIMD4<Float>>
  /// mm, camera's frame.
  let camera: UnsafeMutablePointer<SIMD4<Float>>
  /// x and y in samples, then 1/z.
  let screen: UnsafeMutablePointer<SIMD4<Float>>
  let normals: UnsafeMutablePointer<SIMD4<Float>>
  /// Whether a triangle with the vertex may be seen, so that it needs a colour.
  let isDrawn: UnsafeMutablePointer<Bool>
  /// Place on the face, the eyeball or along the hair, for detail that is drawn by position.
  let details: UnsafeMutablePointer<SIMD2<Float>>
  /// Linear RGB of the lit vertices.
  let colours: UnsafeMutablePointer<SIMD4<Float>>
  let visible: UnsafeMutablePointer<VisibleTriangle>
  /// By sample, of the nearest surface: 1/z, and its place in `visible`; 0 and −1 where there is
  /// none. A vector holds four samples of a column; `side` of them are a strip of four rows.
  let depths: UnsafeMutablePointer<SIMD4<Float>>
  let names: UnsafeMutablePointer<SIMD4<Int32>>
  var stripCount: Int { (side + 3) / 4 }
  /// By pixel: linear RGB, and a second plane for blurring.
  let pixels: UnsafeMutablePointer<SIMD4<Float>>
  let scratch: UnsafeMutablePointer<SIMD4<Float>>

  init(vertexCapacity: Int, triangleCapacity: Int, size: Int) {
    (self.vertexCapacity, self.triangleCapacity, side) = (
      vertexCapacity, triangleCapacity, 2 * size
    )
    func memory<Element>(_ count: Int, _ value: Element) -> UnsafeMutablePointer<Element> {
      let pointer = UnsafeMutablePointer<Element>.allocate(capacity: count)
      pointer.initialize(repeating: value, count: count)
      return pointer
    }
    positions = memory(vertexCapacity, .zero)
    camera = memory(vertexCapacity, .zero)
    screen = memory(vertexCapacity, .zero)
    normals = memory(vertexCapacity, .zero)
    isDrawn = memory(vertexCapacity, false)
    details = memory(vertexCapacity, .zero)
    colours = memory(vertexCapacity, .zero)
    visible = memory(triangleCapacity, VisibleTriangle())
    let vectors = (side + 3) / 4 * side
    depths = memory(vectors, .zero)
    names = memory(vectors, SIMD4(repeating: -1))
    pixels = memory(size * size, .zero)
    scratch = memory(size * size, .zero)
  }

  deinit {
    for pointer in [positions, camera, screen, normals, colours, pixels, scratch] {
      pointer.deallocate()
    }
    isDrawn.deallocate()
    details.deallocate()
    visible.deallocate()
    depths.deallocate()
    names.deallocate()
  }
}

/// A triangle that faces the camera and has samples in its box.
struct VisibleTriangle {
  var corners = SIMD3<Int32>()
  var material = HeadMaterial.smooth
  /// First corner in samples; the edges from it, and one over twice the area.
  var x: Float = 0
  var y: Float = 0
  var ax: Float = 0
  var ay: Float = 0
  var bx: Float = 0
  var by: Float = 0
  var inverseArea: Float = 0
  /// The box: first column and row, last column and row.
  var box = SIMD4<Int32>()
}
