extension FormattedTable {
  /// The table for LaTeX with the packages booktabs and, where rows or cells are underlined,
  /// nothing more: `tabular` alone, or in a `table` where a caption is given.
  ///
  /// Numbers are right-aligned; as all of a column have the same decimals and deviations are padded
  /// with `\phantom{0}`, their points stand in line.
  public func toLaTeX(caption: String? = nil, label: String? = nil) -> String {
    let tabular = latexTabular()
    let notes = table.notes.map { "\\par\\smallskip{\\footnotesize \(Self.latex($0.plainText))}\n" }
    guard caption != nil || label != nil else { return tabular + notes.joined() }
    let head = caption.map { "\\caption{\(Self.latex($0))}\n" } ?? ""
    let mark = label.map { "\\label{\($0.replacing("tbl-", with: "tab:"))}\n" } ?? ""
    return "\\begin{table}[t]\n\\centering\n\(head)\(mark)\(tabular)\(notes.joined())\\end{table}\n"
  }

  private func latexTabular() -> String {
    let columns = alignments.map { alignment in
      switch alignment {
      case .decimal, .right: "r"
      case .center: "c"
      default: "l"
      }
    }.joined()
    var text = "\\begin{tabular}{@{}\(columns)@{}}\n\\toprule\n"
    for level in table.spanners { text += latexSpanners(level) }
    text += headings.map { Self.latex($0) }.joined(separator: " & ") + " \\\\\n\\midrule\n"
    text += latexBody()
    return text + "\\bottomrule\n\\end{tabular}\n"
  }

  private func latexSpanners(_ level: [ReportTable.Spanner]) -> String {
    var cells: [String] = []
    var rules: [String] = []
    var column = 0
    let sorted = level.sorted { $0.columns.lowerBound < $1.columns.lowerBound }
    for spanner in sorted where spanner.columns.lowerBound >= column && !spanner.columns.isEmpty {
      cells += Array(repeating: "", count: spanner.columns.lowerBound - column)
      cells.append("\\multicolumn{\(spanner.columns.count)}{c}{\(Self.latex(spanner.title))}")
      rules.append(
        "\\cmidrule(lr){\(spanner.columns.lowerBound + 1)-\(spanner.columns.upperBound)}")
      column = spanner.columns.upperBound
    }
    cells += Array(repeating: "", count: max(0, table.columns.count - column))
    return cells.joined(separator: " & ") + " \\\\\n" + rules.joined() + "\n"
  }

  private func latexBody() -> String {
    let widths = deviationWidths
    var text = ""
    var group: String?
    for (position, row) in rows.enumerated() {
      if let name = row.group, name != group {
        if position > 0 { text += "\\addlinespace\n" }
        text += "\\multicolumn{\(table.columns.count)}{@{}l}{\\emph{\(Self.latex(name))}} \\\\\n"
      }
      group = row.group
      var cells = row.cells.enumerated().map { Self.latex($1, deviationWidth: widths[$0]) }
      if group != nil, !cells.isEmpty { cells[0] = "\\quad " + cells[0] }
      text += cells.joined(separator: " & ") + " \\\\\n"
    }
    return text
  }

  /// How many digits each column's deviations have before the point at most.
  var deviationWidths: [Int] {
    table.columns.indices.map { column in
      rows.map { row in
        guard case .number(let number) = row.cells[column].content else { return 0 }
        return number.deviation?.whole.count ?? 0
      }.max() ?? 0
    }
  }

  private static func latex(_ cell: Cell, deviationWidth: Int) -> String {
    var text: String
    switch cell.content {
    case .missing: return "--"
    case .text(let plain): text = styled(latex(plain), cell.mark)
    case .number(let number):
      text = styled(latexNumber(number.mean), cell.mark)
      if let deviation = number.deviation {
        let pad = String(
          repeating: "\\phantom{0}", count: max(0, deviationWidth - deviation.whole.count))
        text += " $\\pm$ \(pad)\(deviation.whole)\(deviation.fraction)"
      }
      if let interval = number.interval { text += " " + interval.replacing("-", with: "$-$") }
      if let count = number.count { text += " (\(count))" }
    }
    return cell.isQuoted ? "\\textit{\(text)}" : text
  }

  private static func latexNumber(_ text: String) -> String {
    let body = latex(text.replacing("inf", with: "∞").replacing("-", with: ""))
    return text.hasPrefix("-") ? "$-$" + body : body
  }

  private static func styled(_ text: String, _ mark: ReportTable.Mark?) -> String {
    switch mark {
    case .best: "\\textbf{\(text)}"
    case .second: "\\underline{\(text)}"
    case nil: text
    }
  }

  private static let latexCharacters: [Character: String] = [
    "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "#": "\\#",
    "%": "\\%", "_": "\\_", "^": "\\textasciicircum{}", "~": "\\textasciitilde{}",
    "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}", "\"": "\\textquotedbl{}",
    "±": "$\\pm$", "×": "$\\times$", "↓": "$\\downarrow$", "↑": "$\\uparrow$", "→": "$\\to$",
    "−": "$-$", "≤": "$\\le$", "≥": "$\\ge$", "≈": "$\\approx$", "∞": "$\\infty$", "–": "--",
    "—": "---", "…": "\\dots{}", "·": "$\\cdot$", "°": "$^\\circ$", "“": "``", "”": "''",
    "‘": "`", "’": "'", "\n": " ", "\r\n": " ", "α": "$\\alpha$", "β": "$\\beta$",
    "τ": "$\\tau$", "σ": "$\\sigma$", "λ": "$\\lambda$", "μ": "$\\mu$", "Δ": "$\\Delta$",
    "\u{2009}": "\\,", "\u{202F}": "\\,", "\u{00A0}": "~", "\u{00AD}": "\\-",
  ]

  /// Text with every character that LaTeX would read as a command written out.
  static func latex(_ text: String) -> String {
    text.map { latexCharacters[$0] ?? String($0) }.joined()
  }
}
