extension FormattedTable {
  /// The table as an HTML `<table>` that carries its own style: rules as on the page, tabular
  /// figures, text in the colour of the page round it.
  public func toHTML(caption: String? = nil) -> String {
    toHTML(
      captionHTML: caption.map(Self.html), notesHTML: table.notes.map { Self.html($0.plainText) })
  }

  /// The table with a caption and notes that are HTML already.
  func toHTML(captionHTML: String?, notesHTML: [String]) -> String {
    var text = "<table class=\"facet\">\n"
    // In boxes of their own: they stay in sight where a phone's reader moves a wide table.
    if let captionHTML { text += "<caption><div>\(captionHTML)</div></caption>\n" }
    text += "<thead>\n"
    for level in table.spanners { text += htmlSpanners(level) }
    text +=
      "<tr>"
      + headings.enumerated().map { column, title in
        "<th scope=\"col\"\(htmlClass(column))>\(Self.html(title))</th>"
      }.joined() + "</tr>\n</thead>\n<tbody>\n"
    text += htmlBody() + "</tbody>\n"
    if !notesHTML.isEmpty {
      text += "<tfoot><tr><td colspan=\"\(table.columns.count)\"><div>"
      text += "\(notesHTML.joined(separator: "<br>\n"))</div></td></tr></tfoot>\n"
    }
    return text + "</table>\n"
  }

  /// The style that `toHTML`'s table expects once in its page.
  public static let style = """
    table.facet { border-collapse: collapse; font-variant-numeric: tabular-nums lining-nums;
      border-top: .1em solid; border-bottom: .1em solid; margin: 1em auto; }
    table.facet caption { margin-bottom: .5em; text-align: left; }
    table.facet th, table.facet td { padding: .2em .7em; text-align: left; white-space: nowrap; }
    table.facet th { font-weight: 600; }
    table.facet th.s { text-align: center; border-bottom: .05em solid; }
    table.facet thead tr:last-child th { border-bottom: .06em solid; }
    table.facet .n { text-align: right; } table.facet .c { text-align: center; }
    table.facet th.g { font-style: italic; font-weight: normal; padding-top: .6em; }
    table.facet caption div, table.facet tfoot div { position: sticky; left: 0;
      max-width: calc(100vw - 4rem); }
    table.facet tfoot td { border-top: .06em solid; font-size: .85em; white-space: normal; }
    """

  private func htmlClass(_ column: Int) -> String {
    switch alignments[column] {
    case .decimal, .right: " class=\"n\""
    case .center: " class=\"c\""
    default: ""
    }
  }

  private func htmlSpanners(_ level: [ReportTable.Spanner]) -> String {
    var text = "<tr>"
    var column = 0
    func blank(to end: Int) -> String {
      end > column ? "<td colspan=\"\(end - column)\"></td>" : ""
    }
    let sorted = level.sorted { $0.columns.lowerBound < $1.columns.lowerBound }
    for spanner in sorted where spanner.columns.lowerBound >= column && !spanner.columns.isEmpty {
      text += blank(to: spanner.columns.lowerBound)
      text += "<th class=\"s\" scope=\"colgroup\" colspan=\"\(spanner.columns.count)\">"
      text += "\(Self.html(spanner.title))</th>"
      column = spanner.columns.upperBound
    }
    return text + blank(to: table.columns.count) + "</tr>\n"
  }

  private func htmlBody() -> String {
    let widths = deviationWidths
    var text = ""
    var group: String?
    for row in rows {
      if let name = row.group, name != group {
        text += "<tr><th class=\"g\" scope=\"rowgroup\" colspan=\"\(table.columns.count)\">"
        text += "\(Self.html(name))</th></tr>\n"
      }
      group = row.group
      let cells = row.cells.enumerated().map { column, cell in
        "<td\(htmlClass(column))>\(Self.html(cell, deviationWidth: widths[column]))</td>"
      }
      let id = row.anchor.map { " id=\"\(Self.html($0))\"" } ?? ""
      text += "<tr\(id)>\(cells.joined())</tr>\n"
    }
    return text
  }

  private static func html(_ cell: Cell, deviationWidth: Int) -> String {
    var text: String
    switch cell.content {
    case .missing: return "–"
    case .text(let plain): text = styled(html(plain), cell.mark)
    case .number(let number):
      text = styled(minus(number.mean), cell.mark)
      if let deviation = number.deviation {
        // Figure spaces keep the ± in line.
        let pad = String(
          repeating: "\u{2007}", count: max(0, deviationWidth - deviation.whole.count))
        text += " ± \(pad)\(deviation.whole)\(deviation.fraction)"
      }
      if let interval = number.interval { text += " " + minus(interval) }
      if let count = number.count { text += " (\(count))" }
    }
    if let link = cell.link { text = "<a href=\"#\(html(link))\">\(text)</a>" }
    return cell.isQuoted ? "<i>\(text)</i>" : text
  }

  private static func styled(_ text: String, _ mark: ReportTable.Mark?) -> String {
    switch mark {
    case .best: "<b>\(text)</b>"
    case .second: "<u>\(text)</u>"
    case nil: text
    }
  }

  /// A number with the typographic minus and infinity, as pages show it.
  static func minus(_ number: String) -> String {
    number.replacing("-", with: "−").replacing("inf", with: "∞")
  }

  static func html(_ text: String) -> String {
    var out = ""
    for character in text {
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out.append(character)
      }
    }
    return out
  }
}
