/// Maps values of a column to positions between 0 and 1 along an axis.
public struct Scale: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case linear, log10
    /// Linear within ±threshold, logarithmic beyond, for values of both signs over many decades.
    case symlog(threshold: Double)
    /// Value i is the i-th category; the labels in order.
    case categorical([String])
    /// Label budgets at the logarithm of their size: values and labels, ascending.
    case budget([Double], [String])
  }

  public let kind: Kind
  /// The values at 0 and 1.
  public let domain: ClosedRange<Double>
  /// Whether the values are fractions that ticks show as per cent.
  public let isPercent: Bool

  public init(kind: Kind, domain: ClosedRange<Double>, isPercent: Bool = false) {
    (self.kind, self.domain, self.isPercent) = (kind, domain, isPercent)
  }

  /// Where a value lies: 0 at the domain's lower end, 1 at its upper; NaN stays NaN, and a value
  /// that has no logarithm lies far below.
  public func position(_ value: Double) -> Double {
    if case .symlog(let threshold) = kind {
      let (low, high) = (
        Self.folded(domain.lowerBound, threshold), Self.folded(domain.upperBound, threshold)
      )
      return (Self.folded(value, threshold) - low) / (high - low)
    }
    guard isLogarithmic else {
      return (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
    }
    guard value > 0 || value.isNaN else { return -1e3 }
    let (low, high) = (logarithm(domain.lowerBound), logarithm(domain.upperBound))
    return (logarithm(value) - low) / (high - low)
  }

  /// sign(v) log₁₀(1 + |v| / threshold): the value itself near zero, its logarithm far away
  /// (Webber 2013, "A bi-symmetric log transformation for wide-range data").
  private static func folded(_ value: Double, _ threshold: Double) -> Double {
    let size = logarithm(1 + abs(value) / threshold)
    return value < 0 ? -size : size
  }

  /// The value at a position of a symlog scale.
  private static func unfolded(_ place: Double, _ threshold: Double) -> Double {
    let size = (power(abs(place)) - 1) * threshold
    return place < 0 ? -size : size
  }

  var isLogarithmic: Bool {
    switch kind {
    case .log10, .budget: true
    case .linear, .categorical, .symlog: false
    }
  }

  /// Whether every tick has a name of its own that no other could replace.
  var isNamed: Bool {
    switch kind {
    case .categorical, .budget: true
    case .linear, .log10, .symlog: false
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
    case .symlog(let threshold):
      let (from, to) = (folded(low, threshold), folded(high, threshold))
      let spare = to > from ? (to - from) * padding : 0.3
      return Scale(
        kind: kind,
        domain: unfolded(from - spare, threshold)...unfolded(to + spare, threshold))
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

  /// The scale with ticks in per cent.
  func inPercent(_ isPercent: Bool) -> Scale {
    Scale(kind: kind, domain: domain, isPercent: isPercent)
  }
}
