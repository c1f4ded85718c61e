import Foundation

/// How the hair is worn.
enum HairStyle: Int, CaseIterable, Sendable {
  case bald, buzz, short, medium, fringe, bob, long, tied, afro

  /// Whether there is hair that stands off the scalp.
  var hasShell: Bool { self != .bald && self != .buzz }

  /// How densely the scalp itself is coloured like hair.
  var scalpCover: Float {
    switch self {
    case .bald: 0.12
    case .buzz: 0.75
    default: 1
    }
  }

  /// Thickness in mm at the crown and at the lower edge.
  var thickness: (crown: Float, edge: Float) {
    switch self {
    case .bald, .buzz: (0, 0)
    case .short: (9, 1)
    case .medium: (13, 5)
    case .fringe: (11, 4)
    case .bob: (13, 13)
    case .long: (12, 13)
    case .tied: (5, 1.5)
    case .afro: (34, 5)
    }
  }
}

/// The hairline of the mean head: height in mm by azimuth in degrees, 0 in front, 180 behind.
enum Hairline {
  static let height = KnotCurve([
    (0, 71), (25, 72), (42, 68), (54, 52), (64, 24), (73, 4), (79, -8), (84, 4), (90, 25),
    (108, 22), (118, -8), (135, -40), (180, -56),
  ])

  /// Azimuth in degrees of a point of the head.
  static func azimuth(_ p: SIMD3<Float>) -> Float {
    atan2(abs(p.x), p.z + 8) * 180 / .pi
  }

  /// mm above the hairline; negative on bare skin.
  static func distance(_ p: SIMD3<Float>) -> Float { p.y - height(azimuth(p)) }
}
