/// All pictures below a folder, or a single picture, without labels.
///
/// Opening lists the files; pictures are decoded when they are asked for.
public struct ImageFolder: FaceDataset {
  public let path: String
  public let fingerprint: String
  private let files: [FolderListing.File]

  /// - Parameter path: of the folder or the picture.
  /// - Throws: `FaceDataError` `.unreadable` or `.emptyDataset`.
  public init(path: String) throws {
    let listing = try FolderListing.isFile(path) ? FolderListing(file: path) : FolderListing(path)
    (self.path, files) = (listing.folder, listing.pictures)
    fingerprint = FolderListing.fingerprint(kind: "images", files: files)
    guard !files.isEmpty else {
      throw FaceDataError(
        .emptyDataset,
        "no picture (\(FolderListing.pictureExtensions.sorted().joined(separator: ", "))) among "
          + "the \(listing.files.count) files in and below the folder", path: path)
    }
  }

  public var count: Int { files.count }
  public var identityNames: [String] { [] }
  public var pairs: [VerificationPair] { [] }
  public var unusable: [UnusableSample] { [] }

  public func id(at index: Int) -> String { files[index].path }
  public func labels(at index: Int) throws -> FaceLabels { FaceLabels() }

  public func sample(at index: Int) throws -> FaceSample {
    let file = files[index].path
    return FaceSample(
      id: file, image: try ImageFile.decode(path: path + "/" + file), labels: FaceLabels())
  }

  public func encodedPicture(at index: Int) throws -> [UInt8]? {
    try FileBytes.read(path + "/" + files[index].path)
  }
}
