/// One way to go on at the cursor.
public struct Completion: Hashable, Sendable {
  /// UTF-8 offsets of what it replaces, ending at the cursor.
  public let range: Range<Int>
  /// What it puts there, with what should follow (a space, `: `).
  public let replacement: String
  /// How it stands in the menu; the replacement without its final space by default.
  public let label: String
  /// A few words beside it in the menu.
  public let detail: String?

  public init(
    replacing range: Range<Int>, with replacement: String, label: String? = nil,
    detail: String? = nil
  ) {
    (self.range, self.replacement, self.detail) = (range, replacement, detail)
    self.label =
      label ?? (replacement.hasSuffix(" ") ? String(replacement.dropLast()) : replacement)
  }
}

/// What the line editor asks the language about.
public struct EditorHooks {
  /// Whether Enter should run the text, rather than begin a new line. A text with an error that
  /// more lines cannot mend counts as complete, so that the error is shown.
  public var isComplete: (_ text: String) -> Bool
  /// Colours for the text as typed so far.
  public var highlight: (_ text: String) -> [StyledSpan]
  /// Completions at a cursor, given as a UTF-8 offset into the text, best first.
  public var complete: (_ text: String, _ cursor: Int) -> [Completion]

  public init(
    isComplete: @escaping (String) -> Bool = { _ in true },
    highlight: @escaping (String) -> [StyledSpan] = { _ in [] },
    complete: @escaping (String, Int) -> [Completion] = { _, _ in [] }
  ) {
    (self.isComplete, self.highlight, self.complete) = (isComplete, highlight, complete)
  }
}
