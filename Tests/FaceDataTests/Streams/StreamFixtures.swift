import Foundation
import Testing

@testable import FaceData

/// Golden archives, see Goldens/make_shards.py.
func goldenShard(_ name: String) throws -> String {
  try #require(
    Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Goldens/shards")
  ).path
}

extension TemporaryFolder {
  /// A tar of files with the given contents.
  @discardableResult
  func writeTar(_ name: String, _ files: [(String, [UInt8])]) throws -> String {
    let writer = try TarWriter(path + "/" + name)
    for (file, bytes) in files { try writer.add(file, bytes) }
    try writer.close()
    return writer.path
  }

  /// Shards of samples "s0", "s1", …, each a grey pixel of its number modulo 256 and its number as
  /// the person's name.
  func writeNumberedShards(_ counts: [Int], named name: String = "n") throws {
    var number = 0
    for (shard, count) in counts.enumerated() {
      let files = (number..<(number + count)).flatMap { n in
        [
          ("s\(n).ppm", pixel(UInt8(truncatingIfNeeded: n))),
          ("s\(n).json", Array("{\"identity\":\"\(n)\"}".utf8)),
        ]
      }
      try writeTar("\(name)-\(shard).tar", files)
      number += count
    }
  }

}

/// A picture of one pixel.
func pixel(_ value: UInt8) -> [UInt8] { Array("P6 1 1 255\n".utf8) + [value, value, value] }

/// One sample with every label that there is.
func fullyLabelledDataset() -> MemoryDataset {
  var stream = RandomStream(seed: 3, purpose: "full labels")
  func points(_ count: Int) -> [SIMD2<Float>] {
    (0..<count).map { _ in SIMD2(stream.uniform() * 90, stream.uniform() / 3) }
  }
  var labels = FaceLabels(
    identity: 1, landmarks: points(98),
    actionUnits: ActionUnit.allCases.map { _ in stream.uniform() },
    emotion: .contempt, mesh: [SIMD3(0.1, -2, 3e-5), SIMD3(4, 5, 6)],
    unitIntensities: ActionUnitValues([4: 2.5, 12: 0.1]),
    unitOccurrences: ActionUnitValues([1: 1, 2: 0]),
    emotionVotes: EmotionVotes(counts: [1, 2, 3, 0, 0, 0, 0, 1], unknown: 1, notFace: 2),
    valence: -0.3, arousal: 0.7, frame: VideoFrame(video: "SN001", number: 12))
  labels.landmarkScheme = .wflw98
  labels.landmarkVisibility = (0..<98).map {
    LandmarkVisibility(rawValue: UInt8($0 % 3)) ?? .absent
  }
  labels.landmarks3D = points(98).map { SIMD3($0.x, $0.y, 7.125) }
  labels.headPose = HeadPose(pitch: 1.5, yaw: -20, roll: 0.1)
  labels.faceBox = FaceBox(x: 1, y: 2.5, width: 30, height: 31)
  labels.attributes = [.blur, .makeUp]
  labels.morphableFit = MorphableFit(
    shape: [1, 2], expression: [0.1], texture: [], translation: SIMD3(1, 2, 3), scale: 0.7)
  let samples = [
    FaceSample(id: "x/full.tar.jpg", image: .gray(5, 9), labels: labels),
    FaceSample(id: "x/bare", image: .gray(7, 200), labels: FaceLabels()),
    FaceSample(id: "../y/ä.png", image: .gray(3, 77), labels: FaceLabels(identity: 0)),
    FaceSample(id: "x/bare.png", image: .gray(4, 1), labels: FaceLabels(identity: 2)),
  ]
  return MemoryDataset(samples: samples, identityNames: ["Zoë", "Al", "Bo/b"])
}
