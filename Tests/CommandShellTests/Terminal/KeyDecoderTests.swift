import Testing

@testable import CommandShell

@Suite struct KeyDecoderTests {
  static let table: [(String, [Key])] = [
    ("abc", [.text("abc")]), ("é漢👍", [.text("é漢👍")]), ("\u{1}", [.control("a")]),
    ("\u{1F}", [.control("_")]), ("\r", [.enter]), ("\t", [.tab]), ("\u{7F}", [.backspace]),
    ("\u{1B}[A", [.up]), ("\u{1B}OB", [.down]), ("\u{1B}[1;5C", [.wordRight]),
    ("\u{1B}[1;3D", [.wordLeft]), ("\u{1B}[3~", [.delete]), ("\u{1B}[Z", [.shiftTab]),
    ("\u{1B}[H\u{1B}[F\u{1B}[1~\u{1B}[4~", [.home, .end, .home, .end]), ("\u{1B}b", [.meta("b")]),
    ("\u{1B}\r", [.metaEnter]), ("\u{1B}\u{7F}", [.metaBackspace]),
    ("\u{1B}[200~a\rb\u{1B}[A\u{1B}[201~x", [.paste("a\rb\u{1B}[A"), .text("x")]),
    ("\u{1B}[38;2;9mz", [.text("z")]), ("a\u{1B}[5~b", [.text("a"), .pageUp, .text("b")]),
    ("\u{1B}[15~", []), ("a\u{1B}[?2004hb", [.text("ab")]),
  ]

  /// The keys are the same however the bytes are cut.
  @Test(arguments: table.indices)
  func readsKeys(index: Int) {
    let (text, expected) = Self.table[index]
    let bytes = Array(text.utf8)
    for cut in 0...bytes.count {
      var decoder = KeyDecoder()
      var keys = decoder.feed(bytes[..<cut])
      keys += decoder.feed(bytes[cut...])
      #expect(!decoder.isWaiting)
      #expect(Self.merged(keys) == expected, "cut at \(cut)")
    }
  }

  static func merged(_ keys: [Key]) -> [Key] {
    keys.reduce(into: []) { result, key in
      if case .text(let more) = key, case .text(let text) = result.last {
        result[result.count - 1] = .text(text + more)
      } else {
        result.append(key)
      }
    }
  }

  @Test func aPauseEndsASequence() {
    var decoder = KeyDecoder()
    #expect(decoder.feed([0x1B]) == [])
    #expect(decoder.isWaiting)
    #expect(decoder.flush() == [.escape])
    #expect(decoder.feed([0x1B, 0x5B]) == [])
    #expect(decoder.flush() == [.meta("[")])
    // A pause within a paste means nothing.
    #expect(decoder.feed("\u{1B}[200~ab".utf8) == [])
    #expect(decoder.flush() == [])
    #expect(decoder.feed("\u{1B}[201~".utf8) == [.paste("ab")])
  }

  @Test(
    arguments: [
      [0xFF, 0x61], [0xC3, 0x61], [0xE6, 0xBC, 0x61], [0x80, 0x61], [0xC2, 0x9B, 0x61],
    ] as [[UInt8]])
  func skipsWhatIsNotUTF8(bytes: [UInt8]) {
    var decoder = KeyDecoder()
    #expect(decoder.feed(bytes) == [.text("a")])
    #expect(!decoder.isWaiting)
  }

  @Test func survivesAnyBytes() {
    var state: UInt64 = 3
    var (decoder, editor) = (KeyDecoder(), EditorState(history: ["x", "a\nb"]))
    for _ in 0..<3000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let bytes = (0..<4).map { UInt8(truncatingIfNeeded: state >> (24 + 8 * UInt64($0))) }
      for key in decoder.feed(bytes) { _ = editor.handle(key) }
      if state >> 60 == 0 { for key in decoder.flush() { _ = editor.handle(key) } }
      if editor.buffer.count > 200 { editor = EditorState(history: ["x", "a\nb"]) }
    }
    let frame = editor.frame(prompt: "> ", width: 7, height: 4)
    #expect(frame.rows.allSatisfy { $0.width <= 7 })
  }
}
