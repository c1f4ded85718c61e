import Foundation
import Graphics
import Plotting
import Statistics
import Testing

extension PlotError {
  fileprivate static let unread = PlotError(.noData, "the figure was not read")
}

@Suite struct FigureFileTests {
  private func written(_ figure: any Figure, _ suffix: String) throws -> Data {
    let path = temporaryPath("figure.\(suffix)")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FigureFile.write(figure, to: path, widthMillimetres: 84, dotsPerInch: 72)
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }

  @Test(arguments: [("pdf", "%PDF-1."), ("svg", "<?xml"), ("csv", "from,labels,")])
  func everyFormatIsWrittenAndTheSameEachTime(suffix: String, start: String) throws {
    let first = try written(budgetPlot(), suffix)
    #expect(first.count > 200)
    #expect(String(decoding: first.prefix(20), as: UTF8.self).hasPrefix(start))
    #expect(try written(budgetPlot(), suffix) == first)
  }

  @Test func csvHoldsTheNumbers() throws {
    let text = String(decoding: try written(budgetPlot(["a, \"b\""]), "csv"), as: UTF8.self)
    let lines = text.components(separatedBy: "\r\n")
    #expect(lines[0] == "from,labels,nme[inter-ocular],nme[inter-ocular].sd,n")
    #expect(lines[1] == "\"a, \"\"b\"\"\",1%,14.0,1.0,3")
    #expect(lines.count == 5)
  }

  @Test(arguments: ["figure.jpeg", "figure", "a.pdf/figure."])
  func unknownSuffixNamesTheKnownOnes(path: String) {
    #expect {
      try FigureFile.write(budgetPlot(), to: path)
    } throws: { error in
      guard let error = error as? PlotError else { return false }
      return error.code == .unknownFormat && error.message.contains(".pdf, .png, .svg or .csv")
    }
  }

  @Test func unwritablePathIsATypedError() {
    #expect {
      try FigureFile.write(budgetPlot(), to: "/no/such/folder/figure.pdf")
    } throws: {
      ($0 as? GraphicsError)?.code == .cannotWrite
    }
  }

  /// A figure that is only drawn once its data have been read, by another one.
  private struct Unread: Figure {
    func naturalSize(width: Double) -> Size { Size(width: width, height: width) }
    func draw(on canvas: Canvas, in box: Rectangle) throws { throw PlotError.unread }
    func dataFrame() throws -> DataFrame { throw PlotError.unread }
    var alternativeText: String { "not read" }
    func prepared() throws -> any Figure { budgetPlot() }
  }

  @Test("a figure's data are read once, for its words and its drawing", arguments: ["pdf", "csv"])
  func readOnce(suffix: String) throws {
    #expect(try written(Unread(), suffix) == written(budgetPlot(), suffix))
    #expect(try written(FigureGrid([Unread()], columns: 1), suffix).count > 200)
    let plot = budgetPlot()
    let prepared = try plot.prepared()
    #expect(prepared.alternativeText == plot.alternativeText)
    #expect(try prepared.dataFrame() == plot.dataFrame())
    #expect(prepared.naturalSize(width: 200) == plot.naturalSize(width: 200))
    #expect(throws: PlotError.self) { try Plot(plot.data, x: "labels", y: "none").prepared() }
  }

  @Test func aLinesPixelsLieAtItsPlace() throws {
    var plot = Plot(frame([(0, 5), (10, 5)]), x: "x", y: "y")
    (plot.xRange, plot.yRange) = (0...10, 0...8)
    let drawing = try plot.layout(size: columnSize)
    let surface = try Surface.png(size: columnSize, dotsPerInch: 144)
    drawing.draw(on: surface.canvas)
    let place = drawing.panels[0].point(5, 5)
    let pixels = surface.pixels()
    let (x, y) = (Int(place.x * 2), Int(place.y * 2))
    #expect(pixels[x, y] == (0x00, 0x72, 0xB2))
    #expect(pixels[x, y - 12] == (255, 255, 255))
  }

  @Test func drawingStaysInsideItsSize() throws {
    let margin = 40.0
    let page = Size(width: columnSize.width + 2 * margin, height: columnSize.height + 2 * margin)
    let surface = try Surface.png(size: page, dotsPerInch: 72)
    let box = Rectangle(origin: Point(margin, margin), size: columnSize)
    try budgetPlot().draw(on: surface.canvas, in: box)
    let pixels = surface.pixels()
    var inside = 0
    for y in 0..<pixels.height {
      for x in 0..<pixels.width where pixels[x, y] != (255, 255, 255) {
        #expect(box.inset(by: -1).contains(Point(Double(x), Double(y))))
        inside += 1
      }
    }
    #expect(inside > 1000)
  }

  @Test func alternativeTextTellsTheCourse() {
    let text = budgetPlot(["scratch"]).alternativeText
    #expect(
      text == "Line plot of NME, inter-ocular (%) ↓ against Labels for scratch. "
        + "scratch: 14.0 at 1% to 5.00 at 100%.")
  }
}

