import Graphics
import Plotting
import Statistics

@testable import Reporting

/// A figure that draws its frame and a line.
struct BoxFigure: Figure {
  var ratio = 0.5

  func naturalSize(width: Double) -> Size { Size(width: width, height: width * ratio) }
  func dataFrame() -> DataFrame { DataFrame(columns: [], rows: []) }
  var alternativeText: String { "A line in a box." }

  func draw(on canvas: Canvas, in box: Rectangle) {
    canvas.stroke(.rectangle(box.inset(by: 0.5)), StrokeStyle(.grey(0.6), width: 0.5))
    canvas.stroke(
      .line(Point(box.x, box.maxY), Point(box.maxX, box.y)), StrokeStyle(.blue, width: 1.2))
  }
}

/// A document with everything that a report has.
enum ExampleDocument {
  static let prose = """
    Labelled faces are scarce, unlabelled ones are not. We pre-train a ResNet-18 on unlabelled \
    crops by clustering their views (SwAV), and adapt it to landmark localisation with 1 %, 10 % \
    and 100 % of the labels. The error falls with every budget; the gain over training from \
    scratch is largest where labels are fewest, as [@fig-nme] and [@tbl-nme] show.

    """

  static let markdown = """
    # Introduction {#sec-introduction}

    \(prose)
    Bulat *et al.* compare **pre-training strategies** for `facial` representations[^bulat] over \
    five tasks; [@sec-method] says what differs here. The loss is

    $$ L = -\\frac{1}{N} \\sum_i q_i \\log p_i $$ {#eq-loss}

    with codes $q_i$ from the Sinkhorn algorithm and temperature $\\tau = 0.1$; see [@eq-loss] \
    and <https://arxiv.org/abs/2103.16554>.

    [^bulat]: Bulat, Cheng, Yang, Garbett, Sanchez and Tzimiropoulos: *Pre-training strategies \
    and datasets for facial representation learning*, ECCV 2022.

    # Method {#sec-method}

    \(prose)
    1. Pre-train on unlabelled crops, with
       - two views of 64 × 64 pixels and four of 32 × 32,
       - 300 prototypes, frozen for the first epoch.
    2. Adapt with a linear head or the whole backbone.
    3. Evaluate on faces of people who were not seen before[^split].

    [^split]: The split is by identity; nobody stands in two parts.

    > Reports should say which of three numbers they show: the last, the best on validation, or \
    the best on test.

    ```facet
    let wild = synthetic wild, identities: 400, images: 20_000, seed: 1
    pretrain swav, on: wild, backbone: resnet18, epochs: 20, as: swav-wild
    ```

    ## Data

    | Set | Faces | Identities | Licence |
    |:----|------:|-----------:|:--------|
    | synthetic wild | 20,000 | 400 | Apache-2.0 |
    | LFW | 13,233 | 5,749 | research |
    | Helen | 2,330 | – | research |

    : Data sets. {#tbl-data}

    \(prose)
    """

  static func measured(
    _ mean: Double, _ deviation: Double, _ mark: ReportTable.Mark? = nil
  ) -> ReportTable.Cell {
    ReportTable.Cell(
      .measurement(mean: mean, standardDeviation: deviation, count: 3), mark: mark)
  }

  static let results = ReportTable(
    columns: [.init("Initialisation", alignment: .left)]
      + ["1%", "10%", "100%", "1%", "10%", "100%"].map { .init($0) },
    spanners: [
      [
        .init("NME, inter-ocular (%) ↓", columns: 1..<4),
        .init("Failure rate at 0.10 (%) ↓", columns: 4..<7),
      ]
    ],
    rows: [
      .init(
        [
          .init(.text("scratch")), measured(14.21, 0.62), measured(8.91, 0.2), measured(5.1, 0.05),
          measured(71.3, 4.1), measured(30.2, 1.4), measured(6.1, 0.3, .second),
        ], group: "ResNet-18"),
      .init(
        [
          .init(.text("supervised")), measured(11.02, 0.55, .second), measured(7.3, 0.18, .second),
          measured(4.88, 0.06, .second), measured(50.6, 3, .second), measured(17.8, 1.2, .second),
          measured(4.4, 0.4, .best),
        ], group: "ResNet-18"),
      .init(
        [
          .init(.text("SwAV, unlabelled")), measured(9.8, 0.41, .best), measured(6.7, 0.11, .best),
          measured(4.61, 0.04, .best), measured(39.9, 2.2, .best), measured(12.4, 0.9, .best),
          measured(4.3, 0.3, .best),
        ], group: "ResNet-18"),
      .init(
        [
          .init(.text("scratch")), measured(13.4, 1.2), measured(8.2, 0.3), measured(4.9, 0.1),
          measured(66.3, 10.3), .init(.missing), measured(5.8, 0.5),
        ], group: "ResNet-50"),
    ],
    notes: [
      [
        .text(
          "Mean ± standard deviation, n = 3 seeds. Bold: the best of each column and what is not "
            + "distinguishable from it (paired t-test over seeds, p ≥ 0.05, Holm-corrected); "
            + "underlined: the second.")
      ]
    ])

  static let runs = ReportTable(
    columns: [
      .init("Run"), .init("Method"), .init("Labels"), .init("Seed"), .init("NME", unit: "%"),
      .init("Hours"),
    ],
    rows: (0..<90).map(run))

  private static func run(_ index: Int) -> ReportTable.Row {
    let labels = ["1%", "10%", "100%"][index % 3]
    let error = 5 + Double(index) / 7
    return ReportTable.Row([
      .init(.text("landmarks-\(index / 3)-seed-\(index % 3)")),
      .init(.text(index % 2 == 0 ? "swav" : "scratch")), .init(.text(labels)),
      .init(.integer(index % 3)), .init(.number(error)),
      .init(.number(0.25 * Double(index % 9))),
    ])
  }

  static var document: ReportDocument {
    var blocks = MarkdownReader.blocks(markdown)
    blocks += [
      .heading(level: 1, [.text("Results")], id: nil),
      .table(
        results,
        caption: MarkdownReader.inlines(
          "Landmark error and failure rate by label budget, best on validation."),
        label: "tbl-nme"),
    ]
    blocks += MarkdownReader.blocks(prose + "\n\n" + prose)
    blocks += [
      .figure(
        BoxFigure(),
        caption: MarkdownReader.inlines(
          "Error against label budget by initialisation: mean and standard deviation of three "
            + "seeds, on a logarithmic axis; the same runs as in [@tbl-nme]."), label: "fig-nme",
        width: .share(0.8)),
      .figure(
        BoxFigure(ratio: 0.3), caption: [.text("Loss.")], label: "fig-loss",
        width: .millimetres(100)),
    ]
    blocks += MarkdownReader.blocks(
      prose + "\n\n" + prose + "\n\n## Discussion\n\n" + prose + "\n\n" + prose)
    blocks += [
      .heading(level: 1, [.text("Runs")], id: "sec-runs", isNumbered: false),
      .table(runs, caption: [.text("All runs.")], label: "tbl-runs"),
    ]
    return ReportDocument(
      title: "Pre-training for facial landmarks with few labels",
      subtitle: "A report by facet", authors: ["A. Author", "B. Writer"], date: "27 July 2026",
      abstract: MarkdownReader.blocks(
        prose.replacing(", as [@fig-nme] and [@tbl-nme] show", with: "")),
      blocks: blocks)
  }
}
