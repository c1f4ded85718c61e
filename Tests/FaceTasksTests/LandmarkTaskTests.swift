import FaceData
import Foundation
import Statistics
import Testing
import Torch

@testable import FaceTasks

struct LandmarkTaskTests {
  let faces = SquareFaces(count: 40)
  static let input = InputSettings(size: 64, batch: 7, device: .cpu, precision: .float32)

  private func task(_ head: String, input: InputSettings = input) throws -> any FaceTask {
    try makeTask(
      LandmarkTask.self, options: .of(LandmarkTask.self, head: head), of: faces, input: input)
  }

  @Test(
    "an untrained regression predicts the mean shape, so its error is the baseline's",
    arguments: ["pooled", "grid"])
  func startsAtMeanShape(head: String) throws {
    let task = try task(head)
    let split = EvaluationSplit(indices: Array(0..<10))
    let answers = try task.answers(split, with: task.featureSource(of: faces))
    let own = try task.judge(answers, on: split, of: faces)
    let mean = try #require(
      try task.baseline(labelled: Array(0..<40), of: faces, for: answers.samples))
    let baseline = try task.judge(mean, on: split, of: faces)
    for (metric, wanted) in zip(own.metrics, baseline.metrics) {
      #expect(metric.name == wanted.name && metric.count == 10)
      #expect(abs(metric.value - wanted.value) < 1e-2)
    }
    #expect(own.value(of: "nme[inter-ocular]").map { $0 > 10 } == true)
  }

  @Test("the mean target of the same samples is the same to the last bit, in whatever order")
  func meanShapeOrder() throws {
    let task = try task("pooled")
    let mean = try meanTarget(of: Array(0..<40), in: faces, size: 48) { try task.target($0) }
    let reversed = try meanTarget(of: Array((0..<40).reversed()), in: faces, size: 48) {
      try task.target($0)
    }
    #expect(mean == reversed)
    let expected = try (0..<40).reduce(SIMD2<Float>.zero) {
      try $0 + (#require(try faces.labels(at: $1).landmarks)[0])
    }
    #expect(abs(mean[0] * 64 * 40 - expected.x) < 0.1 && abs(mean[1] * 64 * 40 - expected.y) < 0.1)
  }

  /// A regression from 4×4 cells is slower than heat maps, whose maps show the square's place.
  @Test(
    "every head and loss finds the square",
    arguments: [("heatmap", "smooth-l1", 0.5), ("heatmap", "wing", 0.5), ("grid", "wing", 0.75)])
  func learns(head: String, loss: String, goal: Double) throws {
    var options = TestOptions.of(LandmarkTask.self, head: head)
    options.words["loss"] = loss
    var input = Self.input
    input.size = 32
    let task = try makeTask(LandmarkTask.self, options: options, of: faces, input: input)
    let split = EvaluationSplit(indices: Array(0..<40))
    let before = try #require(try task.evaluate(split, of: faces).value(of: "nme[inter-ocular]"))
    _ = try train(task, on: faces, steps: 50)
    let after = try #require(try task.evaluate(split, of: faces).value(of: "nme[inter-ocular]"))
    #expect(after < before * goal, "before \(before), after \(after)")
  }

  @Test("predictions and truth are in the picture's own pixels")
  func coordinates() throws {
    var input = Self.input
    input.size = 32  // pictures are 64 px: points must come back doubled
    let task = try task("pooled", input: input)
    let evaluation = try task.evaluate(EvaluationSplit(indices: [5]), of: faces)
    let prediction = try #require(evaluation.predictions.first)
    let truth = try #require(try faces.labels(at: 5).landmarks)
    for (a, b) in zip(prediction.truth, truth) {
      #expect(abs(a[0] - b.x) < 1e-3 && abs(a[1] - b.y) < 1e-3)
    }
    let table = try #require(evaluation.tables["point-errors"])
    #expect(table.rows.count == 68)
    let errors = try #require(evaluation.tables["face-errors"])
    #expect(errors.rows.count == 1 && errors.rows[0][0] == .text(faces.id(at: 5)))
    let error = try #require(errors.rows[0][1].numericValue)
    #expect(abs(error - (try #require(evaluation.value(of: "nme[inter-ocular]")))) < 1e-9)
  }

  /// By hand: one face is off by a fifth of its inter-ocular distance; the other's points coincide.
  @Test("a face whose points coincide is left out and not counted")
  func coincidentPoints() throws {
    let ring = try #require(try faces.labels(at: 0).landmarks)
    let d = ring[36] - ring[45]
    let length = (d * d).sum().squareRoot()
    let moved = ring.map { $0 + SIMD2(0, length / 5) }
    let same = [SIMD2<Float>](repeating: SIMD2(3, 3), count: 68)
    let metrics = try landmarkMetrics([
      LandmarkFace(scheme: .ibug68, truth: ring, predicted: moved),
      LandmarkFace(scheme: .ibug68, truth: same, predicted: ring),
    ])
    let nme = try #require(metrics.first { $0.name == "nme[inter-ocular]" })
    #expect(abs(nme.value - 20) < 1e-4 && nme.count == 1)
    #expect(metrics.allSatisfy { $0.value.isFinite })
    #expect(metrics.first { $0.name == "failure-rate[inter-ocular@0.10]" }?.value == 100)
  }

  @Test("a sample without 68 points is refused with its number of points")
  func missingLandmarks() throws {
    let sample = TaskSample(
      index: 0, labels: FaceLabels(landmarks: [.zero]), toImage: .identity, size: 64)
    #expect {
      try task("pooled").loss(features: [Tensor.zeros([1, 64])], samples: [sample])
    } throws: { error in
      "\(error)".contains("1 landmarks")
    }
  }
}

