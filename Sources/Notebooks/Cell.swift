/// A fenced block of the facet language.
public struct Cell: Hashable, Sendable {
  /// The first word of the fence's info string: `facet`.
  public let language: String
  /// What follows it: `echo label=fig-loss caption="Loss by epoch"`.
  public var attributes: [CellAttribute]
  /// The commands, without the fence and its indentation, lines ended by `\n` (the last one is
  /// not ended).
  public var source: String
  /// The file's line, from 1, on which `source` begins; 1 for a cell that is in no file yet.
  public let firstLine: Int
  /// The cell as it stands in the file; nil for a cell made in a session.
  let original: Original?

  struct Original: Hashable, Sendable {
    /// Fences and source, line endings included.
    let text: String
    let attributes: [CellAttribute]
    let source: String
    let lineEnding: String
  }

  /// A cell that was typed in a session.
  public init(source: String, attributes: [CellAttribute] = []) {
    self.init(source: source, attributes: attributes, firstLine: 1, original: nil)
  }

  init(source: String, attributes: [CellAttribute], firstLine: Int, original: Original?) {
    (self.language, self.source, self.attributes) = (Notebook.cellLanguage, source, attributes)
    (self.firstLine, self.original) = (firstLine, original)
  }

  /// Whether the fence carries the attribute, with or without a value.
  public func has(_ name: String) -> Bool { attributes.contains { $0.name == name } }

  /// The attribute's value; nil when it is absent or has none.
  public func value(of name: String) -> String? {
    attributes.first { $0.name == name }?.value
  }
}

/// One word of a fence's info string: a flag (`echo`) or a pair (`label=fig-loss`).
public struct CellAttribute: Hashable, Sendable {
  public let name: String
  public let value: String?

  public init(name: String, value: String? = nil) {
    (self.name, self.value) = (name, value)
  }
}
