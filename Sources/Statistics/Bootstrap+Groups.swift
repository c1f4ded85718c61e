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
    guard 2 * replicates.count >= resamples else { return nil }
    replicates.sort()
    return ConfidenceInterval(
      estimate: estimate, lower: quantile((1 - level) / 2, ofSorted: replicates),
      upper: quantile((1 + level) / 2, ofSorted: replicates), level: level,
      method: "percentile bootstrap of \(groups.count) groups, \(resamples) resamples")
  }
}
