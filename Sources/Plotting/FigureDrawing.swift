public import Graphics

/// A figure laid out as outlines, images and words: what is no plot with axes.
public struct FigureDrawing: Sendable {
  public enum Shape: Sendable {
    case fill(Path, Colour)
    case stroke(Path, StrokeStyle)
    case image(PixelBuffer, Rectangle)
    /// A picture from a camera, or like one.
    case photograph(PixelBuffer, Rectangle)
  }

  public let size: Size
  /// In the order of drawing, below the words.
  public internal(set) var shapes: [Shape] = []
  public internal(set) var labels: [PlotDrawing.Label] = []

  init(size: Size) { self.size = size }

  /// Draws the figure with its top left corner at a point.
  public func draw(on canvas: Canvas, at origin: Point, background: Colour) throws {
    try canvas.saved {
      canvas.translate(origin.x, origin.y)
      if background != .white {
        canvas.fill(.rectangle(Rectangle(origin: Point(0, 0), size: size)), background)
      }
      for shape in shapes {
        switch shape {
        case .fill(let path, let colour): canvas.fill(path, colour)
        case .stroke(let path, let style): canvas.stroke(path, style)
        case .image(let image, let box): try canvas.image(image, in: box)
        case .photograph(let image, let box):
          try canvas.image(image, in: box, isPhotograph: true)
        }
      }
      for label in labels { label.draw(on: canvas) }
    }
  }
}

/// A figure that is laid out as a `FigureDrawing`.
public protocol LaidOutFigure: Figure {
  var theme: Theme { get set }
  /// Lays the figure out: pure numbers, nothing is drawn.
  func layout(size: Size, measure: @escaping (String, TextStyle) -> Size) throws -> FigureDrawing
}

extension LaidOutFigure {
  public func layout(size: Size) throws -> FigureDrawing {
    try layout(size: size) { TextLayout($0, $1).size }
  }

  public func draw(on canvas: Canvas, in box: Rectangle) throws {
    try layout(size: box.size).draw(on: canvas, at: box.origin, background: theme.background)
  }

  /// The title's lines at the top left; `y` moves below them.
  func addTitle(
    _ title: String, to drawing: inout FigureDrawing, _ text: TextFitting, y: inout Double
  ) {
    for (line, style) in text.wrapped(title, theme.title, width: drawing.size.width - 4) {
      drawing.labels.append(text.label(line, style, at: Point(2, y)))
      y += text.size(line, style).height
    }
    if !title.isEmpty { y += 3 }
  }

  func tooSmall(_ size: Size) -> PlotError {
    PlotError(
      .tooSmall,
      "\(NumberText.fixed(size.width / pointsPerMillimetre, decimals: 0)) × "
        + "\(NumberText.fixed(size.height / pointsPerMillimetre, decimals: 0)) mm leaves no room "
        + "beside the labels; make the figure larger or the labels shorter.")
  }
}

/// Colours for ordered values: one hue family, lightness falling evenly, so that it reads in grey.
public enum ColourRamp {
  /// From the page's colour to dark blue (after ColorBrewer's Blues, and its mirror on dark).
  static func sequential(_ share: Double, on background: Colour) -> Colour {
    let light: [UInt32] = [0xF7FBFF, 0xD6E6F4, 0xABD0E6, 0x6AAED6, 0x3787C0, 0x105BA4, 0x08306B]
    let dark: [UInt32] = [0x1B1F27, 0x16365C, 0x1B5592, 0x2E79BE, 0x62A3DA, 0xA3CBEC, 0xE6F2FC]
    return at(share, background.luminance > 0.4 ? light : dark)
  }

  /// From dark blue over green to yellow: cividis' ends, readable with any colour vision
  /// (Nuñez, Anderton and Renslow 2018).
  public static func error(_ share: Double) -> Colour {
    at(share, [0x00224E, 0x2A3F6D, 0x575C6D, 0x7D7C78, 0xA69D75, 0xD3C064, 0xFEE838])
  }

  private static func at(_ share: Double, _ stops: [UInt32]) -> Colour {
    let place = max(0, min(1, share.isNaN ? 0 : share)) * Double(stops.count - 1)
    let index = min(stops.count - 2, Int(place))
    let (a, b) = (Colour(hex: stops[index]), Colour(hex: stops[index + 1]))
    let t = place - Double(index)
    return Colour(
      red: a.red + (b.red - a.red) * t, green: a.green + (b.green - a.green) * t,
      blue: a.blue + (b.blue - a.blue) * t)
  }
}
