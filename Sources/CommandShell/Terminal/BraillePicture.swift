import Graphics
import Reporting

/// A picture in braille characters, each of two by four dots, with words written over it.
struct BraillePicture {
  let columns: Int
  let rows: Int
  private var dots: [UInt8]
  private var colours: [RGB?]
  private var letters: [Character?]

  struct RGB: Hashable {
    var red, green, blue: UInt8
  }

  init(columns: Int, rows: Int) {
    (self.columns, self.rows) = (columns, rows)
    dots = [UInt8](repeating: 0, count: columns * rows)
    colours = [RGB?](repeating: nil, count: columns * rows)
    letters = [Character?](repeating: nil, count: columns * rows)
  }

  /// Bits of U+2800 by row and column of a dot in its cell.
  private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  /// Takes the pixels of a drawing on white as dots: one where the pixel is dark enough to be seen.
  /// A cell has the colour of its most colourful dot.
  mutating func draw(_ pixels: PixelBuffer) {
    for y in 0..<min(pixels.height, rows * 4) {
      for x in 0..<min(pixels.width, columns * 2) {
        let (red, green, blue) = pixels[x, y]
        guard Int(red) + Int(green) + Int(blue) < 3 * 200 else { continue }
        let cell = y / 4 * columns + x / 2
        dots[cell] |= Self.bits[y % 4][x % 2]
        let colour = RGB(red: red, green: green, blue: blue)
        if colour.chroma >= colours[cell]?.chroma ?? -1 { colours[cell] = colour }
      }
    }
  }

  /// Dots for the brightness of a photograph's pixels, by ordered dithering: bright is lit, as a
  /// terminal's ground is dark.
  mutating func dither(_ pixels: PixelBuffer) {
    let thresholds = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]
    for y in 0..<min(pixels.height, rows * 4) {
      for x in 0..<min(pixels.width, columns * 2) {
        let (red, green, blue) = pixels[x, y]
        let light = (Int(red) * 2 + Int(green) * 5 + Int(blue)) / 8
        if light > thresholds[y % 4][x % 4] * 16 + 8 {
          dots[y / 4 * columns + x / 2] |= Self.bits[y % 4][x % 2]
        }
      }
    }
  }

  /// Writes a word over the dots, from a cell to the right; what does not fit is left out.
  mutating func write(_ text: String, column: Int, row: Int) {
    guard (0..<rows).contains(row) else { return }
    var column = column
    for character in TerminalText.escaped(text) {
      let width = TerminalText.characterWidth(character)
      if column >= 0, column + width <= columns {
        letters[row * columns + column] = character
        // The second half of a wide character.
        if width == 2 { letters[row * columns + column + 1] = "\u{200B}" }
      }
      column += max(width, 1)
    }
  }

  /// The rows, without blanks at their ends.
  func lines(usesColor: Bool) -> [String] {
    (0..<rows).map { row in
      var (line, last): (String, RGB?) = ("", nil)
      for column in 0..<columns {
        let cell = row * columns + column
        let colour = letters[cell] == nil && dots[cell] != 0 ? colours[cell] : nil
        if usesColor, colour != last {
          line += colour?.sequence ?? "\u{1B}[0m"
          last = colour
        }
        if letters[cell] == "\u{200B}" { continue }
        line.append(letters[cell] ?? Self.character(dots[cell]))
      }
      if last != nil { line += "\u{1B}[0m" }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  private static func character(_ dots: UInt8) -> Character {
    dots == 0 ? " " : Unicode.Scalar(0x2800 + UInt32(dots)).map(Character.init) ?? " "
  }
}

extension BraillePicture.RGB {
  fileprivate var chroma: Int {
    let parts = [Int(red), Int(green), Int(blue)]
    return (parts.max() ?? 0) - (parts.min() ?? 0)
  }

  /// One of the 216 colours of xterm's cube, which every terminal with colours has; greys are the
  /// terminal's own dim.
  fileprivate var sequence: String {
    if chroma < 24 { return "\u{1B}[0;2m" }
    // Colours that were made for white paper are lifted for a dark ground.
    let levels = [red, green, blue].map { Int((Double($0) / 255 * 5).rounded()) }
    let lift = levels.max() ?? 0 < 3 ? 1 : 0
    let cube = levels.map { min(5, $0 + ($0 > 0 ? lift : 0)) }
    return "\u{1B}[0;38;5;\(16 + 36 * cube[0] + 6 * cube[1] + cube[2])m"
  }
}
