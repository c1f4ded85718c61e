import FaceData
import FaceModels
import Foundation
import Statistics
import Testing
import Torch

@testable import FaceTasks

/// What every task must do, whatever it is about.
@Suite(.serialized)
struct TaskTests {
  static let names = TaskTable.tasks.map { $0.name }

  private func type(_ name: String) throws -> any FaceTask.Type {
    try #require(TaskTable.task(named: name))
  }

  private func split(_ task: any FaceTask.Type) throws -> EvaluationSplit {
    EvaluationSplit(
      indices: SmallWorld.all,
      pairs: task.comparesPeople ? try pairs(of: SmallWorld.faces, count: 60) : [])
  }

  /// Selected metric after training, and what the baseline scores; how far apart they must be.
  private static let goals: [String: @Sendable (_ model: Double, _ baseline: Double) -> Bool] = [
    "landmarks": { $0 < 0.6 * $1 }, "recognition": { model, _ in model > 0.9 },
    "action-units": { $0 > $1 + 0.5 }, "emotion": { $0 > $1 + 20 },
    "reconstruction": { $0 < 0.6 * $1 }, "head-pose": { $0 < 0.5 * $1 },
    "attributes": { $0 > $1 + 0.3 },
  ]

  /// Where 80 updates are too few: the pose overshoots at first, at a rate that suits the others.
  private static let steps = ["reconstruction": 160]

