extension Bootstrap {
  /// The percentile interval of a statistic of items that come in groups, such as pictures of people:
  /// whole groups are resampled, so that pictures of one person do not count as independent.
  ///
  /// - Parameters: groups: indices of items; items alone are groups of one; statistic: of items,
  ///   given by their indices, some more than once; nil where it is not defined for them.
  /// - Returns: nil where the statistic is not defined for all items, or for fewer than half of the
  ///   resamples.
  /// - Throws: `.wrongCount` for no groups or an empty one, `.outOfRange` for settings.
  /// - Source: Field and Welsh 2007, "Bootstrapping clustered data" (resampling of clusters).
  ///   Checked by: GroupBootstrapTests against SciPy's `bootstrap` over the groups.
  public func interval(
    ofGroups groups: [[Int]], using generator: inout some RandomNumberGenerator,
    statistic: ([Int]) throws -> Double?
  ) throws -> ConfidenceInterval? {
    try check(groups.map { $0.map(Double.init) })
    guard let estimate = try statistic(groups.flatMap { $0 }) else { return nil }
    var replicates: [Double] = []
    replicates.reserveCapacity(resamples)
    for _ in 0..<resamples {
      let sample = groups.flatMap { _ in
        groups[randomIndex(below: groups.count, using: &generator)]
      }
      if let value = try statistic(sample), value.isFinite { replicates.append(value) }
    }
    return ConfidenceInterval(
      estimate: estimate, percentilesOf: replicates, resamples: resamples, level: level,
      units: "\(groups.count) groups")
  }
}

extension ConfidenceInterval {
  /// The percentile interval from the statistics of those resamples on which it is defined; nil
  /// where these are fewer than half.
  ///
  /// - Parameter units: what was resampled, "12 people".
  init?(
    estimate: Double, percentilesOf replicates: [Double], resamples: Int, level: Double,
    units: String
  ) {
    guard 2 * replicates.count >= resamples else { return nil }
    let sorted = replicates.sorted()
    self.init(
      estimate: estimate, lower: quantile((1 - level) / 2, ofSorted: sorted),
      upper: quantile((1 + level) / 2, ofSorted: sorted), level: level,
      method: "percentile bootstrap of \(units), \(resamples) resamples")
  }
}
