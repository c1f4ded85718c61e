import Foundation

/// Everything that decides one picture without a face.
///
/// A class is a family of solids: the run of the radius along the axis, how the rows are rounded,
/// how the axis bends, and the pattern. Instances of it differ in proportions, shade, place, light
/// and background.
struct ObjectScene {
  /// Nil where the picture only stands in for a missing face.
  var objectClass: Int?
  var solids: [Solid]
  var pose: FaceScene.Pose
  var camera: FaceScene.Camera
  var light: FaceScene.Light
  var background: Background
  var sensor: FaceScene.Sensor

  /// - Parameters: index: of the picture; objectClass: nil shows one of any class, or none.
  init(settings: FaceWorldSettings, index: Int, objectClass: Int?) {
    let seed = UInt64(bitPattern: Int64(settings.seed))
    var stream = RandomStream(seed: seed, purpose: "world.objects", index: index)
    self.objectClass = objectClass
    let shown = objectClass ?? stream.integer(below: 1000)
    let kind = ObjectClass(seed: seed, index: shown)
    let count = objectClass == nil && stream.chance(0.2) ? 0 : 1 + stream.integer(below: 3) / 2
    solids = (0..<count).map { place in
      kind.instance(&stream).moved(
        Solid.turn(aboutZ: stream.uniform(in: -3.1...3.1), aboutY: stream.uniform(in: -3...3)),
        to: SIMD3(Float(place) * stream.uniform(in: -110...110), 0, Float(place) * -60))
    }
    pose = FaceScene.Pose(
      yaw: stream.uniform(in: -3.1...3.1), pitch: stream.uniform(in: -0.9...0.9),
      roll: stream.uniform(in: -0.5...0.5))
    let margin = stream.uniform(in: 0.95...1.6)
    let slack = 0.4 * abs(1 - 1 / margin)
    camera = FaceScene.Camera(
      distance: stream.uniform(in: 450...1500), margin: margin,
      shift: SIMD2(stream.uniform(in: -slack...slack), stream.uniform(in: -slack...slack)))
    light = FaceScene.drawLight(isWild: true, &stream)
    background = Background(isWild: true, &stream)
    sensor = FaceScene.drawSensor(isWild: true, size: settings.size, &stream)
    sensor.addFaults(settings, index: index)
    camera.addError(settings, index: index)
  }
}

/// A family of solids.
struct ObjectClass {
  private let profile: [Float]
  private let power: Float
  private let aspect: Float
  private let flatness: Float
  private let bend: SIMD2<Float>
  private let colours: (SIMD3<Float>, SIMD3<Float>)
  private let pattern: Pattern
  private let repeats: SIMD2<Float>
  static let rows = 26
  static let columns = 22

  private enum Pattern: Int, CaseIterable { case plain, rings, stripes, checks, spots, gradient }

  /// Class `index` of the world with this seed.
  init(seed: UInt64, index: Int) {
    var stream = RandomStream(seed: seed, purpose: "world.object-class", index: index)
    profile = (0..<6).map { _ in stream.uniform(in: 0.25...1) }
    let powers: [Float] = [2, 2, 2.6, 5, 9, 1.2]
    power = powers[stream.integer(below: powers.count)]
    aspect = stream.uniform(in: 0.25...1.3)
    flatness = stream.chance(0.6) ? 1 : stream.uniform(in: 0.2...0.8)
    bend = stream.chance(0.6) ? .zero : SIMD2(stream.uniform(in: -2...2), stream.uniform(in: 0...1))
    colours = (Background.colour(&stream), Background.colour(&stream))
    pattern = Pattern.allCases[stream.integer(below: Pattern.allCases.count)]
    repeats = SIMD2(Float(1 + stream.integer(below: 4)), Float(1 + stream.integer(below: 5)))
  }

  /// One of the family, some 200 mm long.
  func instance(_ stream: inout RandomStream) -> Solid {
    let stretch = exp(0.12 * stream.normal())
    let shade = exp(0.15 * stream.normal())
    let knots = profile.map { max(0.15, $0 + 0.05 * stream.normal()) }
    let run = KnotCurve(knots.enumerated().map { (Float($0) / 5, $1) })
    let half = 100 * min(aspect * stretch, 1.4)
    return Solid(
      rows: Self.rows, columns: Self.columns, power: power,
      axis: { v in
        let t = v - 0.5
        return SIMD3(bend.x * 90 * t * t, 200 * t, bend.y * 70 * sin(4 * t))
      },
      radius: { v in
        // Caps over the first and the last twentieth.
        let cap = min(1, 20 * min(v, 1 - v)).squareRoot()
        return SIMD2(1, flatness) * (half * run(v) * cap)
      },
      colour: { colour($0, $1) * shade })
  }

  private func colour(_ u: Float, _ v: Float) -> SIMD3<Float> {
    let (a, b) = (sin(u * 2 * .pi * repeats.x), sin(v * .pi * 2 * repeats.y))
    let isSecond: Bool
    switch pattern {
    case .plain: isSecond = false
    case .rings: isSecond = b > 0
    case .stripes: isSecond = a > 0
    case .checks: isSecond = a * b > 0
    case .spots: isSecond = a * b > 0.45
    case .gradient: return mix(colours.0, colours.1, v)
    }
    return isSecond ? colours.1 : colours.0
  }
}
