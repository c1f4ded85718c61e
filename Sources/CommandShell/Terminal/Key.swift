/// What the person pressed.
enum Key: Hashable, Sendable {
  /// One or more printable characters that arrived together.
  case text(String)
  /// Ctrl with a letter or sign: `.control("a")`.
  case control(Character)
  /// Alt (or Escape first) with a character.
  case meta(Character)
  case enter, metaEnter, tab, shiftTab, backspace, metaBackspace, delete, escape
  case up, down, left, right, wordLeft, wordRight, home, end, pageUp, pageDown
  /// Text pasted between the marks of bracketed paste.
  case paste(String)
}

/// Turns a terminal's bytes into keys, however the bytes are cut into reads.
struct KeyDecoder {
  private var pending: [UInt8] = []
  private static let escape: UInt8 = 0x1B
  private static let pasteEnd = Array("\u{1B}[201~".utf8)

  /// Whether bytes wait for the rest of a sequence, or for the pause that tells the Escape key
  /// from the beginning of one.
  var isWaiting: Bool { !pending.isEmpty }

  /// Whether a paste has begun and not ended: the pause then means nothing.
  private(set) var isPasting = false

  mutating func feed(_ bytes: some Sequence<UInt8>) -> [Key] {
    pending += bytes
    return decode(isFinal: false)
  }

  /// Reads what is pending as it stands, after a pause.
  mutating func flush() -> [Key] { isPasting ? [] : decode(isFinal: true) }

  private mutating func decode(isFinal: Bool) -> [Key] {
    var keys: [Key] = []
    var position = 0
    while position < pending.count {
      guard let (key, length) = next(pending[position...], isFinal: isFinal) else { break }
      position += length
      guard let key else { continue }
      if case .text(let more) = key, case .text(let text) = keys.last {
        keys[keys.count - 1] = .text(text + more)
      } else {
        keys.append(key)
      }
    }
    pending.removeFirst(position)
    return keys
  }

  /// The first key and its length in bytes; a nil key is skipped, nil alone asks for more bytes.
  private mutating func next(_ bytes: ArraySlice<UInt8>, isFinal: Bool) -> (Key?, Int)? {
    guard let first = bytes.first else { return nil }
    switch first {
    case Self.escape: return escapeSequence(bytes, isFinal: isFinal)
    case 0x0D, 0x0A: return (.enter, 1)
    case 0x09: return (.tab, 1)
    case 0x08, 0x7F: return (.backspace, 1)
    case 0x00: return (.control(" "), 1)
    case 0x01...0x1A: return (.control(Character(Unicode.Scalar(first + 0x60))), 1)
    case 0x1C...0x1F: return (.control(Character(Unicode.Scalar(first + 0x40))), 1)
    default: return text(bytes, isFinal: isFinal)
    }
  }

  /// One UTF-8 scalar. Bytes that are none are skipped.
  private func text(_ bytes: ArraySlice<UInt8>, isFinal: Bool) -> (Key?, Int)? {
    guard let first = bytes.first else { return nil }
    let length =
      switch first {
      case 0..<0x80: 1
      case 0xC2..<0xE0: 2
      case 0xE0..<0xF0: 3
      case 0xF0..<0xF5: 4
      default: 0
      }
    guard length > 0 else { return (nil, 1) }
    let tail = bytes.dropFirst().prefix(length - 1).prefix { (0x80..<0xC0).contains($0) }
    if tail.count < length - 1 {
      return bytes.count == tail.count + 1 && !isFinal ? nil : (nil, tail.count + 1)
    }
    guard let scalar = String(validating: bytes.prefix(length), as: UTF8.self) else {
      return (nil, length)
    }
    // C1 controls can be typed by nobody.
    return (
      (0x80..<0xA0).contains(scalar.unicodeScalars.first?.value ?? 0) ? nil : .text(scalar), length
    )
  }

  private mutating func escapeSequence(
    _ bytes: ArraySlice<UInt8>, isFinal: Bool
  ) -> (Key?, Int)? {
    guard let second = bytes.dropFirst().first else { return isFinal ? (.escape, 1) : nil }
    switch second {
    case UInt8(ascii: "["): return controlSequence(bytes, isFinal: isFinal)
    case UInt8(ascii: "O"):
      guard let third = bytes.dropFirst(2).first else { return isFinal ? (.meta("O"), 2) : nil }
      return (Self.letterKeys[third], 3)
    case 0x0D, 0x0A: return (.metaEnter, 2)
    case 0x08, 0x7F: return (.metaBackspace, 2)
    case Self.escape: return (.escape, 1)
    case 0x20..<0x7F: return (.meta(Character(Unicode.Scalar(second))), 2)
    default: return (nil, 2)
    }
  }

  /// `ESC [ parameters final`, ECMA-48 section 5.4.
  private mutating func controlSequence(
    _ bytes: ArraySlice<UInt8>, isFinal: Bool
  ) -> (Key?, Int)? {
    let body = bytes.dropFirst(2)
    guard let end = body.firstIndex(where: { (0x40...0x7E).contains($0) }) else {
      isPasting = false
      // A sequence that never ends must not swallow what is typed after it.
      return isFinal || body.count > 64 ? (body.isEmpty ? .meta("[") : nil, bytes.count) : nil
    }
    let length = end - bytes.startIndex + 1
    let parameters = body[..<end].split(
      separator: UInt8(ascii: ";"), omittingEmptySubsequences: false
    ).map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
    if bytes[end] == UInt8(ascii: "~"), parameters.first == 200 {
      return paste(bytes, from: length)
    }
    return (Self.key(final: bytes[end], parameters: parameters), length)
  }

  private mutating func paste(_ bytes: ArraySlice<UInt8>, from start: Int) -> (Key?, Int)? {
    let body = bytes.dropFirst(start)
    let marks = body.indices.lazy.filter { bytes[$0...].starts(with: Self.pasteEnd) }
    guard let end = marks.first else {
      isPasting = true
      return nil
    }
    isPasting = false
    let text = String(decoding: bytes[body.startIndex..<end], as: UTF8.self)
    return (.paste(text), end - bytes.startIndex + Self.pasteEnd.count)
  }

  private static func key(final: UInt8, parameters: [Int]) -> Key? {
    let isModified = parameters.count > 1 && parameters[1] > 2
    switch (final, parameters.first ?? 0) {
    case (UInt8(ascii: "C"), _) where isModified: return .wordRight
    case (UInt8(ascii: "D"), _) where isModified: return .wordLeft
    case (UInt8(ascii: "Z"), _): return .shiftTab
    case (UInt8(ascii: "~"), 1), (UInt8(ascii: "~"), 7): return .home
    case (UInt8(ascii: "~"), 4), (UInt8(ascii: "~"), 8): return .end
    case (UInt8(ascii: "~"), 3): return .delete
    case (UInt8(ascii: "~"), 5): return .pageUp
    case (UInt8(ascii: "~"), 6): return .pageDown
    case (UInt8(ascii: "~"), _): return nil
    default: return letterKeys[final]
    }
  }

  private static let letterKeys: [UInt8: Key] = [
    UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right,
    UInt8(ascii: "D"): .left, UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end,
    UInt8(ascii: "M"): .enter,
  ]
}
