/// Label files with a picture of the same name beside each.
struct PicturesWithLabels {
  let folder: String
  /// The label files in order, each with its picture if there is one.
  let labels: [(label: String, picture: String?)]

  /// - Parameters: fits: which label files count.
  /// - Throws: `FaceDataError` `.unreadable` if the path is not there, `.emptyDataset` if it has no
  ///   such file.
  init(
    _ source: DatasetSource, withExtension ending: String, fits: (String) -> Bool = { _ in true }
  ) throws {
    let isFile = FolderListing.isFile(source.path)
    folder = isFile ? LabelFiles.parent(source.path) : source.path
    let listing = try FolderListing(folder)
    let name = source.path.split(separator: "/").last.map(String.init)
    let pictures = Dictionary(listing.pictures.map { ($0.stem, $0.path) }) { first, _ in first }
    labels = listing.files.filter { file in
      file.fileExtension == ending && fits(file.path) && (!isFile || file.path == name)
    }.map { ($0.path, pictures[$0.stem]) }
    guard !labels.isEmpty else {
      throw FaceDataError(
        .emptyDataset,
        "no .\(ending) file among the \(listing.files.count) files in and below the folder",
        path: source.path)
    }
  }
}
