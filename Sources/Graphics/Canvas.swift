import CDrawing
import Glibc
import JPEG

/// How a line is drawn.
public struct StrokeStyle: Hashable, Sendable {
  public enum Cap: Hashable, Sendable { case butt, round, square }

  public var width: Double
  public var colour: Colour
  /// Lengths of dashes and gaps in points; empty for a solid line.
  public var dash: [Double]
  public var cap: Cap
  /// Whether corners are rounded; mitred otherwise.
  public var roundJoin: Bool

  public init(
    _ colour: Colour = .black, width: Double = 1, dash: [Double] = [], cap: Cap = .butt,
    roundJoin: Bool = false
  ) {
    (self.colour, self.width, self.dash) = (colour, width, dash)
    (self.cap, self.roundJoin) = (cap, roundJoin)
  }
}

/// Draws on a surface, in points from the page's top left corner, y down.
///
/// Drawing calls do not throw: Cairo keeps the first error, and `Surface.finish` throws it.
public final class Canvas {
  /// Smoothing of an image that is drawn larger or smaller than its pixels.
  public enum Interpolation: Hashable, Sendable { case smooth, nearest }

  let context: OpaquePointer?
  /// Cairo's surface, which the context keeps alive, and what it is.
  let surface: OpaquePointer
  let isPDF: Bool
  private let isRaster: Bool
  private let path: String?
  /// Destinations that links name and that `destination` has defined.
  var linkedNames: Set<String> = []
  var definedNames: Set<String> = []
  /// Outline entries that later, deeper ones hang from: level → Cairo's id.
  var outlineParents: [Int: Int32] = [:]
  /// The figures' alternative texts in order of their tags; empty for one without.
  private(set) var alternatives: [String] = []

  func addAlternative(_ text: String) { alternatives.append(text) }

  /// What the empty forms stand for that Cairo has drawn, by their numbers.
  private(set) var denseStrokes: [DenseStroke] = []

  init(surface: Surface) {
    (self.surface, path) = (surface.handle, surface.path)
    switch surface.format {
    case .pdf: (isPDF, isRaster) = (true, false)
    case .svg: (isPDF, isRaster) = (false, false)
    case .png: (isPDF, isRaster) = (false, true)
    }
    context = cairo_create(surface.handle)
    cairo_set_antialias(context, CAIRO_ANTIALIAS_GOOD)
  }

  deinit { FontLock.held { cairo_destroy(context) } }

  var status: cairo_status_t { cairo_status(context) }

  // MARK: State

  public func save() { cairo_save(context) }
  public func restore() { cairo_restore(context) }

