import Graphics

/// Measures text and fits it to the room there is; remembers what it measured.
final class TextFitting {
  /// Lines of text, each in its style.
  typealias Lines = [(String, TextStyle)]

  private let measureText: (String, TextStyle) -> Size
  private var known: [Key: Size] = [:]

  private struct Key: Hashable {
    let text: String
    let style: TextStyle
  }

  init(_ measure: @escaping (String, TextStyle) -> Size) { measureText = measure }

  func size(_ text: String, _ style: TextStyle) -> Size {
    let key = Key(text: text, style: style)
    if let size = known[key] { return size }
    let size = measureText(text, style)
    known[key] = size
    return size
  }

  /// The text in lines of at most a width, in smaller type where a word is longer.
  func wrapped(_ text: String, _ style: TextStyle, width: Double) -> [(String, TextStyle)] {
    guard !text.isEmpty else { return [] }
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, size(last + " " + word, style).width <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.map { ($0, shrunk($0, style, width: width)) }
  }

  func shrunk(_ text: String, _ style: TextStyle, width: Double) -> TextStyle {
    let natural = size(text, style).width
    guard natural > width, natural > 0, width > 0 else { return style }
    return style.with { $0.size *= 0.995 * width / natural }
  }

  /// The text cut with an ellipsis to a width.
  func truncated(_ text: String, _ style: TextStyle, width: Double) -> String {
    guard size(text, style).width > width else { return text }
    var kept = text
    while kept.count > 1, size(kept + "…", style).width > width { kept.removeLast() }
    return kept + "…"
  }

  /// The text in lines of at most a width, broken after blanks, hyphens and slashes; a part without
  /// any is longer.
  func broken(_ text: String, _ style: TextStyle, width: Double) -> [String] {
    var pieces: [String] = [""]
    for character in text {
      pieces[pieces.count - 1].append(character)
      if " -/".contains(character) { pieces.append("") }
    }
    var lines: [String] = []
    for piece in pieces where !piece.isEmpty {
      if let last = lines.last, size(last + piece, style).width <= width {
        lines[lines.count - 1] = last + piece
      } else {
        lines.append(piece)
      }
    }
    return lines.map { $0.last == " " ? String($0.dropLast()) : $0 }
  }

  /// A name in at most so many lines of a width, cut with an ellipsis only where it is longer still.
  func name(_ text: String, _ style: TextStyle, width: Double, lines most: Int) -> [String] {
    guard size(text, style).width > width else { return [text] }
    var lines = broken(text, style, width: width)
    if lines.count > most {
      lines = lines.prefix(most - 1) + [lines.dropFirst(most - 1).joined(separator: " ")]
    }
    return lines.map { truncated($0, style, width: width) }
  }

  /// Labels for lines below each other, the middle of all at a height, each beginning at an x or
  /// ending there.
  func labels(
    _ lines: [String], _ style: TextStyle, at x: Double, middle: Double, endsThere: Bool
  ) -> [PlotDrawing.Label] {
    lines.enumerated().map { index, line in
      let box = size(line, style)
      let below = Double(index) - Double(lines.count - 1) / 2
      let centre = Point(
        x + (endsThere ? -box.width / 2 : box.width / 2), middle + below * box.height * 0.92)
      return label(line, style, centre: centre)
    }
  }

  /// A label whose box has a given centre, turned so far.
  func label(
    _ text: String, _ style: TextStyle, centre: Point, degrees: Double = 0
  ) -> PlotDrawing.Label {
    let box = turnedSize(text, style, degrees: degrees)
    return PlotDrawing.Label(
      text: text, style: style,
      box: Rectangle(
        x: centre.x - box.width / 2, y: centre.y - box.height / 2, width: box.width,
        height: box.height),
      degrees: degrees)
  }

  /// A label with its top left corner at a point.
  func label(_ text: String, _ style: TextStyle, at point: Point) -> PlotDrawing.Label {
    PlotDrawing.Label(
      text: text, style: style, box: Rectangle(origin: point, size: size(text, style)), degrees: 0)
  }

  func turnedSize(_ text: String, _ style: TextStyle, degrees: Double) -> Size {
    let flat = size(text, style)
    let (c, s) = (abs(cosine(degrees * .pi / 180)), abs(sine(degrees * .pi / 180)))
    return Size(
      width: flat.width * c + flat.height * s, height: flat.width * s + flat.height * c)
  }
}
