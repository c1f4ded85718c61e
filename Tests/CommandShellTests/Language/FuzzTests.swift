import Testing

@testable import CommandShell

/// No text, however broken, may crash the parser or the renderer of its error.
struct FuzzTests {
  static let seeds = [
    "let wild = synthetic wild, identities: 400, images: 20_000, seed: 1",
    "for task in [recognition, action-units] {\n  sweep adapt task, from: [scratch, a], labels: [1%]\n}",
    "results | where task == landmarks and nme < 10 | plot line, x: labels | save a/\\(b).pdf",
    "if a == 1 { print \"x\\(y + \"z\")\" } else { check [a: 1, b: 2] != [:], \"\"\"\nm\"\"\" }",
    "sql \"SELECT 1\" | select a, b: c * 2 - -3.5e-3 // \u{1F600} 顔 \u{0301}",
  ]

  @Test(arguments: seeds.indices)
  func mutations(seed: Int) {
    var generator = Generator(state: UInt64(seed) &* 0x9E37_79B9 + 1)
    let alphabet = Array("(){}[]\"\\|,:;=<>.-+*/%#\n\r\t ax19_é顔\u{0}\u{FFFD}'&~@!".utf8)
    for _ in 0..<1500 {
      var bytes = Array(Self.seeds[seed].utf8)
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let position = Int.random(in: 0..<max(1, bytes.count), using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes.insert(alphabet.randomElement(using: &generator) ?? 0, at: position)
        case 1: if !bytes.isEmpty { bytes.remove(at: position) }
        case 2: if !bytes.isEmpty { bytes[position] = UInt8.random(in: 0...255, using: &generator) }
        default:
          let slice = bytes[position..<min(bytes.count, position + 9)]
          bytes.insert(contentsOf: slice, at: Int.random(in: 0...bytes.count, using: &generator))
        }
      }
      check(String(decoding: bytes, as: UTF8.self))
    }
  }

  @Test func everyPrefixOfEverySeed() {
    for seed in Self.seeds {
      for length in 0...seed.count { check(String(seed.prefix(length))) }
    }
  }

  private func check(_ text: String) {
    let source = SourceText(name: "fuzz", text: text)
    do {
      _ = try Parser.parse(source) { $0 == "print" || $0 == "results" }
    } catch let error as ShellError {
      for isStyled in [false, true] {
        #expect(DiagnosticRenderer(isStyled: isStyled).render(error).contains(error.code.rawValue))
      }
      #expect(error.range.map { $0.lower >= 0 && $0.upper <= text.utf8.count } ?? false)
    } catch {
      Issue.record("an error of another type: \(error)")
    }
  }

  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }
}
