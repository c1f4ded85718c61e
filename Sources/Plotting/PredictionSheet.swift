public import Graphics
public import Statistics

/// Faces with what a network says of them: points and lines on the picture, vertices of a head, the
/// axes of its pose, bars of values beside it, and the pictures of similar people.
public struct PredictionSheet: LaidOutFigure, Sendable {
  public struct Item: Sendable {
    public var image: PixelBuffer
    public var caption: String
    /// In the image's pixels, (0, 0) at its top left corner; what lies outside is left out.
    public var points: [Point] = []
    /// Lines through the points, by their numbers.
    public var contours: [[Int]] = []
    public var vertices: [Vertex] = []
    /// From the middle of the image, in its pixels: to the head's left, up, and to the front.
    public var axes: [Point] = []
    public var bars: [Bar] = []
    public var neighbours: [Neighbour] = []

    public init(_ image: PixelBuffer, caption: String = "") {
      (self.image, self.caption) = (image, caption)
    }
  }

  /// A point of a surface; the greater the depth, the farther from the viewer.
  public struct Vertex: Sendable {
    public var place: Point
    public var depth: Double

    public init(_ place: Point, depth: Double) { (self.place, self.depth) = (place, depth) }
  }

  public struct Bar: Sendable {
    public var name: String
    public var value: Double
    /// Both ends of the bar's room; it begins at 0.
    public var range: ClosedRange<Double>
    /// Set apart from the others.
    public var isStrong: Bool

    public init(
      _ name: String, _ value: Double, in range: ClosedRange<Double>, isStrong: Bool = false
    ) {
      (self.name, self.value, self.range, self.isStrong) = (name, value, range, isStrong)
    }
  }

  public struct Neighbour: Sendable {
    public var image: PixelBuffer
    /// Lines under the picture.
    public var lines: [String]

    public init(_ image: PixelBuffer, lines: [String]) {
      (self.image, self.lines) = (image, lines)
    }
  }

  public var items: [Item]
  /// nil for a number that suits what is shown.
  public var columns: Int?
  public var title: String
  public var theme: Theme

  public init(_ items: [Item], columns: Int? = nil, title: String = "", theme: Theme = .paper) {
    (self.items, self.columns, self.title, self.theme) = (items, columns, title, theme)
  }
}

// MARK: Sizes

extension PredictionSheet {
  private static let gap = 8.0
  private static let inset = 6.0
  /// Of a card's width, where bars stand beside the image.
  private static let imageShare = 0.42

  private func columnCount(_ width: Double) -> Int {
    let millimetres =
      items.contains { !$0.neighbours.isEmpty }
      ? 110.0 : items.contains { !$0.bars.isEmpty } ? 56 : 28
    let fitting = max(1, Int((width / (millimetres * pointsPerMillimetre)).rounded()))
    return max(1, min(items.count, columns ?? fitting))
  }

  private func cardWidth(_ width: Double) -> Double {
    let count = Double(columnCount(width))
    return (width - Self.gap * (count - 1)) / count
  }

  /// Side of the image on a card of a width.
  private func imageSide(_ card: Double) -> Double {
    let most = items.map(\.neighbours.count).max() ?? 0
    if most > 0 { return (card - Self.inset * Double(most + 1)) / (Double(most) * 0.8 + 1) }
    return items.contains { !$0.bars.isEmpty } ? Self.imageShare * card : card
  }

  private func lineHeight(_ text: TextFitting) -> Double {
    text.size("Ag", theme.note).height * 1.12
  }

  private func captionHeight(_ text: TextFitting) -> Double {
    items.contains { !$0.caption.isEmpty } ? lineHeight(text) : 0
  }

  /// Height of a card, the same for all.
  private func cardHeight(_ card: Double, _ text: TextFitting) -> Double {
    let side = imageSide(card)
    let bars = Double(items.map(\.bars.count).max() ?? 0) * lineHeight(text)
    let lines = items.flatMap(\.neighbours).map(\.lines.count).max() ?? 0
    let neighbours = lines == 0 ? 0 : 0.8 * side + Double(lines) * lineHeight(text)
    return max(side + captionHeight(text), bars, neighbours)
  }

  private func titleHeight(_ width: Double, _ text: TextFitting) -> Double {
    let lines = text.wrapped(title, theme.title, width: width - 4)
    return lines.isEmpty ? 0 : lines.reduce(3) { $0 + text.size($1.0, $1.1).height }
  }

  public func naturalSize(width: Double) -> Size {
    let text = TextFitting { TextLayout($0, $1).size }
    let rows = Double((items.count + columnCount(width) - 1) / max(1, columnCount(width)))
    let height = rows * (cardHeight(cardWidth(width), text) + Self.gap) - Self.gap
    return Size(width: width, height: max(10, height) + titleHeight(width, text) + 4)
  }
}

