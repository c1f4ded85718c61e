import Foundation
import Graphics
import Plotting
import Reporting

/// A figure as a terminal shows it: as an image where the terminal says that it can, else in
/// braille.
struct TerminalFigure {
  let figure: any Figure
  /// Columns and rows that it may take.
  let columns: Int
  let rows: Int

  /// Points that a dot stands for: with them a line of text is a row high and its letters a column
  /// wide.
  private static let pointsPerDot = 2.5
  private static let cell = Size(width: 2 * pointsPerDot, height: 4 * pointsPerDot)

  // MARK: Braille

  /// Lines of text; empty where the window leaves no room for the figure.
  func braille(usesColor: Bool) -> [String] {
    if let grid = figure as? FigureGrid {
      return grid.figures.prefix(6).flatMap {
        TerminalFigure(figure: $0, columns: columns, rows: rows).braille(usesColor: usesColor)
      }
    }
    if let plot = figure as? Plot { return self.plot(plot, usesColor: usesColor) }
    return photograph(usesColor: usesColor)
  }

  private func plot(_ plot: Plot, usesColor: Bool) -> [String] {
    var plot = plot
    plot.theme = plot.theme.inDots
    let size = Size(
      width: Double(columns) * Self.cell.width, height: Double(rows) * Self.cell.height)
    guard
      let drawing = try? plot.layout(
        size: size,
        measure: { text, _ in
          Size(
            width: Double(TerminalText.width(text)) * Self.cell.width, height: Self.cell.height)
        }),
      let pixels = try? Self.pixels(size, { drawing.withoutWords.draw(on: $0) })
    else { return [] }
    var picture = BraillePicture(columns: columns, rows: rows)
    picture.draw(pixels)
    var turned: [String] = []
    for label in drawing.words {
      if label.degrees != 0 {
        turned.append(label.text)
      } else {
        picture.write(
          label.text, column: Int((label.box.x / Self.cell.width).rounded()),
          row: Int((label.box.centre.y / Self.cell.height).rounded(.down)))
      }
    }
    // The titles of upright axes, which letters cannot follow, stand on top.
    let heading = turned.isEmpty ? [] : ["↑ " + turned.joined(separator: ", ")]
    return heading.map { TerminalText.truncated($0, to: columns) }
      + picture.lines(usesColor: usesColor)
  }

  /// Faces and other pictures, by their brightness; their words would be too small to read.
  private func photograph(usesColor: Bool) -> [String] {
    let width = Double(columns) * Self.cell.width
    let natural = figure.naturalSize(width: width)
    let scale = min(1, Double(rows * 2) * Self.cell.height / max(1, natural.height))
    let size = figure.naturalSize(width: width * scale)
    guard
      let pixels = try? Self.pixels(
        size, { try figure.draw(on: $0, in: Rectangle(origin: Point(0, 0), size: size)) })
    else { return [] }
    var picture = BraillePicture(columns: columns, rows: (pixels.height + 3) / 4)
    picture.dither(pixels)
    return picture.lines(usesColor: usesColor)
  }

  private static func pixels(
    _ size: Size, _ draw: (Canvas) throws -> Void
  ) throws -> PixelBuffer {
    let surface = try Surface.png(size: size, dotsPerInch: 72 / pointsPerDot)
    try draw(surface.canvas)
    return surface.pixels()
  }

  // MARK: Images

  /// The escape sequence that shows the figure; nil where it cannot be drawn.
  func image(_ images: TerminalImages) -> String? {
    let size = figure.naturalSize(width: 140 * pointsPerMillimetre)
    guard let surface = try? Surface.png(size: size, dotsPerInch: 144),
      (try? figure.draw(on: surface.canvas, in: Rectangle(origin: Point(0, 0), size: size))) != nil,
      let bytes = try? surface.finish()
    else { return nil }
    return images.sequence(Data(bytes), columns: min(columns, 80))
  }
}

/// How a terminal takes images.
///
/// - Source: kitty's “Terminal graphics protocol”; iTerm2's “Inline Images Protocol”.
enum TerminalImages: String {
  case kitty, iTerm2

  /// What the terminal says of itself; nil inside of tmux and screen, which do not hand images on.
  static var detected: TerminalImages? { detected(ProcessInfo.processInfo.environment) }

  static func detected(_ environment: [String: String]) -> TerminalImages? {
    let kind = environment["TERM"] ?? ""
    if environment["TMUX"] != nil || kind.hasPrefix("screen") || kind.hasPrefix("tmux") {
      return nil
    }
    let program = environment["TERM_PROGRAM"] ?? environment["LC_TERMINAL"] ?? ""
    if environment["KITTY_WINDOW_ID"] != nil || kind.contains("kitty") || kind.contains("ghostty")
      || program == "ghostty"
    {
      return .kitty
    }
    return ["iTerm.app", "iTerm2", "WezTerm"].contains(program) ? .iTerm2 : nil
  }

  func sequence(_ png: Data, columns: Int) -> String {
    let text = png.base64EncodedString()
    switch self {
    case .iTerm2:
      return "\u{1B}]1337;File=inline=1;size=\(png.count);width=\(columns);"
        + "preserveAspectRatio=1:\(text)\u{7}"
    case .kitty:
      // At most 4,096 bytes a piece; m=1 says that another one follows.
      var pieces: [Substring] = []
      var rest = text[...]
      while !rest.isEmpty {
        pieces.append(rest.prefix(4096))
        rest = rest.dropFirst(4096)
      }
      return pieces.enumerated().map { position, piece in
        let more = position + 1 < pieces.count ? 1 : 0
        let control = position == 0 ? "a=T,f=100,c=\(columns),q=2,m=\(more)" : "m=\(more)"
        return "\u{1B}_G\(control);\(piece)\u{1B}\\"
      }.joined()
    }
  }
}
