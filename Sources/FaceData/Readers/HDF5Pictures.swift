/// The HDF5 files of the paper's pre-training code: `images` holds an encoded picture a row.
///
/// `foldernames`, where it is there, has the folder of each row, which is the person in VGG-Face2:
/// it gives identities. Pictures are decoded when they are asked for.
/// - Source: Bulat et al. 2022, flr/datasets/base_unsupervised.py.
public struct HDF5Pictures: FaceDataset {
  public let path: String
  public let fingerprint: String
  public let identityNames: [String]
  public let unusable: [UnusableSample]
  private let pictures: HDF5List
  private let identities: [Int]

  static func recognize(_ glance: PathGlance) -> String? {
    glance.first { file in
      ["h5", "hdf5"].contains(PathGlance.fileExtension(file))
        && glance.start(of: file, count: 4) == [0x89, 0x48, 0x44, 0x46]
    }.map { "\($0) is an HDF5 file" }
  }

  /// - Throws: `FaceDataError` `.unreadable`, `.brokenLabels`, or `.emptyDataset` without a row.
  public init(path: String) throws {
    let path = try Self.file(path)
    pictures = try HDF5List("images", path: path)
    guard !pictures.isText, pictures.count > 0 else {
      throw FaceDataError(
        .emptyDataset, "images holds no encoded pictures, a row each", path: path)
    }
    let folders = try? HDF5List("foldernames", path: path)
    let names = try Self.names(folders, count: pictures.count, path)
    self.path = path
    identityNames = Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let numbers = Dictionary(uniqueKeysWithValues: identityNames.enumerated().map { ($1, $0) })
    identities = names.map { numbers[$0] ?? 0 }
    unusable = []
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let file = FolderListing.File(path: name, size: FolderListing.size(of: path))
    fingerprint = FolderListing.fingerprint(
      kind: "hdf5 \(pictures.count)", files: [file],
      labels: [try pictures.bytes(at: 0), Array(names.joined(separator: "\n").utf8)])
  }

  private static func file(_ path: String) throws -> String {
    guard FolderListing.isFolder(path) else { return path }
    let files = try FolderListing(path).files.filter { ["h5", "hdf5"].contains($0.fileExtension) }
    guard files.count == 1 else {
      throw FaceDataError(
        .unreadable, "the folder has \(files.count) HDF5 files; name one of them", path: path)
    }
    return path + "/" + files[0].path
  }

  private static func names(_ folders: HDF5List?, count: Int, _ path: String) throws -> [String] {
    guard let folders, folders.isText else { return [] }
    guard folders.count == count else {
      throw FaceDataError(
        .brokenLabels, "foldernames has \(folders.count) rows, and images has \(count)", path: path)
    }
    return try (0..<count).map { try folders.text(at: $0) }
  }

  public var count: Int { pictures.count }
  public var pairs: [VerificationPair] { [] }
  public func id(at index: Int) -> String { "\(index)" }

  public func labels(at index: Int) throws -> FaceLabels {
    FaceLabels(identity: identities.isEmpty ? nil : identities[index])
  }

  public func sample(at index: Int) throws -> FaceSample {
    let bytes = try pictures.bytes(at: index)
    let image = try ImageFile.decode(bytes, path: "\(path) row \(index)")
    return FaceSample(id: id(at: index), image: image, labels: try labels(at: index))
  }
}
