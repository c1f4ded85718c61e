import Foundation
import Testing

@testable import Pickles

@Suite struct PickleReaderTests {
  private static func error(_ bytes: [UInt8]) -> PickleError? {
    var reader = PickleReader(bytes, path: "x.bin")
    do {
      _ = try reader.read()
      return nil
    } catch {
      return error as? PickleError
    }
  }

  /// What a hostile file would run, and what no data needs.
  private static let hostile: [(String, [UInt8], String)] = [
    ("os.system", Array("cos\nsystem\n(S'true'\ntR.".utf8), "os system"),
    ("builtins.eval", Array("c__builtin__\neval\n(S'1'\ntR.".utf8), "eval"),
    (
      "by STACK_GLOBAL",
      [0x8C, 2] + Array("os".utf8) + [0x8C, 6] + Array("system".utf8)
        + [0x93, 0x2E], "os system"
    ),
    ("a dotted name", Array("cnumpy\ndtype.__class__\n.".utf8), "dtype.__class__"),
    ("numpy's loads", Array("cnumpy\nload\n.".utf8), "numpy load"),
    ("INST", Array("(ios\nsystem\n.".utf8), "INST"),
    ("OBJ", Array("(cnumpy\ndtype\no.".utf8), "OBJ"),
    ("NEWOBJ", Array("cnumpy\ndtype\n)".utf8) + [0x81, 0x2E], "NEWOBJ"),
    ("NEWOBJ_EX", Array("cnumpy\ndtype\n))".utf8) + [0x92, 0x2E], "NEWOBJ_EX"),
    ("EXT1", [0x82, 1, 0x2E], "EXT1"), ("EXT4", [0x84, 1, 0, 0, 0, 0x2E], "EXT4"),
    ("PERSID", Array("Pabc\n.".utf8), "PERSID"), ("BINPERSID", Array("NQ.".utf8), "BINPERSID"),
    ("a dictionary", Array("}.".utf8), "EMPTY_DICT"),
    ("an array of objects", Array("(lcnumpy\ndtype\n(S'O8'\nI0\nI1\ntRb.".utf8), "state"),
    ("a call of what is no name", Array("(lI1\n(tR.".utf8), "known name"),
    ("_codecs with nothing", Array("c_codecs\nencode\n)R.".utf8), "_codecs encode"),
    ("a state for a list", Array("](tb.".utf8), "cannot take"),
    ("an unknown instruction", [0x00, 0x2E], "0x0"),
    ("protocol 6", [0x80, 6, 0x2E], "protocol 6"),
  ]

  @Test(arguments: hostile.indices) func hostileFilesAreRefused(index: Int) throws {
    let (name, bytes, reason) = Self.hostile[index]
    let error = try #require(Self.error(bytes), "\(name)")
    #expect(error.path == "x.bin")
    #expect(error.message.contains(reason), "\(name): \(error.message)")
  }

  private static let broken: [(String, [UInt8])] = [
    ("nothing", []), ("no end", [0x4E]), ("nothing left", [0x2E]), ("two left", Array("NN.".utf8)),
    ("a tuple of nothing", [0x86, 0x2E]), ("no mark", Array("t.".utf8)),
    ("a mark in a pair", Array("N(".utf8) + [0x86, 0x2E]), ("no list", Array("NNa.".utf8)),
    ("appending to nothing", Array("(e.".utf8)), ("an unknown memo", [0x68, 9, 0x2E]),
    ("a memo of nothing", [0x94, 0x2E]), ("a negative memo", Array("Np-1\n.".utf8)),
    ("a length beyond the end", [0x58, 0xFF, 0xFF, 0xFF, 0x7F, 0x2E]),
    ("a length beyond Int", [0x8E] + Array(repeating: 0xFF, count: 8) + [0x2E]),
    ("a text that is not UTF-8", [0x8C, 1, 0xFF, 0x2E]),
    ("a long of 200 bytes", [0x8A, 200, 0x2E]),
    ("a broken number", Array("Ione\n.".utf8)), ("a broken real", Array("Fone\n.".utf8)),
    ("no quotes", Array("Sabc\n.".utf8)), ("an unknown escape", Array("S'\\q'\n.".utf8)),
    ("half an escape", Array("S'\\x4'\n.".utf8)), ("an escape at the end", Array("S'\\'\n.".utf8)),
    ("half a code point", Array("V\\u12\n.".utf8)), ("a surrogate", Array("V\\ud800\n.".utf8)),
    ("a line without end", Array("I1".utf8)), ("a state for nothing", Array("Nb.".utf8)),
  ]

  @Test(arguments: broken.indices) func brokenFilesAreErrors(index: Int) throws {
    let (name, bytes) = Self.broken[index]
    let error = try #require(Self.error(bytes), "\(name)")
    #expect(error.message.contains("byte ") && error.message.count > 40, "\(error)")
  }

  @Test func deepNestingAndCyclesCostNoStack() throws {
    // A million tuples in one another; a list in itself.
    let nested = [0x4E] + Array(repeating: UInt8(0x85), count: 1_000_000) + [0x2E]
    var reader = PickleReader(nested, path: "x")
    guard case .tuple(999_999) = try reader.read() else {
      Issue.record("no tuple")
      return
    }
    var cyclic = PickleReader([0x5D, 0x94, 0x68, 0, 0x61, 0x2E], path: "x")
    guard case .list(0) = try cyclic.read(), case .list(0) = cyclic.lists[0].first else {
      Issue.record("no list in itself")
      return
    }
  }

  @Test func aTextCannotBeMultipliedIntoGigabytes() throws {
    // 60 kB of text, encoded again and again.
    var bytes = Array("c_codecs\nencode\n".utf8) + [0x71, 0, 0x58, 0x60, 0xEA, 0, 0]
    bytes += Array(repeating: 0x41, count: 60_000) + [0x71, 1, 0x30]
    let encode: [UInt8] = [0x68, 0, 0x68, 1, 0x85, 0x52]
    let head = Array(bytes.dropLast())
    let error = try #require(Self.error(head + (0..<100).flatMap { _ in encode } + [0x2E]))
    #expect(error.message.contains("_codecs encode"))
  }

  @Test(arguments: [
    ("I-7\n.", -7), ("L12L\n.", 12), ("K\u{5}.", 5), ("M\u{1}\u{1}.", 257),
    ("J\u{1}\u{0}\u{0}\u{0}.", 1),
  ])
  func numbersAreWhatPythonWrote(text: String, value: Int) throws {
    var reader = PickleReader(Array(text.utf8), path: "x")
    guard case .integer(value) = try reader.read() else {
      Issue.record("\(text) is not \(value)")
      return
    }
  }

  @Test func negativeLongsAndReals() throws {
    var long = PickleReader([0x8A, 2, 0x00, 0xFF, 0x2E], path: "x")
    guard case .integer(-256) = try long.read() else {
      Issue.record("no -256")
      return
    }
    var four = PickleReader([0x4A, 0xFE, 0xFF, 0xFF, 0xFF, 0x2E], path: "x")
    guard case .integer(-2) = try four.read() else {
      Issue.record("no -2")
      return
    }
    var real = PickleReader([0x47, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0x2E], path: "x")
    guard case .real(1.5) = try real.read() else {
      Issue.record("no 1.5")
      return
    }
  }
}
