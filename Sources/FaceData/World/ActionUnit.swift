/// The facial action units of FACS that facet labels, and the one home of their order.
///
/// `allCases` begins with the twelve of DISFA in DISFA's order; intensities run from 0 (absent)
/// to 5 (FACS grade E). The raw value is the number in FACS.
/// - Source: Ekman, Friesen & Hager, Facial Action Coding System, 2002; Mavadati et al., DISFA,
///   IEEE Trans. Affective Computing 2013.
public enum ActionUnit: Int, CaseIterable, Sendable, Codable {
  case au1 = 1
  case au2 = 2
  case au4 = 4
  case au5 = 5
  case au6 = 6
  case au9 = 9
  case au12 = 12
  case au15 = 15
  case au17 = 17
  case au20 = 20
  case au25 = 25
  case au26 = 26
  case au7 = 7
  case au10 = 10
  case au45 = 45
  case au14 = 14
  case au23 = 23
  case au24 = 24

  /// The twelve that DISFA labels, in its order.
  public static let disfa = Array(allCases.prefix(12))

  /// Place in `allCases`, hence in `FaceLabels.actionUnits`.
  public var index: Int {
    switch self {
    case .au1: 0
    case .au2: 1
    case .au4: 2
    case .au5: 3
    case .au6: 4
    case .au9: 5
    case .au12: 6
    case .au15: 7
    case .au17: 8
    case .au20: 9
    case .au25: 10
    case .au26: 11
    case .au7: 12
    case .au10: 13
    case .au45: 14
    case .au14: 15
    case .au23: 16
    case .au24: 17
    }
  }

  /// `AU12`, as the field writes it.
  public var code: String { "AU\(rawValue)" }

  /// The muscle action's name in FACS.
  public var title: String {
    switch self {
    case .au1: "inner brow raiser"
    case .au2: "outer brow raiser"
    case .au4: "brow lowerer"
    case .au5: "upper lid raiser"
    case .au6: "cheek raiser"
    case .au7: "lid tightener"
    case .au9: "nose wrinkler"
    case .au10: "upper lip raiser"
    case .au12: "lip corner puller"
    case .au15: "lip corner depressor"
    case .au17: "chin raiser"
    case .au20: "lip stretcher"
    case .au25: "lips part"
    case .au26: "jaw drop"
    case .au45: "blink"
    case .au14: "dimpler"
    case .au23: "lip tightener"
    case .au24: "lip pressor"
    }
  }
}

extension Emotion {
  /// Action units of the emotion's prototype, at their intensities when the emotion is full.
  ///
  /// - Source: Friesen & Ekman, EMFACS-7, 1983. Differs: AU27 is not modelled, surprise drops the
  ///   jaw (AU26); contempt is shown on both sides.
  public var prototype: [(unit: ActionUnit, intensity: Float)] {
    switch self {
    case .neutral: []
    case .happiness: [(.au6, 4), (.au12, 5), (.au25, 3)]
    case .sadness: [(.au1, 4.5), (.au4, 3), (.au15, 4.5), (.au17, 2.5)]
    case .surprise: [(.au1, 4.5), (.au2, 4.5), (.au5, 4), (.au25, 4), (.au26, 4.5)]
    case .fear:
      [(.au1, 4.5), (.au2, 3), (.au4, 3.5), (.au5, 4.5), (.au20, 4), (.au25, 4), (.au26, 1.5)]
    case .disgust: [(.au9, 4.5), (.au10, 4), (.au15, 2), (.au17, 2), (.au7, 2)]
    case .anger: [(.au4, 5), (.au5, 3), (.au7, 3.5), (.au17, 2), (.au23, 4)]
    // One-sided in life, which the head cannot do: the face world does not draw it.
    case .contempt: [(.au12, 2), (.au14, 4)]
    }
  }
}
