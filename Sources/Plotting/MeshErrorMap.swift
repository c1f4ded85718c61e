public import Graphics
public import Statistics

/// Errors of a reconstructed surface, seen from in front and from the side.
public struct MeshErrorMap: LaidOutFigure, Sendable {
  public struct View: Sendable, Hashable {
    public var name: String
    /// Turn about the upright axis, 0 from in front.
    public var degrees: Double

    public init(_ name: String, degrees: Double) { (self.name, self.degrees) = (name, degrees) }
  }

  /// x to the right, y up, z towards the viewer, in millimetres.
  public var vertices: [SIMD3<Float>]
  public var triangles: [SIMD3<Int32>]
  /// By vertex, in the unit of `unit`; NaN is shown grey.
  public var errors: [Double]
  public var unit: String
  public var views: [View]
  /// The error at the end of the scale; nil for the 98th percentile.
  public var limit: Double?
  public var title: String
  public var theme: Theme

  public init(
    vertices: [SIMD3<Float>], triangles: [SIMD3<Int32>], errors: [Double], unit: String = "mm",
    views: [View] = [View("front", degrees: 0), View("three quarters", degrees: 40)],
    limit: Double? = nil, title: String = "", theme: Theme = .paper
  ) {
    (self.vertices, self.triangles, self.errors, self.unit) = (vertices, triangles, errors, unit)
    (self.views, self.limit, self.title, self.theme) = (views, limit, title, theme)
  }
}

extension MeshErrorMap {
  private var scaleEnd: Double {
    let sorted = errors.filter(\.isFinite).sorted()
    return max(limit ?? (sorted.isEmpty ? 1 : quantile(0.98, ofSorted: sorted)), 1e-9)
  }

  public func naturalSize(width: Double) -> Size {
    let side = (width - 48) / Double(max(1, views.count))
    return Size(width: width, height: side * 1.12 + (title.isEmpty ? 20 : 36))
  }

  public func layout(
    size: Size, measure: @escaping (String, TextStyle) -> Size
  ) throws -> FigureDrawing {
    guard !vertices.isEmpty, errors.count == vertices.count, !triangles.isEmpty, !views.isEmpty
    else {
      throw PlotError(
        .noData,
        "a surface of \(vertices.count) vertices and \(triangles.count) triangles with "
          + "\(errors.count) errors cannot be drawn: one error for each vertex is needed.")
    }
    let text = TextFitting(measure)
    var drawing = FigureDrawing(size: size)
    var y = 2.0
    addTitle(title, to: &drawing, text, y: &y)
    let caption = text.size("Ag", theme.label).height
    let width = (size.width - 46) / Double(views.count)
    let height = size.height - y - caption - 3
    guard width >= 20, height >= 20 else { throw tooSmall(size) }
    for (index, view) in views.enumerated() {
      let cell = Rectangle(x: Double(index) * width, y: y, width: width - 4, height: height)
      drawing.shapes.append(.image(try render(view, width: cell.width, height: cell.height), cell))
      drawing.labels.append(
        text.label(
          view.name, theme.label, centre: Point(cell.centre.x, cell.maxY + caption / 2 + 1)))
    }
    addLegend(to: &drawing, text, top: y, height: min(height, 110))
    return drawing
  }

  private func addLegend(
    to drawing: inout FigureDrawing, _ text: TextFitting, top: Double, height: Double
  ) {
    let head = text.size(unit, theme.note).height
    let bar = Rectangle(
      x: drawing.size.width - 38, y: top + head + 2, width: 8, height: height - head - 4)
    for step in 0..<32 {
      let box = Rectangle(
        x: bar.x, y: bar.maxY - bar.height * Double(step + 1) / 32, width: bar.width,
        height: bar.height / 32 + 0.2)
      drawing.shapes.append(.fill(.rectangle(box), ColourRamp.error((Double(step) + 0.5) / 32)))
    }
    drawing.labels.append(text.label(unit, theme.note, at: Point(bar.x, top)))
    for tick in Scale(kind: .linear, domain: 0...scaleEnd).ticks(about: 4) {
      let y = bar.maxY - tick.value / scaleEnd * bar.height
      let half = text.size(tick.label, theme.note).height / 2
      drawing.labels.append(text.label(tick.label, theme.note, at: Point(bar.maxX + 3, y - half)))
    }
  }

  /// The surface as an image: parallel projection, nearest triangle in front, flat light from the
  /// viewer so that the shape is seen without changing what a colour means by much.
  func render(_ view: View, width: Double, height: Double) throws -> PixelBuffer {
    let pixelsPerPoint = 300.0 / 72
    var raster = MeshRaster(
      width: max(8, Int(width * pixelsPerPoint)), height: max(8, Int(height * pixelsPerPoint)),
      background: theme.background)
    let (c, s) = (
      Float(cosine(view.degrees * .pi / 180)), Float(sine(view.degrees * .pi / 180))
    )
    let turned = vertices.map { SIMD3($0.x * c + $0.z * s, $0.y, $0.z * c - $0.x * s) }
    raster.fit(turned)
    let end = scaleEnd
    let colours = errors.map { error -> SIMD3<Float> in
      guard error.isFinite else { return SIMD3(repeating: 0.6) }
      let colour = ColourRamp.error(error / end)
      return SIMD3(Float(colour.red), Float(colour.green), Float(colour.blue))
    }
    for triangle in triangles {
      let corners = [Int(triangle.x), Int(triangle.y), Int(triangle.z)]
      guard corners.allSatisfy(turned.indices.contains) else {
        throw PlotError(
          .noData, "a triangle names the vertex \(corners.max() ?? 0) of \(vertices.count).")
      }
      raster.draw(corners.map { turned[$0] }, corners.map { colours[$0] })
    }
    return raster.image
  }

