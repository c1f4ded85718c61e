/// A slice of the text that stands whole on a page: a line of a paragraph, a row of a table, a
/// figure with its caption.
struct FlowItem {
  enum Break {
    case allowed, forbidden, forced
  }

  /// In points, as all lengths here.
  var height: Double
  /// Space to what stands above, the larger of this and the other's `spaceAfter`; none at the top
  /// of a page.
  var spaceBefore = 0.0
  var spaceAfter = 0.0
  /// Whether a page may begin here.
  var breakBefore = Break.allowed
  /// Whether the item, with those that are tied to it, may go to the top of the next page while
  /// the text after it fills this one.
  var isFloat = false
  /// Whether no figure or table that waits may come after it: another one, so that they stand in order
  /// of their numbers, or the heading of the references.
  var isOrdered = false
  /// Height of the footnotes that belong to it, and which they are.
  var notes: [Note] = []
  /// Height of what is set above it where a page begins with it: a table's repeated header.
  var continuationHeight: Double?

  struct Note {
    var number: Int
    var height: Double
  }
}

/// Breaks a flow of items into pages. Pure: heights in, places out.
struct PageBreaker {
  /// The height of the text on a page.
  var height: Double
  /// Space and rule above a page's footnotes.
  var noteSeparation = 12.0
  /// How much the first pages are shorter, by their position.
  var taken: [Double] = []

  struct Page {
    /// Items by their position in the flow, and how far below the page's top each begins.
    var items: [Placed] = []
    /// Footnotes by number, in order.
    var notes: [FlowItem.Note] = []
    /// Where the lowest item ends.
    var bottom = 0.0
  }

  struct Placed {
    var index: Int
    var y: Double
    /// Whether its continuation header stands above it; `y` is the item's own.
    var continues = false
  }

  func pages(_ items: [FlowItem]) -> [Page] {
    var state = State(breaker: self)
    for chunk in Self.chunks(items) { state.add(chunk, items) }
    state.finish(items)
    return state.pages
  }

  /// Runs of items that must not be broken.
  static func chunks(_ items: [FlowItem]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = 0
    for index in items.indices.dropFirst() where items[index].breakBefore != .forbidden {
      found.append(start..<index)
      start = index
    }
    return items.isEmpty ? [] : found + [start..<items.count]
  }

  private struct State {
    let breaker: PageBreaker
    var pages = [Page()]
    var spaceAfter = 0.0
    var waiting: [Range<Int>] = []

    var available: Double {
      let notes = pages[pages.count - 1].notes.reduce(0) { $0 + $1.height }
      let taken =
        breaker.taken.indices.contains(pages.count - 1) ? breaker.taken[pages.count - 1] : 0
      return breaker.height - taken - notes - (notes > 0 ? breaker.noteSeparation : 0)
    }

    var isEmpty: Bool { pages[pages.count - 1].items.isEmpty }

    mutating func add(_ chunk: Range<Int>, _ items: [FlowItem]) {
      if items[chunk.lowerBound].breakBefore == .forced {
        placeWaiting(items, all: true)
        if !isEmpty { newPage() }
      }
      let isFloat = items[chunk.lowerBound].isFloat
      if !isFloat, !waiting.isEmpty, items[chunk].contains(where: \.isOrdered) {
        placeWaiting(items, all: true)
      }
      if isFloat, !waiting.isEmpty || !fits(chunk, items) && !isEmpty {
        waiting.append(chunk)
        return
      }
      if !fits(chunk, items), !isEmpty {
        newPage()
        placeWaiting(items, all: false)
        if !fits(chunk, items), !isEmpty { return overflow(chunk, items) }
      }
      if fits(chunk, items) { place(chunk, items) } else { placeSingly(chunk, items) }
    }

    /// After floats have filled the page: on to the next ones until the chunk has room.
    private mutating func overflow(_ chunk: Range<Int>, _ items: [FlowItem]) {
      while !fits(chunk, items), !isEmpty {
        newPage()
        placeWaiting(items, all: false)
      }
      if fits(chunk, items) { place(chunk, items) } else { placeSingly(chunk, items) }
    }

    mutating func finish(_ items: [FlowItem]) { placeWaiting(items, all: true) }

    /// Sets floats that wait; `all` goes on to new pages until none is left.
    private mutating func placeWaiting(_ items: [FlowItem], all: Bool) {
      while let next = waiting.first {
        if !fits(next, items), !isEmpty {
          guard all else { return }
          newPage()
        }
        waiting.removeFirst()
        if fits(next, items) { place(next, items) } else { placeSingly(next, items) }
      }
    }

    private func fits(_ chunk: Range<Int>, _ items: [FlowItem]) -> Bool {
      var page = pages[pages.count - 1]
      var after = spaceAfter
      var notes = 0.0
      for index in chunk {
        Self.put(index, items, on: &page, &after)
        notes += items[index].notes.reduce(0) { $0 + $1.height }
      }
      let separation = notes > 0 && page.notes.isEmpty ? breaker.noteSeparation : 0
      return page.bottom + notes + separation <= available + 0.001
    }

    private mutating func place(_ chunk: Range<Int>, _ items: [FlowItem]) {
      for index in chunk {
        Self.put(index, items, on: &pages[pages.count - 1], &spaceAfter)
        pages[pages.count - 1].notes += items[index].notes
      }
    }

    /// A chunk that no page holds is broken wherever it must.
    private mutating func placeSingly(_ chunk: Range<Int>, _ items: [FlowItem]) {
      for index in chunk {
        if !fits(index..<(index + 1), items), !isEmpty { newPage() }
        place(index..<(index + 1), items)
      }
    }

    private static func put(
      _ index: Int, _ items: [FlowItem], on page: inout Page, _ after: inout Double
    ) {
      let item = items[index]
      let isFirst = page.items.isEmpty
      var y = isFirst ? 0 : page.bottom + max(after, item.spaceBefore)
      // Also below floats at the top of a page, a table's rest begins with its header.
      let follows = page.items.last.map { $0.index == index - 1 } ?? false
      let continues = item.continuationHeight != nil && !follows
      if continues { y += item.continuationHeight ?? 0 }
      page.items.append(Placed(index: index, y: y, continues: continues))
      page.bottom = y + item.height
      after = item.spaceAfter
    }

    private mutating func newPage() {
      pages.append(Page())
      spaceAfter = 0
    }
  }
}
