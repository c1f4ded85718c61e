public import Foundation

/// A face world that has been rendered once into a file and is read from there through the page
/// cache. The same samples as the world's, but for the mesh, which is not stored.
public struct PackedFaceDataset: FaceDataset {
  /// The world that was rendered; `world.labels(at:)` has the mesh.
  public let world: FaceWorld
  private let pack: FacePackFile

  init(world: FaceWorld, pack: FacePackFile) { (self.world, self.pack) = (world, pack) }

  public var count: Int { world.count }
  /// The world's: the same samples.
  public var fingerprint: String { world.fingerprint }
  public var identityNames: [String] { world.identityNames }
  public var pairs: [VerificationPair] { [] }
  public var unusable: [UnusableSample] { [] }

  public func id(at index: Int) -> String { world.id(at: index) }

  /// All labels but the mesh.
  public func labels(at index: Int) throws -> FaceLabels {
    try world.check(index: index)
    return try placed(pack.labels(at: index), index)
  }

  public func sample(at index: Int) throws -> FaceSample {
    try world.check(index: index)
    return FaceSample(
      id: id(at: index), image: pack.image(at: index),
      labels: try placed(pack.labels(at: index), index)
    )
  }

  /// With what follows from the index alone.
  private func placed(_ labels: FaceLabels, _ index: Int) throws -> FaceLabels {
    var labels = labels
    labels.frame = world.frame(at: index)
    labels.attributes = try world.attributes(at: index)
    return labels
  }
}

extension FaceWorld {
  /// Renders all pictures into `<fingerprint>.faces` in a folder, or opens that file if it is
  /// there and whole. A damaged, truncated or foreign file is rendered anew.
  ///
  /// - Parameters:
  ///   - folder: made where it is missing.
  ///   - threads: that render; the file does not depend on it.
  ///   - progress: called with (faces done, faces in all) every few hundred faces; what it throws
  ///     stops the rendering, leaves no file and comes out here.
  /// - Throws: `FaceDataError` where the file cannot be written.
  public func packed(
    at folder: URL, threads: Int = 1, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> PackedFaceDataset {
    let url = folder.appendingPathComponent(fingerprint + ".faces")
    let layout = FacePackLayout(
      size: settings.size, count: count, fingerprint: fingerprint, scheme: settings.landmarks)
    if let pack = FacePackFile(opening: url, layout: layout) {
      return PackedFaceDataset(world: self, pack: pack)
    }
    try FacePackWriter(world: self, layout: layout, threads: max(1, threads))
      .write(to: url, progress: progress)
    guard let pack = FacePackFile(opening: url, layout: layout) else {
      throw FaceDataError(
        .writeFailed, "The file did not read back as it was written. Check the disk.",
        path: url.path)
    }
    return PackedFaceDataset(world: self, pack: pack)
  }
}
