/// What stays the same in all pictures of one person.
struct FaceIdentity {
  /// In order of `ShapeParameter.allCases`, in standard deviations.
  var shape: [Float]
  /// 0 to 1, from very fair to very dark skin.
  var melanin: Float
  /// 0 to 1, from pale to ruddy.
  var haemoglobin: Float
  /// Weights of two fixed patterns of uneven skin.
  var mottling: SIMD2<Float>
  var lipColour: Float
  var hair: Hair
  var beard: Beard
  /// Half thickness in mm.
  var browThickness: Float
  /// 0 to 1.
  var browDensity: Float
  /// Linear RGB.
  var irisColour: SIMD3<Float>
  var glasses: Glasses
  /// 0 to 1: drawn under the eyes and along the lids.
  var makeUp: Float
  /// 0 to 1, from a young adult to an old one: deepens lines.
  var age: Float
  private let seed: UInt64
  private let index: Int

  struct Hair {
    var style: HairStyle
    /// Linear RGB.
    var colour: SIMD3<Float>
    /// 0.7 to 1.4, scales the thickness.
    var volume: Float
    /// mm by which the hairline has moved back.
    var recession: Float
  }

  /// Density, 0 to 1, on the chin and jaw and above the lip.
  struct Beard {
    var jaw: Float
    var moustache: Float
  }

  enum Glasses: Int {
    case none, thin, thick, sun
  }

  /// The person `index` of the world with this seed.
  init(seed: UInt64, index: Int) {
    (self.seed, self.index) = (seed, index)
    var stream = RandomStream(seed: seed, purpose: "world.identity", index: index)
    // Traits that go together: −1 feminine to 1 masculine, and age 0 to 1.
    let masculinity = max(-1, min(1, (stream.chance(0.5) ? 0.7 : -0.7) + 0.25 * stream.normal()))
    age = stream.uniform()
    shape = Self.drawShape(masculinity: masculinity, &stream)
    melanin = pow2(stream.uniform()) * 0.8 + 0.2 * stream.uniform()
    haemoglobin = stream.uniform(in: 0.15...0.9)
    mottling = SIMD2(stream.normal(), stream.normal())
    lipColour = stream.uniform()
    hair = Self.drawHair(masculinity: masculinity, age: age, melanin: melanin, &stream)
    beard = Self.drawBeard(masculinity: masculinity, &stream)
    browThickness = stream.uniform(in: 1.5...2.6) + 0.7 * max(0, masculinity)
    browDensity = stream.uniform(in: 0.55...0.95)
    irisColour = Self.drawIris(melanin: melanin, &stream)
    let glassesDraw = stream.uniform()
    glasses =
      glassesDraw < 0.8 ? .none : glassesDraw < 0.89 ? .thin : glassesDraw < 0.98 ? .thick : .sun
    makeUp = masculinity < 0 && stream.chance(0.5) ? stream.uniform(in: 0.2...1) : 0
  }

  /// The person's shape on a head with modes of its own, in standard deviations.
  func modes(_ count: Int) -> [Float] {
    var stream = RandomStream(seed: seed, purpose: "world.modes", index: index)
    return (0..<count).map { _ in max(-2.3, min(2.3, stream.normal())) }
  }

  private static func drawShape(masculinity: Float, _ stream: inout RandomStream) -> [Float] {
    let trend: [ShapeParameter: Float] = [
      .jawWidth: 0.5, .jawAngle: 0.5, .browRidge: 0.8, .chinHeight: 0.4, .noseWidth: 0.3,
      .noseLength: 0.25, .upperLip: -0.4, .lowerLip: -0.3, .eyeOpening: -0.4, .browHeight: -0.6,
      .browArch: -0.6, .faceLength: 0.35, .cheekFullness: -0.2, .neckWidth: 0.9, .chinWidth: 0.6,
      .headWidth: 0.2,
    ]
    return ShapeParameter.allCases.map { parameter in
      let drawn = stream.normal() + masculinity * (trend[parameter] ?? 0)
      return max(-2.3, min(2.3, drawn))
    }
  }

  private static func drawHair(
    masculinity: Float, age: Float, melanin: Float, _ stream: inout RandomStream
  ) -> Hair {
    let styles: [HairStyle] =
      masculinity > 0
      ? [.short, .short, .short, .buzz, .buzz, .bald, .medium, .fringe, .afro, .long]
      : [.long, .long, .long, .bob, .bob, .tied, .medium, .fringe, .short, .afro]
    let style = styles[stream.integer(below: styles.count)]
    let recession = masculinity > 0 ? 14 * age * age * stream.uniform() : 0
    return Hair(
      style: style, colour: hairColour(age: age, melanin: melanin, &stream),
      volume: stream.uniform(in: 0.75...1.35), recession: recession)
  }

  /// Brown to black by eumelanin, reddish by pheomelanin, grey with age.
  private static func hairColour(
    age: Float, melanin: Float, _ stream: inout RandomStream
  ) -> SIMD3<Float> {
    let fairness = max(0, 1 - 2.2 * melanin)
    let dark = 1 - fairness * stream.uniform()
    let red = stream.uniform() * 0.7
    let base = SIMD3<Float>(0.5, 0.33, 0.17)
    let redder = base * SIMD3(1 + 0.3 * red, 1 - 0.25 * red, 1 - 0.5 * red)
    let colour = redder * (1 - 0.95 * dark) + SIMD3(0.012, 0.009, 0.007)
    let grey = age > 0.6 ? (age - 0.6) * 2.4 * stream.uniform() : 0
    return mix(colour, SIMD3(0.4, 0.39, 0.38), min(1, grey))
  }

  private static func drawBeard(masculinity: Float, _ stream: inout RandomStream) -> Beard {
    let draw = stream.uniform()
    guard masculinity > 0, draw > 0.4 else { return Beard(jaw: 0, moustache: 0) }
    if draw < 0.7 {
      let stubble = stream.uniform(in: 0.1...0.4)
      return Beard(jaw: stubble, moustache: stubble)
    }
    if draw < 0.8 { return Beard(jaw: 0, moustache: stream.uniform(in: 0.6...0.95)) }
    let density = stream.uniform(in: 0.6...0.95)
    return Beard(jaw: density, moustache: density)
  }

  private static func drawIris(melanin: Float, _ stream: inout RandomStream) -> SIMD3<Float> {
    let brown = SIMD3<Float>(0.12, 0.055, 0.022)
    let light: [SIMD3<Float>] = [
      SIMD3(0.13, 0.22, 0.33), SIMD3(0.16, 0.2, 0.11), SIMD3(0.2, 0.22, 0.23),
      SIMD3(0.22, 0.13, 0.05),
    ]
    let isLight = stream.uniform() < 0.75 - 1.8 * melanin
    let chosen = light[stream.integer(below: light.count)]
    return isLight ? chosen : brown * stream.uniform(in: 0.5...1.4)
  }
}

private func pow2(_ x: Float) -> Float { x * x }
