import Experiments

/// What Markdown has no place for: a comment above a cell that came from Jupyter,
/// `<!-- cell {"id": …, "metadata": {…}} -->`, or the attribute `jupyter` of a facet cell.
struct JupyterMarker: Hashable {
  var id: String?
  /// Nil is Markdown, or the facet code that the marker belongs to.
  var kind: JupyterCell.Kind?
  var metadata: [String: SpecValue] = [:]
  var attachments: SpecValue?
  var outputs: [SpecValue] = []
  var executionCount: Int?
  /// The source, where Markdown would not give it back as it is.
  var source: String?

  private static let opening = "<!-- cell"
  private static let closing = "-->"

  var isEmpty: Bool { self == JupyterMarker() }

  private var fields: [String: SpecValue] {
    var fields: [String: SpecValue] = [:]
    fields["id"] = id.map { .text($0) }
    fields["type"] = kind.map { .text($0.rawValue) }
    fields["metadata"] = metadata.isEmpty ? nil : .record(metadata)
    fields["attachments"] = attachments
    fields["outputs"] = outputs.isEmpty ? nil : .list(outputs)
    fields["execution_count"] = executionCount.map { .integer($0) }
    fields["source"] = source.map { .text($0) }
    return fields
  }

  private init(fields: [String: SpecValue]) {
    id = fields["id"]?.textValue
    kind = fields["type"]?.textValue.flatMap(JupyterCell.Kind.init)
    metadata = fields["metadata"]?.fields ?? [:]
    attachments = fields["attachments"]
    outputs = fields["outputs"]?.listValue ?? []
    executionCount = fields["execution_count"]?.integerValue
    source = fields["source"]?.textValue
  }

  init() {}

  /// The JSON of a marker; nil where it is none.
  init?(json: String) {
    guard let fields = try? CanonicalJSON.decode([String: SpecValue].self, from: json) else {
      return nil
    }
    self.init(fields: fields)
  }

  /// A line of a file that is a marker; nil for any other.
  init?(line: Substring) {
    guard line.hasPrefix(Self.opening + " "), line.hasSuffix(Self.closing) else { return nil }
    let text = line.dropFirst(Self.opening.count).dropLast(Self.closing.count).trimmingSpaces
    if text.isEmpty {
      self.init()
    } else {
      self.init(json: String(text))
    }
  }

  /// Without `>`, which could end the comment.
  func json() throws -> String {
    try CanonicalJSON.encode(fields).replacing(">", with: "\\u003e")
  }

  func line() throws -> String {
    isEmpty ? "\(Self.opening) \(Self.closing)" : "\(Self.opening) \(try json()) \(Self.closing)"
  }
}