  @Test("training lowers the loss and leaves the trivial baseline behind", arguments: names)
  func learns(name: String) throws {
    let type = try type(name)
    let faces = SmallWorld.faces
    let task = try makeTask(type, of: faces, input: SmallWorld.input)
    let losses = try train(task, on: faces, steps: Self.steps[name] ?? 80)
    let last = try #require(losses.last)
    #expect(last < losses[0] * 0.7, "\(losses[0]) … \(last)")
    let split = try split(type)
    let answers = try task.answers(split, with: task.featureSource(of: faces))
    let evaluation = try task.judge(answers, on: split, of: faces)
    let metric = task.selectionMetric
    let value = try #require(evaluation.value(of: metric.name))
    var baseline = 0.5
    if let rows = try task.baseline(
      labelled: SmallWorld.all, of: faces, for: answers.samples)
    {
      baseline = try #require(
        try task.judge(rows, on: split, of: faces).value(of: metric.name))
    }
    let goal = try #require(Self.goals[name])
    #expect(goal(value, baseline), "\(metric.name): \(value), baseline \(baseline)")
    #expect(metric.lowerIsBetter == (value < baseline))
  }

  /// Sums of floats in another order: answers agree to 2·10⁻⁴, and metrics, in per cent or degrees,
  /// to two hundredths.
  @Test("the answer depends neither on the batch size nor on the threads", arguments: names)
  func batchSizeAndThreadsDoNotMatter(name: String) throws {
    let type = try type(name)
    let split = try split(type)
    defer { try? setThreads(1) }
    let found = try [(1, 1), (7, 1), (48, 1), (7, 2), (48, 4)].map { batch, threads in
      try setThreads(threads)
      var input = SmallWorld.input
      input.batch = batch
      let task = try makeTask(type, of: SmallWorld.faces, input: input)
      let answers = try task.answers(split, with: task.featureSource(of: SmallWorld.faces))
      return (answers, try task.judge(answers, on: split, of: SmallWorld.faces).metrics)
    }
    let (rows, metrics) = (found[0].0.rows, found[0].1)
    #expect(!metrics.isEmpty && !rows.isEmpty)
    for (answers, others) in found.dropFirst() {
      for (a, b) in zip(rows, answers.rows) {
        #expect(zip(a, b).allSatisfy { abs($0 - $1) < 2e-4 * max(1, abs($0)) })
      }
      #expect(metrics.map(\.name) == others.map(\.name))
      for (a, b) in zip(metrics, others) { #expect(abs(a.value - b.value) < 2e-2, "\(a.name)") }
    }
  }

  @Test("an interval holds its metric, is the same each time and narrows nothing", arguments: names)
  func intervals(name: String) throws {
    let type = try type(name)
    let task = try makeTask(type, of: SmallWorld.faces, input: SmallWorld.input)
    _ = try train(task, on: SmallWorld.faces, steps: 5)
    let evaluation = try task.evaluate(split(type), of: SmallWorld.faces)
    #expect(!evaluation.intervals.isEmpty)
    for estimate in evaluation.intervals {
      let value = try #require(evaluation.value(of: estimate.name), "\(estimate.name)")
      guard let interval = try estimate.interval(seed: 1) else { continue }
      #expect(try estimate.interval(seed: 1) == interval)
      #expect(interval.lower <= value + 1e-9 && value <= interval.upper + 1e-9, "\(estimate.name)")
      #expect(abs(interval.estimate - value) < 1e-6 * max(1, abs(value)), "\(estimate.name)")
    }
  }

  @Test("a task built from weights answers as the one that they come from", arguments: names)
  func weightsAreEnough(name: String) throws {
    let type = try type(name)
    let faces = SmallWorld.faces
    let task = try makeTask(type, of: faces, input: SmallWorld.input)
    _ = try train(task, on: faces, steps: 3)
    let copy = try makeTask(
      type, of: faces, input: SmallWorld.input, origin: .weights(task.headState.dictionary))
    try copy.setup.backbone.load(task.setup.backbone.stateDictionary())
    let saved = task.headState.dictionary
    try withoutGradient {
      for entry in copy.headState {
        _ = try entry.tensor.copy_(from: #require(saved[entry.name]))
      }
    }
    let split = try split(type)
    let first = try task.answers(split, with: task.featureSource(of: faces))
    let second = try copy.answers(split, with: copy.featureSource(of: faces))
    for (a, b) in zip(first.rows, second.rows) {
      #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-4 })
    }
    let metrics = try copy.judge(second, on: split, of: faces).metrics
    #expect(!metrics.isEmpty)
  }

  @Test(
    "with itself among one neighbour a sample gets its own label, with all about the mean",
    arguments: names.filter { $0 != "recognition" })
  func neighbours(name: String) throws {
    let type = try type(name)
    let faces = SmallWorld.faces
    let task = try makeTask(type, of: faces, input: SmallWorld.input)
    let source = LiveFeatures(
      dataset: faces, backbone: task.setup.backbone, kind: .pooled, withMirror: false,
      input: SmallWorld.input)
    let bank = try NearestNeighbours(task: task, labelled: SmallWorld.all, source: source)
    let indices = Array(0..<6)
    let one = try bank.answers(indices, neighbours: 1, source: source)
    for (sample, row) in zip(one.samples, one.rows) {
      let target = try #require(try task.target(sample))
      #expect(zip(target, row).allSatisfy { abs($0 - $1) < 1e-3 })
    }
    let many = try bank.answers(indices, neighbours: 1000, source: source)
    #expect(many.rows[0] != one.rows[0])
    #expect(many.rows.allSatisfy { $0.allSatisfy(\.isFinite) })
  }

  @Test("features as they are answer for a task that compares people")
  func neighboursOfPeople() throws {
    let task = try makeTask(
      RecognitionTask.self, of: SmallWorld.faces, input: SmallWorld.input)
    let source = task.featureSource(of: SmallWorld.faces)
    let bank = try NearestNeighbours(task: task, labelled: SmallWorld.all, source: source)
    let answers = try bank.answers([0, 1], neighbours: 1, source: source)
    #expect(answers.rows.allSatisfy { abs($0.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4 })
    #expect(answers.rows[0].count == task.setup.backbone.featureCount)
  }

  @Test(
    "a set without the label is refused with its name",
    arguments: ["action-units", "emotion", "reconstruction", "head-pose", "attributes"])
  func missingLabels(name: String) throws {
    #expect(throws: FaceTaskError.self) {
      try makeTask(type(name), of: SquareFaces(count: 6), input: SmallWorld.input)
    }
  }
}
