/// Cuts a text into tokens.
///
/// A bare word takes hyphens, dots and slashes when something follows them directly
/// (`swav-wild`, `reports/landmarks.pdf`); with spaces around them they are operators.
struct Lexer {
  let source: SourceText
  private let limit: Int
  private var offset: Int
  private var atLineStart = true

  init(_ source: SourceText, range: SourceRange? = nil) {
    self.source = source
    offset = range?.lower ?? 0
    limit = range?.upper ?? source.bytes.count
  }

  /// All tokens, `.end` last.
  static func tokens(_ source: SourceText, range: SourceRange? = nil) throws -> [Token] {
    var lexer = Lexer(source, range: range)
    var tokens: [Token] = []
    repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
    return tokens
  }

  /// The range inside of the `\( )` that begins at an offset.
  static func interpolation(in source: SourceText, at offset: Int) throws -> SourceRange {
    var lexer = Lexer(source, range: SourceRange(offset, source.bytes.count))
    return try lexer.scanInterpolation()
  }

  mutating func next() throws -> Token {
    skipBlanks()
    let start = offset
    let startsLine = atLineStart
    atLineStart = false
    let kind = try scan()
    return Token(kind: kind, range: SourceRange(start, offset), startsLine: startsLine)
  }

  private mutating func scan() throws -> Token.Kind {
    guard let byte = peek() else { return .end }
    if byte == ascii("\"") { return .string(try scanString()) }
    if isDigit(byte) { return try scanNumber() }
    if startsWord(byte) { return try scanWord(from: offset) }
    for mark in Punctuation.allCases where matches(mark.rawValue) {
      offset += mark.rawValue.utf8.count
      return .mark(mark)
    }
    throw unexpectedCharacter()
  }

  // MARK: Blanks

  private mutating func skipBlanks() {
    while let byte = peek() {
      if byte == ascii("\n") {
        atLineStart = true
        offset += 1
      } else if byte == ascii(" ") || byte == ascii("\t") || byte == ascii("\r") {
        offset += 1
      } else if matches("//") || (byte == ascii("#") && atLineStart) {
        while let next = peek(), next != ascii("\n") { offset += 1 }
      } else {
        return
      }
    }
  }

  // MARK: Words

  private func startsWord(_ byte: UInt8) -> Bool {
    if isLetter(byte) || matches("\\(") || matches("./") || matches("../") || matches("~/") {
      return true
    }
    // `/data` is a path, `/ 2` and `6/2` are divisions.
    guard byte == ascii("/"), let next = peek(1), isLetter(next) || isDigit(next) else {
      return false
    }
    return offset == 0
      || !(isLetter(at(offset - 1)) || isDigit(at(offset - 1)) || closes(at(offset - 1)))
  }

  private mutating func scanWord(from start: Int) throws -> Token.Kind {
    var segments: [Segment] = []
    var text: [UInt8] = []
    while let byte = peek() {
      if matches("\\(") {
        if !text.isEmpty { segments.append(.text(String(decoding: text, as: UTF8.self))) }
        text = []
        segments.append(.interpolation(try scanInterpolation()))
      } else if continuesWord(byte, from: start) {
        text.append(byte)
        offset += 1
      } else {
        break
      }
    }
    text += scanSubscript()
    if !text.isEmpty { segments.append(.text(String(decoding: text, as: UTF8.self))) }
    return finishWord(segments)
  }

  private mutating func finishWord(_ segments: [Segment]) -> Token.Kind {
    guard case .text(let text)? = segments.first, segments.count == 1 else {
      return .word(segments)
    }
    if peek() == ascii(":") {
      offset += 1
      return .label(text)
    }
    return Keyword(rawValue: text).map { .keyword($0) } ?? .word(segments)
  }

  private func continuesWord(_ byte: UInt8, from start: Int) -> Bool {
    if isLetter(byte) || isDigit(byte) { return true }
    let next = peek(1)
    let nextIsWord = next.map { isLetter($0) || isDigit($0) || $0 == ascii("\\") } ?? false
    switch byte {
    case ascii("-"): return nextIsWord && (offset > start)
    case ascii("."): return nextIsWord || isParentFolder(from: start)
    case ascii("/"): return next != ascii("/")
    case ascii("%"): return source.bytes[start..<offset].contains(ascii("/"))
    case ascii("~"): return offset == start
    default: return false
    }
  }

  /// The dots of `../` or `./` at the start of a path's component.
  private func isParentFolder(from start: Int) -> Bool {
    var first = offset
    while first > start, at(first - 1) == ascii(".") { first -= 1 }
    guard first == start || at(first - 1) == ascii("/") else { return false }
    var last = offset
    while last + 1 < limit, at(last + 1) == ascii(".") { last += 1 }
    guard last - first < 2 else { return false }
    let follower: UInt8? = last + 1 < limit ? at(last + 1) : nil
    return follower == ascii("/") || (first > start && follower.map { !isLetter($0) } ?? true)
  }

