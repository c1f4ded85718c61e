import Foundation

/// What is behind the face: a gradient, and in wild pictures shapes and a coarse pattern on it.
struct Background {
  /// Linear RGB at the top and the bottom.
  var top: SIMD3<Float>
  var bottom: SIMD3<Float>
  var shapes: [Shape]
  /// Strength, then cells over the picture's width.
  var grain: SIMD2<Float>
  var seed: UInt64

  struct Shape {
    var centre: SIMD2<Float>
    /// Half sizes as a share of the picture.
    var size: SIMD2<Float>
    var cosine: Float
    var sine: Float
    var isEllipse: Bool
    var softness: Float
    var colour: SIMD3<Float>
  }

  init(isWild: Bool, _ stream: inout RandomStream) {
    seed = stream.next()
    guard isWild else {
      let level = stream.uniform(in: 0.25...0.7)
      let tint = SIMD3(stream.normal(), stream.normal(), stream.normal()) * 0.03
      top = (SIMD3(repeating: level) + tint).clamped(lowerBound: .zero, upperBound: .one)
      bottom = top * 0.85
      (shapes, grain) = ([], .zero)
      return
    }
    top = Self.colour(&stream)
    bottom = mix(top, Self.colour(&stream), stream.uniform())
    shapes = (0..<stream.integer(below: 9)).map { _ in Self.drawShape(&stream) }
    grain = SIMD2(stream.uniform(in: 0...0.5), stream.uniform(in: 3...14))
  }

  static func colour(_ stream: inout RandomStream) -> SIMD3<Float> {
    let level = stream.uniform(in: 0.02...0.8)
    let tint = SIMD3(stream.uniform(), stream.uniform(), stream.uniform())
    return mix(SIMD3(repeating: level), tint * tint, stream.uniform(in: 0...0.6))
  }

  private static func drawShape(_ stream: inout RandomStream) -> Shape {
    let angle = stream.uniform(in: 0...3.1416)
    return Shape(
      centre: SIMD2(stream.uniform(), stream.uniform()),
      size: SIMD2(stream.uniform(in: 0.03...0.35), stream.uniform(in: 0.03...0.35)),
      cosine: cos(angle), sine: sin(angle), isEllipse: stream.chance(0.5),
      softness: stream.uniform(in: 0.02...0.4), colour: colour(&stream))
  }

  /// Linear RGB at a place of the picture in [0, 1].
  func colour(at place: SIMD2<Float>) -> SIMD3<Float> {
    var colour = mix(top, bottom, place.y)
    for shape in shapes {
      let cover = shape.cover(place)
      if cover > 0 { colour = mix(colour, shape.colour, cover) }
    }
    guard grain.x > 0.01 else { return colour }
    return colour * (1 + grain.x * (noise(place * grain.y) - 0.5) * 2)
  }

  /// Value noise in [0, 1] with unit cells.
  private func noise(_ p: SIMD2<Float>) -> Float {
    let cell = p.rounded(.down)
    let t = p - cell
    let s = t * t * (3 - 2 * t)
    let (x, y) = (Int32(cell.x), Int32(cell.y))
    let upper = mix(lattice(x, y), lattice(x &+ 1, y), s.x)
    let lower = mix(lattice(x, y &+ 1), lattice(x &+ 1, y &+ 1), s.x)
    return mix(upper, lower, s.y)
  }

  private func lattice(_ x: Int32, _ y: Int32) -> Float {
    var h = UInt32(truncatingIfNeeded: seed) ^ (UInt32(bitPattern: x) &* 0x85EB_CA6B)
    h = (h ^ (h >> 13)) &* 0xC2B2_AE35 ^ (UInt32(bitPattern: y) &* 0x27D4_EB2F)
    h = (h ^ (h >> 15)) &* 0x2C1B_3C6D
    return Float((h ^ (h >> 12)) >> 8) * 0x1p-24
  }
}

extension Background.Shape {
  /// 0 outside to 1 inside, with a soft edge.
  fileprivate func cover(_ place: SIMD2<Float>) -> Float {
    let d = place - centre
    // Most pixels are far from most shapes: farther than a box's corner with its soft edge.
    let farthest = 1.42 * size.max() * (1 + softness)
    guard (d * d).sum() < farthest * farthest else { return 0 }
    let local = SIMD2(d.x * cosine + d.y * sine, d.y * cosine - d.x * sine) / size
    let reach =
      isEllipse
      ? (local * local).sum().squareRoot() : max(abs(local.x), abs(local.y))
    return min(max((1 + softness - reach) / softness, 0), 1)
  }
}
