import CDrawing

/// Text set in lines and measured; the same on every surface at every scale.
///
/// Measuring needs no surface. Any string is accepted; control characters show as U+FFFD. Where Pango
/// is not installed a text has no lines.
public final class TextLayout {
  /// One line of a layout; coordinates from the layout's top left corner.
  public struct Line: Hashable, Sendable {
    /// Where its text stands: as wide as the text, as high as its fonts' ascent and descent.
    public let box: Rectangle
    /// y of the baseline.
    public let baseline: Double
    /// Whether it begins a paragraph of the text.
    public let isParagraphStart: Bool
  }

  /// Nil without Pango.
  let handle: OpaquePointer?
  private let links: [(range: Range<Int>, link: LinkTarget)]
  /// The advance width of the longest line (the set width where text is not on the left) and
  /// the height of all lines.
  public let size: Size
  public let lines: [Line]

  /// Baseline of the first line, from the top.
  public var baseline: Double { lines.first?.baseline ?? 0 }

  /// - Parameters: runs: in reading order; width: to wrap at in points, nil for one line a
  ///   paragraph; paragraph: alignment, spacing, indent.
  public init(
    runs: [TextRun], width: Double? = nil, paragraph: ParagraphStyle = ParagraphStyle()
  ) {
    var text = ""
    var links: [(range: Range<Int>, link: LinkTarget)] = []
    var styles: [(range: Range<Int>, style: TextStyle)] = []
    for run in runs {
      let start = text.utf8.count
      text += run.text.sanitizedForDisplay
      let range = start..<text.utf8.count
      styles.append((range, run.style))
      if let link = run.link, !range.isEmpty { links.append((range, link)) }
    }
    self.links = links
    (handle, lines, size) = FontLock.held {
      let layout = Self.makeLayout()
      Self.set(text, styles, on: layout)
      Self.set(paragraph, width: width, on: layout)
      return (layout, Self.readLines(of: layout), Self.readSize(of: layout))
    }
  }

  /// Text of one style.
  public convenience init(
    _ text: String, _ style: TextStyle, width: Double? = nil,
    paragraph: ParagraphStyle = ParagraphStyle()
  ) {
    self.init(runs: [TextRun(text, style)], width: width, paragraph: paragraph)
  }

  deinit { FontLock.held { g_object_unref(UnsafeMutableRawPointer(handle)) } }
}

// MARK: Setting up

extension TextLayout {
  private static func makeLayout() -> OpaquePointer? {
    let context = pango_font_map_create_context(FontLock.fonts)
    defer { g_object_unref(UnsafeMutableRawPointer(context)) }
    // At 72 dots an inch a point is a unit; without hinting a line is as long on a screen as in
    // a PDF.
    pango_cairo_context_set_resolution(context, 72)
    let options = cairo_font_options_create()
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    pango_cairo_context_set_font_options(context, options)
    cairo_font_options_destroy(options)
    pango_context_set_round_glyph_positions(context, 0)
    // The user's locale must not choose glyphs or break lines.
    pango_context_set_language(context, pango_language_from_string("en"))
    return pango_layout_new(context)
  }

  private static func set(
    _ text: String, _ styles: [(range: Range<Int>, style: TextStyle)], on layout: OpaquePointer?
  ) {
    let attributes = pango_attr_list_new()
    for (range, style) in styles { style.insert(into: attributes, over: range) }
    for start in namelessLigatures(in: text) {
      guard let attribute = pango_attr_font_features_new("liga=0") else { continue }
      attribute.pointee.start_index = UInt32(clamping: start)
      attribute.pointee.end_index = UInt32(clamping: start + 2)
      pango_attr_list_insert(attributes, attribute)
    }
    pango_layout_set_text(layout, text, Int32(clamping: text.utf8.count))
    pango_layout_set_attributes(layout, attributes)
    pango_attr_list_unref(attributes)
  }