// MARK: Layout

extension PredictionSheet {
  public func layout(
    size: Size, measure: @escaping (String, TextStyle) -> Size
  ) throws -> FigureDrawing {
    guard !items.isEmpty else {
      throw PlotError(.noData, "a sheet of predictions needs at least one face.")
    }
    let text = TextFitting(measure)
    var drawing = FigureDrawing(size: size)
    var y = 2.0
    addTitle(title, to: &drawing, text, y: &y)
    let (count, card) = (columnCount(size.width), cardWidth(size.width))
    let side = imageSide(card)
    guard side >= 12 else { throw tooSmall(size) }
    let pitch = cardHeight(card, text) + Self.gap
    for (index, item) in items.enumerated() {
      let corner = Point(
        Double(index % count) * (card + Self.gap), y + Double(index / count) * pitch)
      add(item, to: &drawing, text, at: corner, side: side, width: card)
    }
    return drawing
  }

  private func add(
    _ item: Item, to drawing: inout FigureDrawing, _ text: TextFitting, at corner: Point,
    side: Double, width: Double
  ) {
    let box = Rectangle(x: corner.x, y: corner.y, width: side, height: side)
    drawing.shapes.append(.photograph(item.image, Self.fit(item.image, in: box)))
    addMarks(of: item, to: &drawing, in: Self.fit(item.image, in: box))
    if !item.caption.isEmpty {
      let caption = text.truncated(item.caption, theme.note, width: side)
      drawing.labels.append(
        text.label(caption, theme.note, at: Point(corner.x, box.maxY + 1)))
    }
    let left = box.maxX + Self.inset
    let room = Rectangle(
      x: left, y: corner.y, width: corner.x + width - left, height: drawing.size.height)
    if !item.bars.isEmpty { addBars(item.bars, to: &drawing, text, in: room) }
    if !item.neighbours.isEmpty { addNeighbours(item.neighbours, to: &drawing, text, room, side) }
  }

  /// The largest box of the image's shape at the top left of a square.
  private static func fit(_ image: PixelBuffer, in cell: Rectangle) -> Rectangle {
    let scale = cell.width / Double(max(1, image.width, image.height))
    return Rectangle(
      x: cell.x, y: cell.y, width: Double(image.width) * scale,
      height: Double(image.height) * scale)
  }

  private func addMarks(of item: Item, to drawing: inout FigureDrawing, in box: Rectangle) {
    let scale = box.width / Double(max(1, item.image.width))
    func place(_ point: Point) -> Point? {
      let (x, y) = (box.x + point.x * scale, box.y + point.y * scale)
      let isInside = x >= box.x && x <= box.maxX && y >= box.y && y <= box.maxY
      return isInside ? Point(x, y) : nil
    }
    let radius = max(0.5, min(1.6, box.width / 75))
    addVertices(item.vertices, to: &drawing, radius: radius * 0.5, place)
    for line in item.contours {
      let points = line.compactMap { item.points.indices.contains($0) ? item.points[$0] : nil }
      for (from, to) in zip(points, points.dropFirst()) {
        guard let from = place(from), let to = place(to) else { continue }
        drawing.shapes.append(
          .stroke(.line(from, to), StrokeStyle(ImageGrid.predictedColour, width: radius * 0.7)))
      }
    }
    for point in item.points.compactMap(place) {
      let dot = Path.circle(centre: point, radius: radius * 0.8)
      drawing.shapes.append(
        .stroke(dot, StrokeStyle(Colour.black.withAlpha(0.6), width: radius * 0.5)))
      drawing.shapes.append(.fill(dot, ImageGrid.predictedColour))
    }
    addAxes(item.axes, to: &drawing, from: box.centre, scale: scale, radius: radius)
  }

  /// Near ones lighter than far ones.
  private func addVertices(
    _ vertices: [Vertex], to drawing: inout FigureDrawing, radius: Double,
    _ place: (Point) -> Point?
  ) {
    let depths = vertices.map(\.depth)
    guard let near = depths.min(), let far = depths.max() else { return }
    for vertex in vertices {
      guard let point = place(vertex.place) else { continue }
      let share = far > near ? (vertex.depth - near) / (far - near) : 0
      drawing.shapes.append(
        .fill(.circle(centre: point, radius: radius), ColourRamp.error(1 - share)))
    }
  }

