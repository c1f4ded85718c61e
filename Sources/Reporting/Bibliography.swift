/// A work that a document may cite.
public struct BibliographyEntry: Hashable, Sendable {
  /// What citations call it: `[@bulat2022]`.
  public var key: String
  /// How the list of references names it.
  public var text: [Inline]

  public init(key: String, text: [Inline]) { (self.key, self.text) = (key, text) }
}

/// Reads BibTeX: entries, braced and quoted values, `@string` names, and the accents that names
/// have. What it does not know it passes over.
public enum BibTeX {
  /// - Throws: `ReportingError` with `.badBibliography` for an entry that does not end.
  public static func entries(_ source: String) throws -> [BibliographyEntry] {
    var reader = BibTeXReader(source)
    return try reader.entries()
  }
}

private struct BibTeXReader {
  private var rest: Substring
  private var names: [String: String] = [:]

  init(_ source: String) { rest = source[...] }

  mutating func entries() throws -> [BibliographyEntry] {
    var found: [BibliographyEntry] = []
    while let at = rest.firstIndex(of: "@") {
      rest = rest[rest.index(after: at)...]
      let kind = String(rest.prefix { $0.isLetter }).lowercased()
      rest = rest.dropFirst(kind.count).drop(while: \.isWhitespace)
      guard rest.first == "{" || rest.first == "(" else { continue }
      rest.removeFirst()
      if kind == "comment" || kind == "preamble" { continue }
      let key = kind == "string" ? "" : take(upTo: [","]).trimmed
      if kind != "string" { rest = rest.dropFirst() }
      let fields = try fields(of: key)
      if kind == "string" {
        names.merge(fields) { $1 }
      } else {
        found.append(BibliographyEntry(key: key, text: BibliographyStyle.text(fields)))
      }
    }
    return found
  }

  private mutating func take(upTo ends: Set<Character>) -> String {
    let word = rest.prefix { !ends.contains($0) }
    rest = rest.dropFirst(word.count)
    return String(word)
  }

  private mutating func fields(of key: String) throws -> [String: String] {
    var fields: [String: String] = [:]
    while true {
      rest = rest.drop { $0.isWhitespace || $0 == "," }
      guard let first = rest.first else {
        throw ReportingError(
          .badBibliography, "The entry '\(key)' of the bibliography does not end: a } is missing.",
          context: key)
      }
      if first == "}" || first == ")" {
        rest.removeFirst()
        return fields
      }
      let name = take(upTo: ["=", "}", ","]).trimmed.lowercased()
      guard rest.first == "=" else { continue }
      rest.removeFirst()
      fields[name] = try value(of: key)
    }
  }

  /// Pieces joined by `#`.
  private mutating func value(of key: String) throws -> String {
    var text = ""
    while true {
      rest = rest.drop(while: \.isWhitespace)
      text += try piece(of: key)
      rest = rest.drop(while: \.isWhitespace)
      guard rest.first == "#" else { return text }
      rest.removeFirst()
    }
  }

  private mutating func piece(of key: String) throws -> String {
    switch rest.first {
    case "{", "\"":
      let isQuoted = rest.removeFirst() == "\""
      var depth = 0
      var text = ""
      while let character = rest.popFirst() {
        if depth == 0, character == (isQuoted ? "\"" : "}") { return text }
        if character == "{" { depth += 1 }
        if character == "}" { depth -= 1 }
        text.append(character)
      }
      throw ReportingError(
        .badBibliography, "A value of the entry '\(key)' of the bibliography does not end.",
        context: key)
    default:
      let word = take(upTo: [",", "}", "#", "\n"]).trimmed
      return names[word.lowercased()] ?? word
    }
  }
}

