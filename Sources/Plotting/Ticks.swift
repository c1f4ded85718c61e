/// A mark on an axis.
public struct Tick: Sendable, Hashable {
  public let value: Double
  /// Empty for a minor tick.
  public let label: String

  init(_ value: Double, _ label: String) { (self.value, self.label) = (value, label) }
}

extension Scale {
  /// Round values within the domain, about as many as asked for; on a categorical or budget
  /// scale all, whatever the count.
  func ticks(about count: Int) -> [Tick] {
    guard isPercent else { return plainTicks(about: count) }
    let hundredfold = Scale(kind: kind, domain: domain.lowerBound * 100...domain.upperBound * 100)
    return hundredfold.plainTicks(about: count).map { tick in
      Tick(tick.value / 100, tick.label.isEmpty ? "" : tick.label + "\u{2009}%")
    }
  }

  private func plainTicks(about count: Int) -> [Tick] {
    switch kind {
    case .linear: return Self.linearTicks(domain, about: count)
    case .log10: return logTicks(about: count)
    case .symlog(let threshold): return symlogTicks(threshold, about: count)
    case .categorical(let names): return names.enumerated().map { Tick(Double($0), $1) }
    case .budget(let values, let names): return zip(values, names).map { Tick($0, $1) }
    }
  }

  private static func linearTicks(_ domain: ClosedRange<Double>, about count: Int) -> [Tick] {
    let length = domain.upperBound - domain.lowerBound
    guard length > 0, length.isFinite else { return [] }
    let rough = length / Double(max(1, count))
    let magnitude = power(logarithm(rough).rounded(.down))
    // The step whose number of ticks is nearest to the one asked for; quarters only where they
    // need no decimals.
    let steps = (magnitude >= 10 ? [1.0, 2, 2.5, 5, 10] : [1, 2, 5, 10]).map { $0 * magnitude }
    func ends(_ step: Double) -> (first: Double, last: Double) {
      let slack = step * 1e-9
      return (
        ((domain.lowerBound - slack) / step).rounded(.up),
        ((domain.upperBound + slack) / step).rounded(.down)
      )
    }
    // A single tick says nothing of the scale.
    let telling = steps.filter { ends($0).last > ends($0).first }
    let step = (count > 1 && !telling.isEmpty ? telling : steps).min {
      abs(length / $0 - Double(count)) < abs(length / $1 - Double(count))
    }
    guard let step, step > 0 else { return [] }
    let (first, last) = ends(step)
    guard last >= first, last - first < 1000 else { return [] }
    return stride(from: first, through: last, by: 1).map { index in
      let value = index == 0 ? 0 : index * step
      return Tick(value, label(value, step: step, largest: max(abs(first), abs(last)) * step))
    }
  }

  /// All labels of an axis have the same number of decimals.
  private static func label(_ value: Double, step: Double, largest: Double) -> String {
    if largest >= 1e7 || largest < 1e-3 { return NumberText.scientific(value, digits: 3) }
    var decimals = max(0, -Int(logarithm(step * 1.0000001).rounded(.down)))
    let scaled = step * power(Double(decimals))
    if abs(scaled - scaled.rounded()) > 1e-6 { decimals += 1 }
    return NumberText.fixed(value, decimals: decimals)
  }

  /// Zero and powers of ten times the threshold on both sides, thinned to the count.
  private func symlogTicks(_ threshold: Double, about count: Int) -> [Tick] {
    let largest = max(abs(domain.lowerBound), abs(domain.upperBound))
    guard largest > threshold else { return Self.linearTicks(domain, about: count) }
    let first = Int(logarithm(threshold).rounded(.up))
    let last = Int((logarithm(largest) + 1e-9).rounded(.down))
    let decades = Array(first...max(first, last))
    let sides = domain.lowerBound < 0 && domain.upperBound > 0 ? 2 : 1
    let every = max(1, (decades.count * sides + max(1, count) - 1) / max(1, count))
    let above = decades.map { (power(Double($0)), $0) }
    let values: [(Double, Int)] =
      above.reversed().map { (-$0.0, $0.1) } + [(0.0, first)] + above
    return values.filter { domain.contains($0.0) }.map { value, decade in
      let isNamed = value == 0 || (last - decade).isMultiple(of: every)
      let isPlain = decade >= -3 && last <= 5
      let text =
        isPlain
        ? NumberText.fixed(value, decimals: max(0, -decade)) : NumberText.scientific(value)
      return Tick(value, isNamed ? text : "")
    }
  }

  private func logTicks(about count: Int) -> [Tick] {
    let (low, high) = (logarithm(domain.lowerBound), logarithm(domain.upperBound))
    // Within less than a decade powers of ten are too few: round values do, at log positions.
    if high - low < 0.9 { return Self.linearTicks(domain, about: count) }
    let decades = Int(low.rounded(.down))...Int(high.rounded(.up))
    let labelled = decades.filter { Double($0) >= low - 1e-9 && Double($0) <= high + 1e-9 }
    let every = max(1, (labelled.count + max(1, count) - 1) / max(1, count))
    let named = high - low < 2 ? [1.0, 2, 5] : [1]
    let isPlain = (labelled.first ?? 0) >= -3 && (labelled.last ?? 0) <= 5
    return decades.flatMap { decade in
      (1...9).compactMap { digit -> Tick? in
        let value = Double(digit) * power(Double(decade))
        guard value >= domain.lowerBound * (1 - 1e-9), value <= domain.upperBound * (1 + 1e-9)
        else { return nil }
        let isNamed = named.contains(Double(digit)) && decade.isMultiple(of: every)
        let text =
          isPlain
          ? NumberText.fixed(value, decimals: max(0, -decade)) : NumberText.scientific(value)
        return Tick(value, isNamed ? text : "")
      }
    }
  }
}
