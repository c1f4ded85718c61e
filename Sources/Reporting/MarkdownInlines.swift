/// Turns cmark's inline nodes into inlines.
struct InlineBuilder {
  /// Marks an image among the inlines until its paragraph is known to be a figure.
  static let imageScheme = "image:"

  let footnotes: [MarkdownNode]
  let math: ProtectedMath

  func inlines(_ nodes: [MarkdownNode]) -> [Inline] {
    var found: [Inline] = []
    var open: [(tag: String, start: Int)] = []
    for node in nodes {
      if node.kind == "html_inline" {
        applyTag(node.literal.lowercased(), to: &found, open: &open)
      } else {
        found += inline(node)
      }
    }
    return found.mergingText().flatMap { inline -> [Inline] in
      if case .text(let text) = inline { math.inlines(text) } else { [inline] }
    }
  }

  private func inline(_ node: MarkdownNode) -> [Inline] {
    switch node.kind {
    case "text": [.text(node.literal)]
    case "softbreak": [.text(" ")]
    case "linebreak": [.lineBreak]
    case "code": [.code(math.restore(node.literal))]
    case "emph": [.emphasis(inlines(node.children))]
    case "strong": [.strong(inlines(node.children))]
    case "strikethrough": [.strikethrough(inlines(node.children))]
    case "link": [.link(inlines(node.children), destination: math.restore(node.url))]
    case "image":
      [.link(inlines(node.children), destination: Self.imageScheme + math.restore(node.url))]
    case "footnote_reference": [.footnote(footnote(node))]
    default: inlines(node.children)
    }
  }

  private func footnote(_ node: MarkdownNode) -> [Inline] {
    guard let number = Int(node.literal), footnotes.indices.contains(number - 1) else { return [] }
    let paragraphs = footnotes[number - 1].children.filter { $0.kind == "paragraph" }
    return Array(paragraphs.map { inlines($0.children) }.joined(separator: [.lineBreak]))
  }

  /// `<br>`, `<sub>` and `<sup>`; other HTML has no place on a page.
  private func applyTag(
    _ tag: String, to found: inout [Inline], open: inout [(tag: String, start: Int)]
  ) {
    switch tag {
    case "<br>", "<br/>", "<br />": found.append(.lineBreak)
    case "<sub>", "<sup>": open.append((tag, found.count))
    case "</sub>", "</sup>":
      guard let last = open.popLast(), last.tag.dropFirst() == tag.dropFirst(2) else { return }
      let inner = Array(found[last.start...])
      found.removeSubrange(last.start...)
      found.append(tag == "</sub>" ? .subscript(inner) : .superscript(inner))
    default: break
    }
  }
}

extension [Inline] {
  /// Neighbouring texts as one, empty ones left out.
  func mergingText() -> [Inline] {
    var merged: [Inline] = []
    for inline in self {
      if case .text(let text) = inline {
        if text.isEmpty { continue }
        if case .text(let before)? = merged.last {
          merged[merged.count - 1] = .text(before + text)
          continue
        }
      }
      merged.append(inline)
    }
    return merged
  }
}

/// Finds `[@fig-loss; @tbl-nme]` and `@fig-loss` in a text.
enum ReferenceScanner {
  /// What a label that may stand without brackets begins with.
  static let prefixes = ["fig-", "tbl-", "tab-", "sec-", "eq-"]

  static func inlines(_ text: String) -> [Inline] {
    guard text.contains("@") else { return [.text(text)] }
    var found: [Inline] = []
    var plain = ""
    var rest = text[...]
    func flush() {
      if !plain.isEmpty { found.append(.text(plain)) }
      plain = ""
    }
    while let character = rest.first {
      if let (labels, length) = bracketed(rest) {
        flush()
        found += list(labels)
        rest = rest.dropFirst(length)
      } else if character == "@", plain.last.map({ !$0.isLetter && !$0.isNumber }) ?? true,
        let label = bare(rest)
      {
        flush()
        found.append(.reference(label))
        rest = rest.dropFirst(label.count + 1)
      } else {
        plain.append(character)
        rest = rest.dropFirst()
      }
    }
    flush()
    return found
  }

  private static func list(_ labels: [String]) -> [Inline] {
    var found: [Inline] = []
    for (position, label) in labels.enumerated() {
      if position > 0 { found.append(.text(position == labels.count - 1 ? " and " : ", ")) }
      found.append(.reference(label))
    }
    return found
  }

  /// The labels of a bracket at the start of the text, and how long it is.
  private static func bracketed(_ text: Substring) -> (labels: [String], length: Int)? {
    guard text.hasPrefix("[@"), let end = text.firstIndex(of: "]") else { return nil }
    let inner = text[text.index(after: text.startIndex)..<end]
    var labels: [String] = []
    for part in inner.split(separator: ";") {
      let trimmed = part.drop { $0 == " " }
      guard trimmed.first == "@" else { return nil }
      let label = trimmed.dropFirst().prefix { isLabelCharacter($0) }
      guard !label.isEmpty, trimmed.dropFirst(label.count + 1).allSatisfy({ $0 == " " })
      else { return nil }
      labels.append(String(label))
    }
    return labels.isEmpty ? nil : (labels, inner.count + 2)
  }

  private static func bare(_ text: Substring) -> String? {
    var label = text.dropFirst().prefix { isLabelCharacter($0) }
    while let last = label.last, last == "." || last == ":" || last == "-" { label.removeLast() }
    guard let prefix = prefixes.first(where: { label.hasPrefix($0) }), label.count > prefix.count
    else { return nil }
    return String(label)
  }

  private static func isLabelCharacter(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "-_.:".contains(character)
  }
}

/// `{#id .class key=value}` at the end of a heading, figure or caption.
struct Attributes {
  var id: String?
  var classes: Set<String> = []
  var values: [String: String] = [:]

  /// Takes the attributes off the end of the inlines; nil, and nothing changed, where there are none.
  static func take(from inlines: inout [Inline]) -> Attributes? {
    guard case .text(let text)? = inlines.last, text.last == "}",
      let open = text.lastIndex(of: "{")
    else { return nil }
    let inner = text[text.index(after: open)...].dropLast()
    guard let attributes = Attributes(String(inner)) else { return nil }
    var rest = String(text[..<open])
    while rest.last == " " { rest.removeLast() }
    inlines.removeLast()
    if !rest.isEmpty { inlines.append(.text(rest)) }
    return attributes
  }

  private init?(_ text: String) {
    let words = text.split(separator: " ")
    guard !words.isEmpty else { return nil }
    for word in words {
      if word.first == "#", word.count > 1 {
        id = String(word.dropFirst())
      } else if word.first == ".", word.count > 1 {
        classes.insert(String(word.dropFirst()))
      } else if let equals = word.firstIndex(of: "="), equals != word.startIndex {
        let quotes: Set<Character> = ["\"", "“", "”"]
        values[String(word[..<equals])] = String(
          word[word.index(after: equals)...].filter { !quotes.contains($0) })
      } else {
        return nil
      }
    }
  }
}
