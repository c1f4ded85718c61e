import Statistics
import Testing

struct CSVTests {
  @Test("what is written is read again")
  func roundTrip() throws {
    let frame = DataFrame(
      columns: ["name, or \"id\"", "n", "nme"],
      rows: [
        [.text("swav\r\nwild"), .integer(-3), .number(4.25)],
        [.text("é, \"quoted\""), .missing, .number(2e-9)],
        [.boolean(true), .boolean(false), .text("True")],
      ])
    #expect(try DataFrame(csv: frame.csv) == frame)
  }

  @Test("lines may end in a line feed alone, the last without any")
  func otherLines() throws {
    let frame = try DataFrame(csv: "a,b\n1,\n,x y")
    #expect(frame.columns == ["a", "b"])
    #expect(frame.rows == [[.integer(1), .missing], [.missing, .text("x y")]])
    #expect(try DataFrame(csv: "a\n").rows.isEmpty)
  }

  @Test(
    "what is no table is refused with its place",
    arguments: [("", "header"), ("a,a\n", "one name"), ("a,b\n1\n", "row 1"), ("a\n\"x", "closed")])
  func broken(text: String, words: String) {
    let error = #expect(throws: StatisticsError.self) { try DataFrame(csv: text) }
    #expect(error?.code == .badTable && error?.message.contains(words) == true)
  }
}