struct VerificationTests {
  let faces = SquareFaces(count: 36)

  @Test("no pairs is an error that says so")
  func noPairs() throws {
    #expect {
      try pairScores(of: TaskPredictions(samples: [], rows: []), pairs: [])
    } throws: { error in
      (error as? FaceTaskError)?.code == .noPairs
    }
  }

  @Test("rows identical within a person and different between give 100 % and area 1")
  func perfectFeatures() throws {
    let samples = (0..<36).map {
      TaskSample(index: $0, labels: FaceLabels(identity: $0 % 6), toImage: .identity, size: 8)
    }
    let rows = (0..<36).map { index in (0..<6).map { Float($0 == index % 6 ? 1 : 0) } }
    let pairs = try pairs(of: faces, count: 40)
    let metrics = try verificationMetrics(
      pairScores(of: TaskPredictions(samples: samples, rows: rows), pairs: pairs), pairs: pairs)
    #expect(metrics.first { $0.name == "accuracy[10-fold]" }?.value == 100)
    #expect(metrics.first { $0.name == "auc[roc]" }?.value == 1)
  }

  @Test("a backbone's features as they are tell the colours of the squares apart")
  func rawFeatures() throws {
    let task = try makeTask(
      RecognitionTask.self, of: faces,
      input: InputSettings(size: 64, batch: 7, device: .cpu, precision: .float32))
    let evaluation = try evaluateVerification(
      pairs(of: faces, count: 40), of: faces, input: task.setup.input, isCentred: true,
      backbone: task.setup.backbone)
    let area = try #require(evaluation.value(of: "auc[roc]"))
    let table = try #require(evaluation.tables["pairs"])
    #expect(table.rows.count == evaluation.metrics[0].count)
    #expect(Set(table.values(of: "same") ?? []) == [.boolean(true), .boolean(false)])
    #expect(area > 0.55 && area <= 1)
    #expect(evaluation.value(of: "random.auc[roc]") == nil)
  }

  /// Noise says nothing of the people; the pictures' own colours say all.
  @Test("the gain over pixels and over an untrained network comes with its interval")
  func gains() throws {
    let pairs = try pairs(of: faces, count: 60)
    let people = (0..<36).map { index in
      TaskSample(
        index: index, labels: FaceLabels(identity: index % 6), toImage: .identity, size: 8)
    }
    func rows(_ value: (Int) -> [Float]) -> TaskPredictions {
      TaskPredictions(samples: people, rows: people.map { value($0.index) })
    }
    let perfect = rows { index in (0..<6).map { $0 == index % 6 ? 1 : 0 } }
    let arbitrary = rows { index in [Float(index * 7 % 11) - 5, Float(index * 5 % 13) - 6] }
    var rivals = VerificationRivals(
      pairs: pairs, samples: people, scores: try pairScores(of: perfect, pairs: pairs))
    try rivals.add("random", arbitrary)
    let metrics = Dictionary(uniqueKeysWithValues: rivals.metrics.map { ($0.name, $0.value) })
    let (other, gain) = try (
      #require(metrics["random.auc[roc]"]), #require(metrics["gain[random]"])
    )
    #expect(abs(gain - (1 - other)) < 1e-12 && gain > 0.3)
    let interval = try #require(try rivals.intervals.first?.interval(seed: 1))
    #expect(interval.lower > 0 && interval.lower < gain && gain < interval.upper)

    let input = InputSettings(size: 64, batch: 7, device: .cpu, precision: .float32)
    try rivals.add("pixels", of: faces, input: input)
    let pixels = try #require(rivals.metrics.first { $0.name == "pixels.auc[roc]" })
    #expect(pixels.value > 0.9 && pixels.count == pairs.count)
  }
}
