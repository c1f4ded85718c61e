public import Graphics

/// Sizes, colours and fonts of figures.
public struct Theme: Sendable, Hashable {
  public var family: String
  /// Of axis titles and legends; tick labels and notes are a little smaller.
  public var fontSize: Double
  public var background: Colour
  public var ink: Colour
  public var mutedInk: Colour
  public var grid: Colour
  public var palette: [Colour]
  public var lineWidth: Double
  public var markerRadius: Double

  /// For print on white: small type, colours of at least 3:1.
  public static let paper = Theme(
    family: FontFamily.sans, fontSize: 8.5, background: .white, ink: .grey(0.1),
    mutedInk: .grey(0.36), grid: .grey(0.9), palette: Colour.okabeItoOnWhite, lineWidth: 1.3,
    markerRadius: 2.4)

  /// For slides: larger type and heavier lines.
  public static let slides = Theme(
    family: FontFamily.sans, fontSize: 13, background: .white, ink: .grey(0.1),
    mutedInk: .grey(0.36), grid: .grey(0.9), palette: Colour.okabeItoOnWhite, lineWidth: 2.2,
    markerRadius: 3.8)

  /// For dark pages and screens: the light colours of Okabe and Ito, all above 4.5:1.
  public static let dark = Theme(
    family: FontFamily.sans, fontSize: 8.5, background: Colour(hex: 0x16181D),
    ink: .grey(0.92), mutedInk: .grey(0.7), grid: .grey(0.25),
    palette: [.skyBlue, .orange, Colour(hex: 0x2FC79A), Colour(hex: 0xE394C1), .yellow],
    lineWidth: 1.3, markerRadius: 2.4)

  /// Themes by the names that people write.
  public static let named: [(name: String, theme: Theme)] = [
    ("paper", paper), ("slides", slides), ("dark", dark),
  ]

  var label: TextStyle {
    TextStyle(family: family, size: fontSize, colour: ink, features: "tnum, lnum")
  }
  var tick: TextStyle { label.with { $0.size = fontSize * 0.94 } }
  var title: TextStyle {
    label.with {
      $0.size = fontSize * 1.12
      $0.weight = .bold
    }
  }
  var panelTitle: TextStyle { label.with { $0.weight = .bold } }
  var note: TextStyle {
    label.with {
      $0.size = fontSize * 0.85
      $0.colour = mutedInk
    }
  }

  /// The look of a series: colour, dash and marker all tell it apart from the others. After one round
  /// of colours come their shades.
  func style(_ index: Int) -> SeriesStyle {
    let round = index / palette.count
    let colour = palette[index % palette.count]
    return SeriesStyle(
      colour: round.isMultiple(of: 2) ? colour : colour.shade(on: background),
      dash: Self.dashes[(index + round) % Self.dashes.count],
      marker: Marker.allCases[index % Marker.allCases.count])
  }

  static let dashes: [[Double]] = [[], [5, 2], [1.6, 1.6], [7, 2, 1.6, 2], [3, 1.4]]
}

public enum Marker: Sendable, Hashable, CaseIterable {
  case circle, square, triangle, diamond, pentagon, triangleDown

  /// The marker's outline; all have about the same area.
  func path(at centre: Point, radius: Double) -> Path {
    switch self {
    case .circle: .circle(centre: centre, radius: radius)
    case .square: polygon(4, centre, radius * 1.25, turn: 0.125)
    case .triangle: polygon(3, Point(centre.x, centre.y + radius * 0.2), radius * 1.4, turn: 0.5)
    case .diamond: polygon(4, centre, radius * 1.3, turn: 0)
    case .pentagon: polygon(5, centre, radius * 1.15, turn: 0.5)
    case .triangleDown:
      polygon(3, Point(centre.x, centre.y - radius * 0.2), radius * 1.4, turn: 0)
    }
  }

  private func polygon(_ corners: Int, _ centre: Point, _ radius: Double, turn: Double) -> Path {
    .polygon(
      (0..<corners).map { corner in
        let angle = 2 * Double.pi * (Double(corner) / Double(corners) + turn) + .pi / 2
        return Point(centre.x + radius * cosine(angle), centre.y + radius * sine(angle))
      })
  }
}

/// What tells one series from another.
public struct SeriesStyle: Sendable, Hashable {
  public var colour: Colour
  public var dash: [Double]
  public var marker: Marker
}

extension Colour {
  /// A darker one on a light page, a lighter one on a dark page or of black.
  func shade(on background: Colour) -> Colour {
    let end = background.luminance > 0.4 && luminance > 0.01 ? 0.0 : 1.0
    return Colour(
      red: red + (end - red) * 0.45, green: green + (end - green) * 0.45,
      blue: blue + (end - blue) * 0.45)
  }

  /// The colour made darker or lighter until text in it can be read on the background.
  func readable(on background: Colour) -> Colour {
    var colour = self
    // Towards black on a light page, towards white on a dark one.
    let end = background.luminance > 0.4 ? 0.0 : 1.0
    for _ in 0..<24 where colour.contrast(to: background) < 4.5 {
      colour.red += (end - colour.red) * 0.07
      colour.green += (end - colour.green) * 0.07
      colour.blue += (end - colour.blue) * 0.07
    }
    return colour
  }
}

extension Theme {
  /// For dots as coarse as a terminal's: heavy lines, no grid.
  public var inDots: Theme {
    var theme = self
    (theme.lineWidth, theme.markerRadius) = (2.6, 3.4)
    (theme.background, theme.grid, theme.ink) = (.white, .white, .grey(0.45))
    theme.palette = Colour.okabeItoOnWhite
    return theme
  }
}