  public func dataFrame() throws -> DataFrame {
    DataFrame(
      columns: ["vertex", "x", "y", "z", "error"],
      rows: vertices.enumerated().map { index, vertex in
        [
          .integer(index), .number(Double(vertex.x)), .number(Double(vertex.y)),
          .number(Double(vertex.z)), errors[index].isFinite ? .number(errors[index]) : .missing,
        ]
      })
  }

  public var alternativeText: String {
    let finite = errors.filter(\.isFinite).sorted()
    guard let last = finite.last else { return "A surface without errors." }
    return "A surface coloured by its error: median "
      + "\(NumberText.significant(quantile(0.5, ofSorted: finite))) \(unit), greatest "
      + "\(NumberText.significant(last)) \(unit)."
  }
}

/// Triangles drawn into pixels with a depth for each.
private struct MeshRaster {
  let width: Int
  let height: Int
  private var colours: [SIMD3<Float>]
  private var depths: [Float]
  private var scale: Float = 1
  private var centre = SIMD2<Float>.zero

  init(width: Int, height: Int, background: Colour) {
    (self.width, self.height) = (width, height)
    let plain = SIMD3(Float(background.red), Float(background.green), Float(background.blue))
    colours = [SIMD3<Float>](repeating: plain, count: width * height)
    depths = [Float](repeating: -.infinity, count: width * height)
  }

  /// The largest scale at which all points lie inside.
  mutating func fit(_ points: [SIMD3<Float>]) {
    let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
    guard let first = finite.first else { return }
    var (low, high) = (first, first)
    for point in finite { (low, high) = (pointwiseMin(low, point), pointwiseMax(high, point)) }
    let extent = high - low
    centre = SIMD2(low.x + high.x, low.y + high.y) / 2
    scale = 0.98 * min(Float(width) / max(extent.x, 1e-6), Float(height) / max(extent.y, 1e-6))
  }

  private func place(_ point: SIMD3<Float>) -> SIMD3<Float> {
    SIMD3(
      (point.x - centre.x) * scale + Float(width) / 2,
      Float(height) / 2 - (point.y - centre.y) * scale, point.z)
  }

  mutating func draw(_ points: [SIMD3<Float>], _ inks: [SIMD3<Float>]) {
    let p = points.map(place)
    let area = (p[1].x - p[0].x) * (p[2].y - p[0].y) - (p[2].x - p[0].x) * (p[1].y - p[0].y)
    guard area.isFinite, abs(area) > 1e-9 else { return }
    let shade = brightness(points)
    let left = max(0, Int(min(p[0].x, p[1].x, p[2].x)))
    let right = min(width - 1, Int(max(p[0].x, p[1].x, p[2].x)) + 1)
    let top = max(0, Int(min(p[0].y, p[1].y, p[2].y)))
    let bottom = min(height - 1, Int(max(p[0].y, p[1].y, p[2].y)) + 1)
    guard left <= right, top <= bottom else { return }
    for y in top...bottom {
      for x in left...right {
        let (u, v) = (Float(x) + 0.5, Float(y) + 0.5)
        let a = ((p[1].x - u) * (p[2].y - v) - (p[2].x - u) * (p[1].y - v)) / area
        let b = ((p[2].x - u) * (p[0].y - v) - (p[0].x - u) * (p[2].y - v)) / area
        let c = 1 - a - b
        guard a >= -1e-4, b >= -1e-4, c >= -1e-4 else { continue }
        let depth = a * p[0].z + b * p[1].z + c * p[2].z
        let at = y * width + x
        guard depth > depths[at] else { continue }
        depths[at] = depth
        colours[at] = (a * inks[0] + b * inks[1] + c * inks[2]) * shade
      }
    }
  }

  /// 0.72 where the surface is seen from the side, 1 where it faces the viewer.
  private func brightness(_ p: [SIMD3<Float>]) -> Float {
    let (u, v) = (p[1] - p[0], p[2] - p[0])
    let normal = SIMD3(u.y * v.z - u.z * v.y, u.z * v.x - u.x * v.z, u.x * v.y - u.y * v.x)
    let length = (normal * normal).sum().squareRoot()
    return length > 0 ? 0.72 + 0.28 * abs(normal.z) / length : 1
  }

  var image: PixelBuffer {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(width * height * 3)
    for colour in colours {
      for channel in 0..<3 { bytes.append(UInt8(max(0, min(255, colour[channel] * 255 + 0.5)))) }
    }
    return PixelBuffer(width: width, height: height, pixels: bytes)
  }
}
