import FaceTasks
import Foundation
import Torch

/// What a trial has reached so far.
struct AdaptationProgress: Codable {
  /// Bit patterns, as a decimal could round.
  private var validationBits: UInt64?
  private var testBits: UInt64?
  /// All metrics at the step that was best on test.
  private(set) var testMetrics: [TaskMetric] = []
  /// Weights of the best validation, beside the current ones.
  var best: [NamedTensor] = []

  private enum CodingKeys: String, CodingKey { case validationBits, testBits, testMetrics }

  var validation: Double? { validationBits.map { Double(bitPattern: $0) } }

  /// - Returns: whether it is the best so far.
  mutating func noteValidation(_ value: Double, _ selection: SelectionMetric) -> Bool {
    if let validation, !selection.isBetter(value, than: validation) { return false }
    validationBits = value.bitPattern
    return true
  }

  mutating func noteTest(_ value: Double, _ metrics: [TaskMetric], _ selection: SelectionMetric) {
    if let bits = testBits, !selection.isBetter(value, than: Double(bitPattern: bits)) { return }
    (testBits, testMetrics) = (value.bitPattern, metrics)
  }
}

/// The best of the trials that are over: its weights at the last step and at the best validation.
struct TrialWinner {
  var candidate: Double
  var progress: AdaptationProgress
  var last: [NamedTensor]

  private struct Note: Codable {
    let candidate: Double
    let progress: AdaptationProgress
  }

  static let lastPrefix = "winner-last"
  static let bestPrefix = "winner-best"

  var state: [NamedTensor] {
    last.prefixed(Self.lastPrefix) + progress.best.prefixed(Self.bestPrefix)
  }

  func note() throws -> String {
    try CheckpointNote.encode(Note(candidate: candidate, progress: progress))
  }

  init(candidate: Double, progress: AdaptationProgress, last: [NamedTensor]) {
    (self.candidate, self.progress, self.last) = (candidate, progress, last)
  }

  init(note: String, tensors: [String: Tensor], like state: [NamedTensor]) throws {
    let note = try CheckpointNote.decode(Note.self, note)
    (candidate, progress) = (note.candidate, note.progress)
    func named(_ prefix: String) -> [NamedTensor] {
      let found = tensors.subset(prefix: prefix + ".")
      return state.compactMap { entry in
        found[entry.name].map { NamedTensor(entry.name, $0, entry.kind) }
      }
    }
    last = named(Self.lastPrefix)
    progress.best = named(Self.bestPrefix)
  }
}

/// Small values as JSON in a checkpoint's notes; a metric that is not a number passes through.
enum CheckpointNote {
  static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(type, from: Data(text.utf8))
  }
}

extension [NamedTensor] {
  /// Copies the values of `saved` into the tensors of the same names.
  func take(_ saved: [NamedTensor]) throws {
    let values = saved.dictionary
    try withoutGradient {
      for entry in self {
        if let tensor = values[entry.name] { _ = try entry.tensor.copy_(from: tensor) }
      }
    }
  }

  func copies() throws -> [NamedTensor] {
    try withoutGradient { try map { NamedTensor($0.name, try $0.tensor.clone(), $0.kind) } }
  }
}
