extension Notebook {
  /// The notebook as Markdown.
  ///
  /// Whatever was parsed and not changed is written byte for byte as it was.
  public func serialized() -> String {
    var text = frontMatter.serialized()
    for segment in segments {
      // A file may end without a line ending, but only where nothing follows.
      if let last = text.last, !last.isNewline { text += "\n" }
      switch segment {
      case .prose(let markdown, _): text += markdown
      case .cell(let cell):
        if cell.original == nil { text += blankLine(after: text) }
        text += cell.serialized()
      }
    }
    return text
  }

  private func blankLine(after text: String) -> String {
    text.isEmpty || text.hasSuffix("\n\n") || text.hasSuffix("\r\n\r\n") ? "" : "\n"
  }
}

extension Cell {
  func serialized() -> String {
    if let original, original.source == source, original.attributes == attributes {
      return original.text
    }
    let ending = original.map { $0.lineEnding.isEmpty ? "\n" : $0.lineEnding } ?? "\n"
    let words = [language] + attributes.map { $0.serialized() }
    let info = words.joined(separator: " ")
    // CommonMark allows no backtick behind a fence of backticks.
    let marker: Character = info.contains("`") ? "~" : "`"
    let lines = SourceLine.split(source)
    let longest = lines.map { line in
      line.trimmed.allSatisfy { $0 == marker } ? line.trimmed.count : 0
    }.max()
    let fence = String(repeating: marker, count: max(3, (longest ?? 0) + 1))
    return ([fence + info] + lines.map { String($0.text) } + [fence]).map { $0 + ending }.joined()
  }
}

extension CellAttribute {
  func serialized() -> String {
    guard let value else { return name }
    let isWord = !value.isEmpty && !value.contains { $0.isWhitespace || "\"\\".contains($0) }
    return isWord ? "\(name)=\(value)" : "\(name)=\(value.quotedOnOneLine)"
  }
}

extension FrontMatter {
  /// The header: the file's own text while what it says has not changed.
  func serialized() -> String {
    if let unchanged = try? FrontMatter(fields: fields, originalText: originalText),
      unchanged == self
    {
      return originalText
    }
    var lines: [String] = []
    if let title { lines.append("title: \(title.quotedOnOneLine)") }
    if !authors.isEmpty {
      lines.append("author: [\(authors.map(\.quotedOnOneLine).joined(separator: ", "))]")
    }
    if let date { lines.append("date: \(date.quotedOnOneLine)") }
    if let abstract { lines.append("abstract: \(abstract.quotedOnOneLine)") }
    if !parameters.isEmpty { lines.append("parameters:") }
    lines += parameters.map { parameter in
      let summary = parameter.summary.map { "  # \($0)" } ?? ""
      return "  \(parameter.name): \(parameter.value.literal)\(summary)"
    }
    for field in fields where !Self.knownNames.contains(field.name) {
      lines += field.serialized(indentation: "")
    }
    return lines.isEmpty ? "" : (["---"] + lines + ["---", ""]).map { $0 + "\n" }.joined()
  }
}

extension FrontMatter.Field {
  fileprivate func serialized(indentation: String) -> [String] {
    let head = "\(indentation)\(name):"
    switch value {
    case .empty: return [head]
    case .scalar(let scalar): return ["\(head) \(scalar.serialized)"]
    case .list(let scalars):
      return ["\(head) [\(scalars.map(\.serialized).joined(separator: ", "))]"]
    case .record(let fields):
      return [head] + fields.flatMap { $0.serialized(indentation: indentation + "  ") }
    }
  }
}

extension FrontMatter.Scalar {
  /// A plain scalar may hold a comma, which a list on one line may not.
  fileprivate var serialized: String {
    isQuoted || text.contains(",") ? text.quotedOnOneLine : text
  }
}

extension String {
  /// In double quotes, with quotation marks, backslashes and line ends escaped.
  var quotedOnOneLine: String {
    let escaped = unicodeScalars.map { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case "\n": "\\n"
      case "\r": "\\r"
      case "\t": "\\t"
      default: String(scalar)
      }
    }
    return "\"" + escaped.joined() + "\""
  }
}
