import CDrawing

/// Cairo and Pango, loaded when something is first measured or drawn.
public enum DrawingLibraries {
  private static let missing: String? = ft_drawing_load().map { String(cString: $0) }

  /// Loads them where they are not yet. Without them texts have no size and `Surface` throws: call
  /// it before laying out what is drawn later.
  ///
  /// - Throws: `GraphicsError` with `.libraryMissing` where they are not installed.
  public static func load() throws(GraphicsError) {
    guard let missing else { return }
    throw GraphicsError(
      .libraryMissing,
      "drawing needs Cairo and Pango, which cannot be loaded: \(missing); "
        + "install Debian's libpangocairo-1.0-0.")
  }
}
