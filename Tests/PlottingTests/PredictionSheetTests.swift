import Statistics
import Testing

@testable import Graphics
@testable import Plotting

struct PredictionSheetTests {
  private static let image = PixelBuffer(
    width: 20, height: 20, pixels: [UInt8](repeating: 90, count: 1200))

  private static func item(bars: Int = 0, neighbours: Int = 0) -> PredictionSheet.Item {
    var item = PredictionSheet.Item(image, caption: "a.jpg")
    item.bars = (0..<bars).map { .init("AU\($0)", Double($0), in: 0...5, isStrong: $0 == 2) }
    item.neighbours = (0..<neighbours).map { .init(image, lines: ["person \($0)", "0.\($0)"]) }
    return item
  }

  private func layout(_ sheet: PredictionSheet, width: Double = 300) throws -> FigureDrawing {
    let size = Size(width: width, height: sheet.naturalSize(width: width).height)
    return try sheet.layout(size: size, measure: plainMeasure)
  }

  /// The filled boxes behind the bars' tracks.
  private func boxes(_ drawing: FigureDrawing, _ colour: Colour) -> [Rectangle] {
    drawing.shapes.compactMap { shape in
      guard case .fill(let path, colour) = shape else { return nil }
      let corners = path.elements.compactMap { element -> Point? in
        switch element {
        case .move(let point), .line(let point): point
        default: nil
        }
      }
      let (x, y) = (corners.map(\.x), corners.map(\.y))
      guard let left = x.min(), let right = x.max(), let top = y.min(), let bottom = y.max() else {
        return nil
      }
      return Rectangle(x: left, y: top, width: right - left, height: bottom - top)
    }
  }

  @Test("a bar is as long as its value's share of the room, from zero on")
  func bars() throws {
    var item = Self.item()
    item.bars = [
      .init("none", 0, in: 0...5), .init("half", 2.5, in: 0...5), .init("all", 9, in: 0...5),
      .init("below", -0.5, in: -1...1), .init("broken", .nan, in: 0...1),
    ]
    let sheet = PredictionSheet([item])
    let drawing = try layout(sheet)
    let tracks = boxes(drawing, sheet.theme.grid)
    let bars = boxes(drawing, sheet.theme.palette[0])
    #expect(tracks.count == 5 && bars.count == 5)
    let shares = zip(bars, tracks).map { $0.width / $1.width }
    for (share, wanted) in zip(shares, [0, 0.5, 1, 0.25, 0]) { #expect(abs(share - wanted) < 1e-6) }
    // The negative one ends in the middle.
    #expect(abs(bars[3].maxX - tracks[3].centre.x) < 1e-6)
    #expect(drawing.labels.map(\.text).contains("–"))
  }

  @Test("points outside of the image are left out, lines follow the contours")
  func points() throws {
    var item = Self.item()
    item.points = [Point(5, 5), Point(10, 5), Point(90, 5), Point(.nan, 2)]
    item.contours = [[0, 1, 2], [3, 7]]
    let drawing = try layout(PredictionSheet([item]), width: 100)
    let strokes = drawing.shapes.filter { if case .stroke = $0 { true } else { false } }
    // One line between the two points that are inside, and a rim for each of them.
    #expect(strokes.count == 3)
  }

  @Test("nothing overlaps and nothing leaves the figure", arguments: [(12, 0), (0, 5), (0, 0)])
  func places(bars: Int, neighbours: Int) throws {
    let items = (0..<5).map { _ in Self.item(bars: bars, neighbours: neighbours) }
    let sheet = PredictionSheet(items, title: "Faces")
    // As its natural size measures.
    let drawing = try sheet.layout(size: sheet.naturalSize(width: 340))
    let page = Rectangle(origin: Point(0, 0), size: drawing.size).inset(by: -0.5)
    var images: [Rectangle] = []
    for case .photograph(_, let box) in drawing.shapes { images.append(box) }
    #expect(images.count == 5 * (1 + neighbours))
    for box in images + drawing.labels.map(\.box) {
      #expect(box.x >= page.x && box.maxX <= page.maxX && box.y >= page.y && box.maxY <= page.maxY)
    }
    for (index, box) in images.enumerated() {
      for other in images[(index + 1)...] {
        let isApart =
          box.maxX <= other.x || other.maxX <= box.x || box.maxY <= other.y || other.maxY <= box.y
        #expect(isApart)
      }
    }
  }

  @Test("the numbers can be had; no faces are an error")
  func numbers() throws {
    var item = Self.item(bars: 1)
    item.points = [Point(1, 2)]
    let frame = try PredictionSheet([item]).dataFrame()
    #expect(frame.rows.count == 2)
    #expect(
      frame.rows[0] == [
        .integer(0), .text("a.jpg"), .text("point 0"), .number(1), .number(2), .missing,
      ])
    #expect(throws: PlotError.self) { try layout(PredictionSheet([])) }
    let path = temporaryPath("faces.pdf")
    try FigureFile.write(PredictionSheet([item]), to: path)
  }
}