  /// Pairs of letters that Linux Libertine and Biolinum join to a glyph for which Unicode has no
  /// character: a PDF would name it by a private one, and "The" could not be found in it.
  private static let namelessPairs = Set(
    ["Th", "Qu", "tt", "ft", "fb", "fh", "fj", "fk"].map { Array($0.utf8) })

  /// Where in the text's bytes they begin.
  private static func namelessLigatures(in text: String) -> [Int] {
    let bytes = Array(text.utf8)
    return bytes.indices.dropLast().filter { namelessPairs.contains([bytes[$0], bytes[$0 + 1]]) }
  }

  private static func set(_ paragraph: ParagraphStyle, width: Double?, on layout: OpaquePointer?) {
    pango_layout_set_width(layout, width.map { max(0, units($0)) } ?? -1)
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
    pango_layout_set_justify(layout, paragraph.isJustified ? 1 : 0)
    pango_layout_set_indent(layout, units(paragraph.indent))
    if paragraph.lineSpacing != 1, paragraph.lineSpacing.isFinite {
      pango_layout_set_line_spacing(layout, Float(max(0.1, paragraph.lineSpacing)))
    }
    switch paragraph.alignment {
    case .left: pango_layout_set_alignment(layout, PANGO_ALIGN_LEFT)
    case .centre: pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER)
    case .right: pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT)
    }
  }

  /// Points to Pango's 1/1024 points, kept in range.
  fileprivate static func units(_ points: Double) -> Int32 {
    guard points.isFinite else { return 0 }
    return Int32(max(-1e6, min(1e6, points)) * Double(PANGO_SCALE))
  }

  private static func points(_ units: Int32) -> Double { Double(units) / Double(PANGO_SCALE) }

  private static func rectangle(_ box: PangoRectangle) -> Rectangle {
    Rectangle(
      x: points(box.x), y: points(box.y), width: points(box.width), height: points(box.height))
  }

  private static func readLines(of layout: OpaquePointer?) -> [Line] {
    guard let iterator = pango_layout_get_iter(layout) else { return [] }
    defer { pango_layout_iter_free(iterator) }
    var lines: [Line] = []
    repeat {
      var box = PangoRectangle()
      pango_layout_iter_get_line_extents(iterator, nil, &box)
      let line = pango_layout_iter_get_line_readonly(iterator)
      lines.append(
        Line(
          box: rectangle(box), baseline: points(pango_layout_iter_get_baseline(iterator)),
          isParagraphStart: line.map { $0.pointee.is_paragraph_start != 0 } ?? true))
    } while pango_layout_iter_next_line(iterator) != 0
    return lines
  }

  private static func readSize(of layout: OpaquePointer?) -> Size {
    var box = PangoRectangle()
    pango_layout_get_extents(layout, nil, &box)
    return Size(width: points(box.x + box.width), height: points(box.y + box.height))
  }
}

// MARK: Reading

extension TextLayout {
  /// The box of the marks actually printed (ink), from the layout's top left corner.
  public var inkBox: Rectangle {
    var box = PangoRectangle()
    pango_layout_get_extents(handle, &box, nil)
    return Self.rectangle(box)
  }

  /// The text as it is shown.
  public var text: String { pango_layout_get_text(handle).map { String(cString: $0) } ?? "" }

  /// How far the first line reaches to a place in the text, from its left edge.
  ///
  /// - Parameter bytes: of the text in UTF-8 before that place; within a ligature, its share of it.
  public func advance(toByte bytes: Int) -> Double {
    guard let line = pango_layout_get_line_readonly(handle, 0) else { return 0 }
    var x: Int32 = 0
    pango_layout_line_index_to_x(line, Int32(clamping: bytes), 0, &x)
    return Self.points(x)
  }