/// How an entry is set: Authors. Title. *Where*, year. Link.
enum BibliographyStyle {
  static func text(_ fields: [String: String]) -> [Inline] {
    func field(_ name: String) -> String? {
      fields[name].map(plain).flatMap { $0.isEmpty ? nil : $0 }
    }
    var text: [Inline] = []
    if let authors = fields["author"] ?? fields["editor"] {
      text.append(.text(people(authors) + ". "))
    }
    if let title = field("title") {
      text.append(.text(title + (title.last.map { "?!.".contains($0) } ?? false ? " " : ". ")))
    }
    let place =
      field("booktitle") ?? field("journal") ?? field("publisher") ?? field("howpublished")
    if let place { text.append(.emphasis([.text(place)])) }
    if let volume = field("volume") {
      text.append(.text(" \(volume)" + (field("number").map { "(\($0))" } ?? "")))
    }
    if let pages = field("pages") { text.append(.text(": \(pages)")) }
    if let year = field("year") { text.append(.text((place == nil ? "" : ", ") + year)) }
    text.append(.text("."))
    if let link = link(fields) { text += [.text(" "), link] }
    return text.mergingText()
  }

  private static func link(_ fields: [String: String]) -> Inline? {
    if let doi = fields["doi"] {
      return .link([.text("doi:\(doi)")], destination: "https://doi.org/\(doi)")
    }
    if let id = fields["eprint"] {
      return .link([.text("arXiv:\(id)")], destination: "https://arxiv.org/abs/\(id)")
    }
    return fields["url"].map { .link([.text($0)], destination: $0) }
  }

  /// `Last, First and Other, O.` as `F. Last and O. Other`; seven and more as the first `et al.`
  static func people(_ list: String) -> String {
    let names = list.split(separator: " and ", omittingEmptySubsequences: true)
      .flatMap { $0.split(separator: "\nand ") }
      .map { person(plain(String($0))) }
    if names.count > 6 { return names[0] + " et al" }
    guard names.count > 1, let last = names.last else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }

  private static func person(_ name: String) -> String {
    if name == "others" { return "others" }
    let parts = name.split(separator: ",", maxSplits: 1).map { String($0).trimmed }
    let (given, family): ([Substring], String) =
      parts.count > 1
      ? (parts[1].split(separator: " "), parts[0])
      : (name.split(separator: " ").dropLast(), String(name.split(separator: " ").last ?? ""))
    let initials = given.compactMap { $0.first.map { "\($0)." } }
    return (initials + [family]).joined(separator: "\u{00A0}")
  }

  private static let accents: [Character: Unicode.Scalar] = [
    "'": "\u{301}", "`": "\u{300}", "^": "\u{302}", "\"": "\u{308}", "~": "\u{303}",
    "=": "\u{304}", ".": "\u{307}", "c": "\u{327}", "v": "\u{30C}", "H": "\u{30B}",
    "u": "\u{306}", "r": "\u{30A}", "k": "\u{328}",
  ]
  private static let letters: [String: String] = [
    "ss": "ß", "o": "ø", "O": "Ø", "ae": "æ", "AE": "Æ", "aa": "å", "AA": "Å", "l": "ł",
    "L": "Ł", "i": "i", "j": "j", "&": "&", "%": "%", "_": "_", "#": "#", "$": "$", " ": " ",
  ]

  /// Text without TeX: braces off, accents composed, dashes and ties as characters.
  static func plain(_ source: String) -> String {
    var out = ""
    var rest = source[...]
    while let character = rest.popFirst() {
      switch character {
      case "{", "}": break
      case "~": out += "\u{00A0}"
      case "-" where rest.hasPrefix("-"):
        rest = rest.drop { $0 == "-" }
        out += "–"
      case "\\": out += command(&rest)
      default: out.append(character.isWhitespace ? " " : character)
      }
    }
    return out.split(separator: " ").joined(separator: " ")
  }

  private static func command(_ rest: inout Substring) -> String {
    let name =
      rest.first?.isLetter ?? false ? String(rest.prefix { $0.isLetter }) : String(rest.prefix(1))
    if let letter = letters[name] {
      rest = rest.dropFirst(name.count).drop { $0 == " " && name.first?.isLetter ?? false }
      return letter
    }
    guard name.count == 1, let mark = name.first, let accent = accents[mark] else {
      rest = rest.dropFirst(name.count)
      return ""
    }
    rest = rest.dropFirst().drop { $0 == "{" || $0 == " " || $0 == "\\" }
    guard let base = rest.popFirst() else { return "" }
    rest = rest.first == "}" ? rest.dropFirst() : rest
    return String(base) + String(Character(accent))
  }
}
