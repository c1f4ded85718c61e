/// The font families that facet sets its documents in; with others lines break elsewhere.
///
/// Debian: fonts-linuxlibertine and fonts-dejavu-core.
public enum FontFamily {
  /// Linux Libertine: old-style text face with tabular figures, Greek and arrows.
  public static let serif = "Linux Libertine O"
  /// Linux Biolinum, drawn to go with Libertine.
  public static let sans = "Linux Biolinum O"
  public static let mono = "DejaVu Sans Mono"

  /// Those of the three that are not installed, for a warning.
  public static var missing: [String] {
    let installed = FontLock.families
    return [serif, sans, mono].filter { !installed.contains($0) }
  }
}

/// How a run of text looks.
public struct TextStyle: Hashable, Sendable {
  public enum Weight: Int32, Hashable, Sendable {
    case light = 300
    case regular = 400
    case medium = 500
    case semibold = 600
    case bold = 700
  }

  /// A family that fontconfig knows; another takes its place where it is not installed.
  public var family: String
  /// The em in points.
  public var size: Double
  public var weight: Weight
  public var isItalic: Bool
  public var colour: Colour
  /// OpenType features in CSS form: "tnum", "smcp, onum".
  public var features: String
  public var isUnderlined: Bool
  public var isStruckThrough: Bool
  /// How far the baseline lies above the line's, in points; negative for subscripts.
  public var rise: Double
  public var letterSpacing: Double

  public init(
    family: String = FontFamily.sans, size: Double = 10, weight: Weight = .regular,
    italic: Bool = false, colour: Colour = .black, features: String = "",
    underlined: Bool = false, struckThrough: Bool = false, rise: Double = 0,
    letterSpacing: Double = 0
  ) {
    (self.family, self.size, self.weight, isItalic) = (family, size, weight, italic)
    (self.colour, self.features, isUnderlined) = (colour, features, underlined)
    (isStruckThrough, self.rise, self.letterSpacing) = (struckThrough, rise, letterSpacing)
  }

  /// A copy with some properties changed.
  public func with(_ change: (inout TextStyle) -> Void) -> TextStyle {
    var copy = self
    change(&copy)
    return copy
  }
}

/// A stretch of text of one style, which may be a link.
public struct TextRun: Hashable, Sendable {
  public var text: String
  public var style: TextStyle
  public var link: LinkTarget?

  public init(_ text: String, _ style: TextStyle, link: LinkTarget? = nil) {
    (self.text, self.style, self.link) = (text, style, link)
  }
}

/// How the lines of a text are set.
public struct ParagraphStyle: Hashable, Sendable {
  public enum Alignment: Hashable, Sendable { case left, centre, right }

  public var alignment: Alignment
  /// Whether lines but the last of a paragraph are stretched to the full width.
  public var isJustified: Bool
  /// Distance of baselines as a multiple of the font's own; 1 for the font's.
  public var lineSpacing: Double
  /// Indent of the first line in points; negative to hang the other lines.
  public var indent: Double

  public init(
    alignment: Alignment = .left, justified: Bool = false, lineSpacing: Double = 1,
    indent: Double = 0
  ) {
    (self.alignment, isJustified) = (alignment, justified)
    (self.lineSpacing, self.indent) = (lineSpacing, indent)
  }
}

extension String {
  /// The text with what cannot be shown made U+FFFD and line ends made `\n`: a NUL would cut a
  /// C string, and Cairo gives up the whole drawing over a noncharacter such as U+FFFE.
  var sanitizedForDisplay: String {
    func isShown(_ scalar: Unicode.Scalar) -> Bool {
      !scalar.properties.isNoncharacterCodePoint && scalar.properties.generalCategory != .control
    }
    // Nearly all text is plain ASCII or passes as it is.
    if utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) || unicodeScalars.allSatisfy(isShown) {
      return self
    }
    var result = String.UnicodeScalarView()
    for scalar in replacing("\r\n", with: "\n").unicodeScalars {
      switch scalar {
      case "\n", "\t": result.append(scalar)
      case "\r": result.append("\n")
      default: result.append(isShown(scalar) ? scalar : "\u{FFFD}")
      }
    }
    return String(result)
  }
}
