import CDrawing

/// Where a link leads.
public enum LinkTarget: Hashable, Sendable {
  /// A place that `Canvas.destination` names, on this page or any other.
  case destination(String)
  /// An address; characters that a PDF or a URI does not allow are percent-encoded.
  case uri(String)
}

/// What a part of the document is to a screen reader: the structure types of PDF.
public enum StructureTag: String, Hashable, Sendable, CaseIterable {
  case document = "Document"
  case section = "Sect"
  case division = "Div"
  case paragraph = "P"
  case heading1 = "H1"
  case heading2 = "H2"
  case heading3 = "H3"
  case heading4 = "H4"
  case heading5 = "H5"
  case heading6 = "H6"
  case list = "L"
  case listItem = "LI"
  case listLabel = "Lbl"
  case listBody = "LBody"
  case table = "Table"
  case tableRow = "TR"
  case tableHeader = "TH"
  case tableCell = "TD"
  case tableHead = "THead"
  case tableBody = "TBody"
  case tableFoot = "TFoot"
  case figure = "Figure"
  case caption = "Caption"
  case formula = "Formula"
  case code = "Code"
  case quotation = "BlockQuote"
  case note = "Note"
  case reference = "Reference"
  case span = "Span"
  case contents = "TOC"
  case contentsItem = "TOCI"

  /// The tag of a heading, 1…6.
  public static func heading(_ level: Int) -> StructureTag {
    [.heading1, .heading2, .heading3, .heading4, .heading5, .heading6][max(1, min(6, level)) - 1]
  }
}

/// Pages, outline, links and structure. All but pages are left out of SVG and PNG.
extension Canvas {
  /// Ends the page; what follows goes on the next.
  public func showPage() { FontLock.held { cairo_show_page(context) } }

  /// Sets the size of the current page; call it before drawing on the page.
  public func setPageSize(_ size: Size) {
    guard isPDF, size.width > 0, size.height > 0, size.width.isFinite, size.height.isFinite else {
      return
    }
    cairo_pdf_surface_set_size(surface, size.width, size.height)
  }

  /// The page's number as a reader shows it ("iv").
  public func setPageLabel(_ label: String) {
    guard isPDF else { return }
    cairo_pdf_surface_set_page_label(surface, label.sanitizedForDisplay)
  }

  /// Adds an entry to the outline beside the pages.
  ///
  /// - Parameters: level: 1 for the uppermost; an entry hangs from the last one of a lesser
  ///   level; destination: a name that `destination` defines, before or after.
  public func outline(_ title: String, level: Int, destination: String, isOpen: Bool = true) {
    guard isPDF else { return }
    linkedNames.insert(destination)
    outlineParents = outlineParents.filter { $0.key < level }
    let parent = outlineParents.max { $0.key < $1.key }?.value ?? CAIRO_PDF_OUTLINE_ROOT
    let flags = isOpen ? CAIRO_PDF_OUTLINE_FLAG_OPEN : cairo_pdf_outline_flags_t(rawValue: 0)
    outlineParents[level] = cairo_pdf_surface_add_outline(
      surface, parent, title.sanitizedForDisplay,
      "dest='\(Self.attribute(Self.destinationName(destination)))'", flags)
  }

  /// Names a place on this page for links and outline; the first of a name counts.
  public func destination(_ name: String, at point: Point) {
    guard isPDF, point.isFinite, definedNames.insert(name).inserted else { return }
    tag(
      "cairo.dest",
      "name='\(Self.attribute(Self.destinationName(name)))' "
        + "x=\(Self.decimal(point.x)) y=\(Self.decimal(point.y))"
    ) {}
  }

  /// Names that a link or the outline uses and no `destination` has defined: dead links.
  public var undefinedDestinations: Set<String> { linkedNames.subtracting(definedNames) }

  /// Makes what the body draws a link.
  public func link<Result, Failure: Error>(
    to target: LinkTarget, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try tag("Link", attributes(of: target), body)
  }

  /// Makes rectangles of the page, already drawn, one link.
  public func link(to target: LinkTarget, over boxes: [Rectangle]) {
    let boxes = boxes.filter { $0.origin.isFinite && $0.width > 0 && $0.height > 0 }
    guard !boxes.isEmpty else { return }
    let numbers = boxes.flatMap { [$0.x, $0.y, $0.width, $0.height] }
      .map(Self.decimal).joined(separator: " ")
    tag("Link", "rect=[\(numbers)] " + attributes(of: target)) {}
  }

  /// Marks what the body draws as a part of the document's structure.
  public func tag<Result, Failure: Error>(
    _ tag: StructureTag, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if tag == .figure, isPDF { addAlternative("") }
    return try self.tag(tag.rawValue, "", body)
  }

  /// Marks what the body draws as a figure, with words for those who do not see it.
  public func figure<Result, Failure: Error>(
    alternative: String, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if isPDF { addAlternative(alternative) }
    return try tag(StructureTag.figure.rawValue, "", body)
  }

  private func tag<Result, Failure: Error>(
    _ name: String, _ attributes: String, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard isPDF else { return try body() }
    cairo_tag_begin(context, name, attributes)
    defer { cairo_tag_end(context, name) }
    return try body()
  }

  private func attributes(of target: LinkTarget) -> String {
    switch target {
    case .destination(let name):
      linkedNames.insert(name)
      return "dest='\(Self.attribute(Self.destinationName(name)))'"
    case .uri(let address):
      return "uri='\(Self.attribute(Self.percentEncoded(address)))'"
    }
  }

  // MARK: Quoting

  /// A value between the quotes of a tag's attribute.
  static func attribute(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
  }

  /// An address with all but plain characters percent-encoded: Cairo copies it raw into a PDF
  /// string, where `)` would end it. A `%` stays: what is encoded already stays as it is.
  static func percentEncoded(_ address: String) -> String {
    encoded(address, keeping: "!#$%&*+,-./:;=?@_~[]")
  }

  static func destinationName(_ name: String) -> String { encoded(name, keeping: "-._:/") }

  private static func encoded(_ text: String, keeping kept: String) -> String {
    let kept = Set(kept.utf8)
    var result: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 48...57, 65...90, 97...122: result.append(byte)
      case _ where kept.contains(byte): result.append(byte)
      default:
        let digits = Array("0123456789ABCDEF".utf8)
        result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// A number as Cairo's attribute parser reads it: no exponent.
  private static func decimal(_ value: Double) -> String {
    let thousandths = Int((value * 1000).rounded())
    let digits = String(abs(thousandths) % 1000)
    let fraction = String(repeating: "0", count: 3 - digits.count) + digits
    return "\(thousandths < 0 ? "-" : "")\(abs(thousandths) / 1000).\(fraction)"
  }
}