  private func addAxes(
    _ axes: [Point], to drawing: inout FigureDrawing, from centre: Point, scale: Double,
    radius: Double
  ) {
    // Red, green and blue for x, y and z, as pose estimators draw them; z last, in front.
    for (axis, hex) in zip(axes, [0xFF4A3D, 0x3DDC6A, 0x4A9BFF] as [UInt32]) {
      let end = Point(centre.x + axis.x * scale, centre.y + axis.y * scale)
      let line = Path.line(centre, end)
      drawing.shapes.append(
        .stroke(line, StrokeStyle(Colour.black.withAlpha(0.55), width: radius * 2.4)))
      drawing.shapes.append(.stroke(line, StrokeStyle(Colour(hex: hex), width: radius * 1.5)))
      drawing.shapes.append(.fill(.circle(centre: end, radius: radius * 1.4), Colour(hex: hex)))
    }
  }

  private func addBars(
    _ bars: [Bar], to drawing: inout FigureDrawing, _ text: TextFitting, in room: Rectangle
  ) {
    let height = lineHeight(text)
    let names = min(0.45 * room.width, bars.map { text.size($0.name, theme.note).width }.max() ?? 0)
    let values = bars.map { text.size(Self.shown($0.value), theme.note).width }.max() ?? 0
    let start = room.x + names + 4
    let length = max(4, room.maxX - values - 4 - start)
    for (row, bar) in bars.enumerated() {
      let y = room.y + Double(row) * height
      let name = text.shrunk(bar.name, theme.note, width: names)
      drawing.labels.append(text.label(bar.name, name, at: Point(room.x, y)))
      func x(_ value: Double) -> Double {
        let extent = bar.range.upperBound - bar.range.lowerBound
        let share = extent > 0 ? (value - bar.range.lowerBound) / extent : 0
        return start + length * max(0, min(1, share))
      }
      let track = Rectangle(x: start, y: y + height * 0.2, width: length, height: height * 0.6)
      drawing.shapes.append(.fill(.rectangle(track), theme.grid))
      let ends = [x(max(bar.range.lowerBound, 0)), x(bar.value.isFinite ? bar.value : 0)].sorted()
      let filled = Rectangle(
        x: ends[0], y: track.y, width: ends[1] - ends[0], height: track.height)
      drawing.shapes.append(
        .fill(.rectangle(filled), theme.palette[bar.isStrong ? 1 % theme.palette.count : 0]))
      drawing.labels.append(
        text.label(Self.shown(bar.value), theme.note, at: Point(room.maxX - values, y)))
    }
  }

  private static func shown(_ value: Double) -> String {
    value.isFinite ? NumberText.fixed(value, decimals: abs(value) >= 10 ? 0 : 2) : "–"
  }

  private func addNeighbours(
    _ neighbours: [Neighbour], to drawing: inout FigureDrawing, _ text: TextFitting,
    _ room: Rectangle, _ side: Double
  ) {
    let width = 0.8 * side
    for (index, neighbour) in neighbours.enumerated() {
      let box = Rectangle(
        x: room.x + Double(index) * (width + Self.inset), y: room.y, width: width, height: width)
      drawing.shapes.append(.photograph(neighbour.image, Self.fit(neighbour.image, in: box)))
      for (line, words) in neighbour.lines.enumerated() {
        let shown = text.truncated(words, theme.note, width: width)
        let y = box.maxY + 1 + Double(line) * lineHeight(text)
        drawing.labels.append(text.label(shown, theme.note, at: Point(box.x, y)))
      }
    }
  }
}

// MARK: Numbers

extension PredictionSheet {
  /// One row for each point and value: image, caption, what it is, x and y or the value.
  public func dataFrame() throws -> DataFrame {
    var rows: [[Cell]] = []
    for (index, item) in items.enumerated() {
      func row(_ what: String, _ point: Point?, _ value: Double?) -> [Cell] {
        [.integer(index), .text(item.caption), .text(what)]
          + [point?.x, point?.y, value].map { number in
            number.flatMap { $0.isFinite ? Cell.number($0) : nil } ?? .missing
          }
      }
      rows += item.points.enumerated().map { row("point \($0)", $1, nil) }
      rows += item.bars.map { row($0.name, nil, $0.value) }
      rows += item.neighbours.map { row($0.lines.joined(separator: " "), nil, nil) }
    }
    return DataFrame(columns: ["image", "caption", "what", "x", "y", "value"], rows: rows)
  }

  public var alternativeText: String {
    let captions = items.map(\.caption).filter { !$0.isEmpty }
    let isSearch = items.allSatisfy { !$0.neighbours.isEmpty }
    return "\(items.count) face\(items.count == 1 ? "" : "s") with "
      + (isSearch ? "the pictures most like them" : "what a network says of them")
      + (captions.isEmpty ? "." : ": \(captions.joined(separator: "; ")).")
  }
}
