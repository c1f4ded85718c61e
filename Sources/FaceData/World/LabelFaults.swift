/// What annotators get wrong: the labels of a picture after the knobs that spoil them, each from a
/// stream of its own. The picture and the mesh stay as they are.
///
/// Checked by: FaceWorldKnobTests.
struct LabelFaults {
  private let settings: FaceWorldSettings
  private var seed: UInt64 { UInt64(bitPattern: Int64(settings.seed)) }

  init(_ settings: FaceWorldSettings) { self.settings = settings }

  func applied(to labels: FaceLabels, index: Int) -> FaceLabels {
    var labels = labels
    confuse(&labels, index)
    shiftLandmarks(&labels, index)
    miscount(&labels, index)
    return labels
  }

  /// Another's identity and another emotion, in a share of the pictures.
  private func confuse(_ labels: inout FaceLabels, _ index: Int) {
    let share = Float(settings[.wrongLabels])
    guard share > 0 else { return }
    var stream = RandomStream(seed: seed, purpose: "world.wrong", index: index)
    guard stream.chance(share) else { return }
    let (people, emotions) = (settings.identities, Emotion.basic.count)
    if let identity = labels.identity, people > 1 {
      labels.identity = (identity + 1 + stream.integer(below: people - 1)) % people
    }
    if let emotion = labels.emotion {
      let other = (emotion.rawValue + 1 + stream.integer(below: emotions - 1)) % emotions
      labels.emotion = Emotion(rawValue: other)
    }
  }

  /// Every landmark misses by a normal error in proportion to the distance of the outer eye corners.
  private func shiftLandmarks(_ labels: inout FaceLabels, _ index: Int) {
    let noise = Float(settings[.landmarkNoise])
    let scheme = labels.landmarkScheme
    guard noise > 0, let points = labels.landmarks,
      let across = (scheme.interOcular ?? scheme.interPupil)?.length(of: points)
    else { return }
    let scale = noise * across
    var stream = RandomStream(seed: seed, purpose: "world.landmark-noise", index: index)
    labels.landmarks = points.map { $0 + scale * SIMD2(stream.normal(), stream.normal()) }
  }

  /// Every intensity misses by a normal error, and stays within 0 to 5.
  private func miscount(_ labels: inout FaceLabels, _ index: Int) {
    let noise = Float(settings[.unitNoise])
    guard noise > 0, let units = labels.actionUnits else { return }
    var stream = RandomStream(seed: seed, purpose: "world.unit-noise", index: index)
    labels.actionUnits = units.map { min(5, max(0, $0 + noise * stream.normal())) }
  }
}
