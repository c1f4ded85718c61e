import CDrawing
import CZlib

/// A stroke of many points, written for the PDF by ourselves.
///
/// Cairo prints every coordinate by `snprintf` and packs the page at zlib's middle level: nine
/// tenths of the time of a figure of 5,000 points. So Cairo draws an empty form (a drawing within the
/// page) in its place, whose box tells which one it is, and `PDFUpdate` fills the form.
struct DenseStroke {
  /// Later versions of Cairo pack objects together, where `PDFUpdate` finds no form to fill: they draw
  /// every stroke themselves.
  static let isPossible = cairo_version() < 11_700

  /// Below it there is nothing to gain.
  static let fewestPoints = 200

  /// Operators of a page in Cairo's units: points, y down.
  private let operators: [UInt8]

  /// Nil for a stroke that Cairo should draw: short, dashed, translucent, with curves.
  ///
  /// - Parameters: scale: the length of a unit of the path in points; place: a path's point on the
  ///   page.
  init?(_ path: Path, _ style: StrokeStyle, scale: Double, place: (Point) -> Point) {
    guard path.elements.count >= Self.fewestPoints, style.dash.isEmpty, style.colour.alpha >= 1,
      style.width.isFinite, path.elements.allSatisfy(\.isStraight)
    else { return nil }
    var writer = OperatorWriter()
    let colour = style.colour
    for part in [colour.red, colour.green, colour.blue] {
      writer.number(max(0, min(1, part)), per: 1000)
    }
    writer.word("RG ")
    writer.number(max(0, style.width) * scale, per: 1000)
    writer.word("w ")
    writer.word(style.cap == .butt ? "0 J " : style.cap == .round ? "1 J " : "2 J ")
    writer.word(style.roundJoin ? "1 j\n" : "0 j\n")
    writer.trace(path, place)
    writer.word("S\n")
    operators = writer.bytes
  }

  /// The object that takes the place of Cairo's form.
  var object: [UInt8] {
    let packed = Deflate.packed(operators)
    let side = Int(Self.side)
    let dictionary =
      "<< /Type /XObject\n   /Subtype /Form\n   /BBox [ 0 0 \(side) \(side) ]\n"
      + "   /Resources << >>\n"
      + "   /Length \(packed.count)\n   /Filter /FlateDecode\n>>\nstream\n"
    return Array(dictionary.utf8) + packed + Array("\nendstream".utf8)
  }
}

extension DenseStroke {
  /// More than the longest side of a page.
  private static let side = 40_000.0

  /// The box of a form: it holds any page, and its height is the form's number.
  static func extents(number: Int) -> cairo_rectangle_t {
    cairo_rectangle_t(x: 0, y: 0, width: side, height: side + Double(number))
  }

  /// The number of a form whose dictionary begins so, as Cairo writes it; nil for another object.
  static func number(ofDictionary start: ArraySlice<UInt8>) -> Int? {
    let mark = Array("/BBox [ 0 0 \(Int(side)) ".utf8)
    guard let place = start.place(of: mark) else { return nil }
    let digits = start[(place + mark.count)...].prefix { (48...57).contains($0) }
    return Int(String(decoding: digits, as: UTF8.self)).map { $0 - Int(side) }
  }
}

extension Path.Element {
  fileprivate var isStraight: Bool {
    switch self {
    case .move, .line, .close: true
    case .curve, .arc: false
    }
  }
}

/// Writes numbers and operators of a page.
private struct OperatorWriter {
  private(set) var bytes: [UInt8] = []

  mutating func word(_ text: String) { bytes += Array(text.utf8) }

  /// A number to a hundredth (of a point: 3.5 µm) or another share, and a blank.
  mutating func number(_ value: Double, per share: Int = 100) {
    var shares = Int((max(-1e6, min(1e6, value)) * Double(share)).rounded())
    if shares < 0 {
      bytes.append(UInt8(ascii: "-"))
      shares = -shares
    }
    let (whole, fraction) = shares.quotientAndRemainder(dividingBy: share)
    digits(of: whole)
    if fraction > 0 {
      bytes.append(UInt8(ascii: "."))
      var (rest, place) = (fraction, share / 10)
      while rest > 0 {
        bytes.append(48 + UInt8(truncatingIfNeeded: rest / place))
        (rest, place) = (rest % place, place / 10)
      }
    }
    bytes.append(UInt8(ascii: " "))
  }

  private mutating func digits(of number: Int) {
    var place = 1
    while place * 10 <= number { place *= 10 }
    while place > 0 {
      bytes.append(48 + UInt8(truncatingIfNeeded: number / place % 10))
      place /= 10
    }
  }

  /// The lines of a path; a point that is not finite leaves a gap, as on a `Canvas`.
  mutating func trace(_ path: Path, _ place: (Point) -> Point) {
    bytes.reserveCapacity(16 * path.elements.count + 100)
    var pen = false
    for element in path.elements {
      switch element {
      case .move(let point), .line(let point):
        guard point.isFinite else {
          pen = false
          continue
        }
        var isMove = !pen
        if case .move = element { isMove = true }
        let there = place(point)
        number(there.x)
        number(there.y)
        bytes.append(UInt8(ascii: isMove ? "m" : "l"))
        bytes.append(UInt8(ascii: "\n"))
        pen = true
      case .close: if pen { word("h\n") }
      case .curve, .arc: break
      }
    }
  }
}

/// zlib's streams, at the level that takes least time.
private enum Deflate {
  static func packed(_ bytes: [UInt8]) -> [UInt8] {
    var length = compressBound(UInt(bytes.count))
    return [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
      // Into a buffer as large as zlib's own bound it cannot fail.
      let status = compress2(buffer.baseAddress, &length, bytes, UInt(bytes.count), 1)
      count = status == Z_OK ? Int(length) : 0
    }
  }
}
