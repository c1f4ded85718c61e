public import Experiments
import Foundation

/// A notebook in Jupyter's form (nbformat 4): what an `.ipynb` file holds, nothing left out.
///
/// - Source: nbformat's documentation, “The Jupyter notebook format”, and its JSON schema 4.5.
public struct JupyterNotebook: Hashable, Sendable {
  public var metadata: [String: SpecValue]
  /// nbformat_minor; cells have ids from 5 on.
  public var minor: Int
  public var cells: [JupyterCell]

  public init(metadata: [String: SpecValue] = Self.facet, minor: Int = 5, cells: [JupyterCell]) {
    (self.metadata, self.minor, self.cells) = (metadata, minor, cells)
  }

  /// The metadata of a notebook whose kernel is facet.
  public static let facet: [String: SpecValue] = [
    "kernelspec": .record([
      "name": .text("facet"), "display_name": .text("facet"), "language": .text("facet"),
    ]),
    "language_info": .record([
      "name": .text("facet"), "file_extension": .text(".facet"), "mimetype": .text("text/x-facet"),
    ]),
  ]

  /// The language of the code cells; facet where the file does not say.
  public var language: String {
    for (field, name) in [("kernelspec", "language"), ("language_info", "name")] {
      if case .record(let fields) = metadata[field], let text = fields[name]?.textValue {
        return text
      }
    }
    return Notebook.cellLanguage
  }
}

/// One cell of an `.ipynb` file.
public struct JupyterCell: Hashable, Sendable {
  public enum Kind: String, Sendable { case code, markdown, raw }

  public var kind: Kind
  public var id: String?
  public var source: String
  public var metadata: [String: SpecValue]
  /// Files inside a Markdown or raw cell.
  public var attachments: SpecValue?
  /// As the file has them; of code cells only.
  public var outputs: [SpecValue]
  public var executionCount: Int?

  public init(
    _ kind: Kind, id: String? = nil, source: String, metadata: [String: SpecValue] = [:]
  ) {
    (self.kind, self.id, self.source, self.metadata) = (kind, id, source, metadata)
    (attachments, outputs, executionCount) = (nil, [], nil)
  }
}

// MARK: - The file

extension JupyterNotebook {
  /// Reads the text of an `.ipynb` file.
  /// - Throws: `NotebookError` with `.unreadable` for what is none, or is of nbformat 3 or older.
  public init(json text: String, path: String? = nil) throws {
    func wrong(_ message: String) -> NotebookError {
      NotebookError(.unreadable, message, path: path)
    }
    guard let file = try? CanonicalJSON.decode([String: SpecValue].self, from: text),
      case .list(let cells) = file["cells"] ?? .list([]),
      let format = file["nbformat"]?.integerValue
    else { throw wrong("this is no Jupyter notebook; give an .ipynb file of nbformat 4") }
    guard format == 4 else {
      throw wrong(
        "this is nbformat \(format), and facet reads 4: "
          + "`jupyter nbconvert --to notebook --nbformat 4` converts it")
    }
    minor = file["nbformat_minor"]?.integerValue ?? 0
    metadata = file["metadata"]?.fields ?? [:]
    self.cells = try cells.enumerated().map { position, cell in
      guard let cell = JupyterCell(cell) else {
        throw wrong("cell \(position + 1) is neither code nor Markdown nor raw")
      }
      return cell
    }
  }

  /// The file's text, as nbformat writes it: indented, sources and texts as lists of lines.
  public func json() throws -> String {
    let file: [String: SpecValue] = [
      "nbformat": .integer(4), "nbformat_minor": .integer(minor), "metadata": .record(metadata),
      "cells": .list(cells.map { $0.json(hasID: minor >= 5) }),
    ]
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(file), as: UTF8.self) + "\n"
  }
}

extension JupyterCell {
  fileprivate init?(_ value: SpecValue) {
    guard let fields = value.fields, let kind = fields["cell_type"]?.textValue.flatMap(Kind.init)
    else { return nil }
    self.init(
      kind, id: fields["id"]?.textValue, source: fields["source"]?.multilineText ?? "",
      metadata: fields["metadata"]?.fields ?? [:])
    attachments = fields["attachments"]
    outputs = fields["outputs"]?.listValue ?? []
    executionCount = fields["execution_count"]?.integerValue
  }

  fileprivate func json(hasID: Bool) -> SpecValue {
    var fields: [String: SpecValue] = [
      "cell_type": .text(kind.rawValue), "metadata": .record(metadata),
      "source": .list(Self.lines(source).map { .text($0) }),
    ]
    if hasID, let id { fields["id"] = .text(id) }
    if let attachments { fields["attachments"] = attachments }
    if kind == .code {
      fields["outputs"] = .list(outputs)
      fields["execution_count"] = executionCount.map { .integer($0) } ?? .null
    }
    return .record(fields)
  }

  private static func lines(_ text: String) -> [String] {
    SourceLine.split(text).map { String($0.text) + $0.ending }
  }
}

extension SpecValue {
  var fields: [String: SpecValue]? { if case .record(let fields) = self { fields } else { nil } }

  /// A text that may be a list of its lines.
  var multilineText: String? {
    listValue.map { $0.compactMap(\.textValue).joined() } ?? textValue
  }
}
