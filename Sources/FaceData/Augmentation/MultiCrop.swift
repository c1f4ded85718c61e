import Synchronization

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
    let maker = try MultiCropMaker(settings, seed: seed)
    let samples = try indices.map { index in
      maker.views(of: try dataset.sample(at: index).image, number: index, epoch: epoch)
    }
    return MultiCropBatch(samples, settings: settings)
  }
}

/// The views of one sample.
public struct SampleViews: Sendable, Hashable {
  /// The sample's index in a data set, or its number in a stream.
  public let number: Int
  /// Global crops first, then local ones; RGB, each `[size, size, 3]`.
  public let views: [[UInt8]]
}

/// Makes the views of single samples, and keeps its buffers from sample to sample. Safe to use from
/// many threads.
public final class MultiCropMaker: Sendable {
  public let settings: MultiCropSettings
  private let seed: UInt64
  private let groups: [CropGroup]
  private let idle = Mutex<[IdleRenderer]>([])

  private struct IdleRenderer: @unchecked Sendable {
    let renderer: ViewRenderer
  }

  /// - Throws: `FaceDataError` `.invalidSetting`.
  public init(_ settings: MultiCropSettings, seed: UInt64) throws {
    try settings.check()
    (self.settings, self.seed, groups) = (settings, seed, settings.views)
  }

  /// A pure function of the picture, (seed, epoch, number) and the settings.
  public func views(of image: Image, number: Int, epoch: Int) -> SampleViews {
    let idle = idle.withLock { $0.popLast() } ?? IdleRenderer(renderer: ViewRenderer())
    defer { self.idle.withLock { $0.append(idle) } }
    var stream = RandomStream(seed: seed, purpose: "multi-crop", epoch: epoch, index: number)
    let views = groups.enumerated().map { number, view in
      let parameters = ViewParameters.draw(
        settings.ofView(number), scale: view.scale, width: image.width, height: image.height,
        from: &stream)
      let length = view.size * view.size * 3
      return [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
        guard let start = buffer.baseAddress else { return }
        idle.renderer.render(image, parameters, size: view.size, blur: settings.blur, into: start)
        filled = length
      }
    }
    return SampleViews(number: number, views: views)
  }
}

extension MultiCropSettings {
  /// One group a view, in the views' order.
  fileprivate var views: [CropGroup] {
    [globalCrops, localCrops].flatMap { Array(repeating: $0, count: $0.count) }
  }
}

extension MultiCropBatch {
  /// The views of several samples side by side.
  ///
  /// - Parameters: settings: those that the views were made with.
  public init(_ samples: [SampleViews], settings: MultiCropSettings) {
    let batches = settings.views.enumerated().map { number, view in
      var pixels: [UInt8] = []
      pixels.reserveCapacity(samples.count * view.size * view.size * 3)
      for sample in samples { pixels += sample.views[number] }
      return ViewBatch(size: view.size, count: samples.count, pixels: pixels)
    }
    self.init(indices: samples.map(\.number), views: batches)
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
    if parameters.isSolarized { planes.solarize() }
    planes.pack(into: output)
  }
}
