import FaceData
import Foundation

/// What judging a set of many pictures costs.
enum Worth {
  /// Prints the seconds of processor time that each step takes, and the most memory.
  static func run(count: Int) throws {
    var start = Benchmarks.processorSeconds()
    func tell(_ what: String) {
      let now = Benchmarks.processorSeconds()
      print("\(what): \(Int(now - start)) s, \(Benchmarks.peakMegabytes()) MB at most")
      start = now
    }
    let survey = try DatasetSurvey(ClipDataset(count: count), threads: 2)
    tell("survey of \(count)")
    let found = try DuplicateSearch().duplicates(within: survey)
    tell("\(found.count) duplicates")
    let features = try FeatureTable(thumbnails: survey)
    let chosen = try FarthestPoints.choose(count / 10, of: features)
    tell("\(chosen.count) farthest points")
  }
}

/// Clips of 20 pictures that change slowly, 32 × 32.
private struct ClipDataset: FaceDataset {
  let count: Int
  var fingerprint: String { "clips" }
  var identityNames: [String] { [] }
  var pairs: [VerificationPair] { [] }
  var unusable: [UnusableSample] { [] }
  func id(at index: Int) -> String { String(index) }
  func labels(at index: Int) throws -> FaceLabels { FaceLabels() }

  func sample(at index: Int) throws -> FaceSample {
    var clip = RandomStream(seed: 1, purpose: "clip", index: index / 20)
    var frame = RandomStream(seed: 1, purpose: "frame", index: index)
    let small = (0..<192).map { _ -> UInt8 in
      let value = clip.uniform(in: 30...220) + 8 * frame.normal()
      return UInt8(min(max(value, 0), 255))
    }
    let image = Image(width: 8, height: 8, pixels: small).resized(to: 32)
    return FaceSample(id: id(at: index), image: image, labels: FaceLabels())
  }
}
