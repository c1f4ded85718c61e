public import Graphics
public import Statistics

/// A sheet of images in rows, each with landmarks and a caption.
public struct ImageGrid: Figure, Sendable {
  public struct Item: Sendable {
    public var image: PixelBuffer
    /// In the image's pixels, (0, 0) at its top left corner; empty for none. A point that is not
    /// finite is left out.
    public var truth: [Point]
    public var predicted: [Point]
    public var caption: String

    public init(
      _ image: PixelBuffer, truth: [Point] = [], predicted: [Point] = [], caption: String = ""
    ) {
      (self.image, self.truth, self.predicted, self.caption) = (image, truth, predicted, caption)
    }
  }

  public var items: [Item]
  /// nil for a number that makes the images about 25 mm wide.
  public var columns: Int?
  public var title: String
  public var theme: Theme

  public init(_ items: [Item], columns: Int? = nil, title: String = "", theme: Theme = .paper) {
    (self.items, self.columns, self.title, self.theme) = (items, columns, title, theme)
  }

  /// Colours that stand out from skin and from each other, light on dark rims.
  static let truthColour = Colour(hex: 0x35C8FF)
  static let predictedColour = Colour(hex: 0xFF7A1A)
}

// MARK: Layout

/// A sheet of images laid out, in points from the figure's top left corner.
public struct ImageGridDrawing: Sendable {
  /// The image's box for each item.
  public let images: [Rectangle]
  public let captions: [PlotDrawing.Label]
  public let heading: [PlotDrawing.Label]
  /// The samples of the legend (truth, predicted) and their words.
  let legend: [(centre: Point, isTruth: Bool, label: PlotDrawing.Label)]
  public let height: Double
}

extension ImageGrid {
  private func columnCount(_ width: Double) -> Int {
    let fitting = max(1, Int((width / (25 * pointsPerMillimetre)).rounded()))
    return max(1, min(items.count, columns ?? fitting))
  }

  private var aspect: Double {
    let heights = items.map { Double($0.image.height) / Double(max(1, $0.image.width)) }
    return heights.max() ?? 1
  }

  /// Places for a width; `height` is what they need.
  ///
  /// - Throws: `PlotError` with `.noData` for no images, `.tooSmall`.
  public func layout(width: Double) throws -> ImageGridDrawing {
    guard !items.isEmpty else {
      throw PlotError(.noData, "a sheet of images needs at least one image, and there are none.")
    }
    let text = TextFitting { TextLayout($0, $1).size }
    let count = columnCount(width)
    let gap = 5.0
    let side = (width - gap * Double(count - 1)) / Double(count)
    guard side.isFinite, side >= 4 else {
      throw PlotError(.tooSmall, "\(count) images do not fit side by side in \(width) points.")
    }
    var y = 0.0
    let heading = heading(width: width, text: text, y: &y)
    let legend = legend(text: text, y: &y)
    let captionHeight =
      items.contains { !$0.caption.isEmpty } ? text.size("Ag", theme.note).height + 2 : 0
    // One size for all: that of the longest.
    let style =
      items.map { text.shrunk($0.caption, theme.note, width: side) }.min { $0.size < $1.size }
      ?? theme.note
    var boxes: [Rectangle] = []
    var captions: [PlotDrawing.Label] = []
    let pitch = side * aspect + captionHeight + gap
    for (index, item) in items.enumerated() {
      let (row, column) = (index / count, index % count)
      let cell = Rectangle(
        x: Double(column) * (side + gap), y: y + Double(row) * pitch, width: side,
        height: side * aspect)
      boxes.append(Self.fit(item.image, in: cell))
      guard !item.caption.isEmpty else { continue }
      let centre = Point(cell.centre.x, cell.maxY + captionHeight / 2)
      captions.append(text.label(item.caption, style, centre: centre))
    }
    let rows = (items.count + count - 1) / count
    return ImageGridDrawing(
      images: boxes, captions: captions, heading: heading, legend: legend,
      height: y + Double(rows) * pitch - gap)
  }

  private func heading(width: Double, text: TextFitting, y: inout Double) -> [PlotDrawing.Label] {
    var labels: [PlotDrawing.Label] = []
    for (line, style) in text.wrapped(title, theme.title, width: width) {
      labels.append(text.label(line, style, at: Point(0, y)))
      y += text.size(line, style).height
    }
    if !labels.isEmpty { y += 3 }
    return labels
  }

