import Foundation
import Testing

@testable import CommandShell

/// `--format`: what other programs read.
struct RecordOutputTests {
  private static let code = """
    let faces = synthetic wild, identities: 4, images: 40
    sweep adapt landmarks, on: faces, labels: [1%, 10%], seeds: 1...2
    results | pivot rows: from, columns: labels, value: nme
    print "a \\"word\\""
    """

  @Test func jsonIsALineForEachThing() throws {
    let call = try ProgramCall()
    #expect(call.run("-c", Self.code, "--format", "json") == 0)
    let lines = call.output.split(separator: "\n").map(String.init)
    let values = try lines.map {
      try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
    }
    #expect(values.last as? String == "a \"word\"")
    let rows = try #require(values.dropLast().last as? [[String: Any]])
    #expect(rows.count == 1 && rows[0]["from"] as? String == "scratch")
    let cell = try #require(rows[0]["10%"] as? [String: Any])
    // 10 − log10 of ten per cent + 0.1·seed, of seeds 1 and 2.
    #expect(abs(try #require(cell["mean"] as? Double) - 9.15) < 1e-9)
    #expect(cell["n"] as? Int == 2)
    #expect(lines[lines.count - 2].contains("{\"from\":\"scratch\",\"1%\":{\"mean\":"))
    #expect(call.errors.contains("sweep"), "what is said by the way is no output")
  }

  @Test(arguments: [
    ("a\u{1B}[2J\u{7F}", #""a\u001b[2J\u007f""#), ("\"\\\n\t", #""\"\\\n\t""#), ("é", "\"é\""),
  ])
  func textsAreQuoted(text: String, quoted: String) {
    #expect(JSONText.quoted(text) == quoted)
  }

  @Test func anUnknownFormatIsRefused() throws {
    let call = try ProgramCall()
    #expect(call.run("-c", "print 1", "--format", "xml") == 2)
    #expect(call.errors.contains("json") && call.output.isEmpty)
  }
}
