import Foundation

/// Finds the faces in a folder of raw photos and writes them as aligned crops, with an index.
///
/// Crops keep the photo's path: `party/a.jpg` gives `party/a-1.jpg`, `party/a-2.jpg` and so on, the
/// surest face first. `faces.csv` lists them with their source, `photos.csv` every photo with the
/// number of its faces or with what is wrong with it.
/// Checked by: PhotoFolderTests.
public struct PhotoFolder: Sendable {
  public static let faceIndex = "faces.csv"
  public static let photoIndex = "photos.csv"

  public let path: String
  public let crop: FaceCrop
  private let files: [FolderListing.File]
  private let detector: FaceDetector

  /// What became of the photos.
  public struct Report: Sendable {
    public var photos = 0
    public var faces = 0
    /// Photos without a face.
    public var empty: [String] = []
    /// Photos that could not be used.
    public var unusable: [UnusableSample] = []
    /// Whether it was stopped before the last photo.
    public var isStopped = false
  }

  /// - Throws: `FaceDataError` `.unreadable`, `.emptyDataset` where there is no picture,
  ///   `.invalidSetting`.
  public init(path: String, crop: FaceCrop = FaceCrop()) throws {
    try crop.validate()
    let listing = try FolderListing(path)
    (self.path, self.crop, files) = (path, crop, listing.pictures)
    guard !files.isEmpty else {
      throw FaceDataError(
        .emptyDataset,
        "no picture (\(FolderListing.pictureExtensions.sorted().joined(separator: ", "))) among "
          + "the \(listing.files.count) files in and below the folder", path: path)
    }
    detector = try FaceDetector.load()
  }

  /// The faces of one photo with their crops.
  private struct Photo: Sendable {
    var faces: [(face: DetectedFace, jpeg: [UInt8])] = []
    var failure: String?
  }

  /// Writes crops and index to a folder that is new or empty and lies outside of the photos'.
  ///
  /// What it writes does not depend on the number of threads.
  /// - Parameters: progress: photos done and in all; true stops after the current ones.
  /// - Throws: `FaceDataError` `.invalidSetting` for a folder of no use, `.writeFailed`.
  public func write(
    to folder: String, threads: Int = 2, progress: (Int, Int) -> Bool = { _, _ in false }
  ) throws -> Report {
    try prepare(folder)
    let stems = Dictionary(grouping: files, by: \.stem).mapValues(\.count)
    let photos = OrderedPrefetcher(
      steps: 0..<files.count, threads: threads, depth: 2 * threads
    ) { try read(files[$0].path) }
    defer { photos.cancel() }
    var report = Report()
    var index = ["crop,source,face,score,x,y,width,height,x1,y1,x2,y2,x3,y3,x4,y4,x5,y5"]
    var list = ["source,faces,problem"]
    for file in files {
      guard let photo = try photos.next() else { break }
      // Of two photos that differ in their ending alone the ending stays.
      let name = stems[file.stem] == 1 ? file.stem : file.path
      index += try write(photo, of: file.path, as: name, to: folder)
      list.append(Self.line([file.path, "\(photo.faces.count)", photo.failure ?? ""]))
      report.add(photo.faces.count, photo.failure, file.path)
      if progress(report.photos, files.count) {
        report.isStopped = report.photos < files.count
        break
      }
    }
    try save(index, Self.faceIndex, in: folder)
    try save(list, Self.photoIndex, in: folder)
    return report
  }

  private func prepare(_ folder: String) throws {
    func real(_ path: String) -> String {
      URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path + "/"
    }
    guard !real(folder).hasPrefix(real(path)) else {
      throw FaceDataError(
        .invalidSetting, "the crops would lie among the photos; name a folder outside of \(path)",
        path: folder)
    }
    if FolderListing.isFolder(folder), try !FolderListing(folder).files.isEmpty {
      throw FaceDataError(
        .invalidSetting, "the folder holds files already; name a new one or empty it", path: folder)
    }
  }

  private func read(_ file: String) throws -> Photo {
    do {
      let image = try ImageFile.decode(path: path + "/" + file)
      var photo = Photo()
      for face in crop.faces(in: image, detector) {
        guard let cut = crop.crop(face, of: image) else { continue }
        photo.faces.append((face, try cut.encodedJPEG(quality: 95)))
      }
      return photo
    } catch let error as FaceDataError {
      return Photo(failure: error.message)
    }
  }

  /// - Returns: lines of the index.
  private func write(
    _ photo: Photo, of source: String, as name: String, to folder: String
  ) throws -> [String] {
    try photo.faces.enumerated().map { index, found in
      let crop = "\(name)-\(index + 1).jpg"
      try save(Data(found.jpeg), crop, in: folder)
      let (face, box) = (found.face, found.face.box)
      let numbers = [box.x, box.y, box.width, box.height] + face.points.flatMap { [$0.x, $0.y] }
      return Self.line(
        [crop, source, "\(index + 1)", "\(face.score)"] + numbers.map(Self.tenths))
    }
  }

  private static func tenths(_ value: Float) -> String { "\((value * 10).rounded() / 10)" }

  private static func line(_ fields: [String]) -> String {
    fields.map { field in
      let isPlain = !field.contains { $0 == "," || $0 == "\"" || $0.isNewline }
      return isPlain ? field : "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }.joined(separator: ",")
  }

  private func save(_ lines: [String], _ name: String, in folder: String) throws {
    try save(Data((lines.joined(separator: "\n") + "\n").utf8), name, in: folder)
  }

  private func save(_ data: Data, _ name: String, in folder: String) throws {
    let file = URL(fileURLWithPath: folder + "/" + name)
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file)
    } catch {
      throw FaceDataError(
        .writeFailed,
        "cannot be written: \((error as NSError).localizedDescription); check that the folder can "
          + "be written and that the disk has room", path: file.path)
    }
  }
}

extension PhotoFolder.Report {
  fileprivate mutating func add(_ count: Int, _ failure: String?, _ path: String) {
    photos += 1
    faces += count
    if let failure {
      unusable.append(UnusableSample(path: path, reason: failure))
    } else if count == 0 {
      empty.append(path)
    }
  }
}