  /// Runs the body and brings back translation, scale and clip.
  public func saved<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    save()
    defer { restore() }
    return try body()
  }

  public func translate(_ dx: Double, _ dy: Double) {
    guard dx.isFinite, dy.isFinite else { return }
    cairo_translate(context, dx, dy)
  }

  public func scale(by factor: Double) {
    guard factor.isFinite, factor != 0 else { return }
    cairo_scale(context, factor, factor)
  }

  /// Turns clockwise as seen.
  public func rotate(radians: Double) {
    guard radians.isFinite else { return }
    cairo_rotate(context, radians)
  }

  public func clip(to path: Path) {
    trace(path)
    cairo_clip(context)
  }

  // MARK: Paths

  public func fill(_ path: Path, _ colour: Colour) {
    trace(path)
    set(colour)
    cairo_fill(context)
  }

  public func stroke(_ path: Path, _ style: StrokeStyle) {
    if isPDF, DenseStroke.isPossible, drawDensely(path, style) { return }
    trace(path)
    set(style)
    cairo_stroke(context)
  }

  /// Draws a form in the place of a stroke of many points; false for a stroke that is Cairo's.
  private func drawDensely(_ path: Path, _ style: StrokeStyle) -> Bool {
    var matrix = cairo_matrix_t()
    cairo_get_matrix(context, &matrix)
    let scale = abs(matrix.xx * matrix.yy - matrix.xy * matrix.yx).squareRoot()
    let place = { (point: Point) -> Point in
      Point(
        matrix.xx * point.x + matrix.xy * point.y + matrix.x0,
        matrix.yx * point.x + matrix.yy * point.y + matrix.y0)
    }
    guard let stroke = DenseStroke(path, style, scale: scale, place: place) else { return false }
    var extents = DenseStroke.extents(number: denseStrokes.count)
    let form = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &extents)
    defer { cairo_surface_destroy(form) }
    let drawing = cairo_create(form)
    cairo_rectangle(drawing, 0, 0, 1, 1)
    cairo_fill(drawing)
    cairo_destroy(drawing)
    saved {
      cairo_identity_matrix(context)
      cairo_set_source_surface(context, form, 0, 0)
      cairo_paint(context)
    }
    denseStrokes.append(stroke)
    return true
  }

  private func set(_ style: StrokeStyle) {
    set(style.colour)
    cairo_set_line_width(context, style.width.isFinite ? max(0, style.width) : 1)
    let dash = style.dash.filter { $0.isFinite && $0 >= 0 }
    let isDashed = dash.count == style.dash.count && dash.contains { $0 > 0 }
    cairo_set_dash(context, dash, isDashed ? Int32(dash.count) : 0, 0)
    switch style.cap {
    case .butt: cairo_set_line_cap(context, CAIRO_LINE_CAP_BUTT)
    case .round: cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
    case .square: cairo_set_line_cap(context, CAIRO_LINE_CAP_SQUARE)
    }
    cairo_set_line_join(context, style.roundJoin ? CAIRO_LINE_JOIN_ROUND : CAIRO_LINE_JOIN_MITER)
  }

  func set(_ colour: Colour) {
    cairo_set_source_rgba(context, colour.red, colour.green, colour.blue, colour.alpha)
  }

  private func trace(_ path: Path) {
    cairo_new_path(context)
    var pen = false
    for element in path.elements {
      switch element {
      case .move(let point):
        pen = point.isFinite
        if pen { cairo_move_to(context, point.x, point.y) }
      case .line(let point):
        guard point.isFinite else {
          pen = false
          continue
        }
        // Cairo begins a new line where no pen is down.
        if pen {
          cairo_line_to(context, point.x, point.y)
        } else {
          cairo_move_to(context, point.x, point.y)
        }
        pen = true
      case .curve(let a, let b, let end):
        guard a.isFinite, b.isFinite, end.isFinite else { continue }
        cairo_curve_to(context, a.x, a.y, b.x, b.y, end.x, end.y)
        pen = true
      case .arc(let centre, let radius, let from, let to):
        guard centre.isFinite, radius.isFinite, radius >= 0, from.isFinite, to.isFinite else {
          continue
        }
        cairo_arc(context, centre.x, centre.y, radius, from, to)
        pen = true
      case .close: if pen { cairo_close_path(context) }
      }
    }
  }

  // MARK: Images

  /// Draws RGB pixels into a box, stretched to fill it.
  ///
  /// - Parameter isPhotograph: whether a PDF or SVG may hold the image as a JPEG, a fraction of the
  ///   bytes of the pixels themselves.
  /// - Throws: `GraphicsError` with `.invalidImage` for an image without pixels.
  public func image(
    _ image: PixelBuffer, in box: Rectangle, interpolation: Interpolation = .smooth,
    isPhotograph: Bool = false
  ) throws(GraphicsError) {
    guard image.width > 0, image.height > 0, image.width <= 32_767, image.height <= 32_767 else {
      throw GraphicsError(
        .invalidImage, "an image of \(image.width) × \(image.height) pixels cannot be drawn.")
    }
    guard box.origin.isFinite, box.width > 0, box.height > 0, box.maxX.isFinite, box.maxY.isFinite
    else { return }
    let source = cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, Int32(image.width), Int32(image.height))
    defer { cairo_surface_destroy(source) }
    try GraphicsError.check(cairo_surface_status(source), path: path)
    Self.copy(image, to: source)
    if isPhotograph, !isRaster { try Self.addJPEG(of: image, to: source) }
    saved {
      cairo_translate(context, box.x, box.y)
      cairo_scale(context, box.width / Double(image.width), box.height / Double(image.height))
      cairo_set_source_surface(context, source, 0, 0)
      let pattern = cairo_get_source(context)
      cairo_pattern_set_filter(
        pattern, interpolation == .nearest ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD)
      // Without it a smoothed image fades out at its edges; a PDF's does not, and Cairo would embed a
      // larger copy of it instead of its JPEG.
      if !isPDF { cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD) }
      cairo_rectangle(context, 0, 0, Double(image.width), Double(image.height))
      cairo_fill(context)
    }
  }

  /// Gives Cairo the JPEG of an image, which it writes into a file as it is.
  private static func addJPEG(
    of image: PixelBuffer, to surface: OpaquePointer?
  ) throws(GraphicsError) {
    let bytes: [UInt8]
    do {
      bytes = try JPEGEncoder.encode(
        pixels: image.pixels, width: image.width, height: image.height, quality: 92)
    } catch {
      throw GraphicsError(.drawing, error.message)
    }
    // Cairo keeps the copy as long as it needs it.
    guard let copy = malloc(bytes.count) else { return }
    memcpy(copy, bytes, bytes.count)
    cairo_surface_set_mime_data(
      surface, CAIRO_MIME_TYPE_JPEG, copy.assumingMemoryBound(to: UInt8.self), UInt(bytes.count),
      free, copy)
  }

  private static func copy(_ image: PixelBuffer, to surface: OpaquePointer?) {
    cairo_surface_flush(surface)
    guard let data = cairo_image_surface_get_data(surface) else { return }
    let stride = Int(cairo_image_surface_get_stride(surface))
    image.pixels.withUnsafeBufferPointer { pixels in
      for y in 0..<image.height {
        let row = UnsafeMutableRawPointer(data + y * stride)
        for x in 0..<image.width {
          let at = (y * image.width + x) * 3
          let word =
            UInt32(pixels[at]) << 16 | UInt32(pixels[at + 1]) << 8 | UInt32(pixels[at + 2])
          row.storeBytes(of: word, toByteOffset: x * 4, as: UInt32.self)
        }
      }
    }
    cairo_surface_mark_dirty(surface)
  }
}
