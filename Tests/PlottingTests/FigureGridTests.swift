import Graphics
import Statistics
import Synchronization
import Testing

@testable import Plotting

struct FigureGridTests {
  /// Notes where it is drawn; twice as high as wide.
  private final class Noted: Figure {
    let boxes = Mutex<[Rectangle]>([])

    func naturalSize(width: Double) -> Size { Size(width: width, height: 2 * width) }
    func draw(on canvas: Canvas, in box: Rectangle) { boxes.withLock { $0.append(box) } }
    func dataFrame() -> DataFrame { DataFrame(columns: ["x"], rows: [[.integer(7)]]) }
    var alternativeText: String { "A figure." }
  }

  @Test("figures stand in rows of equal columns, in their proportions")
  func places() throws {
    let figures = (0..<3).map { _ in Noted() }
    let grid = FigureGrid(figures, columns: 2, gap: 10)
    #expect(grid.naturalSize(width: 110) == Size(width: 110, height: 210))
    let surface = try Surface.png(size: Size(width: 110, height: 210))
    try grid.draw(on: surface.canvas, in: Rectangle(x: 1, y: 2, width: 110, height: 210))
    let boxes = figures.map { $0.boxes.withLock { $0 } }
    #expect(boxes[0] == [Rectangle(x: 1, y: 2, width: 50, height: 100)])
    #expect(boxes[1] == [Rectangle(x: 61, y: 2, width: 50, height: 100)])
    #expect(boxes[2] == [Rectangle(x: 1, y: 112, width: 50, height: 100)])
  }

  @Test("the numbers say which figure they are of; no figures are an error")
  func numbers() throws {
    let frame = try FigureGrid([Noted(), Noted()]).dataFrame()
    #expect(frame.columns == ["figure", "x"])
    #expect(frame.rows == [[.integer(1), .integer(7)], [.integer(2), .integer(7)]])
    let surface = try Surface.png(size: Size(width: 20, height: 20))
    #expect(throws: PlotError.self) {
      try FigureGrid([]).draw(
        on: surface.canvas, in: Rectangle(x: 0, y: 0, width: 20, height: 20))
    }
  }
}
