public import FaceData
public import Statistics

/// A number that an evaluation gives, with the protocol in its name (`nme[inter-ocular]`).
public struct TaskMetric: Sendable, Hashable, Codable {
  public let name: String
  public let value: Double
  /// Images or pairs behind the value.
  public let count: Int

  public init(_ name: String, _ value: Double, count: Int) {
    (self.name, self.value, self.count) = (name, value, count)
  }
}

/// Answer and label of one sample, for files and pictures.
public struct SamplePrediction: Sendable, Hashable {
  public let index: Int
  public let id: String
  /// A row a point or a value, as `TaskEvaluation.predictionNames` says; NaN where it is not known.
  public let truth: [[Float]]
  public let predicted: [[Float]]

  public init(index: Int, id: String, truth: [[Float]], predicted: [[Float]]) {
    (self.index, self.id, self.truth, self.predicted) = (index, id, truth, predicted)
  }
}

/// Answers in units that people know.
public struct TaskReading: Sendable {
  /// What each row of a sample is; empty for points.
  public var names: [String]
  /// For each sample its rows: a value each, or x and y in pixels of the data set's picture.
  public var rows: [[[Float]]]
  /// Lines to draw through the points.
  public var contours: [[Int]] = []
  /// For each sample vertices that can be seen: x, y and depth in pixels of the picture. Empty where
  /// the task has no surface.
  public var meshes: [[SIMD3<Float>]] = []

  public init(names: [String], rows: [[[Float]]]) { (self.names, self.rows) = (names, rows) }

  /// A value for each name.
  init(names: [String], values: [[Float]]) {
    self.init(names: names, rows: values.map { $0.map { [$0] } })
  }
}

/// What a task says of a model on one split.
public struct TaskEvaluation: Sendable {
  public var metrics: [TaskMetric]
  public var predictions: [SamplePrediction] = []
  /// What each row of the predictions is; empty for points in pixels of the data set's image.
  public var predictionNames: [String] = []
  /// Numbers that are too many for metrics, by name: a confusion matrix, the error of each point.
  public var tables: [String: DataFrame] = [:]
  /// Of the metrics that a table is likely to show.
  public var intervals: [IntervalEstimate] = []

  public init(metrics: [TaskMetric]) { self.metrics = metrics }

  /// Adds the answers beside what is true of each sample.
  mutating func note(
    _ reading: TaskReading, _ samples: [TaskSample], of dataset: any FaceDataset,
    truth: (TaskSample) throws -> [[Float]]
  ) rethrows {
    predictionNames = reading.names
    predictions = try zip(samples, reading.rows).map { sample, rows in
      SamplePrediction(
        index: sample.index, id: dataset.id(at: sample.index), truth: try truth(sample),
        predicted: rows)
    }
  }

  public func value(of metric: String) -> Double? {
    metrics.first { $0.name == metric }?.value
  }
}

/// The metric that chooses among a run's checkpoints on validation data.
public struct SelectionMetric: Sendable, Hashable {
  public let name: String
  public let lowerIsBetter: Bool

  public func isBetter(_ value: Double, than other: Double) -> Bool {
    lowerIsBetter ? value < other : value > other
  }
}

/// What to evaluate on: samples, and for verification the pairs among them.
public struct EvaluationSplit: Sendable {
  public let indices: [Int]
  public let pairs: [VerificationPair]

  public init(indices: [Int], pairs: [VerificationPair] = []) {
    (self.indices, self.pairs) = (indices, pairs)
  }

  /// The samples that an answer is needed for.
  public var needed: [Int] {
    pairs.isEmpty ? indices : Set(pairs.flatMap { [$0.first, $0.second] }).sorted()
  }
}

/// The mean of the values that are there, as a metric; none where there are none.
func meanMetric(_ name: String, _ values: [Double?], count: Int) -> [TaskMetric] {
  let defined = values.compactMap { $0 }
  guard !defined.isEmpty else { return [] }
  return [TaskMetric(name, defined.reduce(0, +) / Double(defined.count), count: count)]
}
