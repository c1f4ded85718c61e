import FaceData
public import Statistics

/// How far a metric of an evaluation may be off by the choice of its test samples; computed when it is
/// asked for, as it takes a thousand times as long as the metric.
public struct IntervalEstimate: Sendable {
  /// The metric's name.
  public let name: String
  private let make: @Sendable (inout RandomStream) throws -> ConfidenceInterval?

  init(
    _ name: String, _ make: @escaping @Sendable (inout RandomStream) throws -> ConfidenceInterval?
  ) {
    (self.name, self.make) = (name, make)
  }

  /// The 95 % interval; nil where the samples do not allow one.
  ///
  /// - Parameter seed: of the resamples; the same seed gives the same interval.
  public func interval(seed: UInt64) throws -> ConfidenceInterval? {
    var stream = RandomStream(seed: seed, purpose: "interval." + name)
    return try make(&stream)
  }
}

extension IntervalEstimate {
  private static let bootstrap = Bootstrap(resamples: 1000)

  /// Of a statistic of samples. Where people are known they are resampled whole, else every sample by
  /// itself.
  ///
  /// - Parameter statistic: of samples, given by their places in `samples`.
  static func resampled(
    _ name: String, over samples: [TaskSample],
    statistic: @escaping @Sendable ([Int]) throws -> Double?
  ) -> IntervalEstimate? {
    let groups = groups(samples)
    guard groups.count > 1 else { return nil }
    return IntervalEstimate(name) { stream in
      try bootstrap.interval(ofGroups: groups, using: &stream, statistic: statistic)
    }
  }

  /// Of a mean of one value a sample.
  static func mean(
    _ name: String, of values: [Double], over samples: [TaskSample]
  ) -> IntervalEstimate? {
    resampled(name, over: samples) { places in
      places.isEmpty ? nil : places.reduce(0) { $0 + values[$1] } / Double(places.count)
    }
  }

  private static func groups(_ samples: [TaskSample]) -> [[Int]] {
    var (people, alone): ([Int: [Int]], [[Int]]) = ([:], [])
    for (place, sample) in samples.enumerated() {
      if let person = sample.labels.identity {
        people[person, default: []].append(place)
      } else {
        alone.append([place])
      }
    }
    return people.sorted { $0.key < $1.key }.map(\.value) + alone
  }
}