  /// The boxes of the links on a line, from the layout's top left corner.
  func linkBoxes(line index: Int) -> [(box: Rectangle, link: LinkTarget)] {
    guard !links.isEmpty, let line = pango_layout_get_line_readonly(handle, Int32(index)) else {
      return []
    }
    let (start, end) = (
      Int(line.pointee.start_index), Int(line.pointee.start_index + line.pointee.length)
    )
    return links.flatMap { run -> [(box: Rectangle, link: LinkTarget)] in
      let (from, to) = (max(run.range.lowerBound, start), min(run.range.upperBound, end))
      guard from < to else { return [] }
      var ranges: UnsafeMutablePointer<Int32>?
      var count: Int32 = 0
      pango_layout_line_get_x_ranges(line, Int32(from), Int32(to), &ranges, &count)
      defer { g_free(ranges) }
      guard let ranges else { return [] }
      let box = lines[index].box
      return (0..<Int(count)).map { part in
        let (left, right) = (Self.points(ranges[2 * part]), Self.points(ranges[2 * part + 1]))
        return (
          Rectangle(x: left, y: box.y, width: right - left, height: box.height), run.link
        )
      }
    }
  }
}

extension TextStyle {
  fileprivate func insert(into list: OpaquePointer?, over range: Range<Int>) {
    func add(_ attribute: UnsafeMutablePointer<PangoAttribute>?) {
      guard let attribute else { return }
      attribute.pointee.start_index = UInt32(clamping: range.lowerBound)
      attribute.pointee.end_index = UInt32(clamping: range.upperBound)
      pango_attr_list_insert(list, attribute)
    }
    add(pango_attr_family_new(family.sanitizedForDisplay))
    // A size that FreeType refuses would spoil the font for the rest of the process.
    let size = self.size.isFinite ? max(0.5, min(5000, self.size)) : 10
    add(pango_attr_size_new_absolute(TextLayout.units(size)))
    add(pango_attr_weight_new(PangoWeight(UInt32(weight.rawValue))))
    add(pango_attr_style_new(isItalic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL))
    func channel(_ value: Double) -> UInt16 { UInt16(max(0, min(1, value)) * 65_535) }
    add(
      pango_attr_foreground_new(
        channel(colour.red), channel(colour.green), channel(colour.blue)))
    if colour.alpha < 1 { add(pango_attr_foreground_alpha_new(max(1, channel(colour.alpha)))) }
    if !features.isEmpty { add(pango_attr_font_features_new(features.sanitizedForDisplay)) }
    if isUnderlined { add(pango_attr_underline_new(PANGO_UNDERLINE_SINGLE)) }
    if isStruckThrough { add(pango_attr_strikethrough_new(1)) }
    if rise != 0 { add(pango_attr_rise_new(TextLayout.units(rise))) }
    if letterSpacing != 0 { add(pango_attr_letter_spacing_new(TextLayout.units(letterSpacing))) }
  }
}

// MARK: Drawing

extension Canvas {
  /// Draws a text with its top left corner at a point.
  public func text(_ layout: TextLayout, at point: Point) {
    guard point.isFinite else { return }
    cairo_move_to(context, point.x, point.y)
    FontLock.held { pango_cairo_show_layout(context, layout.handle) }
    for index in layout.lines.indices {
      drawLinks(of: layout, line: index, dx: point.x, dy: point.y)
    }
  }

  /// Draws one line of a text with its baseline at a height.
  ///
  /// - Parameters: index: of the line; x: where the layout's left edge lies, so that alignment
  ///   and indent are kept; baseline: y of the line's baseline.
  public func line(_ index: Int, of layout: TextLayout, x: Double, baseline: Double) {
    guard x.isFinite, baseline.isFinite, layout.lines.indices.contains(index),
      let line = pango_layout_get_line_readonly(layout.handle, Int32(index))
    else { return }
    cairo_move_to(context, x + layout.lines[index].box.x, baseline)
    FontLock.held { pango_cairo_show_layout_line(context, line) }
    drawLinks(of: layout, line: index, dx: x, dy: baseline - layout.lines[index].baseline)
  }

  private func drawLinks(of layout: TextLayout, line: Int, dx: Double, dy: Double) {
    for (box, target) in layout.linkBoxes(line: line) {
      link(to: target, over: [box.offset(dx, dy)])
    }
  }
}