@Suite struct ImageGridTests {
  private let red = PixelBuffer(
    width: 4, height: 4, pixels: Array(repeating: [200, 10, 10], count: 16).flatMap { $0 })

  private func grid(_ count: Int) -> ImageGrid {
    ImageGrid(
      (0..<count).map {
        ImageGrid.Item(
          red, truth: [Point(1, 1)], predicted: [Point(3, 3)], caption: "NME \($0).0 %")
      }, columns: 3, title: "Faces")
  }

  @Test func imagesStandInRowsWithoutOverlap() throws {
    let drawing = try grid(7).layout(width: 300)
    #expect(drawing.images.count == 7 && drawing.captions.count == 7)
    let page = Rectangle(x: 0, y: 0, width: 300, height: drawing.height)
    let boxes = drawing.images + drawing.captions.map(\.box) + drawing.heading.map(\.box)
    for (index, box) in boxes.enumerated() {
      #expect(page.contains(box, tolerance: 0.5))
      for other in boxes.dropFirst(index + 1) { #expect(!box.intersects(other)) }
    }
    #expect(drawing.images[3].x == drawing.images[0].x)
    #expect(abs(drawing.images[2].maxX - 300) < 1e-9)
  }

  @Test func landmarksLieOnTheirPixels() throws {
    let one = ImageGrid([ImageGrid.Item(red, truth: [Point(1, 1)], predicted: [Point(.nan, 3)])])
    let drawing = try one.layout(width: 200)
    let box = drawing.images[0]
    let surface = try Surface.png(size: one.naturalSize(width: 200), dotsPerInch: 288)
    try one.draw(
      on: surface.canvas, in: Rectangle(origin: Point(0, 0), size: one.naturalSize(width: 200)))
    let pixels = surface.pixels()
    let mark = pixels[Int((box.x + box.width / 4) * 4), Int((box.y + box.height / 4) * 4)]
    #expect(mark.blue > 200 && mark.red < 100)
    let skin = pixels[Int(box.centre.x * 4), Int(box.centre.y * 4)]
    #expect(skin == (200, 10, 10))
  }

  @Test func numbersAndWords() throws {
    let frame = try grid(2).dataFrame()
    #expect(frame.rows.count == 2)
    #expect(frame.rows[1][0...2] == [.integer(1), .text("NME 1.0 %"), .integer(0)])
    #expect(frame.rows[1][5] == .number(3))
    #expect(grid(2).alternativeText == "2 images with predicted landmarks: NME 0.0 %; NME 1.0 %.")
  }

  @Test("a point without a place has no number, and no line to it")
  func missingPoints() throws {
    let image = PixelBuffer(
      width: 20, height: 20, pixels: [UInt8](repeating: 90, count: 20 * 20 * 3))
    let grid = ImageGrid([
      .init(image, truth: [Point(.nan, .nan), Point(3, 3)], predicted: [Point(9, 9), Point(5, 4)])
    ])
    let rows = try grid.dataFrame().rows
    #expect(rows[0].suffix(4) == [.missing, .missing, .number(9), .number(9)])
    #expect(rows[1].suffix(4) == [.number(3), .number(3), .number(5), .number(4)])
    let surface = try Surface.svg(size: Size(width: 40, height: 60))
    try grid.draw(on: surface.canvas, in: Rectangle(x: 0, y: 0, width: 40, height: 60))
    #expect(!String(decoding: try surface.finish(), as: UTF8.self).contains("nan"))
  }

  @Test func noImagesIsAnError() {
    #expect {
      try ImageGrid([]).layout(width: 100)
    } throws: {
      ($0 as? PlotError)?.code == .noData
    }
  }
}
