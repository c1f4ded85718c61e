/// Pleasure and excitement of an expression, both −1…1.
///
/// - Source: the mean ratings of emotion words on pleasure and arousal by Russell & Mehrabian,
///   "Evidence for a three-factor theory of emotions", Journal of Research in Personality 1977, at
///   an emotion's full expression. In between they fall off linearly with the share of its action
///   units that is shown: that is our own choice, as is contempt (between anger and disgust, calmer).
///   Checked by: AffectTests.
struct Affect: Hashable {
  var valence: Float
  var arousal: Float

  /// The emotion at its fullest.
  static func full(_ emotion: Emotion) -> Affect {
    switch emotion {
    case .neutral: Affect(valence: 0, arousal: 0)
    case .happiness: Affect(valence: 0.81, arousal: 0.51)
    case .sadness: Affect(valence: -0.63, arousal: -0.27)
    case .surprise: Affect(valence: 0.4, arousal: 0.67)
    case .fear: Affect(valence: -0.64, arousal: 0.6)
    case .disgust: Affect(valence: -0.6, arousal: 0.35)
    case .anger: Affect(valence: -0.51, arousal: 0.59)
    case .contempt: Affect(valence: -0.5, arousal: 0.2)
    }
  }

  /// - Parameters: actionUnits: intensities 0–5 in the order of `ActionUnit.allCases`.
  init(_ emotion: Emotion, actionUnits: [Float]) {
    let strength = Self.strength(emotion, actionUnits)
    let full = Self.full(emotion)
    self.init(valence: full.valence * strength, arousal: full.arousal * strength)
  }

  private init(valence: Float, arousal: Float) { (self.valence, self.arousal) = (valence, arousal) }

  /// How much of the emotion's prototype the face shows, 0 to 1: s = Σ min(a, p)·p / Σ p².
  private static func strength(_ emotion: Emotion, _ units: [Float]) -> Float {
    var (shown, whole): (Float, Float) = (0, 0)
    for (unit, intensity) in emotion.prototype {
      let present = units.indices.contains(unit.index) ? units[unit.index] : 0
      shown += min(max(present, 0), intensity) * intensity
      whole += intensity * intensity
    }
    return whole > 0 ? shown / whole : 0
  }
}
