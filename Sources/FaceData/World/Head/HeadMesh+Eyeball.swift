import Foundation

extension HeadMesh {
  /// A cap of an eyeball that reaches beyond its equator.
  ///
  /// - Parameters: reference: of its centre, on the mean of our own head; radius: in mm.
  mutating func addEyeball(centre: SIMD3<Float>, reference: SIMD3<Float>, radius: Float) {
    let (ringCount, spokes) = (7, 16)
    func point(_ ring: Int, _ spoke: Int) -> HeadVertex {
      let polar = Float(ring) / Float(ringCount) * 1.75
      let azimuth = Float(spoke) / Float(spokes) * 2 * .pi
      let direction = SIMD3(sin(polar) * cos(azimuth), sin(polar) * sin(azimuth), cos(polar))
      let cornea = 0.6 * bell(polar, 0.3)
      let offset = direction * (radius + cornea)
      var vertex = HeadVertex(centre + offset)
      (vertex.anchor, vertex.pigment, vertex.isMuscular) = (centre, .eye, false)
      vertex.reference = reference + offset
      // Beyond the equator sin falls again: keep the distance from the pupil growing.
      let reach = polar < .pi / 2 ? sin(polar) : 2 - sin(polar)
      // The iris is of one size, whatever the ball.
      vertex.detail = SIMD2(cos(azimuth), sin(azimuth)) * (reach * radius / HeadBuilder.eyeRadius)
      return vertex
    }
    let pole = add(point(0, 0))
    var previous: [Int32] = []
    for ring in 1...ringCount {
      let current = (0..<spokes).map { add(point(ring, $0)) }
      for k in 0..<spokes {
        let next = (k + 1) % spokes
        if previous.isEmpty {
          addTriangle(pole, current[k], current[next], .eye)
        } else {
          addQuad(previous[k], current[k], current[next], previous[next], .eye)
        }
      }
      previous = current
    }
  }
}
