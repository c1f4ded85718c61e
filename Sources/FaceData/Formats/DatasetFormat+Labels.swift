extension DatasetFormat {
  /// Emotion, action units and recognition.
  static let labelFormats: [DatasetFormat] = []
}
