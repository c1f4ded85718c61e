import Testing

@testable import CommandShell

struct SuggestionTests {
  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("ab", "ba", 1), ("pivto", "pivot", 1),
    ("same", "same", 0),
  ])
  func distance(a: String, b: String, expected: Int) {
    #expect(Suggestion.editDistance(a, b) == expected)
    #expect(Suggestion.editDistance(b, a) == expected)
  }

  @Test(arguments: [
    ("pretrian", "pretrain"), ("whree", "where"), ("backbon", "backbone"), ("epoch", "epochs"),
    ("xyzzy", nil), ("n", nil),
  ])
  func nearest(name: String, expected: String?) {
    let known = ["pretrain", "where", "backbone", "epochs", "pivot", "nme"]
    #expect(Suggestion.nearest(to: name, among: known) == expected)
  }
}
