import Testing

@testable import Experiments

@Suite struct OptionCheckTests {
  /// Kind, value, and words of the complaint; nil is accepted.
  @Test(
    arguments: [
      (.integer(1...10), .integer(10), nil),
      (.integer(1...10), .integer(11), "option is 11, but must be from 1 to 10 px."),
      (.integer(1...10), .real(2.5), "option is 2.5, but must be a whole number."),
      (.real(0...1), .integer(1), nil),
      (.real(0...1), .real(-0.1), "option is -0.1, but must be from 0.0 to 1.0 px."),
      (.real(0...1), .real(.nan), "option is nan, but must be from 0.0 to 1.0 px."),
      (.real(0...1), .text("x"), "option is “x”, but must be a number."),
      (.boolean, .boolean(false), nil),
      (.boolean, .integer(1), "option is 1, but must be true or false."),
      (.text, .text("anything"), nil),
      (.text, .null, "option is nothing, but must be text."),
      (.choice(["cpu", "cuda"]), .text("cpu"), nil),
      (.choice(["cpu", "cuda"]), .text("gpu"), "option is “gpu”, but must be one of cpu, cuda."),
      (.labelBudget, .text("1%"), nil),
      (.labelBudget, .text("0.5%"), nil),
      (.labelBudget, .integer(60), nil),
      (.labelBudget, .text("60"), nil),
      (.labelBudget, .integer(0), "a share above 0 % and up to 100 % (10%), or a count (60)."),
      (.labelBudget, .text("101%"), "“101%”"),
      (.labelBudget, .text("nan%"), "“nan%”"),
      (.labelBudget, .list([]), "option is a list"),
    ] as [(OptionDefinition.Kind, SpecValue, String?)])
  func check(kind: OptionDefinition.Kind, value: SpecValue, complaint: String?) {
    let option = OptionDefinition("option", kind, .null, unit: "px", "an option")
    let found = option.check(value)
    if let complaint {
      #expect(found?.contains(complaint) == true, "\(found ?? "accepted")")
    } else {
      #expect(found == nil)
    }
  }

  @Test func everyDefaultSuitsItsOption() {
    for method in MethodCatalog.methods {
      for option in method.options {
        #expect(option.check(option.defaultValue) == nil, "\(method.name) \(option.name)")
      }
    }
  }
}
