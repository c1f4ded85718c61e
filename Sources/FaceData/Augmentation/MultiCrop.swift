/// SwAV's multi-crop: several random views of each sample, some of the whole face, some of small
/// parts.
public enum MultiCrop {
  /// The views of a batch of samples.
  ///
  /// A pure function: what it makes of a sample depends only on (seed, epoch, the sample's index,
  /// settings), not on the batch that the sample is in, nor on threads.
  /// - Parameters: indices: samples of the data set, in the order of the result.
  /// - Returns: views in the order global 0, global 1, …, local 0, …; each holds all samples.
  /// - Throws: `FaceDataError` for a bad setting or an unreadable picture.
  /// - Source: Caron et al. 2020, arXiv:2006.09882, §3.2 and `multicropdataset.py` of its code.
  ///   Differs: no rounding to bytes between the steps. Checked by: MultiCropTests.
  public static func batch(
    _ dataset: any FaceDataset, indices: [Int], settings: MultiCropSettings, seed: UInt64,
    epoch: Int
  ) throws -> MultiCropBatch {
    try settings.check()
    let groups = [settings.globalCrops, settings.localCrops]
    let views = groups.flatMap { Array(repeating: $0, count: $0.count) }
    var pixels = views.map { view in
      [UInt8](repeating: 0, count: indices.count * view.size * view.size * 3)
    }
    let renderer = ViewRenderer()
    for (position, index) in indices.enumerated() {
      let image = try dataset.sample(at: index).image
      var stream = RandomStream(seed: seed, purpose: "multi-crop", epoch: epoch, index: index)
      for (number, view) in views.enumerated() {
        let parameters = ViewParameters.draw(
          settings, scale: view.scale, width: image.width, height: image.height, from: &stream)
        pixels[number].withUnsafeMutableBufferPointer { buffer in
          guard let start = buffer.baseAddress else { return }
          let output = start + position * view.size * view.size * 3
          renderer.render(image, parameters, size: view.size, blur: settings.blur, into: output)
        }
      }
    }
    let batches = zip(views, pixels).map { view, pixels in
      ViewBatch(size: view.size, count: indices.count, pixels: pixels)
    }
    return MultiCropBatch(indices: indices, views: batches)
  }
}

/// Makes views; keeps its buffers from view to view. Owned by one thread.
private final class ViewRenderer {
  private let planes = FloatPlanes()
  private let resampler = Resampler()
  private let blurOperation = BlurOperation()

  func render(
    _ image: Image, _ parameters: ViewParameters, size: Int, blur: GaussianBlur,
    into output: UnsafeMutablePointer<UInt8>
  ) {
    resampler.resample(
      image, parameters.crop, width: size, height: size, isFlipped: parameters.isFlipped,
      into: planes)
    planes.apply(parameters.colorSteps)
    if parameters.isGrayscale { planes.makeGray() }
    if let sigma = parameters.blurSigma {
      blurOperation.apply(to: planes, sigma: sigma, radius: blur.radius(size: size))
    }
    planes.pack(into: output)
  }
}
