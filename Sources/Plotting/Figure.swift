public import Graphics
public import Statistics

/// Something that a report or a file can show: a plot, a sheet of images.
public protocol Figure: Sendable {
  /// A size of good proportions for a width in points.
  func naturalSize(width: Double) -> Size
  /// Draws the figure, laid out for the box's size; nothing is drawn outside the box.
  ///
  /// - Throws: `PlotError` for data or sizes that cannot be drawn, `GraphicsError` for images.
  func draw(on canvas: Canvas, in box: Rectangle) throws
  /// The numbers that the figure shows.
  func dataFrame() throws -> DataFrame
  /// The figure in a sentence or two, for those who do not see it.
  var alternativeText: String { get }
  /// The same figure with its data read, for who wants more than one of the above.
  ///
  /// - Throws: `PlotError` for data that cannot be drawn.
  func prepared() throws -> any Figure
}

extension Figure {
  public func prepared() throws -> any Figure { self }
}

/// Writes a figure to a file of its own.
public enum FigureFile {
  /// The formats, by the suffix of the file's name.
  public static let formats = ["pdf", "png", "svg", "csv"]

  /// Writes the figure in the format that the file's suffix names.
  ///
  /// - Parameters: path: ends in `.pdf`, `.png`, `.svg` or `.csv`; widthMillimetres: the width of
  ///   the image; heightMillimetres: nil for the figure's natural height; dotsPerInch: of PNG.
  /// - Throws: `PlotError` with `.unknownFormat`, or what drawing throws; `GraphicsError` with
  ///   `.cannotWrite`.
  public static func write(
    _ figure: any Figure, to path: String, widthMillimetres: Double = 120,
    heightMillimetres: Double? = nil, dotsPerInch: Double = 300
  ) throws {
    let figure = try figure.prepared()
    let size = try size(of: figure, widthMillimetres, heightMillimetres)
    let alternative = figure.alternativeText
    let surface: Surface
    switch try format(of: path) {
    case "csv":
      return try OutputFile.write(Array(figure.dataFrame().csv.utf8), to: path)
    case "pdf":
      surface = try Surface.pdf(
        path: path, size: size, metadata: DocumentMetadata(subject: alternative))
    case "svg": surface = try Surface.svg(path: path, size: size)
    default: surface = try Surface.png(path: path, size: size, dotsPerInch: dotsPerInch)
    }
    try surface.canvas.figure(alternative: alternative) {
      try figure.draw(on: surface.canvas, in: Rectangle(origin: Point(0, 0), size: size))
    }
    try surface.finish()
  }

  private static func format(of path: String) throws -> String {
    let name = path.split(separator: "/").last ?? ""
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let suffix = parts.count > 1 ? parts[parts.count - 1].lowercased() : ""
    guard formats.contains(suffix) else {
      let found = suffix.isEmpty ? "has no suffix" : "ends in .\(suffix)"
      throw PlotError(
        .unknownFormat,
        "\(name) \(found); a figure is saved as .pdf, .png, .svg or .csv (its numbers).",
        context: path)
    }
    return suffix
  }

  private static func size(
    of figure: any Figure, _ widthMillimetres: Double, _ heightMillimetres: Double?
  ) throws -> Size {
    for side in [widthMillimetres, heightMillimetres ?? widthMillimetres] {
      guard side.isFinite, side >= 10, side <= 5000 else {
        throw PlotError(
          .tooSmall, "a figure \(side) mm wide or high is not possible: use 10 to 5,000 mm.")
      }
    }
    let natural = figure.naturalSize(width: widthMillimetres * pointsPerMillimetre)
    let height = heightMillimetres.map { $0 * pointsPerMillimetre } ?? natural.height
    return Size(width: natural.width, height: height)
  }
}