  /// `[inter-ocular@0.10]` directly after a word: a metric's protocol, part of its name.
  private mutating func scanSubscript() -> [UInt8] {
    guard peek() == ascii("["), offset > 0, isLetter(at(offset - 1)) || isDigit(at(offset - 1))
    else { return [] }
    var end = offset + 1
    while end < limit, isSubscript(at(end)) { end += 1 }
    guard end < limit, end > offset + 1, at(end) == ascii("]") else { return [] }
    defer { offset = end + 1 }
    return Array(source.bytes[offset...end])
  }

  // MARK: Numbers

  private mutating func scanNumber() throws -> Token.Kind {
    let start = offset
    var isReal = false
    skipDigits()
    if peek() == ascii("."), let next = peek(1), isDigit(next) {
      isReal = true
      offset += 1
      skipDigits()
    }
    if skipExponent() { isReal = true }
    if let duration = duration(from: start) { return duration }
    if let word = try wordAfterDigits(from: start) { return word }
    let text = source.string(SourceRange(start, offset)).filter { $0 != "_" }
    if peek() == ascii("%"), let value = Double(text), value.isFinite {
      offset += 1
      return .percent(value)
    }
    if !isReal, let value = Int(text) { return .integer(value) }
    if isReal, let value = Double(text), value.isFinite { return .real(value) }
    throw ShellError(
      .badNumber, "the number \(text) is too large", at: SourceRange(start, offset), in: source,
      expected: "a number that fits 64 bits")
  }

  /// `90s`: a number with a unit of time directly behind it and nothing of a word after that.
  private mutating func duration(from start: Int) -> Token.Kind? {
    guard let unit = DurationText.units.first(where: { matches($0.name) }) else { return nil }
    let end = offset + unit.name.utf8.count
    if end < limit, continuesDuration(at: end) { return nil }
    let digits = source.string(SourceRange(start, offset)).filter { $0 != "_" }
    guard let number = Double(digits), (number * unit.seconds).isFinite else { return nil }
    offset = end
    return .duration(number * unit.seconds)
  }

  /// Whether the byte would make a word of what stands before it, such as `300m-walk`.
  private func continuesDuration(at end: Int) -> Bool {
    let byte = at(end)
    if isLetter(byte) || isDigit(byte) || byte == ascii("/") { return true }
    let next = end + 1 < limit ? at(end + 1) : 0
    return [ascii("-"), ascii("."), ascii("[")].contains(byte) && (isLetter(next) || isDigit(next))
  }

  /// `10-fold`, `300w`, `3d/face.png`: a word that begins with digits.
  private mutating func wordAfterDigits(from start: Int) throws -> Token.Kind? {
    guard let byte = peek() else { return nil }
    let next = peek(1).map { isLetter($0) } ?? false
    guard isLetter(byte) || ((byte == ascii("-") || byte == ascii("/")) && next) else { return nil }
    offset = start
    return try scanWord(from: start)
  }

  private mutating func skipDigits() {
    while let byte = peek(), isDigit(byte) || byte == ascii("_") { offset += 1 }
  }

  private mutating func skipExponent() -> Bool {
    guard let byte = peek(), byte == ascii("e") || byte == ascii("E") else { return false }
    let signed = peek(1) == ascii("-") || peek(1) == ascii("+")
    guard let digit = peek(signed ? 2 : 1), isDigit(digit) else { return false }
    offset += signed ? 2 : 1
    skipDigits()
    return true
  }
}

// MARK: - Strings

extension Lexer {
  private mutating func scanString() throws -> [Segment] {
    let start = offset
    let isBlock = matches("\"\"\"")
    offset += isBlock ? 3 : 1
    if isBlock, peek() == ascii("\n") { offset += 1 }
    var segments: [Segment] = []
    var text: [UInt8] = []
    while !matches(isBlock ? "\"\"\"" : "\"") {
      guard let byte = peek(), isBlock || byte != ascii("\n") else {
        throw unterminatedString(from: start, isBlock: isBlock)
      }
      if matches("\\(") {
        if !text.isEmpty { segments.append(.text(String(decoding: text, as: UTF8.self))) }
        text = []
        segments.append(.interpolation(try scanInterpolation()))
      } else if byte == ascii("\\") {
        text += try scanEscape()
      } else {
        text.append(byte)
        offset += 1
      }
    }
    offset += isBlock ? 3 : 1
    if !text.isEmpty { segments.append(.text(String(decoding: text, as: UTF8.self))) }
    return segments
  }

