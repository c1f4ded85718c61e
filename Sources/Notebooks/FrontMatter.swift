/// The header of a notebook: what it is called, who wrote it, and its parameters.
public struct FrontMatter: Hashable, Sendable {
  public var title: String?
  public var authors: [String]
  /// As written: `2026-01-31`.
  public var date: String?
  public var abstract: String?
  public var parameters: [NotebookParameter]
  /// Every field in order of the file, those above included.
  public internal(set) var fields: [Field]
  /// The header as it stands in the file, `---` lines included; empty without one.
  let originalText: String

  public struct Field: Hashable, Sendable {
    public let name: String
    public let value: FieldValue
    /// The comment behind the value on the same line.
    public let comment: String?
    /// Line in the file, from 1.
    public let line: Int
  }

  /// What a field of the header can hold.
  public indirect enum FieldValue: Hashable, Sendable {
    case empty
    case scalar(Scalar)
    case list([Scalar])
    /// One nested level, in order of the file.
    case record([Field])
  }

  /// A single value as written; `isQuoted` keeps `"10"` apart from `10`.
  public struct Scalar: Hashable, Sendable {
    public let text: String
    public let isQuoted: Bool
  }

  public init(
    title: String? = nil, authors: [String] = [], date: String? = nil, abstract: String? = nil,
    parameters: [NotebookParameter] = []
  ) {
    (self.title, self.authors, self.date, self.abstract) = (title, authors, date, abstract)
    (self.parameters, self.fields, self.originalText) = (parameters, [], "")
  }

  /// Reads the known fields and keeps the others raw.
  init(fields: [Field], originalText: String) throws {
    (self.fields, self.originalText) = (fields, originalText)
    (self.authors, self.parameters) = ([], [])
    for field in fields { try take(field) }
  }

  static let knownNames = ["title", "author", "authors", "date", "abstract", "parameters"]

  private mutating func take(_ field: Field) throws {
    switch field.name {
    case "title": title = try field.text()
    case "date": date = try field.text()
    case "abstract": abstract = try field.text()
    case "author", "authors":
      guard authors.isEmpty else {
        throw field.error("the authors are given twice; keep one of “author” and “authors”")
      }
      authors = try field.texts()
    case "parameters": parameters = try field.parameters()
    default:
      // Other tools' fields pass; a slip in one of ours must not switch it off.
      if let meant = nearestName(to: field.name, among: Self.knownNames) {
        throw field.error("unknown field “\(field.name)”: did you mean “\(meant)”?")
      }
    }
  }
}

extension FrontMatter.Field {
  func error(_ message: String) -> NotebookError {
    NotebookError(.frontMatter, message, line: line)
  }

  func text() throws -> String? {
    switch value {
    case .empty: return nil
    case .scalar(let scalar): return scalar.text.droppingFinalNewlines
    case .list, .record: throw error("“\(name)” must be one text, not a list or a record")
    }
  }

  func texts() throws -> [String] {
    switch value {
    case .list(let scalars): scalars.map(\.text)
    case .record: throw error("“\(name)” must be a text or a list of texts, not a record")
    case .scalar, .empty: try text().map { [$0] } ?? []
    }
  }

  func parameters() throws -> [NotebookParameter] {
    switch value {
    case .empty: return []
    case .record(let fields):
      return try fields.map { field in
        NotebookParameter(
          name: field.name, value: try field.parameterValue(), summary: field.comment,
          line: field.line)
      }
    case .scalar, .list:
      throw error("“parameters” must hold one indented “name: default” per line")
    }
  }

  private func parameterValue() throws -> ParameterValue {
    switch value {
    case .scalar(let scalar): return ParameterValue(scalar)
    case .list(let scalars): return .list(scalars.map(ParameterValue.init))
    case .empty, .record:
      throw error("the parameter “\(name)” needs a default, such as \(name): 20; “” is empty text")
    }
  }
}

extension String {
  var droppingFinalNewlines: String {
    var text = self
    while text.last?.isNewline == true { text.removeLast() }
    return text
  }
}
