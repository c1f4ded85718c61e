/// What a survey keeps of a face's labels: a few dozen bytes instead of points and meshes.
public struct SurveyedLabels: Sendable, Hashable {
  public let identity: Int?
  public let emotion: Emotion?
  public let pose: HeadPose?
  public let part: DatasetPart?
  public let landmarkCount: Int
  /// By the number in FACS: units that the sample labels, and those of them that are there (an
  /// intensity of 1 or more, or an occurrence).
  public let labelledUnits: Set<Int>
  public let presentUnits: Set<Int>

  init(_ labels: FaceLabels, part: DatasetPart?) {
    (identity, emotion, pose) = (labels.identity, labels.emotion, labels.headPose)
    self.part = part
    landmarkCount = labels.landmarks?.count ?? 0
    var (known, present): (Set<Int>, Set<Int>) = ([], [])
    let values = [labels.unitIntensities, labels.unitOccurrences].compactMap { $0 }
    for (unit, value) in values.flatMap({ zip($0.units, $0.values) }) {
      known.insert(unit)
      if value >= 1 { present.insert(unit) }
    }
    for unit in ActionUnit.allCases where labels.actionUnits != nil {
      known.insert(unit.rawValue)
      if let value = labels.intensity(ofUnit: unit.rawValue), value >= 1 {
        present.insert(unit.rawValue)
      }
    }
    (labelledUnits, presentUnits) = (known, present)
  }
}

extension FaceLabels {
  /// What is plainly wrong with the labels of a picture of that size, in words; nil if nothing is.
  func fault(width: Int, height: Int, identities: Int) -> String? {
    if let identity, !(0..<identities).contains(identity) {
      return "the person is number \(identity) of \(identities)"
    }
    guard let landmarks, !landmarks.isEmpty else { return nil }
    let seen = landmarks.indices.filter { place in
      landmarkVisibility?.dropFirst(place).first != .absent
    }.map { landmarks[$0] }
    if let point = seen.first(where: { !$0.x.isFinite || !$0.y.isFinite }) {
      return "a landmark is at (\(point.x), \(point.y))"
    }
    let outside = seen.count { point in
      point.x < 0 || point.y < 0 || point.x > Float(width) || point.y > Float(height)
    }
    return outside * 2 > seen.count
      ? "\(outside) of \(seen.count) landmarks lie outside of the picture" : nil
  }
}
