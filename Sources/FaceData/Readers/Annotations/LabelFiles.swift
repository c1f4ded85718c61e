/// Finds the label files of a set that comes in several parts, and the folder of its pictures.
struct LabelFiles {
  struct File {
    /// Relative, for messages.
    let name: String
    let path: String
  }

  let files: [File]
  let pictures: String

  /// - Parameters: parts: the usual place of each part's file below the folder; it may also lie in
  ///   the folder itself. whole: the parts that a set without `part` has, as far as they are there.
  ///   pictures: the usual picture folder; the set's own folder where there is none.
  /// - Throws: `FaceDataError` `.unreadable` if the path or the part's file is not there.
  static func find(
    _ source: DatasetSource, parts: [(part: String, file: String)], whole: [String],
    pictures: String
  ) throws -> LabelFiles {
    if FolderListing.isFile(source.path) {
      let name = source.path.split(separator: "/").last.map(String.init) ?? source.path
      return LabelFiles(
        files: [File(name: name, path: source.path)],
        pictures: source.images ?? folder(near: source.path, pictures))
    }
    guard FolderListing.isFolder(source.path) else {
      throw FaceDataError(
        .unreadable, "there is no such file or folder; check the path", path: source.path)
    }
    let wanted = source.part.map { [$0] } ?? whole
    let files = wanted.compactMap { part in
      parts.first { $0.part == part }.flatMap { place($0.file, in: source.path) }
    }
    guard !files.isEmpty else {
      let names = parts.filter { wanted.contains($0.part) }.map(\.file)
      throw FaceDataError(
        .unreadable, "the folder has no \(names.joined(separator: " or ")); check the path",
        path: source.path)
    }
    let usual = source.path + "/" + pictures
    return LabelFiles(
      files: files,
      pictures: source.images ?? (FolderListing.isFolder(usual) ? usual : source.path))
  }

  /// The one label file of a set: the path itself, or one of the names in the folder.
  ///
  /// - Throws: `FaceDataError` `.unreadable`.
  static func single(_ source: DatasetSource, named names: [String]) throws -> String {
    if FolderListing.isFile(source.path) { return source.path }
    let paths = names.map { source.path + "/" + $0 }
    if let path = paths.first(where: FolderListing.isFile) { return path }
    let reason =
      FolderListing.isFolder(source.path)
      ? "the folder has no \(names.joined(separator: " or "))" : "there is no such file or folder"
    throw FaceDataError(.unreadable, reason + "; check the path", path: source.path)
  }

  /// The first of the usual picture folders beside a label file, else the file's own folder.
  static func pictureFolder(near file: String, among usual: [String]) -> String {
    let own = parent(file)
    return usual.map { own + "/" + $0 }.first(where: FolderListing.isFolder) ?? own
  }

  private static func place(_ file: String, in folder: String) -> File? {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return [file, name].map { File(name: $0, path: folder + "/" + $0) }
      .first { FolderListing.isFile($0.path) }
  }

  /// The usual picture folder in one of the three folders above a file, else the file's own folder.
  static func folder(near file: String, _ pictures: String) -> String {
    var folder = parent(file)
    let own = folder
    for _ in 0..<3 {
      if !pictures.isEmpty, FolderListing.isFolder(folder + "/" + pictures) {
        return folder + "/" + pictures
      }
      folder = parent(folder)
    }
    return own
  }

  static func parent(_ path: String) -> String {
    let trimmed = path.last == "/" ? String(path.dropLast()) : path
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
  }
}

/// Points of lists of numbers.
enum Points {
  /// x1 y1 x2 y2 …; a last single number is dropped.
  static func interleaved(_ numbers: some Collection<Float>, offset: Float) -> [SIMD2<Float>] {
    let values = Array(numbers)
    return stride(from: 0, to: values.count - 1, by: 2).map {
      SIMD2(values[$0], values[$0 + 1]) + offset
    }
  }
}

extension FaceBox {
  /// A box between corners in a format's coordinates.
  init(left: Float, top: Float, right: Float, bottom: Float, offset: Float) {
    self.init(x: left + offset, y: top + offset, width: right - left, height: bottom - top)
  }
}

extension LabelFiles {
  /// The label file that the path is, or all files of that extension directly in the folder, in the
  /// order of their names.
  ///
  /// - Parameters: part: nil, or a word that the files' names must have.
  /// - Throws: `FaceDataError` `.unreadable` if there is none.
  static func all(_ source: DatasetSource, withExtension ending: String, part: String? = nil) throws
    -> [String]
  {
    if FolderListing.isFile(source.path) { return [source.path] }
    let listing = try FolderListing(source.path)
    let found = listing.files.filter { file in
      file.fileExtension == ending && file.path.split(separator: "/").count <= 2
        && (part.map { file.path.contains($0) } ?? true)
    }
    guard !found.isEmpty else {
      let which = part.map { " of the part \($0)" } ?? ""
      throw FaceDataError(
        .unreadable, "the folder has no .\(ending) file\(which); check the path", path: source.path)
    }
    return found.map { listing.absolute($0.path) }
  }
}
