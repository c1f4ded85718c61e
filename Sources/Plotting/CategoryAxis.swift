import Statistics

/// How the cells of the x column become numbers on a scale.
struct CategoryAxis {
  let kind: Scale.Kind
  /// Names of the values where they are not plain numbers.
  let names: [Double: String]?
  private let positions: [Cell: Double]

  init(_ cells: [Cell], plot: Plot) throws {
    let isNumeric = cells.allSatisfy { $0 == .missing || $0.numericValue != nil }
    let isNamed = plot.marks.contains(where: \.needsCategories) || plot.xScale == .categorical
    // Numbers on a scale of numbers need no names.
    let distinct = isNumeric && !isNamed ? [] : cells.filter { $0 != .missing }.distinct
    switch plot.xScale {
    case .symlog(let threshold) where isNumeric: self.init(numbers: .symlog(threshold: threshold))
    case .linear, .log10, .symlog:
      let isBudget = distinct.compactMap(LabelBudget.init).count == distinct.count
      if plot.xScale == .log10, !isNumeric, isBudget {
        self.init(budgets: distinct)
        return
      }
      guard isNumeric else {
        let text = distinct.first { $0.numericValue == nil }?.displayName ?? ""
        throw PlotError(
          .notNumeric, "column \(plot.x) has \"\(text)\", which a numeric axis cannot place.",
          context: plot.x)
      }
      self.init(numbers: plot.xScale == .log10 ? .log10 : .linear)
    case .categorical: self.init(categories: distinct)
    case .automatic:
      if plot.marks.contains(where: \.needsCategories) {
        self.init(categories: LabelBudget.sorted(distinct) ?? distinct)
      } else if isNumeric {
        self.init(numbers: .linear)
      } else if LabelBudget.sorted(distinct) != nil {
        self.init(budgets: distinct)
      } else {
        self.init(categories: distinct)
      }
    }
  }

  private init(numbers kind: Scale.Kind) {
    (self.kind, names, positions) = (kind, nil, [:])
  }

  private init(
    kind: Scale.Kind, cells: [Cell], values: [Double], labels: [String]
  ) {
    self.kind = kind
    positions = Dictionary(uniqueKeysWithValues: zip(cells, values))
    names = Dictionary(uniqueKeysWithValues: zip(values, labels))
  }

  private init(categories: [Cell]) {
    let labels = categories.map(\.displayName)
    self.init(
      kind: .categorical(labels), cells: categories, values: labels.indices.map { Double($0) },
      labels: labels)
  }

  /// Budgets at their logarithms, or evenly where these would crowd the labels.
  private init(budgets cells: [Cell]) {
    let sorted = LabelBudget.sorted(cells) ?? cells
    let values = sorted.compactMap { LabelBudget($0)?.value }
    let isSpread = zip(values, values.dropFirst()).allSatisfy { $1 / $0 >= 1.4 }
    guard values.count == sorted.count, values.count > 1, isSpread, values[0] > 0 else {
      self.init(categories: sorted)
      return
    }
    let labels = sorted.map(\.displayName)
    self.init(kind: .budget(values, labels), cells: sorted, values: values, labels: labels)
  }

  func value(_ cell: Cell) -> Double? {
    switch kind {
    case .linear, .log10, .symlog: cell.numericValue.flatMap { $0.isFinite ? $0 : nil }
    case .categorical, .budget: positions[cell]
    }
  }
}

/// How many labels a run was given: a share ("10%") or a count ("60").
struct LabelBudget {
  let value: Double
  let isShare: Bool

  init?(_ cell: Cell) {
    guard case .text(let text) = cell else { return nil }
    isShare = text.hasSuffix("%")
    let digits = (isShare ? String(text.dropLast()) : text).filter { $0 != " " && $0 != "," }
    guard let value = Double(digits), value.isFinite, value > 0 else { return nil }
    self.value = value
  }

  /// The cells in order of size, or nil where they are not all shares or all counts.
  static func sorted(_ cells: [Cell]) -> [Cell]? {
    let budgets = cells.compactMap { cell in LabelBudget(cell).map { ($0, cell) } }
    guard !cells.isEmpty, budgets.count == cells.count, Set(budgets.map(\.0.isShare)).count == 1,
      Set(budgets.map(\.0.value)).count == cells.count
    else { return nil }
    return budgets.sorted { $0.0.value < $1.0.value }.map(\.1)
  }
}

extension [Cell] {
  /// Each cell once: numbers ascending, anything else in order of first appearance.
  var distinct: [Cell] {
    var seen = Set<Cell>()
    var last: Cell?
    let cells = filter { cell in
      // Rows of a group mostly stand together.
      guard cell != last else { return false }
      last = cell
      return seen.insert(cell).inserted
    }
    let numbers = cells.compactMap(\.numericValue)
    guard numbers.count == cells.count else { return cells }
    return zip(numbers, cells).sorted { $0.0 < $1.0 }.map(\.1)
  }
}

extension Cell {
  /// The cell as a word in a legend or on an axis.
  var displayName: String {
    switch self {
    case .missing: "(none)"
    case .boolean(let value): value ? "yes" : "no"
    case .integer(let value): NumberText.fixed(Double(value), decimals: 0)
    case .number(let value): NumberText.significant(value, digits: 4)
    case .text(let value): value
    }
  }
}

extension Plot.Mark {
  /// Whether what stands at one x takes room beside it.
  var needsCategories: Bool {
    switch self {
    case .bar, .stackedBar, .box, .violin: true
    default: false
    }
  }

  /// Whether the mark shows the rows, not their means.
  var showsRows: Bool {
    switch self {
    case .point, .box, .violin, .text: true
    default: false
    }
  }
}
