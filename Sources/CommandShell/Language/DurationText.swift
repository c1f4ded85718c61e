/// Lengths of time as the language writes them: `90s`, `5m`, `2h`, `20ms`.
enum DurationText {
  /// Longer names first where one begins another.
  static let units: [(name: String, seconds: Double)] = [
    ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600),
  ]

  /// The text that gives this length again: `90s`, `1.5s`.
  static func text(_ seconds: Double) -> String {
    seconds != 0 && abs(seconds) < 1 ? formatted(seconds * 1000) + "ms" : formatted(seconds) + "s"
  }

  /// The seconds in what tables show: `9.5 s`, `42 s`, `3:12`, `1:02:03`; nil for anything else.
  static func seconds(shown text: String) -> Double? {
    if text.hasSuffix(" s") { return Double(text.dropLast(2)) }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count) else { return nil }
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == parts.count else { return nil }
    return Double(numbers.reduce(0) { $0 * 60 + $1 })
  }
}