  private mutating func scanEscape() throws -> [UInt8] {
    let start = offset
    offset += 1
    let plain: [Character: String] = ["n": "\n", "t": "\t", "\"": "\"", "\\": "\\"]
    if let byte = peek(), let text = plain[Character(Unicode.Scalar(byte))] {
      offset += 1
      return Array(text.utf8)
    }
    if matches("u{") {
      var end = offset + 2
      while end < limit, end < offset + 10, at(end) != ascii("}") { end += 1 }
      let digits = source.string(SourceRange(offset + 2, end))
      if end < limit, at(end) == ascii("}"),
        let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
      {
        offset = end + 1
        return Array(String(Character(scalar)).utf8)
      }
    }
    throw ShellError(
      .badEscape, #"`\` is followed by something that is no escape"#,
      at: SourceRange(start, min(limit, start + 2)), in: source,
      expected: #"\n, \t, \", \\, \(…) or \u{…}"#)
  }

  /// From `\(` to its `)`; strings inside may hold parentheses.
  private mutating func scanInterpolation() throws -> SourceRange {
    let start = offset
    offset += 2
    var depth = 1
    while let byte = peek(), byte != ascii("\n") {
      if byte == ascii("\"") {
        try skipNestedString(from: start)
        continue
      }
      if byte == ascii("(") { depth += 1 }
      if byte == ascii(")") { depth -= 1 }
      offset += 1
      if depth == 0 { return SourceRange(start + 2, offset - 1) }
    }
    throw unterminatedInterpolation(from: start)
  }

  /// Skips a string inside of an interpolation without reading it: the inner text is cut into
  /// tokens of its own later. Iterative, so that hostile nesting cannot exhaust the stack.
  private mutating func skipNestedString(from start: Int) throws {
    // true: inside of a string; false: inside of the parentheses of an interpolation.
    var stack = [true]
    offset += 1
    while let inString = stack.last {
      guard let byte = peek(), byte != ascii("\n") else {
        throw unterminatedInterpolation(from: start)
      }
      if inString, matches("\\(") {
        stack.append(false)
        offset += 2
      } else if inString {
        offset += byte == ascii("\\") ? min(2, limit - offset) : 1
        if byte == ascii("\"") { stack.removeLast() }
      } else {
        if byte == ascii("\"") { stack.append(true) }
        if byte == ascii("(") { stack.append(false) }
        if byte == ascii(")") { stack.removeLast() }
        offset += 1
      }
    }
  }
}

// MARK: - Bytes and errors

extension Lexer {
  private func at(_ position: Int) -> UInt8 { source.bytes[position] }

  private func peek(_ distance: Int = 0) -> UInt8? {
    offset + distance < limit ? source.bytes[offset + distance] : nil
  }

  private func matches(_ text: String) -> Bool {
    let wanted = text.utf8
    guard offset + wanted.count <= limit else { return false }
    return source.bytes[offset..<offset + wanted.count].elementsEqual(wanted)
  }

  private func unterminatedString(from start: Int, isBlock: Bool) -> ShellError {
    let end = isBlock ? start + 3 : offset
    return ShellError(
      .unterminatedString, "the string is not closed", at: SourceRange(start, end), in: source,
      expected: isBlock ? "\"\"\" at its end" : "\" before the end of the line")
  }

  private func unterminatedInterpolation(from start: Int) -> ShellError {
    ShellError(
      .unterminatedInterpolation, #"`\(` is not closed"#, at: SourceRange(start, start + 2),
      in: source, expected: "`)` before the end of the line")
  }

  private func unexpectedCharacter() -> ShellError {
    let rest = String(decoding: source.bytes[offset..<min(limit, offset + 16)], as: UTF8.self)
    let character = rest.first ?? " "
    let range = SourceRange(offset, min(limit, offset + character.utf8.count))
    let hints: [Character: String] = [
      "'": "strings stand in double quotation marks", "“": "use plain quotation marks: \"",
      "”": "use plain quotation marks: \"", "!": "write `not`, or `!=`",
      "–": "use a plain hyphen-minus: -", "…": "write three dots: ...",
    ]
    let visible = character.unicodeScalars.first.map { $0.value < 32 || $0.value == 127 } ?? true
    let shown = visible ? "a control character" : "`\(character)`"
    return ShellError(
      .unexpectedCharacter, "\(shown) has no meaning here", at: range, in: source,
      notes: hints[character].map { [$0] } ?? [])
  }
}

private func ascii(_ character: Unicode.Scalar) -> UInt8 { UInt8(ascii: character) }
private func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

/// ASCII letters, `_`, and the bytes of letters beyond ASCII — but not of typographic marks
/// (U+2000–U+2FFF, lead byte 0xE2), which deserve their own message.
private func isLetter(_ byte: UInt8) -> Bool {
  (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte == 95
    || (byte >= 0x80 && byte != 0xE2)
}

private func isSubscript(_ byte: UInt8) -> Bool {
  isDigit(byte) || (byte < 0x80 && isLetter(byte)) || [45, 46, 61, 64, 43].contains(byte)
}

private func closes(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]")
}
