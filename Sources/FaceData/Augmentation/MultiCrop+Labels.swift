extension MultiCrop {
  /// The labels of a sample in the first of the views that `batch` makes of it with the same settings,
  /// seed and epoch: landmarks and box in that view's pixels, left and right exchanged where it is
  /// flipped. Landmarks whose mirror is not known are left out then.
  ///
  /// - Parameter index: of the sample in the data set.
  /// - Throws: `FaceDataError` for a bad setting.
  /// - Checked by: MultiCropTests.
  public static func labels(
    of sample: FaceSample, index: Int, settings: MultiCropSettings, seed: UInt64, epoch: Int
  ) throws -> FaceLabels {
    try settings.check()
    let group = settings.globalCrops.count > 0 ? settings.globalCrops : settings.localCrops
    var stream = RandomStream(seed: seed, purpose: "multi-crop", epoch: epoch, index: index)
    let view = ViewParameters.draw(
      settings.ofView(0), scale: group.scale, width: sample.image.width,
      height: sample.image.height, from: &stream)
    let size = Float(group.size)
    var map = Affine.translation(-Float(view.crop.x), -Float(view.crop.y))
      .then(.scale(size / Float(view.crop.width), size / Float(view.crop.height)))
    if view.isFlipped { map = map.then(.scale(-1, 1)).then(.translation(size, 0)) }
    var labels = sample.labels
    if view.isFlipped, !labels.canBeMirrored { (labels.landmarks, labels.landmarks3D) = (nil, nil) }
    return labels.moved(by: map, isFlipped: view.isFlipped, isPlain: false)
  }
}
