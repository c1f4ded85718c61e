import Graphics
import Statistics
import Testing

@testable import Plotting

struct PlotGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite struct FieldPlotTests {
  @Test func cumulativeErrorsRiseToOne() throws {
    let frame = DataFrame(
      columns: ["nme", "from"],
      rows: (0..<20).map { [.number(Double($0) / 200), .text("a")] })
    let plot = try Plot.cumulativeErrors(frame, error: "nme", color: "from", limit: 0.1)
    let shares = try #require(plot.dataFrame().values(of: "images")).compactMap(\.numericValue)
    #expect(shares.first == 0.05 && shares.last == 1)
    #expect(shares == shares.sorted())
    let name = try #require(plot.dataFrame().values(of: "from")?.first)
    let area = try CumulativeErrorDistribution(errors: (0..<20).map { Double($0) / 200 })
      .areaUnderCurve(threshold: 0.1)
    #expect(name == .text("a (AUC \(NumberText.fixed(area, decimals: 3)))"))
    #expect(throws: PlotError.self) {
      try Plot.cumulativeErrors(frame, error: "nme", limit: 0)
    }
  }

  @Test func verificationCurvesBeginAtOneImpostor() throws {
    // Eight impostors at 0…0.7, four genuine pairs, one of them among the impostors.
    var rows: [[Cell]] = (0..<8).map { [.number(Double($0) / 10), .boolean(false)] }
    rows += [0.35, 0.9, 0.95, 0.99].map { [.number($0), .boolean(true)] }
    let frame = DataFrame(columns: ["similarity", "same"], rows: rows)
    let roc = try Plot.verification(frame, similarity: "similarity", same: "same")
    let far = try #require(roc.dataFrame().values(of: "false accept rate"))
      .compactMap(\.numericValue)
    let tar = try #require(roc.dataFrame().values(of: "true accept rate"))
      .compactMap(\.numericValue)
    #expect(far.first == 0.125 && far.last == 1)
    #expect(tar.first == 0.75 && tar.last == 1)
    let det = try Plot.verification(frame, similarity: "similarity", same: "same", curve: .det)
    let rejected = try #require(det.dataFrame().values(of: "false reject rate"))
      .compactMap(\.numericValue)
    #expect(rejected.allSatisfy { $0 > 0 } && rejected.max() == 0.25)
  }

  @Test func profilesFallFromOneToNone() throws {
    let frame = DataFrame(
      columns: ["score", "method"],
      rows: (0..<10).map { [.number(Double($0)), .text($0 < 5 ? "weak" : "strong")] })
    let plot = try Plot.performanceProfile(frame, score: "score", method: "method", task: nil)
    let rows = try plot.dataFrame().rows
    let weak = rows.filter { $0[0] == .text("weak") }.compactMap { $0[2].numericValue }
    let strong = rows.filter { $0[0] == .text("strong") }.compactMap { $0[2].numericValue }
    #expect(weak == weak.sorted(by: >) && weak.last == 0 && strong.first == 1)
    for (a, b) in zip(weak, strong) { #expect(a <= b) }
  }

  @Test func embeddingsKeepTheirGroups() throws {
    var generator = PlotGenerator(state: 1)
    let rows = (0..<30).map { index -> [Cell] in
      let group = index % 3
      return [.text("g\(group)")]
        + (0..<4).map { .number(Double($0 == group ? 10 : 0) + Double(index % 5) / 10) }
    }
    let frame = DataFrame(columns: ["who", "f0", "f1", "f2", "f3"], rows: rows)
    let plot = try Plot.embedding(
      frame, features: ["f0", "f1", "f2", "f3"], color: "who", using: &generator)
    #expect(try plot.dataFrame().rows.count == 30)
    #expect(plot.xTitle?.hasPrefix("Component 1 (") ?? false)
  }

  // MARK: Figures of their own

  private func apart(_ drawing: FigureDrawing, _ name: String) {
    let page = Rectangle(origin: Point(0, 0), size: drawing.size)
    for (index, label) in drawing.labels.enumerated() {
      #expect(page.contains(label.box, tolerance: 0.5), "\(name): \(label.text) \(label.box)")
      for other in drawing.labels[(index + 1)...]
      where label.degrees == 0 && other.degrees == 0 {
        #expect(
          !label.box.inset(by: 0.6).intersects(other.box.inset(by: 0.6)),
          "\(name): \(label.text) over \(other.text)")
      }
    }
  }

  @Test("names of rows and methods are broken, not cut")
  func longNames() throws {
    let names = [
      "supervised on identities of the synthetic wild", "swav, 400 identities, 20 epochs",
    ]
    var rows: [[Cell]] = []
    for item in 0..<6 {
      for (index, name) in names.enumerated() {
        rows.append([.text(name), .text("c\(item)"), .number(Double(item + 3 * index))])
      }
    }
    let frame = DataFrame(columns: ["from", "case", "nme"], rows: rows)
    let width = 110 * pointsPerMillimetre
    let figures: [any LaidOutFigure] = [
      try Heatmap.means(frame, row: "from", column: "case", value: "nme"),
      try TaskSummary(frame, metrics: ["nme"], method: "from"),
      try CriticalDifferenceDiagram(frame, score: "nme", method: "from", cases: ["case"]),
    ]
    for figure in figures {
      let drawing = try figure.layout(size: figure.naturalSize(width: width))
      apart(drawing, "\(type(of: figure))")
      #expect(!drawing.labels.contains { $0.text.contains("…") }, "\(type(of: figure))")
      let words = drawing.labels.map(\.text).joined(separator: " ")
      #expect(words.contains("identities") && words.contains("20 epochs"))
    }
  }

  @Test func confusionCountsWhatWasTakenForWhat() throws {
    let names = ["neutral", "happiness", "sadness", "surprise"]
    var rows: [[Cell]] = []
    for truth in 0..<4 {
      for _ in 0..<5 { rows.append([.text(names[truth]), .text(names[truth])]) }
      rows.append([.text(names[truth]), .text(names[(truth + 1) % 4])])
    }
    let frame = DataFrame(columns: ["true", "predicted"], rows: rows)
    let map = try Heatmap.confusion(frame, truth: "true", predicted: "predicted")
    #expect(map.values[0] == [5, 1, 0, 0] && map.values[3] == [1, 0, 0, 5])
    let counted = DataFrame(
      columns: ["true", "predicted", "count"],
      rows: [
        [.text("a"), .text("a"), .integer(7)], [.text("a"), .text("b"), .integer(2)],
        [.text("b"), .text("b"), .missing],
      ])
    let counts = try Heatmap.confusion(
      counted, truth: "true", predicted: "predicted", count: "count")
    #expect(counts.values == [[7, 2], [0, 0]])
    for width in [70.0, 140] {
      let size = map.naturalSize(width: width * pointsPerMillimetre)
      let drawing = try map.layout(size: size)
      apart(drawing, "confusion \(width)")
      #expect(drawing.labels.count { $0.text == "83" } == 4)
    }
  }

  @Test func ranksStandOnTheAxisAndCliquesJoinThem() throws {
    var rows: [[Cell]] = []
    for task in 0..<9 {
      for (index, name) in ["scratch", "supervised", "swav-wild", "moco"].enumerated() {
        let turn = index < 2 ? 0 : (task + index) % 2
        let value = 10.0 - Double(index < 2 ? index : 8) + Double(turn) + Double(task) / 10
        rows.append([.text("t\(task)"), .text(name), .number(value)])
      }
    }
    let frame = DataFrame(columns: ["task", "from", "nme"], rows: rows)
    let diagram = try CriticalDifferenceDiagram(
      frame, score: "nme", method: "from", cases: ["task"])
    #expect(diagram.ranking.caseCount == 9 && diagram.ranking.meanRanks.reduce(0, +) == 10)
    let size = diagram.naturalSize(width: 110 * pointsPerMillimetre)
    apart(try diagram.layout(size: size), "ranks")
    #expect(diagram.alternativeText.contains("Not distinguishable"))
    #expect(throws: PlotError.self) {
      try CriticalDifferenceDiagram(frame, score: "nme", method: "from", cases: ["task", "from"])
    }
  }

  @Test func summariesPutEachTaskOnItsOwnScale() throws {
    var rows: [[Cell]] = []
    for (index, name) in ["scratch", "swav-wild"].enumerated() {
      for seed in 0..<3 {
        rows.append([
          .text(name), .number(8 - Double(index) + Double(seed) / 10),
          .number(0.7 + 0.1 * Double(index)), seed == 0 ? .missing : .number(1000 + Double(seed)),
        ])
      }
    }
    let frame = DataFrame(columns: ["from", "nme", "accuracy", "loss"], rows: rows)
    let summary = try TaskSummary(frame, metrics: ["nme", "accuracy", "loss"], method: "from")
    #expect(summary.tasks.map { $0.summaries[0]?.count } == [3, 3, 2])
    let size = summary.naturalSize(width: 150 * pointsPerMillimetre)
    apart(try summary.layout(size: size), "summary")
    // A narrow column has two rows of panels.
    let narrow = summary.naturalSize(width: 60 * pointsPerMillimetre)
    #expect(narrow.height > size.height)
    apart(try summary.layout(size: narrow), "narrow summary")
    #expect(summary.alternativeText.contains("swav-wild"))
  }

  @Test func aSurfaceIsDrawnNearestFirst() throws {
    // Two triangles, the nearer with no error before the farther with the greatest.
    let map = MeshErrorMap(
      vertices: [
        SIMD3(-1, -1, 0), SIMD3(1, -1, 0), SIMD3(0, 1, 0), SIMD3(-1, -1, 1), SIMD3(1, -1, 1),
        SIMD3(0, 1, 1),
      ],
      triangles: [SIMD3(3, 4, 5), SIMD3(0, 1, 2)], errors: [2, 2, 2, 0, 0, 0],
      views: [.init("front", degrees: 0)], limit: 2)
    let image = try map.render(map.views[0], width: 40, height: 40)
    let middle = image[image.width / 2, image.height / 2]
    let low = ColourRamp.error(0)
    #expect(abs(Double(middle.blue) / 255 - low.blue) < 0.02)
    #expect(image[1, 1] == (255, 255, 255))
    let size = map.naturalSize(width: 200)
    apart(try map.layout(size: size), "mesh")
    var broken = map
    broken.triangles = [SIMD3(0, 1, 9)]
    #expect(throws: PlotError.self) { try broken.layout(size: size) }
  }
}
