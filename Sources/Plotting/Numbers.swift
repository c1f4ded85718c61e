import Glibc

func cosine(_ radians: Double) -> Double { cos(radians) }
func sine(_ radians: Double) -> Double { sin(radians) }
func logarithm(_ value: Double) -> Double { log10(value) }
func power(_ exponent: Double) -> Double { pow(10, exponent) }

/// Numbers as a reader expects them in a figure.
enum NumberText {
  /// A number with so many decimals, a true minus, and commas from 10,000 on.
  static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞" }
    let decimals = max(0, min(12, decimals))
    let scaled = (abs(value) * power(Double(decimals))).rounded()
    guard scaled < 1e15 else { return scientific(value, digits: 3) }
    var digits = String(UInt64(scaled))
    digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let whole = grouped(String(digits.dropLast(decimals)))
    let fraction = decimals > 0 ? "." + digits.suffix(decimals) : ""
    return (value < 0 && scaled > 0 ? "−" : "") + whole + fraction
  }

  /// About so many significant digits: 4.61, 0.052, 1,234, 2.5×10⁻⁷.
  static func significant(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite, value != 0 else { return fixed(value, decimals: 0) }
    let exponent = Int(logarithm(abs(value)).rounded(.down))
    if exponent < -4 || exponent > 8 { return scientific(value, digits: digits) }
    return fixed(value, decimals: digits - 1 - exponent)
  }

  /// 2.5×10⁻⁷, or 10⁻⁷ for a bare power.
  static func scientific(_ value: Double, digits: Int = 2) -> String {
    guard value.isFinite, value != 0 else { return fixed(value, decimals: 0) }
    var exponent = Int(logarithm(abs(value)).rounded(.down))
    var mantissa = value / power(Double(exponent))
    if abs(mantissa) >= 9.9999999 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    var text = fixed(mantissa, decimals: digits - 1)
    if text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    let ten = "10" + superscript(exponent)
    return text == "1" ? ten : text == "−1" ? "−" + ten : text + "×" + ten
  }

  static func superscript(_ value: Int) -> String {
    let digits: [Character: Character] = [
      "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷",
      "8": "⁸", "9": "⁹",
    ]
    return String(String(value).map { digits[$0] ?? $0 })
  }

  private static func grouped(_ digits: String) -> String {
    guard digits.count > 4 else { return digits }
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return result
  }
}
