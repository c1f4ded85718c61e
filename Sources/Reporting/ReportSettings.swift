public import Graphics

/// How a report is set on its pages.
public struct ReportSettings: Sendable {
  public var pageSize: Size
  /// In millimetres.
  public var margins: Margins
  /// Size of the text in points; headings, captions and tables follow it.
  public var fontSize: Double
  /// The family of text and headings.
  public var family: String
  public var monospaceFamily: String
  /// Columns of text on a page, 1 or 2; title and abstract stand over both.
  public var columns: Int
  /// Between two columns, in millimetres.
  public var columnGap = 6.0
  /// Whether lines are stretched to the same length; ragged otherwise.
  public var isJustified: Bool
  /// Whether the title stands at the head of the pages after the first.
  public var hasRunningHead: Bool
  /// The date in the PDF's properties, seconds since 1970; nil writes a fixed one.
  public var createdSeconds: Int?
  /// Reads the files that `Block.image` names.
  public var loadImage: (@Sendable (_ path: String) throws -> PixelBuffer)?

  public init(
    pageSize: Size = .a4, margins: Margins = Margins(), fontSize: Double = 10,
    family: String = FontFamily.serif, monospaceFamily: String = FontFamily.mono,
    columns: Int = 1, isJustified: Bool = true, hasRunningHead: Bool = true,
    createdSeconds: Int? = nil,
    loadImage: (@Sendable (_ path: String) throws -> PixelBuffer)? = nil
  ) {
    (self.pageSize, self.margins, self.fontSize) = (pageSize, margins, fontSize)
    (self.family, self.monospaceFamily) = (family, monospaceFamily)
    self.columns = columns
    (self.isJustified, self.hasRunningHead) = (isJustified, hasRunningHead)
    (self.createdSeconds, self.loadImage) = (createdSeconds, loadImage)
  }

  /// Distances of the text from the page's edges in millimetres. The running head and the page
  /// number stand in the upper and lower ones.
  public struct Margins: Sendable, Hashable {
    public var top: Double
    public var right: Double
    public var bottom: Double
    public var left: Double

    public init(
      top: Double = 27, right: Double = 32, bottom: Double = 28, left: Double = 32
    ) {
      (self.top, self.right, self.bottom, self.left) = (top, right, bottom, left)
    }
  }

  /// Where the text stands on a page.
  public var textArea: Rectangle {
    Rectangle(
      x: margins.left * pointsPerMillimetre, y: margins.top * pointsPerMillimetre,
      width: pageSize.width - (margins.left + margins.right) * pointsPerMillimetre,
      height: pageSize.height - (margins.top + margins.bottom) * pointsPerMillimetre)
  }

  /// The width of a column of text.
  public var columnWidth: Double {
    let gaps = Double(columns - 1) * columnGap * pointsPerMillimetre
    return (textArea.width - gaps) / Double(max(1, columns))
  }

  /// - Throws: `ReportingError` with `.invalidSettings`.
  func check() throws {
    guard columns == 1 || columns == 2 else {
      throw ReportingError(
        .invalidSettings, "A page of \(columns) columns cannot be set: give 1 or 2.")
    }
    let area = textArea
    let sides = [margins.top, margins.right, margins.bottom, margins.left]
    guard sides.allSatisfy({ $0.isFinite && $0 >= 0 }), area.width >= 100, area.height >= 100,
      area.width < 10_000, area.height < 10_000
    else {
      throw ReportingError(
        .invalidSettings,
        "Margins of \(sides.map { "\($0)" }.joined(separator: ", ")) mm leave no room for text on "
          + "a page of \(pageSize.width) × \(pageSize.height) points: at least 36 × 36 mm are needed."
      )
    }
    guard fontSize >= 4, fontSize <= 40 else {
      throw ReportingError(
        .invalidSettings, "A text size of \(fontSize) points cannot be set: give 4 to 40.")
    }
  }
}
