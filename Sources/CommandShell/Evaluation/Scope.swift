/// The variables of a session, block within block.
struct Scope {
  private var levels: [[String: Value]] = [[:]]

  subscript(name: String) -> Value? {
    for level in levels.reversed() {
      if let value = level[name] { return value }
    }
    return nil
  }

  /// Binds in the innermost block; a name may be bound anew.
  mutating func bind(_ name: String, _ value: Value) { levels[levels.count - 1][name] = value }

  mutating func open() { levels.append([:]) }
  mutating func close() { if levels.count > 1 { levels.removeLast() } }

  /// All bound names, for suggestions and completion.
  var names: Set<String> { Set(levels.flatMap(\.keys)) }
}
