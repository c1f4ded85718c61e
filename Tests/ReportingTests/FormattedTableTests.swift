import Graphics
import Statistics
import Testing

@testable import Reporting

/// NME at two label budgets, grouped by backbone.
private func measured(
  _ mean: Double, _ deviation: Double?, _ mark: ReportTable.Mark? = nil, count: Int = 3
) -> ReportTable.Cell {
  ReportTable.Cell(
    .measurement(mean: mean, standardDeviation: deviation, count: count), mark: mark)
}

private let example = ReportTable(
  columns: [
    .init("from"), .init("1%", direction: .lowerIsBetter), .init("100%", direction: .lowerIsBetter),
  ],
  spanners: [[.init("NME (%)", columns: 1..<3)]],
  rows: [
    .init([.init(.text("scratch")), measured(14.2, 0.62), measured(5.1, 0.05, .second)]),
    .init([.init(.text("swav & co")), measured(9.84, 10.44, .best), .init(.missing)]),
  ],
  notes: [["Mean ± sd, n = 3."]])

struct FormattedTableTests {
  let formatted = FormattedTable(example)

  @Test func aColumnsNumbersHaveTheSameDecimals() {
    let texts = formatted.rows.map { $0.cells.map(\.plainText) }
    #expect(
      texts == [
        ["scratch", "14.20 ± 0.62", "5.100 ± 0.050"], ["swav & co", "9.84 ± 10.44", "–"],
      ])
    #expect(formatted.alignments == [.left, .decimal, .decimal])
    #expect(formatted.headings == ["from", "1% ↓", "100% ↓"])
  }

  @Test func countsShowWhereTheyDiffer() {
    let table = ReportTable(
      columns: [.init("nme")],
      rows: [.init([measured(1.5, 0.2)]), .init([measured(2.5, nil, count: 1)])])
    #expect(
      FormattedTable(table).rows.map { $0.cells[0].plainText } == ["1.50 ± 0.20 (3)", "2.50 (1)"])
  }

  @Test func shortRowsAreFilledWithMissing() {
    let table = ReportTable(columns: [.init("a"), .init("b")], rows: [.init([.init(.integer(3))])])
    #expect(FormattedTable(table).rows[0].cells.map(\.plainText) == ["3", "–"])
  }

  @Test func framesKeepTheirValues() {
    let frame = DataFrame(
      columns: ["run", "n", "loss", "ok"],
      rows: [
        [.text("a"), .integer(20_000), .number(0.5), .boolean(true)],
        [.text("b"), .missing, .number(-1.25), .missing],
      ])
    let table = FormattedTable(ReportTable(frame))
    #expect(
      table.rows.map { $0.cells.map(\.plainText) } == [
        ["a", "20,000", "0.50", "yes"], ["b", "–", "-1.25", "–"],
      ])
    #expect(table.alignments == [.left, .decimal, .decimal, .left])
  }

  @Test func csv() {
    #expect(
      formatted.toCSV()
        == "from,NME (%) / 1% ↓,NME (%) / 1% ↓ sd,NME (%) / 1% ↓ n"
        + ",NME (%) / 100% ↓,NME (%) / 100% ↓ sd,NME (%) / 100% ↓ n\r\n"
        + "scratch,14.20,0.62,3,5.100,0.050,3\r\nswav & co,9.84,10.44,3,,,\r\n")
    #expect(formatted.toCSV(precision: .full).contains("scratch,14.2,0.62,3,5.1,0.05,3"))
  }

  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"no\"", "\"say \"\"no\"\"\""),
    ("two\nlines", "\"two\nlines\""), ("two\r\nlines", "\"two\r\nlines\""), (" edge", "\" edge\""),
  ])
  func csvQuoting(field: String, quoted: String) {
    #expect(FormattedTable.quoted(field) == quoted)
  }

  @Test func markdown() {
    #expect(
      formatted.toMarkdown() == """
        | from      |    NME (%): 1% ↓ |      NME (%): 100% ↓ |
        | --------- | ---------------: | -------------------: |
        | scratch   |     14.20 ± 0.62 | <u>5.100</u> ± 0.050 |
        | swav & co | **9.84** ± 10.44 |                    – |

        Mean ± sd, n = 3.

        """)
  }

  @Test func latex() {
    #expect(
      formatted.toLaTeX(caption: "NME & co", label: "tbl-nme") == #"""
        \begin{table}[t]
        \centering
        \caption{NME \& co}
        \label{tab:nme}
        \begin{tabular}{@{}lrr@{}}
        \toprule
         & \multicolumn{2}{c}{NME (\%)} \\
        \cmidrule(lr){2-3}
        from & 1\% $\downarrow$ & 100\% $\downarrow$ \\
        \midrule
        scratch & 14.20 $\pm$ \phantom{0}0.62 & \underline{5.100} $\pm$ 0.050 \\
        swav \& co & \textbf{9.84} $\pm$ 10.44 & -- \\
        \bottomrule
        \end{tabular}
        \par\smallskip{\footnotesize Mean $\pm$ sd, n = 3.}
        \end{table}

        """#)
  }

  @Test(arguments: [
    ("a_b & 5% #1", ##"a\_b \& 5\% \#1"##),
    ("$x$ {y} ~z ^", #"\$x\$ \{y\} \textasciitilde{}z \textasciicircum{}"#),
    (#"\input{x}"#, #"\textbackslash{}input\{x\}"#), ("≤ ±", #"$\le$ $\pm$"#),
  ])
  func latexEscaping(text: String, escaped: String) {
    #expect(FormattedTable.latex(text) == escaped)
  }

  @Test func html() {
    let html = formatted.toHTML(caption: "a < b")
    #expect(html.contains("<caption><div>a &lt; b</div></caption>"))
    #expect(html.contains(#"<th class="s" scope="colgroup" colspan="2">NME (%)</th>"#))
    #expect(html.contains("<td class=\"n\"><b>9.84</b> ± 10.44</td><td class=\"n\">–</td>"))
    #expect(html.contains("<td class=\"n\">14.20 ± \u{2007}0.62</td>"))
    #expect(html.contains("<td>swav &amp; co</td>"))
  }

  @Test func terminal() {
    #expect(
      formatted.toText() == """
                                NME (%)
                    ───────────────────────────────
        from                  1% ↓           100% ↓
        ───────────────────────────────────────────
        scratch     14.20 ±  0.62    5.100 ± 0.050'
        swav & co    9.84 ± 10.44*   –
        Mean ± sd, n = 3.
        * best, or not distinguishable from it   ' second

        """)
  }

  @Test func onlyNumbersGetTheTypographicMinus() {
    let table = ReportTable(
      columns: [.init("run"), .init("gain")],
      rows: [.init([.init(.text("swav-inf")), .init(.number(-1.5))])])
    let formatted = FormattedTable(table)
    #expect(formatted.toText().contains("swav-inf   −1.5"))
    #expect(formatted.toHTML().contains("swav-inf</td><td class=\"n\">−1.5"))
    #expect(formatted.toCSV().contains("swav-inf,-1.5"))
    #expect(formatted.toLaTeX().contains("swav-inf & $-$1.5"))
  }

  @Test("intervals in brackets, with the same digits in every output")
  func intervals() throws {
    let table = ReportTable(
      columns: [.init("from"), .init("TAR", direction: .higherIsBetter, alignment: .decimal)],
      rows: [
        .init([
          .init(.text("scratch")),
          .init(.interval(mean: 61.25, lower: 55.1, upper: 66.04, count: 3)),
        ]),
        .init([
          .init(.text("swav")),
          .init(.interval(mean: -2, lower: -4.26, upper: 1, count: 3), mark: .best),
        ]),
        .init([
          .init(.text("one")), .init(.measurement(mean: 5, standardDeviation: nil, count: 3)),
        ]),
      ])
    let formatted = FormattedTable(table)
    #expect(formatted.toText().contains("61.2 [55.1, 66.0]"))
    #expect(formatted.toText().contains("−2.0 [−4.3, 1.0]"))
    #expect(formatted.toMarkdown().contains("**-2.0** [-4.3, 1.0]"))
    #expect(formatted.toHTML().contains("<b>−2.0</b> [−4.3, 1.0]"))
    #expect(formatted.toLaTeX().contains("\\textbf{$-$2.0} [$-$4.3, 1.0]"))
    #expect(
      formatted.toCSV()
        == "from,TAR ↑,TAR ↑ low,TAR ↑ high,TAR ↑ n\r\nscratch,61.2,55.1,66.0,3\r\n"
        + "swav,-2.0,-4.3,1.0,3\r\none,5.0,,,3\r\n")
    #expect(formatted.toCSV(precision: .full).contains("scratch,61.25,55.1,66.04,3"))
    let layout = TableLayout(
      formatted, style: TextStyle(size: 9), width: 300, cache: LayoutCache())
    #expect(layout.width < 300)
  }

  @Test func terminalWithEscapes() {
    let text = formatted.toText(style: .ansi)
    #expect(text.contains("\u{1B}[1m9.84\u{1B}[0m ± 10.44"))
    #expect(text.contains("\u{1B}[4m5.100\u{1B}[0m ± 0.050"))
  }

  @Test(arguments: [12, 20, 30, 60])
  func terminalTablesFitTheWindow(width: Int) {
    let wide = ReportTable(
      columns: (0..<9).map { .init("column \($0)") },
      rows: [.init((0..<9).map { .init(.text("a rather long text \($0)")) })])
    let lines = FormattedTable(wide).toText(width: width).split(separator: "\n")
    #expect(lines.allSatisfy { TerminalText.width(String($0)) <= width })
    #expect(lines.last?.contains("… ") ?? false)
  }

  @Test("a title over narrow columns gets its room where the window has it")
  func terminalSpanners() {
    let table = ReportTable(
      columns: [.init("from"), .init("1%"), .init("10%")],
      spanners: [[.init("a title of twenty-six chars", columns: 1..<3)]],
      rows: [.init([.init(.text("swav")), .init(.number(1.5)), .init(.number(2.5))])])
    let roomy = FormattedTable(table).toText(width: 60)
    #expect(roomy.contains("a title of twenty-six chars"))
    #expect(roomy.contains("swav            1.5"))
    let tight = FormattedTable(table).toText(width: 20)
    #expect(tight.contains("a title"))
    #expect(tight.split(separator: "\n").allSatisfy { $0.count <= 20 })
  }

  @Test("names from files cannot command the terminal", arguments: [14, 40, 200])
  func terminalControls(width: Int) {
    let order = "a\u{1B}[2J\u{9B}b\u{202E}"
    var table = ReportTable(
      columns: [.init(order), .init("nme")], spanners: [[.init(order, columns: 0..<2)]],
      rows: [
        .init([.init(.text(order)), .init(.number(1.5))], group: order),
        .init([.init(.text("\tb\r\n")), .init(.number(2.5), mark: .best)], group: order),
      ])
    table.notes = [[.text(order)]]
    let text = FormattedTable(table).toText(width: width)
    let controls = text.unicodeScalars.filter {
      $0 != "\n" && [.control, .format].contains($0.properties.generalCategory)
    }
    #expect(controls.isEmpty, "\(controls)")
    #expect(width < 40 || text.contains("a^[[2J\\u{9B}b\\u{202E}"), "\(text)")
  }

  @Test func rowGroups() {
    let table = ReportTable(
      columns: [.init("from"), .init("nme")],
      rows: [
        .init([.init(.text("scratch")), .init(.number(1.5))], group: "ResNet-18"),
        .init([.init(.text("swav")), .init(.number(1.25))], group: "ResNet-18"),
        .init([.init(.text("scratch")), .init(.number(1))], group: "ResNet-50"),
      ])
    let formatted = FormattedTable(table)
    #expect(
      formatted.toText() == """
        from         nme
        ────────────────
        ResNet-18
          scratch   1.50
          swav      1.25
        ResNet-50
          scratch   1.00

        """)
    #expect(formatted.toCSV().hasPrefix("group,from,nme\r\nResNet-18,scratch,1.50\r\n"))
    #expect(
      formatted.toLaTeX().contains("\\addlinespace\n\\multicolumn{2}{@{}l}{\\emph{ResNet-50}}"))
  }
}
