import Glibc

/// A colour in sRGB; components from 0 to 1, not premultiplied.
public struct Colour: Hashable, Sendable {
  public var red: Double
  public var green: Double
  public var blue: Double
  public var alpha: Double

  public init(red: Double, green: Double, blue: Double, alpha: Double = 1) {
    (self.red, self.green, self.blue, self.alpha) = (red, green, blue, alpha)
  }

  /// A colour from its usual six digits: `Colour(hex: 0x0072B2)`.
  public init(hex: UInt32, alpha: Double = 1) {
    self.init(
      red: Double(hex >> 16 & 255) / 255, green: Double(hex >> 8 & 255) / 255,
      blue: Double(hex & 255) / 255, alpha: alpha)
  }

  public static func grey(_ level: Double) -> Colour {
    Colour(red: level, green: level, blue: level)
  }

  public func withAlpha(_ alpha: Double) -> Colour {
    Colour(red: red, green: green, blue: blue, alpha: alpha)
  }

  /// The colour that shows where this one lies over an opaque background.
  public func composited(over background: Colour) -> Colour {
    func mix(_ top: Double, _ bottom: Double) -> Double { top * alpha + bottom * (1 - alpha) }
    return Colour(
      red: mix(red, background.red), green: mix(green, background.green),
      blue: mix(blue, background.blue))
  }

  /// The relative luminance, 0 (black) to 1 (white).
  ///
  /// - Source: WCAG 2.2, "relative luminance".
  public var luminance: Double {
    func linear(_ value: Double) -> Double {
      value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// The contrast ratio of two opaque colours, 1 to 21; graphics need at least 3.
  ///
  /// - Source: WCAG 2.2, "contrast ratio".
  public func contrast(to other: Colour) -> Double {
    let (a, b) = (luminance, other.luminance)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }
}

extension Colour {
  public static let black = Colour(hex: 0x000000)
  public static let white = Colour(hex: 0xFFFFFF)
  // Okabe and Ito's colours, told apart by people with any common colour vision
  // (Wong, Nature Methods 8:441, 2011).
  public static let blue = Colour(hex: 0x0072B2)
  public static let vermillion = Colour(hex: 0xD55E00)
  public static let green = Colour(hex: 0x009E73)
  public static let purple = Colour(hex: 0xCC79A7)
  public static let orange = Colour(hex: 0xE69F00)
  public static let skyBlue = Colour(hex: 0x56B4E9)
  public static let yellow = Colour(hex: 0xF0E442)

  /// All eight colours of Okabe and Ito, in their order.
  public static let okabeIto: [Colour] = [
    black, orange, skyBlue, green, yellow, blue, vermillion, purple,
  ]
  /// Those that reach 3:1 on white, the most distinct first: the order for lines and marks.
  public static let okabeItoOnWhite: [Colour] = [blue, vermillion, green, purple, black]
}
