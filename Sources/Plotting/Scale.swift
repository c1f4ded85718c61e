/// Maps values of a column to positions between 0 and 1 along an axis.
public struct Scale: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case linear, log10
    /// Value i is the i-th category; the labels in order.
    case categorical([String])
    /// Label budgets at the logarithm of their size: values and labels, ascending.
    case budget([Double], [String])
  }

  public let kind: Kind
  /// The values at 0 and 1.
  public let domain: ClosedRange<Double>

  public init(kind: Kind, domain: ClosedRange<Double>) {
    (self.kind, self.domain) = (kind, domain)
  }

  /// Where a value lies: 0 at the domain's lower end, 1 at its upper; NaN stays NaN, and a value
  /// that has no logarithm lies far below.
  public func position(_ value: Double) -> Double {
    guard isLogarithmic else {
      return (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
    }
    guard value > 0 || value.isNaN else { return -1e3 }
    let (low, high) = (logarithm(domain.lowerBound), logarithm(domain.upperBound))
    return (logarithm(value) - low) / (high - low)
  }

  var isLogarithmic: Bool {
    switch kind {
    case .log10, .budget: true
    case .linear, .categorical: false
    }
  }

  /// Whether every tick has a name of its own that no other could replace.
  var isNamed: Bool {
    switch kind {
    case .categorical, .budget: true
    case .linear, .log10: false
    }
  }

  /// A domain that holds the values, with a share of its length to spare at each end.
  ///
  /// - Parameters: values: finite, positive for a logarithmic kind; not empty.
  static func spanning(
    _ kind: Kind, _ values: [Double], padding: Double, includingZero: Bool = false
  ) -> Scale {
    var low = values.min() ?? 0
    var high = values.max() ?? 1
    switch kind {
    case .categorical(let names):
      return Scale(kind: kind, domain: -0.5...(max(1, Double(names.count)) - 0.5))
    case .log10, .budget:
      let (from, to) = (logarithm(low), logarithm(high))
      let spare = to > from ? (to - from) * padding : 0.3
      return Scale(kind: kind, domain: power(from - spare)...power(to + spare))
    case .linear:
      if includingZero { (low, high) = (min(low, 0), max(high, 0)) }
      // A single value, or values apart by less than rounding, get room around them.
      let length = high - low
      let isFlat = length <= 1e-12 * max(abs(low), abs(high))
      let spare = isFlat ? max(abs(high) * 0.05, 1e-9, high == 0 ? 0.5 : 0) : length * padding
      let keepsZero = includingZero && !isFlat
      let from = keepsZero && low == 0 ? 0 : low - spare
      let to = keepsZero && high == 0 ? 0 : high + spare
      return Scale(kind: kind, domain: from...to)
    }
  }
}
