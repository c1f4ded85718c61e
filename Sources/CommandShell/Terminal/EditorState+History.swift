/// A walk through the history with up and down.
struct HistoryRecall {
  /// What was being typed when the walk began; only entries that begin with it are shown.
  let draft: TextBuffer
  /// Index of the entry shown; `history.count` is the draft.
  var position: Int
}

/// Ctrl-R: looking for an entry that contains a text.
struct HistorySearch {
  let before: TextBuffer
  var query = ""
  /// The entry shown, and where the query stands in it; nil when none fits.
  var match: (entry: Int, range: Range<Int>)?
}

extension EditorState {
  enum HistoryDirection { case older, newer }

  /// Shows the next entry that begins as the draft does and differs from what is shown.
  mutating func recall(_ direction: HistoryDirection) -> Effect {
    var walk = recall ?? HistoryRecall(draft: buffer, position: history.count)
    let prefix = walk.draft.text
    let candidates: [Int] =
      direction == .older
      ? (0..<walk.position).reversed()
      : Array((walk.position + 1)..<max(walk.position + 1, history.count))
    let shown = buffer.text
    if let next = candidates.first(where: {
      history[$0].begins(with: prefix) && history[$0] != shown
    }) {
      walk.position = next
      return show(TextBuffer(history[next]), walk)
    }
    guard direction == .newer, recall != nil else { return .bell }
    walk.position = history.count
    let effect = show(walk.draft, walk)
    recall = nil
    return effect
  }

  mutating func recallEnd(_ direction: HistoryDirection) -> Effect {
    let walk = recall ?? HistoryRecall(draft: buffer, position: history.count)
    if direction == .older, let first = history.first {
      return show(TextBuffer(first), HistoryRecall(draft: walk.draft, position: 0))
    }
    guard direction == .newer, recall != nil else { return .bell }
    let effect = show(walk.draft, walk)
    recall = nil
    return effect
  }

  private mutating func show(_ text: TextBuffer, _ walk: HistoryRecall) -> Effect {
    edit { $0 = text }
    recall = walk
    return .redraw
  }

  // MARK: Suggestion

  /// What would complete the text as typed to the latest entry that begins with it.
  var suggestion: String? {
    guard case .editing = mode, menu == nil, recall == nil, buffer.isAtEnd else { return nil }
    let text = buffer.text
    guard text.contains(where: { !$0.isWhitespace }) else { return nil }
    guard
      let entry = history.last(where: { $0.begins(with: text) && $0.utf8.count > text.utf8.count })
    else { return nil }
    return String(decoding: entry.utf8.dropFirst(text.utf8.count), as: UTF8.self)
  }

  mutating func acceptSuggestion(onlyWord: Bool = false, orElse effect: Effect = .bell) -> Effect {
    guard let suggestion else { return effect }
    let whole = TextBuffer(suggestion)
    let end = onlyWord ? whole.wordEnd(after: 0) : whole.count
    edit { $0.insert(whole.text(in: 0..<end)) }
    return .redraw
  }

  // MARK: Search

  mutating func beginSearch() -> Effect {
    guard !history.isEmpty else { return .bell }
    recall = nil
    mode = .searching(HistorySearch(before: buffer))
    return .redraw
  }

  /// Keys while searching; nil hands the key on, after the entry found has been taken over.
  mutating func searchKey(_ key: Key, _ search: HistorySearch) -> Effect? {
    var search = search
    switch key {
    case .text(let text):
      search.query += text
      return look(.older, search, from: search.match?.entry ?? history.count - 1)
    case .paste(let text):
      search.query += text
      return look(.older, search, from: search.match?.entry ?? history.count - 1)
    case .backspace:
      guard !search.query.isEmpty else { return .bell }
      search.query.removeLast()
      return look(.older, search, from: history.count - 1)
    case .control("r"):
      return look(.older, search, from: (search.match?.entry ?? history.count) - 1)
    case .control("s"): return look(.newer, search, from: (search.match?.entry ?? -1) + 1)
    case .control("g"), .control("c"):
      buffer = search.before
      mode = .editing
      return .redraw
    case .enter, .escape, .tab:
      endSearch(search)
      return .redraw
    default:
      endSearch(search)
      return nil
    }
  }

  /// Takes the entry over as a change that undo takes back.
  private mutating func endSearch(_ search: HistorySearch) {
    let found = buffer
    buffer = search.before
    mode = .editing
    edit { $0 = found }
  }

  /// Shows the nearest entry from `start` on that has the query.
  private mutating func look(
    _ direction: HistoryDirection, _ search: HistorySearch, from start: Int
  ) -> Effect {
    var search = search
    defer { mode = .searching(search) }
    if search.query.isEmpty {
      (search.match, buffer) = (nil, search.before)
      return .redraw
    }
    guard let found = entry(with: search, direction, from: start) else {
      // Asking for one more keeps what is shown; a query that fits nothing says so.
      let isStep = search.match.map { history[$0.entry].lastMatch(of: search.query) != nil }
      if isStep != true { search.match = nil }
      return .bell
    }
    search.match = found
    buffer = TextBuffer(history[found.entry])
    buffer.move(to: found.range.lowerBound)
    return .redraw
  }

  private func entry(
    with search: HistorySearch, _ direction: HistoryDirection, from start: Int
  ) -> (entry: Int, range: Range<Int>)? {
    var index = start
    while history.indices.contains(index) {
      // The same text once more is no step.
      let isRepeat = search.match.map { $0.entry != index && history[$0.entry] == history[index] }
      if isRepeat != true, let range = history[index].lastMatch(of: search.query) {
        return (index, range)
      }
      index += direction == .older ? -1 : 1
    }
    return nil
  }
}

extension String {
  /// Where a text stands last, in characters, ignoring case unless the text has a capital.
  func lastMatch(of query: String) -> Range<Int>? {
    let isExact = query.contains(where: \.isUppercase)
    let (text, wanted) = isExact ? (self, query) : (lowercased(), query.lowercased())
    // Most entries do not have it; bytes tell that soonest.
    guard !wanted.isEmpty, text.utf8.count >= wanted.utf8.count, text.contains(wanted) else {
      return nil
    }
    let (characters, pattern) = (Array(text), Array(wanted))
    guard characters.count >= pattern.count else { return nil }
    let start = (0...(characters.count - pattern.count)).last {
      characters[$0...].starts(with: pattern)
    }
    return start.map { $0..<$0 + pattern.count }
  }

  /// `hasPrefix` by bytes: a tenth of its time, and what is typed next must fit byte for byte.
  func begins(with prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }
}
