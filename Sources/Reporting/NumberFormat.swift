import Foundation

/// Numbers as text: no locale, `-` as typed (each output replaces it by its own minus).
enum NumberFormat {
  /// Decimals that show `significant` digits of an uncertainty: 0.62 → 2, 0.0996 → 2 (as 0.10).
  ///
  /// - Returns: 0…8; nil where the uncertainty is zero, negative or not finite.
  static func decimals(uncertainty: Double, significant: Int = 2) -> Int? {
    guard uncertainty > 0, uncertainty.isFinite else { return nil }
    let exponent = Int(log10(uncertainty).rounded(.down))
    var decimals = significant - 1 - exponent
    // 0.0996 rounds to 0.100: one digit fewer says the same.
    if (uncertainty * pow(10, Double(decimals))).rounded() >= pow(10, Double(significant)) {
      decimals -= 1
    }
    return min(max(decimals, 0), 8)
  }

  /// Decimals of a column from its cells' uncertainties: those of the median, so that one odd cell
  /// does not set all the others' digits. Of two in the middle the lesser, unless the other's
  /// uncertainty would then be rounded away.
  static func decimals(uncertainties: [Double]) -> Int? {
    let sorted = uncertainties.compactMap { decimals(uncertainty: $0) }.sorted()
    guard !sorted.isEmpty else { return nil }
    let (lesser, greater) = (sorted[(sorted.count - 1) / 2], sorted[sorted.count / 2])
    return greater - lesser > 1 ? greater : lesser
  }

  /// Decimals of a column without uncertainties: as many as write every value exactly, where four
  /// do; else those that give the median value four significant digits.
  static func decimals(values: [Double]) -> Int {
    let finite = values.filter(\.isFinite)
    for decimals in 0...4 where finite.allSatisfy({ isExact($0, decimals: decimals) }) {
      return decimals
    }
    let magnitudes = finite.map(abs).filter { $0 > 0 }.sorted()
    guard !magnitudes.isEmpty else { return 0 }
    return decimals(uncertainty: magnitudes[magnitudes.count / 2], significant: 4) ?? 0
  }

  /// Decimals beyond which a column's digits are noise of single precision, however small its
  /// uncertainty: six significant digits of the greatest value.
  static func mostDecimals(values: [Double]) -> Int {
    guard let greatest = values.filter(\.isFinite).map(abs).max(), greatest > 0 else { return 8 }
    return decimals(uncertainty: greatest, significant: 6) ?? 8
  }

  private static func isExact(_ value: Double, decimals: Int) -> Bool {
    let scaled = value * pow(10, Double(decimals))
    guard abs(scaled) < 1e15 else { return decimals == 0 && value == value.rounded() }
    return abs(scaled - scaled.rounded()) <= 1e-9 * max(1, abs(scaled))
  }

  /// `-1234.50`; `NaN`, `inf`, `-inf`; a value that rounds to zero has no sign.
  static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-inf" : "inf" }
    // Beyond 1e15 a double has no decimals to show, and a page no room for its digits.
    if abs(value) >= 1e15 { return String(format: "%.6g", value) }
    let text = String(format: "%.\(decimals)f", value)
    let isZero = !text.contains { $0 >= "1" && $0 <= "9" }
    return isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text
  }

  /// `{whole, fraction}` of a number's text, the point with the fraction: `-12.5` → `-12`, `.5`.
  static func split(_ text: String) -> (whole: String, fraction: String) {
    guard let point = text.firstIndex(of: ".") else { return (text, "") }
    return (String(text[..<point]), String(text[point...]))
  }

  /// Digits of the whole part in groups of three where there are five or more: `20000` → `20,000`.
  static func grouped(_ whole: String) -> String {
    let sign = whole.prefix { $0 == "-" }
    let digits = whole.dropFirst(sign.count)
    guard digits.count >= 5, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return whole }
    var out = ""
    for (position, digit) in digits.enumerated() {
      if position > 0, (digits.count - position) % 3 == 0 { out += "," }
      out.append(digit)
    }
    return sign + out
  }
}
