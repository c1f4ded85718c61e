/// What a reader could not use. A file with a hundred thousand lines of one fault is told in a few.
struct ProblemList {
  /// Lines of one file that are listed one by one.
  static let perFile = 50

  private(set) var samples: [UnusableSample] = []
  private var counts: [String: Int] = [:]
  private var order: [String] = []

  var isEmpty: Bool { samples.isEmpty }

  /// - Parameters: path: relative to the data set; line: 1-based.
  mutating func add(_ path: String, line: Int? = nil, _ reason: String) {
    guard let line else { return samples.append(UnusableSample(path: path, reason: reason)) }
    let count = counts[path, default: 0] + 1
    counts[path] = count
    if count == Self.perFile + 1 { order.append(path) }
    guard count <= Self.perFile else { return }
    samples.append(UnusableSample(path: "\(path):\(line)", reason: reason))
  }

  mutating func add(_ error: FaceDataError, _ path: String) {
    add(path, line: error.context.line, error.message)
  }

  /// Takes over what another reader found.
  mutating func append(_ other: ProblemList) { samples += other.finished }

  /// All of them, with a line about those that were not listed one by one.
  var finished: [UnusableSample] {
    samples
      + order.map { path in
        let more = (counts[path] ?? 0) - Self.perFile
        return UnusableSample(path: path, reason: "\(more) more lines that cannot be used")
      }
  }
}
