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
