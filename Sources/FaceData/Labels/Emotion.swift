/// The seven basic emotions and contempt, in AffectNet's order.
public enum Emotion: Int, Sendable, CaseIterable, Codable {
  case neutral, happiness, sadness, surprise, fear, disgust, anger, contempt

  /// The seven that RAF-DB, FER2013 and AffectNet-7 label, and that the face world shows.
  public static let basic = Array(allCases.prefix(7))

  /// Reads a data set's word: "happy", "Happiness", "joy", "2_sad", …
  ///
  /// - Edge cases: nil for a word that names no emotion.
  public init?(word: some StringProtocol) {
    let letters = word.lowercased().filter(\.isLetter)
    guard let found = Self.words[letters] else { return nil }
    self = found
  }

  private static let words: [String: Emotion] = [
    "neutral": .neutral, "neutrality": .neutral, "natural": .neutral, "happy": .happiness,
    "happiness": .happiness, "happness": .happiness, "joy": .happiness, "sad": .sadness,
    "sadness": .sadness, "surprise": .surprise, "surprised": .surprise, "fear": .fear,
    "fearful": .fear, "afraid": .fear, "disgust": .disgust, "disgusted": .disgust,
    "anger": .anger, "angry": .anger, "contempt": .contempt, "contemptuous": .contempt,
  ]
}
