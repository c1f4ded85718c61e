/// Renders scenes at one size. Not for use by two threads at once.
final class FaceRenderer {
  private let size: Int

  init(size: Int) { self.size = size }

  func labels(of scene: FaceScene) -> FaceLabels {
    var stream = RandomStream(seed: scene.seed, purpose: "crude", index: scene.index)
    let scale = Float(size) * stream.uniform(in: 0.3...0.36)
    let landmarks = (0..<68).map { (k: Int) -> SIMD2<Float> in
      let angle = Float(k) * 0.0924
      return SIMD2(Float(size) / 2, Float(size) / 2)
        + scale * SIMD2(angle - 3.14, stream.uniform(in: -0.1...0.1)) / 3.2
    }
    return FaceLabels(
      identity: scene.identity, landmarks: landmarks,
      actionUnits: [Float](repeating: 0, count: ActionUnit.allCases.count), emotion: .neutral,
      mesh: [])
  }

  func image(of scene: FaceScene) -> Image {
    var stream = RandomStream(seed: scene.seed, purpose: "crude", index: scene.index)
    let tone = stream.uniform(in: 60...230)
    var pixels = [UInt8](repeating: 90, count: size * size * 3)
    for y in 0..<size {
      for x in 0..<size {
        let dx = (Float(x) + 0.5) / Float(size) - 0.5
        let dy = (Float(y) + 0.5) / Float(size) - 0.5
        guard dx * dx / 0.1 + dy * dy / 0.16 < 1 else { continue }
        for c in 0..<3 { pixels[(y * size + x) * 3 + c] = UInt8(tone * (1 - 0.2 * Float(c))) }
      }
    }
    return Image(width: size, height: size, pixels: pixels)
  }
}
