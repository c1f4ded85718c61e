extension FaceLabels {
  /// No landmarks, or landmarks whose mirror is known.
  var canBeMirrored: Bool {
    (landmarks == nil && landmarks3D == nil) || landmarkScheme.mirror != nil
  }

  /// The labels of a picture that was moved: landmarks and box follow it.
  ///
  /// A 3D landmark's depth is scaled by the map's mean scale. The box becomes the upright box about
  /// the moved corners. The pose is kept where the map neither turns nor shears, and it and the
  /// gaze are mirrored where it flips. Mesh and morphable fit are in the camera's frame and kept only in a plain crop.
  /// - Parameters: map: picture → new picture. isFlipped: left and right change places. isPlain:
  ///   the whole picture is only resized.
  func moved(by map: Affine, isFlipped: Bool, isPlain: Bool) -> FaceLabels {
    var labels = self
    func inOrder<Value>(_ values: [Value]) -> [Value] {
      isFlipped ? landmarkScheme.mirrored(values) ?? values : values
    }
    labels.landmarks = landmarks.map { inOrder($0.map { map($0) }) }
    labels.landmarkVisibility = landmarkVisibility.map(inOrder)
    let scale = abs(map.a * map.d - map.b * map.c).squareRoot()
    labels.landmarks3D = landmarks3D.map { points in
      inOrder(
        points.map { point in
          let moved = map(SIMD2(point.x, point.y))
          return SIMD3(moved.x, moved.y, point.z * scale)
        })
    }
    labels.faceBox = faceBox.flatMap { box in FaceBox(around: box.corners.map { map($0) }) }
    let turns = abs(map.b) + abs(map.c) > 1e-6 * scale
    labels.headPose = turns ? nil : isFlipped ? headPose?.mirrored : headPose
    if isFlipped { labels.gaze = gaze?.mirrored }
    if !isPlain { (labels.mesh, labels.morphableFit) = (nil, nil) }
    return labels
  }
}
