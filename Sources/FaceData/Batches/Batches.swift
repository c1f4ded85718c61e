/// N square pictures of one size, ready for a tensor.
public struct ViewBatch: Sendable, Hashable {
  /// Height and width in pixels.
  public let size: Int
  /// N.
  public let count: Int
  /// RGB, `[N, size, size, 3]`.
  public let pixels: [UInt8]

  /// - Precondition: `pixels` holds `count * size * size * 3` bytes.
  public init(size: Int, count: Int, pixels: [UInt8]) {
    precondition(pixels.count == count * size * size * 3, "pixels do not fill the batch")
    (self.size, self.count, self.pixels) = (size, count, pixels)
  }

  /// A copy of one picture.
  public func image(at index: Int) -> Image {
    let length = size * size * 3
    return Image(
      width: size, height: size, pixels: Array(pixels[(index * length)..<((index + 1) * length)]))
  }
}

/// Several random crops of each of N samples.
public struct MultiCropBatch: Sendable, Hashable {
  /// The samples, as indices into the data set.
  public let indices: [Int]
  /// One batch for each view: the global crops first, then the local ones. Picture i of every view
  /// comes from `indices[i]`.
  public let views: [ViewBatch]

  public init(indices: [Int], views: [ViewBatch]) { (self.indices, self.views) = (indices, views) }
}

/// One crop of each of N samples with its labels.
public struct LabelledBatch: Sendable, Hashable {
  /// The samples, as indices into the data set.
  public let indices: [Int]
  public let view: ViewBatch
  /// Landmarks are in pixels of the crop.
  public let labels: [FaceLabels]
  /// Takes a point of the crop to the sample's own image.
  public let toImage: [Affine]

  public init(indices: [Int], view: ViewBatch, labels: [FaceLabels], toImage: [Affine]) {
    (self.indices, self.view, self.labels, self.toImage) = (indices, view, labels, toImage)
  }
}
