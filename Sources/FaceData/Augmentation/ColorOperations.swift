/// Colour operations on planes of 0–255, as torchvision's on PIL pictures but without rounding
/// between the steps. Every step clamps to 0…255 as theirs do.
///
/// Checked by: ColorTests.
extension FloatPlanes {
  func apply(_ steps: [ColorStep]) {
    for step in steps {
      switch step {
      case .brightness(let factor): blend(toward: 0, factor)
      case .contrast(let factor): blend(toward: meanGray, factor)
      case .saturation(let factor): saturate(factor)
      case .hue(let turns): shiftHue(turns)
      }
    }
  }

  /// v ← clamp(anchor + factor · (v − anchor)).
  private func blend(toward anchor: Float, _ factor: Float) {
    let offset = anchor * (1 - factor)
    for index in 0..<(3 * planeStride) {
      base[index] = Self.clamped(offset + factor * base[index])
    }
  }

  private func saturate(_ factor: Float) {
    let (red, green, blue) = (self.red, self.green, self.blue)
    for index in 0..<pixelCount {
      let offset = (1 - factor) * Self.gray(red[index], green[index], blue[index])
      red[index] = Self.clamped(offset + factor * red[index])
      green[index] = Self.clamped(offset + factor * green[index])
      blue[index] = Self.clamped(offset + factor * blue[index])
    }
  }

  func makeGray() {
    let (red, green, blue) = (self.red, self.green, self.blue)
    for index in 0..<pixelCount {
      let gray = Self.gray(red[index], green[index], blue[index])
      red[index] = gray
      green[index] = gray
      blue[index] = gray
    }
  }

  /// Inverts values from 128 on, as torchvision's `solarize`.
  func solarize() {
    for index in 0..<(3 * planeStride) where base[index] >= 128 { base[index] = 255 - base[index] }
  }

  var meanGray: Float {
    guard pixelCount > 0 else { return 0 }
    let sums = [red, green, blue].map { plane in
      // Eight partial sums: exact enough and one vector loop.
      var partial = SIMD8<Float>()
      let whole = pixelCount & ~7
      for index in stride(from: 0, to: whole, by: 8) { partial += Self.load(plane, index) }
      return (whole..<pixelCount).reduce(partial.sum()) { $0 + plane[$1] }
    }
    return Self.gray(sums[0], sums[1], sums[2]) / Float(pixelCount)
  }

  /// Turns the hue in HSV and keeps value and chroma.
  ///
  /// With V = max, C = max − min and the hue H in sixths, the new channel is
  /// V − C·max(0, min(k, 4 − k, 1)) with k = (n + H + 6·turns) mod 6 and n = 5, 3, 1 for red, green
  /// and blue. Eight pixels at a time, without a branch.
  private func shiftHue(_ turns: Float) {
    let shift = 6 * turns
    for index in stride(from: 0, to: planeStride, by: 8) {
      let r = Self.load(red, index)
      let g = Self.load(green, index)
      let b = Self.load(blue, index)
      let value = Self.larger(r, Self.larger(g, b))
      let chroma = value - Self.smaller(r, Self.smaller(g, b))
      let scale = 1 / chroma.replacing(with: 1, where: chroma .< 1e-6)
      var hue = (r - g) * scale + 4
      hue.replace(with: (b - r) * scale + 2, where: g .== value)
      hue.replace(with: (g - b) * scale, where: r .== value)
      hue += shift
      Self.store(Self.channel(5, hue, value, chroma), red, index)
      Self.store(Self.channel(3, hue, value, chroma), green, index)
      Self.store(Self.channel(1, hue, value, chroma), blue, index)
    }
  }

  @inline(__always)
  private static func channel(
    _ n: Float, _ hue: SIMD8<Float>, _ value: SIMD8<Float>, _ chroma: SIMD8<Float>
  ) -> SIMD8<Float> {
    // hue is in −1…5 plus at most 3 either way: k before wrapping lies in −3…13.
    var k = hue + n
    k.replace(with: k - 6, where: k .>= 6)
    k.replace(with: k - 6, where: k .>= 6)
    k.replace(with: k + 6, where: k .< 0)
    let share = Self.smaller(Self.smaller(k, 4 - k), SIMD8(repeating: 1))
    return value - chroma * Self.larger(share, SIMD8(repeating: 0))
  }

  /// ITU-R 601 luma, PIL's "L".
  @inline(__always)
  static func gray(_ red: Float, _ green: Float, _ blue: Float) -> Float {
    0.299 * red + 0.587 * green + 0.114 * blue
  }

  @inline(__always)
  private static func clamped(_ value: Float) -> Float {
    let positive = value > 0 ? value : 0
    return positive < 255 ? positive : 255
  }

  // The library's `pointwiseMin` and `pointwiseMax` go lane by lane.
  @inline(__always)
  private static func smaller(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
    a.replacing(with: b, where: b .< a)
  }

  @inline(__always)
  private static func larger(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
    a.replacing(with: b, where: b .> a)
  }

  @inline(__always)
  private static func load(_ plane: UnsafeMutablePointer<Float>, _ index: Int) -> SIMD8<Float> {
    UnsafeRawPointer(plane + index).loadUnaligned(as: SIMD8<Float>.self)
  }

  @inline(__always)
  private static func store(
    _ vector: SIMD8<Float>, _ plane: UnsafeMutablePointer<Float>, _ index: Int
  ) {
    UnsafeMutableRawPointer(plane + index).storeBytes(of: vector, as: SIMD8<Float>.self)
  }
}
