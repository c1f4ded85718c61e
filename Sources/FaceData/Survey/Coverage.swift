/// How well a growing choice of samples covers all of them: for each sample the distance to the
/// nearest chosen one, kept up to date as samples are added.
///
/// Adding one looks only at the groups that it can be nearer to: by the triangle inequality a sample
/// at distance r from its own centre is no nearer to a new one that is 2r or more from that centre.
/// The result is that of comparing with every sample.
/// - Source: Gonzalez 1985, "Clustering to minimize the maximum intercluster distance"; the bound is
///   Elkan's, ICML 2003. Checked by: CoverageTests.
public struct Coverage {
  private let features: FeatureTable
  /// Distance to the nearest chosen sample; infinite before there is one.
  public private(set) var distances: [Float]
  /// In the order of choice.
  public private(set) var chosen: [Int] = []
  /// The samples nearest to each chosen one, and the farthest of them.
  private var groups: [[Int32]] = []
  private var farthest: [(sample: Int, distance: Float)] = []
  /// Distances are rounded, so bounds are given this much room.
  private static let slack: Float = 1e-3

  public init(_ features: FeatureTable) {
    self.features = features
    distances = [Float](repeating: .infinity, count: features.count)
  }

  /// The largest of the distances.
  public var radius: Float { farthest.map(\.distance).max() ?? .infinity }

  /// The sample that the choice covers worst.
  ///
  /// - Edge cases: nil before anything is chosen, or where the worst is covered exactly.
  public var worst: Int? {
    let all = farthest.indices.filter { farthest[$0].distance > 0 }
    return all.max { farthest[$0].distance < farthest[$1].distance }.map { farthest[$0].sample }
  }

  public var meanDistance: Float {
    let sum = distances.reduce(0.0) { $0 + Double($1) }
    return Float(sum / Double(max(1, distances.count)))
  }

  /// The share of the samples within a distance of a chosen one.
  public func share(within distance: Float) -> Double {
    Double(distances.count { $0 <= distance }) / Double(max(1, distances.count))
  }

  /// Chooses another sample.
  public mutating func add(_ sample: Int) {
    guard !chosen.isEmpty else { return addFirst(sample) }
    var own: [Int32] = []
    var ownFarthest: (sample: Int, distance: Float) = (sample, 0)
    for group in groups.indices {
      let apart = features.distance(sample, chosen[group])
      guard apart < 2 * farthest[group].distance + Self.slack else { continue }
      take(from: group, nearerTo: sample, apart: apart, into: &own, &ownFarthest)
    }
    distances[sample] = 0
    chosen.append(sample)
    groups.append(own)
    farthest.append(ownFarthest)
  }

  private mutating func addFirst(_ sample: Int) {
    var most: (sample: Int, distance: Float) = (sample, 0)
    for other in distances.indices {
      distances[other] = other == sample ? 0 : features.distance(sample, other)
      if distances[other] > most.distance { most = (other, distances[other]) }
    }
    (chosen, groups, farthest) = ([sample], [distances.indices.map(Int32.init)], [most])
  }

  private mutating func take(
    from group: Int, nearerTo sample: Int, apart: Float, into own: inout [Int32],
    _ ownFarthest: inout (sample: Int, distance: Float)
  ) {
    var kept: [Int32] = []
    kept.reserveCapacity(groups[group].count)
    var most: (sample: Int, distance: Float) = (chosen[group], 0)
    for member in groups[group] {
      let other = Int(member)
      let current = distances[other]
      let distance =
        other == sample
        ? 0 : apart < 2 * current + Self.slack ? features.distance(sample, other) : .infinity
      if distance < current {
        distances[other] = distance
        own.append(member)
        if distance > ownFarthest.distance { ownFarthest = (other, distance) }
      } else {
        kept.append(member)
        if current > most.distance { most = (other, current) }
      }
    }
    groups[group] = kept
    farthest[group] = most
  }
}

/// Farthest-point thinning: the samples that show most of what a set holds.
public enum FarthestPoints {
  /// The most typical sample, then again and again the one that is least like all before it.
  ///
  /// Prefixes are nested, and the first k leave no sample farther from the choice than twice what the
  /// best choice of k could. Broken and odd pictures are unlike the rest, so they come early: look
  /// for them with a survey first.
  /// - Parameters: count: at most this many; fewer where all that is left are copies of chosen ones.
  ///   progress: chosen and wanted, with the choice so far; what it throws stops the choice.
  /// - Returns: indices in the order of choice.
  /// - Source: Gonzalez 1985, Theorem 2.2. Checked by: CoverageTests.
  public static func choose(
    _ count: Int, of features: FeatureTable,
    progress: (_ coverage: Coverage, _ count: Int) throws -> Void = { _, _ in }
  ) rethrows -> [Int] {
    guard features.count > 0, count > 0 else { return [] }
    var coverage = Coverage(features)
    coverage.add(mostTypical(features))
    try progress(coverage, count)
    while coverage.chosen.count < count, let next = coverage.worst {
      coverage.add(next)
      try progress(coverage, count)
    }
    return coverage.chosen
  }

  /// The sample nearest to the mean; the first of equals.
  private static func mostTypical(_ features: FeatureTable) -> Int {
    let mean = features.mean
    var best: (row: Int, product: Float) = (0, -.infinity)
    for row in 0..<features.count {
      var product: Float = 0
      for place in 0..<features.dimension {
        product += mean[place] * features.values[row * features.stride + place]
      }
      if product > best.product { best = (row, product) }
    }
    return best.row
  }
}