  private func legend(
    text: TextFitting, y: inout Double
  ) -> [(centre: Point, isTruth: Bool, label: PlotDrawing.Label)] {
    var entries: [(centre: Point, isTruth: Bool, label: PlotDrawing.Label)] = []
    let words = [("annotated", true), ("predicted", false)].filter { _, isTruth in
      items.contains { !(isTruth ? $0.truth : $0.predicted).isEmpty }
    }
    guard !words.isEmpty else { return [] }
    let height = text.size("Ag", theme.label).height
    var x = 4.0
    for (word, isTruth) in words {
      entries.append(
        (Point(x, y + height / 2), isTruth, text.label(word, theme.label, at: Point(x + 6, y))))
      x += 6 + text.size(word, theme.label).width + 16
    }
    y += height + 3
    return entries
  }

  /// The largest box of the image's shape in the middle of a cell.
  private static func fit(_ image: PixelBuffer, in cell: Rectangle) -> Rectangle {
    let scale = min(
      cell.width / Double(max(1, image.width)), cell.height / Double(max(1, image.height)))
    let (width, height) = (Double(image.width) * scale, Double(image.height) * scale)
    return Rectangle(
      x: cell.centre.x - width / 2, y: cell.centre.y - height / 2, width: width, height: height)
  }
}

// MARK: Drawing

extension ImageGrid {
  public func naturalSize(width: Double) -> Size {
    Size(width: width, height: (try? layout(width: width).height) ?? width / 2)
  }

  /// Draws the sheet, made smaller where its height exceeds the box.
  public func draw(on canvas: Canvas, in box: Rectangle) throws {
    let drawing = try layout(width: box.width)
    try canvas.saved {
      canvas.translate(box.x, box.y)
      if drawing.height > box.height { canvas.scale(by: box.height / drawing.height) }
      for label in drawing.heading + drawing.captions { label.draw(on: canvas) }
      for entry in drawing.legend {
        drawMark(at: entry.centre, isTruth: entry.isTruth, radius: 2.2, on: canvas)
        entry.label.draw(on: canvas)
      }
      for (item, place) in zip(items, drawing.images) {
        try canvas.image(item.image, in: place, isPhotograph: true)
        drawLandmarks(of: item, in: place, on: canvas)
      }
    }
  }

  private func drawLandmarks(of item: Item, in box: Rectangle, on canvas: Canvas) {
    let scale = box.width / Double(max(1, item.image.width))
    func place(_ point: Point) -> Point {
      Point(box.x + point.x * scale, box.y + point.y * scale)
    }
    let radius = max(0.5, min(1.6, box.width / 75))
    canvas.saved {
      canvas.clip(to: .rectangle(box))
      // A thin line from each point to where it should be shows the error's size.
      for (from, to) in zip(item.truth, item.predicted)
      where (from.x + from.y + to.x + to.y).isFinite {
        canvas.stroke(
          .line(place(from), place(to)),
          StrokeStyle(Colour.white.withAlpha(0.75), width: radius * 0.55))
      }
      for point in item.truth {
        drawMark(at: place(point), isTruth: true, radius: radius, on: canvas)
      }
      for point in item.predicted {
        drawMark(at: place(point), isTruth: false, radius: radius, on: canvas)
      }
    }
  }

  /// Truth is a round dot, a prediction a diamond: shape as well as colour.
  private func drawMark(at point: Point, isTruth: Bool, radius: Double, on canvas: Canvas) {
    guard point.x.isFinite, point.y.isFinite else { return }
    let path = (isTruth ? Marker.circle : .diamond).path(at: point, radius: radius)
    canvas.stroke(path, StrokeStyle(Colour.black.withAlpha(0.65), width: radius * 0.5))
    canvas.fill(path, isTruth ? Self.truthColour : Self.predictedColour)
  }

  /// One row for each landmark: image, caption, landmark (0-based), true and predicted x and y.
  public func dataFrame() throws -> DataFrame {
    var rows: [[Cell]] = []
    for (index, item) in items.enumerated() {
      for landmark in 0..<max(1, item.truth.count, item.predicted.count) {
        func cells(_ points: [Point]) -> [Cell] {
          guard landmark < points.count else { return [.missing, .missing] }
          return [points[landmark].x, points[landmark].y].map {
            $0.isFinite ? .number($0) : .missing
          }
        }
        let isEmpty = item.truth.isEmpty && item.predicted.isEmpty
        rows.append(
          [.integer(index), .text(item.caption), isEmpty ? .missing : .integer(landmark)]
            + cells(item.truth) + cells(item.predicted))
      }
    }
    return DataFrame(
      columns: ["image", "caption", "landmark", "x", "y", "predicted.x", "predicted.y"],
      rows: rows)
  }

  public var alternativeText: String {
    let marks = items.contains { !$0.predicted.isEmpty } ? " with predicted landmarks" : ""
    let captions = items.map(\.caption).filter { !$0.isEmpty }
    return "\(items.count) image\(items.count == 1 ? "" : "s")\(marks)"
      + (captions.isEmpty ? "." : ": \(captions.joined(separator: "; ")).")
  }
}
