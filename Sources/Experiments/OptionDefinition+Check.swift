extension OptionDefinition {
  /// Nil where the value suits the option, else one sentence that says what is wrong and what
  /// would be right. Type, range and choice are checked; an integer is accepted as a real.
  public func check(_ value: SpecValue) -> String? {
    switch kind {
    case .integer(let range):
      guard let number = value.integerValue else { return wrongType(value, "a whole number") }
      return range.contains(number) ? nil : outside(value, range.lowerBound, range.upperBound)
    case .real(let range):
      guard let number = value.realValue else { return wrongType(value, "a number") }
      return range.contains(number) ? nil : outside(value, range.lowerBound, range.upperBound)
    case .boolean:
      return value.booleanValue == nil ? wrongType(value, "true or false") : nil
    case .text:
      return value.textValue == nil ? wrongType(value, "text") : nil
    case .choice(let names):
      if let text = value.textValue, names.contains(text) { return nil }
      return wrongType(value, "one of \(names.joined(separator: ", "))")
    case .labelBudget:
      return isLabelBudget(value)
        ? nil : wrongType(value, "a share above 0 % and up to 100 % (10%), or a count (60)")
    }
  }

  private func wrongType(_ value: SpecValue, _ expected: String) -> String {
    "\(name) is \(value.shown), but must be \(expected)."
  }

  private func outside(_ value: SpecValue, _ low: some Any, _ high: some Any) -> String {
    let unit = unit.map { " " + $0 } ?? ""
    return "\(name) is \(value.shown), but must be from \(low) to \(high)\(unit)."
  }

  private func isLabelBudget(_ value: SpecValue) -> Bool {
    if let count = value.integerValue { return count > 0 }
    guard let text = value.textValue else { return false }
    if text.hasSuffix("%") {
      return Double(text.dropLast()).map { $0 > 0 && $0 <= 100 } ?? false
    }
    return Int(text).map { $0 > 0 } ?? false
  }
}

extension SpecValue {
  /// The value as a person would write it.
  var shown: String {
    switch self {
    case .null: "nothing"
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .text(let value): "“\(value)”"
    case .list: "a list"
    case .record: "a record"
    }
  }
}
