/// Texts of pickles in protocol 0, and the names of the opcodes that are refused.
enum PickleText {
  /// A quoted Python string with escapes: `'\xff\n'`.
  static func unquoted(
    _ line: ArraySlice<UInt8>, broken: (String) -> PickleError
  ) throws -> ArraySlice<UInt8> {
    guard line.count >= 2, let quote = line.first, line.last == quote,
      quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
    else { throw broken("a text is not in quotes") }
    var (result, rest): ([UInt8], ArraySlice<UInt8>) = ([], line.dropFirst().dropLast())
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        continue
      }
      guard let escaped = rest.popFirst() else { throw broken("a text ends in an escape") }
      if escaped == UInt8(ascii: "x") {
        guard rest.count >= 2, let value = UInt8(rest.prefix(2).text, radix: 16) else {
          throw broken("a text has a broken escape")
        }
        rest = rest.dropFirst(2)
        result.append(value)
      } else if let value = escapes[escaped] {
        result.append(value)
      } else {
        throw broken("a text has the unknown escape \\\(Character(UnicodeScalar(escaped)))")
      }
    }
    return ArraySlice(result)
  }

  /// Latin-1 with `\u0041` and `\U00000041`.
  static func rawUnicode(
    _ line: ArraySlice<UInt8>, broken: (String) -> PickleError
  ) throws -> String {
    var (result, rest) = (String.UnicodeScalarView(), line)
    while let byte = rest.popFirst() {
      let digits = rest.first == UInt8(ascii: "u") ? 4 : rest.first == UInt8(ascii: "U") ? 8 : 0
      guard byte == UInt8(ascii: "\\"), digits > 0 else {
        result.append(UnicodeScalar(byte))
        continue
      }
      let code = rest.dropFirst().prefix(digits)
      guard code.count == digits,
        let scalar = UInt32(code.text, radix: 16).flatMap(UnicodeScalar.init)
      else { throw broken("a text has a broken escape") }
      result.append(scalar)
      rest = rest.dropFirst(1 + digits)
    }
    return String(result)
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "'"): 0x27, UInt8(ascii: "\""): 0x22,
    UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    UInt8(ascii: "a"): 0x07, UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C,
    UInt8(ascii: "v"): 0x0B,
  ]

  /// Opcodes that make objects of classes, or that arrays have no use for.
  static let opcodeNames: [UInt8: String] = [
    0x81: "NEWOBJ", 0x92: "NEWOBJ_EX", UInt8(ascii: "i"): "INST", UInt8(ascii: "o"): "OBJ",
    0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", UInt8(ascii: "P"): "PERSID",
    UInt8(ascii: "Q"): "BINPERSID", 0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
    UInt8(ascii: "d"): "DICT", UInt8(ascii: "}"): "EMPTY_DICT", UInt8(ascii: "s"): "SETITEM",
    UInt8(ascii: "u"): "SETITEMS", 0x8F: "EMPTY_SET", 0x90: "ADDITEMS", 0x91: "FROZENSET",
    UInt8(ascii: "0"): "POP", UInt8(ascii: "1"): "POP_MARK", UInt8(ascii: "2"): "DUP",
    0x8B: "LONG4",
  ]
}

extension ArraySlice<UInt8> {
  var text: String { String(decoding: self, as: UTF8.self) }

  /// Digits, with a sign perhaps.
  var wholeNumber: Int? { Int(text) }
}
