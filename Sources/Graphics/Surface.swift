import CDrawing
import Glibc

/// Where a drawing goes: a PDF, SVG or PNG file, or memory.
///
/// The same calls on `canvas` give the same geometry on each. Cairo's errors are sticky and
/// silent, so `finish` must be called: it throws what went wrong since the start and writes the
/// file, whole or not at all.
public final class Surface {
  enum Format {
    case pdf(DocumentMetadata)
    case svg
    case png(dotsPerInch: Double)
  }

  let handle: OpaquePointer
  let format: Format
  /// The file, or nil for a drawing in memory.
  let path: String?
  private let sink: ByteSink?
  private var isFinished = false
  /// The canvas that draws here; pages follow one another on it.
  public private(set) lazy var canvas = Canvas(surface: self)

  private init(
    _ handle: OpaquePointer?, _ format: Format, path: String?, sink: ByteSink?
  ) throws(GraphicsError) {
    guard let handle else { throw GraphicsError(.drawing, "Cairo made no surface.") }
    (self.handle, self.format, self.path, self.sink) = (handle, format, path, sink)
    try GraphicsError.check(cairo_surface_status(handle), path: path)
  }

  deinit {
    // The canvas may outlive this object, Cairo's last words to `sink` must not.
    FontLock.held {
      cairo_surface_finish(handle)
      cairo_surface_destroy(handle)
    }
  }

  /// A PDF of one or more pages.
  ///
  /// - Parameters: path: the file, or nil to have the bytes from `finish` only; size: of the
  ///   first page, in points; metadata: title, author and so on.
  /// - Throws: `GraphicsError` with `.cannotWrite`, `.invalidSize` or `.libraryMissing`.
  public static func pdf(
    path: String? = nil, size: Size, metadata: DocumentMetadata = DocumentMetadata()
  ) throws(GraphicsError) -> Surface {
    try check(path, size, pixelsPerPoint: 1)
    let sink = ByteSink()
    let handle = cairo_pdf_surface_create_for_stream(
      ByteSink.write, sink.closure, size.width, size.height)
    let surface = try Surface(handle, .pdf(metadata), path: path, sink: sink)
    metadata.apply(to: surface.handle)
    return surface
  }

  /// An SVG image.
  ///
  /// - Throws: as `pdf`.
  public static func svg(path: String? = nil, size: Size) throws(GraphicsError) -> Surface {
    try check(path, size, pixelsPerPoint: 1)
    let sink = ByteSink()
    let handle = cairo_svg_surface_create_for_stream(
      ByteSink.write, sink.closure, size.width, size.height)
    return try Surface(handle, .svg, path: path, sink: sink)
  }

