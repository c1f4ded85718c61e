import FaceData
import Foundation
import Statistics
import Testing
import Torch

@testable import FaceTasks

/// Landmarks of other schemes than 300-W's, points that are not annotated, and published subsets.
@Suite(.serialized)
struct LandmarkSchemeTaskTests {
  /// The squares with points of another scheme.
  struct SchemeFaces: FaceDataset {
    let squares = SquareFaces(count: 24)
    let scheme: LandmarkScheme
    var absent: Int?
    var count: Int { squares.count }
    var fingerprint: String { "squares \(scheme.name)" }
    var identityNames: [String] { [] }
    var pairs: [VerificationPair] { [] }
    var unusable: [UnusableSample] { [] }
    func id(at index: Int) -> String { squares.id(at: index) }

    func labels(at index: Int) throws -> FaceLabels {
      let centre = squares.centre(index)
      var labels = FaceLabels(
        landmarks: (0..<scheme.count).map { point in
          let angle = Float(point) / Float(scheme.count) * 2 * .pi
          return centre + SIMD2(cos(angle), sin(angle)) * 10
        })
      labels.landmarkScheme = scheme
      labels.faceBox = FaceBox(x: centre.x - 16, y: centre.y - 8, width: 32, height: 18)
      if let absent {
        // A coordinate that would spoil every mean.
        labels.landmarks?[absent] = SIMD2(9000, -9000)
        labels.landmarkVisibility = (0..<scheme.count).map { $0 == absent ? .absent : .visible }
      }
      return labels
    }

    func sample(at index: Int) throws -> FaceSample {
      FaceSample(
        id: id(at: index), image: try squares.sample(at: index).image,
        labels: try labels(at: index))
    }
  }

  static let input = InputSettings(size: 32, batch: 8, device: .cpu, precision: .float32)
  static let schemes: [LandmarkScheme] = [.wflw98, .aflw19, .cofw29, .lapa106, .five, .other(7)]

  @Test(
    "the task has the points of the data set and keeps its scheme", arguments: schemes)
  func learns(scheme: LandmarkScheme) throws {
    let faces = SchemeFaces(scheme: scheme)
    let options = TestOptions.of(LandmarkTask.self, head: "heatmap")
    let task = try makeTask(LandmarkTask.self, options: options, of: faces, input: Self.input)
    // That it learns is another test; here the loss is only to be one of these points.
    let losses = try train(task, on: faces, steps: 3)
    #expect(losses.allSatisfy { $0.isFinite && $0 > 0 })
    let split = EvaluationSplit(indices: Array(0..<24))
    let evaluation = try task.evaluate(split, of: faces)
    let metric = task.selectionMetric.name
    #expect(metric == (scheme.interOcular == nil ? "nme[box]" : "nme[inter-ocular]"))
    #expect(evaluation.value(of: metric) != nil)
    #expect(evaluation.predictions[0].predicted.count == scheme.count)
    #expect(evaluation.tables["point-errors"]?.rows.count == scheme.count)
    let copy = try #require(
      try makeTask(
        LandmarkTask.self, options: options, of: faces, input: Self.input,
        origin: .weights(task.headState.dictionary)) as? LandmarkTask)
    #expect(copy.scheme == scheme)
  }

  @Test("the set's own box is a normaliser of its own: √(32·18) and √(32² + 18²)")
  func givenBox() throws {
    let faces = SchemeFaces(scheme: .aflw19)
    let labels = try faces.labels(at: 0)
    let truth = try #require(labels.landmarks)
    let face = LandmarkFace(
      scheme: .aflw19, truth: truth, predicted: truth.map { $0 + SIMD2(0, 2.4) },
      box: labels.faceBox)
    let metrics = try landmarkMetrics([face])
    func value(_ name: String) -> Double? { metrics.first { $0.name == name }?.value }
    #expect(abs((value("nme[given-box]") ?? 0) - 100 * 2.4 / 24) < 1e-3)
    #expect(
      abs((value("nme[given-diagonal]") ?? 0) - 100 * 2.4 / (32.0 * 32 + 18 * 18).squareRoot())
        < 1e-3)
    // Points on a circle of radius 10: their box is not the set's.
    #expect(abs((value("nme[box]") ?? 0) - 100 * 2.4 / 20) < 0.5)
  }

  @Test("a point that is not annotated counts neither in the loss nor in the error")
  func absentPoints() throws {
    let (whole, part) = (
      SchemeFaces(scheme: .wflw98), SchemeFaces(scheme: .wflw98, absent: 5)
    )
    let options = TestOptions.of(LandmarkTask.self, head: "pooled")
    func loss(_ faces: SchemeFaces) throws -> (Double, any FaceTask) {
      let task = try makeTask(LandmarkTask.self, options: options, of: faces, input: Self.input)
      return (try train(task, on: faces, steps: 1)[0], task)
    }
    let (complete, _) = try loss(whole)
    let (partial, task) = try loss(part)
    // One point of 98 costs nothing; the others cost what they did.
    #expect(partial <= complete && partial > 0.9 * complete, "\(partial) of \(complete)")
    let evaluation = try task.evaluate(EvaluationSplit(indices: Array(0..<24)), of: part)
    let error = try #require(evaluation.value(of: "nme[box]"))
    #expect(error < 100, "\(error)")
    let table = try #require(evaluation.tables["point-errors"])
    #expect(table.rows[5][1] == .missing && table.rows[5][2] == .integer(0))
    #expect(table.rows[6][2] == .integer(24))
  }

  /// By hand: errors of 10 % in one face of `common`, 30 % and 50 % in two of `challenge`.
  @Test("subsets have an NME of their own, and full is both of 300-W's")
  func subsets() throws {
    let ring = try #require(try SquareFaces(count: 1).labels(at: 0).landmarks)
    let d = ring[36] - ring[45]
    let length = (d * d).sum().squareRoot()
    func face(_ share: Float, _ subsets: [String]) -> LandmarkFace {
      LandmarkFace(
        scheme: .ibug68, truth: ring, predicted: ring.map { $0 + SIMD2(share * length, 0) },
        subsets: subsets)
    }
    let faces = [face(0.1, ["common"]), face(0.3, ["challenge"]), face(0.5, ["challenge"])]
    let metrics = try landmarkMetrics(faces + [face(0.9, [])])
    func metric(_ name: String) throws -> TaskMetric {
      try #require(metrics.first { $0.name == name })
    }
    #expect(abs(try metric("nme[inter-ocular:common]").value - 10) < 1e-3)
    #expect(abs(try metric("nme[inter-ocular:challenge]").value - 40) < 1e-3)
    #expect(abs(try metric("nme[inter-ocular:full]").value - 30) < 1e-3)
    #expect(try metric("nme[inter-ocular:full]").count == 3)
    #expect(abs(try metric("nme[inter-ocular]").value - 45) < 1e-3)
    #expect(try metric("failure-rate[inter-ocular@0.10:challenge]").value == 100)
    #expect(try !landmarkMetrics([faces[0]]).contains { $0.name.contains(":full") })
  }
}
