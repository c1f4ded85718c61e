/// The completions at the cursor, while they are shown.
struct CompletionMenu {
  let items: [Completion]
  /// The text before any of them was chosen.
  let before: TextBuffer
  var selected: Int?
  /// Columns of the grid as it was last drawn, for up and down.
  var columns = 1
}

extension EditorState {
  /// Tab: completes what is certain, and shows a menu of the rest.
  mutating func complete() -> Effect {
    let line = buffer.text(in: buffer.currentLine.lowerBound..<buffer.cursor)
    if line.allSatisfy({ $0 == " " }), buffer.currentLine.lowerBound > 0 {
      edit { $0.insert("  ") }
      return .redraw
    }
    let items = completions()
    guard let first = items.first else { return .bell }
    if items.count == 1 {
      edit { $0.apply(first) }
      return .redraw
    }
    if let common = commonBeginning(of: items) { edit { $0.apply(common) } }
    menu = CompletionMenu(items: common(items), before: buffer)
    return .redraw
  }

  private func completions() -> [Completion] {
    hooks.complete(buffer.text, buffer.offset(of: buffer.cursor))
  }

  /// The items as they apply to the text after the common beginning went in.
  private func common(_ items: [Completion]) -> [Completion] {
    let cursor = buffer.offset(of: buffer.cursor)
    return items.map { item in
      Completion(
        replacing: min(item.range.lowerBound, cursor)..<cursor, with: item.replacement,
        label: item.label, detail: item.detail)
    }
  }

  /// What all items begin with, where that says more than what is typed.
  private func commonBeginning(of items: [Completion]) -> Completion? {
    guard let first = items.first, items.allSatisfy({ $0.range == first.range }) else { return nil }
    // What the least and the greatest begin with, all between them begin with.
    let texts = items.map(\.replacement)
    guard let least = texts.min(), let greatest = texts.max() else { return nil }
    let common = least.commonPrefix(with: greatest)
    let typed = buffer.text(
      in: buffer.position(ofOffset: first.range.lowerBound)..<buffer.cursor)
    guard common.count > typed.count, common.begins(with: typed) else { return nil }
    return Completion(replacing: first.range, with: common)
  }

  /// Keys while the menu is shown; nil closes it and hands the key on.
  mutating func menuKey(_ key: Key) -> Effect? {
    guard let menu else { return nil }
    switch key {
    case .tab: return select(menu.selected.map { $0 + 1 } ?? 0)
    case .shiftTab: return select(menu.selected.map { $0 - 1 } ?? menu.items.count - 1)
    case .right where menu.selected != nil: return select((menu.selected ?? 0) + 1)
    case .left where menu.selected != nil: return select((menu.selected ?? 0) - 1)
    case .down: return select(menu.selected.map { $0 + menu.columns } ?? 0)
    case .up where menu.selected != nil: return select((menu.selected ?? 0) - menu.columns)
    case .enter where menu.selected != nil:
      take(menu)
      return .redraw
    case .escape, .control("g"):
      buffer = menu.before
      self.menu = nil
      return .redraw
    case .text(let text):
      take(menu)
      edit(continuing: menu.selected == nil) { $0.insert(text) }
      refresh(menu)
      return .redraw
    case .backspace where menu.selected == nil:
      _ = delete(buffer.cursor - 1..<buffer.cursor)
      refresh(menu)
      return .redraw
    default:
      take(menu)
      return nil
    }
  }

  /// Shows an item in place, going round at the ends.
  private mutating func select(_ index: Int) -> Effect {
    guard var menu else { return .bell }
    let selected = (index % menu.items.count + menu.items.count) % menu.items.count
    menu.selected = selected
    buffer = menu.before
    buffer.apply(menu.items[selected])
    self.menu = menu
    return .redraw
  }

  /// Keeps the item shown, as one change.
  private mutating func take(_ menu: CompletionMenu) {
    self.menu = nil
    guard menu.selected != nil else { return }
    let chosen = buffer
    buffer = menu.before
    edit { $0 = chosen }
  }

  /// The menu follows what is typed, as long as it still has something to offer for that word.
  private mutating func refresh(_ old: CompletionMenu) {
    guard old.selected == nil else { return }
    let items = completions()
    let start = old.items.first?.range.lowerBound
    guard !items.isEmpty, items.first?.range.lowerBound == start else {
      menu = nil
      return
    }
    menu = CompletionMenu(items: items, before: buffer)
  }
}

extension TextBuffer {
  mutating func apply(_ completion: Completion) {
    let start = position(ofOffset: completion.range.lowerBound)
    let end = position(ofOffset: completion.range.upperBound)
    replace(start..<max(start, end), with: completion.replacement)
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
