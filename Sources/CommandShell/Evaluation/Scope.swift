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

  /// The value that the innermost block itself binds.
  func local(_ name: String) -> Value? { levels[levels.count - 1][name] }

  /// A function's body sees the session's variables, not those of the blocks that it is called in.
  ///
  /// - Returns: what `leaveCall` puts back.
  mutating func enterCall() -> [[String: Value]] {
    let outer = Array(levels.dropFirst())
    levels = [levels[0], [:]]
    return outer
  }

  mutating func leaveCall(_ outer: [[String: Value]]) { levels = [levels[0]] + outer }

  mutating func open() { levels.append([:]) }
  mutating func close() { if levels.count > 1 { levels.removeLast() } }

  /// All bound names, for suggestions and completion.
  var names: Set<String> { Set(levels.flatMap(\.keys)) }
}
