import Foundation

/// A hand or an object that covers part of the face; it turns with the head.
struct Occluder {
  /// mm, in the head's frame.
  let solid: Solid
  let gloss: Float
  static let vertexCapacity = 1200
  static let triangleCapacity = 2400

  /// - Parameters: skin: linear RGB of the person's hand.
  init(_ skin: SIMD3<Float>, _ stream: inout RandomStream) {
    let isHand = stream.chance(0.6)
    let target = Self.drawTarget(&stream)
    // Away from the middle what covers the face lies along its side.
    let yaw = target.x / 75
    let side: Float = target.x == 0 ? (stream.chance(0.5) ? 1 : -1) : (target.x < 0 ? -1 : 1)
    if isHand {
      let roll = side * stream.uniform(in: 0.1...1.1)
      let hand = Self.hand(skin, spread: stream.uniform(in: 0...0.14), mirrored: side < 0)
      // The finger tips reach the target, the wrist hangs down and outwards.
      let down = SIMD3<Float>(sin(roll), -cos(roll), 0) * stream.uniform(in: 20...75)
      solid = hand.moved(Solid.turn(aboutZ: roll, aboutY: yaw), to: target + down)
      gloss = 0.3
    } else {
      let turn = Solid.turn(aboutZ: stream.uniform(in: -1.2...1.2), aboutY: yaw)
      solid = Self.object(&stream).moved(turn, to: target + SIMD3(0, 0, 8))
      gloss = stream.uniform(in: 0...1.2)
    }
    precondition(
      solid.positions.count <= Self.vertexCapacity && solid.corners.count <= Self.triangleCapacity,
      "the renderer has no room for this occluder")
  }

  /// A place on the face and how far forward it lies there.
  private static func drawTarget(_ stream: inout RandomStream) -> SIMD3<Float> {
    let places: [SIMD3<Float>] = [
      SIMD3(0, -66, 116), SIMD3(0, -92, 112), SIMD3(40, -45, 100), SIMD3(-40, -45, 100),
      SIMD3(33, 0, 100), SIMD3(-33, 0, 100), SIMD3(30, 55, 106), SIMD3(-30, 55, 106),
      SIMD3(46, -80, 84), SIMD3(-46, -80, 84),
    ]
    return places[stream.integer(below: places.count)]
      + SIMD3(stream.uniform(in: -6...6), stream.uniform(in: -8...8), 0)
  }

  /// A left hand with the fingers up and the back to the front, its palm's middle in the origin.
  private static func hand(_ skin: SIMD3<Float>, spread: Float, mirrored: Bool) -> Solid {
    let tone = skin * SIMD3(0.97, 0.9, 0.88)
    var hand = Solid.capsule(
      SIMD3(0, -22, 0), SIMD3(0, 26, 0), radius: SIMD2(40, 13), power: 2.6, colour: tone)
    let lengths: [Float] = [52, 66, 72, 66]
    for (finger, length) in lengths.enumerated() {
      let x = Float(finger - 2) * 19 + 9.5
      let lean = -(Float(finger) - 1.5) * spread
      let knuckle = SIMD3(x, 30 - abs(x) * 0.12, 2)
      let middle = knuckle + SIMD3(-sin(lean) * length * 0.5, length * 0.5, -1)
      let tip = middle + SIMD3(-sin(lean) * length * 0.5, length * 0.46, -8)
      hand.append(.capsule(knuckle, middle, radius: SIMD2(8.6, 8.2), colour: tone))
      hand.append(.capsule(middle, tip, radius: SIMD2(7.8, 7.2), colour: tone * 1.02))
    }
    let thumb = SIMD3<Float>(62, 22, -4)
    hand.append(
      .capsule(SIMD3(30, -22, 0), thumb, radius: SIMD2(10, 9.5), colour: tone))
    hand.append(
      .capsule(SIMD3(0, -40, -2), SIMD3(0, -190, -6), radius: SIMD2(27, 20), colour: tone))
    guard mirrored else { return hand }
    for k in hand.positions.indices { hand.positions[k].x = -hand.positions[k].x }
    return hand
  }

  /// A telephone, a cup, a microphone, a sheet of paper or a scarf's roll.
  private static func object(_ stream: inout RandomStream) -> Solid {
    let colour = Background.colour(&stream)
    func box(_ half: SIMD3<Float>) -> Solid {
      .capsule(
        SIMD3(0, -half.y, 0), SIMD3(0, half.y, 0), radius: SIMD2(half.x, half.z), power: 7,
        colour: colour)
    }
    switch stream.integer(below: 5) {
    case 0: return box(SIMD3(36, 68, 5))
    case 1:
      return Solid(
        rows: 10, columns: 20, axis: { SIMD3(0, 90 * $0 - 50, 30) },
        radius: { SIMD2(repeating: $0 > 0.02 && $0 < 0.98 ? 32 + 9 * $0 : 0) },
        colour: { _, v in abs(v - 0.5) < 0.17 ? SIMD3(0.6, 0.58, 0.55) : colour })
    case 2:
      var microphone = Solid.capsule(
        SIMD3(0, -20, 26), SIMD3(0, -150, 60), radius: SIMD2(13, 13), colour: colour * 0.2)
      microphone.append(
        .capsule(
          SIMD3(0, 2, 20), SIMD3(0, 4, 20), radius: SIMD2(25, 25),
          colour: SIMD3(repeating: 0.12)))
      return microphone
    case 3: return box(SIMD3(stream.uniform(in: 40...90), stream.uniform(in: 40...90), 1.5))
    default:
      return .capsule(
        SIMD3(-90, stream.uniform(in: -20...20), -24), SIMD3(90, 0, -24), radius: SIMD2(26, 26),
        colour: colour)
    }
  }
}