  /// A PNG image on white, its pixels rounded up to cover the size.
  ///
  /// - Throws: as `pdf`; `.invalidSize` above 32,767 pixels a side.
  public static func png(
    path: String? = nil, size: Size, dotsPerInch: Double = 150
  ) throws(GraphicsError) -> Surface {
    let scale = dotsPerInch / 72
    try check(path, size, pixelsPerPoint: scale)
    let handle = cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, pixels(size.width, scale), pixels(size.height, scale))
    let surface = try Surface(handle, .png(dotsPerInch: dotsPerInch), path: path, sink: nil)
    surface.canvas.scale(by: scale)
    surface.canvas.fill(
      .rectangle(
        Rectangle(origin: Point(0, 0), size: size)
          .inset(by: -1)), .white)
    return surface
  }

  /// Ends the drawing and writes the file.
  ///
  /// - Returns: the file's bytes; the same drawing gives the same bytes.
  /// - Throws: `GraphicsError` with `.drawing` for any earlier error on the canvas, `.cannotWrite`
  ///   for the file, `.finished` at the second call.
  @discardableResult
  public func finish() throws(GraphicsError) -> [UInt8] {
    guard !isFinished else {
      throw GraphicsError(.finished, "the drawing is finished already.", context: path)
    }
    isFinished = true
    try GraphicsError.check(canvas.status, path: path)
    let bytes = try encoded()
    if let path { try OutputFile.write(bytes, to: path) }
    return bytes
  }

  private func encoded() throws(GraphicsError) -> [UInt8] {
    if case .png(let dotsPerInch) = format {
      return try PNG.encode(pixels(), dotsPerInch: dotsPerInch)
    }
    FontLock.held { cairo_surface_finish(handle) }
    try GraphicsError.check(cairo_surface_status(handle), path: path)
    let bytes = sink?.bytes ?? []
    switch format {
    case .pdf(let metadata):
      let dated = metadata.withDatePrefixes(bytes)
      return PDFUpdate(dated)?.applied(
        strokes: canvas.denseStrokes, alternatives: canvas.alternatives, metadata: metadata
      ) ?? dated
    case .svg: return SVGNames.renumbered(bytes)
    case .png: return bytes
    }
  }

  private static func pixels(_ points: Double, _ scale: Double) -> Int32 {
    Int32((points * scale - 1e-6).rounded(.up))
  }

  private static func check(
    _ path: String?, _ size: Size, pixelsPerPoint: Double
  ) throws(GraphicsError) {
    try DrawingLibraries.load()
    let sides = [size.width * pixelsPerPoint, size.height * pixelsPerPoint]
    guard sides.allSatisfy({ $0.isFinite && $0 > 0 && $0 <= 32_767 }) else {
      throw GraphicsError(
        .invalidSize,
        "a drawing of \(size.width) × \(size.height) points is not possible: each side must be "
          + "above 0 and at most 32,767 points, or pixels for PNG.",
        context: path)
    }
    if let path { try OutputFile.check(path) }
  }
}

extension Surface {
  /// The pixels of a PNG surface as drawn so far, or none for other kinds.
  public func pixels() -> PixelBuffer {
    cairo_surface_flush(handle)
    guard case .png = format, let data = cairo_image_surface_get_data(handle) else {
      return PixelBuffer(width: 0, height: 0, pixels: [])
    }
    let width = Int(cairo_image_surface_get_width(handle))
    let height = Int(cairo_image_surface_get_height(handle))
    let stride = Int(cairo_image_surface_get_stride(handle))
    // Cairo's RGB24 pixel is a native 32-bit word xRGB.
    let bytes = [UInt8](unsafeUninitializedCapacity: width * height * 3) { out, count in
      for y in 0..<height {
        let row = UnsafeRawPointer(data + y * stride)
        for x in 0..<width {
          let word = row.load(fromByteOffset: x * 4, as: UInt32.self)
          let at = (y * width + x) * 3
          out[at] = UInt8(truncatingIfNeeded: word >> 16)
          out[at + 1] = UInt8(truncatingIfNeeded: word >> 8)
          out[at + 2] = UInt8(truncatingIfNeeded: word)
        }
      }
      count = width * height * 3
    }
    return PixelBuffer(width: width, height: height, pixels: bytes)
  }
}

/// RGB pixels, rows from the top, `[height, width, 3]`.
public struct PixelBuffer: Hashable, Sendable {
  public let width: Int
  public let height: Int
  public let pixels: [UInt8]

  /// - Precondition: `pixels` holds `width * height * 3` bytes.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(pixels.count == width * height * 3, "pixels do not fill the image")
    (self.width, self.height, self.pixels) = (width, height, pixels)
  }

  /// The colour at a pixel, 0…255 each.
  ///
  /// - Precondition: the pixel lies inside.
  public subscript(x: Int, y: Int) -> (red: UInt8, green: UInt8, blue: UInt8) {
    let at = (y * width + x) * 3
    return (pixels[at], pixels[at + 1], pixels[at + 2])
  }
}

/// Takes the bytes that Cairo writes.
final class ByteSink {
  private(set) var bytes: [UInt8] = []

  var closure: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  static let write: cairo_write_func_t = { closure, data, length in
    guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
    let sink = Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue()
    sink.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
    return CAIRO_STATUS_SUCCESS
  }
}
