extension DatasetFormat {
  /// Landmarks in two and three dimensions.
  static let landmarkFormats: [DatasetFormat] = []
}
