import FaceData
import Foundation

/// `data crop`: from raw photos to faces.
enum CropCommand {
  static let verb = CommandDefinition(
    "data crop", .data, "finds the faces in raw photos and aligns them",
    usage: "let faces = data crop PHOTOS, to: FOLDER, align: five-points",
    arguments: ["a folder of photos"],
    labels: [
      .init("to", "a new folder for the faces and their index"),
      .init("align", "five-points (ArcFace's places, by default) or box"),
      .init("size", "side of the faces in pixels, 112 by default"),
      .init("margin", "share of the box added on each side with box, 0.3 by default"),
      .init("score", "least confidence of a face, 0.7 by default"),
      .init("smallest", "least side of a face's box in pixels, 20 by default"),
      .init("faces", "all of a photo, by default, or largest"),
    ], effect: .writes, run: crop)

  @Sendable private static func crop(_ invocation: Invocation) throws -> Value {
    let photos = invocation.positional[0]
    guard let target = invocation.argument("to") else {
      throw TableCommands.missing("to", invocation)
    }
    let folder = DataSources.absolute(try invocation.path(target))
    let source = DataSources.absolute(try invocation.path(photos))
    let report: PhotoFolder.Report
    do {
      report = try PhotoFolder(path: source, crop: try settings(invocation))
        .write(to: folder) { _, _ in invocation.session.isInterrupted() }
    } catch let error as FaceDataError {
      throw ShellError(.data, "\(error)", at: photos.range)
    }
    invocation.session.emit(.note(summary(report, folder)))
    guard !report.isStopped else {
      throw ShellError(
        .paused, "stopped by Ctrl-C after \(report.photos) photos",
        notes: ["what was found by then lies in \(folder)"])
    }
    guard report.faces > 0 else {
      throw ShellError(
        .data, "there is no face in any of the \(report.photos) photos", at: photos.range,
        notes: ["\(PhotoFolder.photoIndex) in \(folder) says what became of each"])
    }
    return try DataSources.opened(.images(path: folder), invocation, at: target)
  }

  private static func settings(_ invocation: Invocation) throws -> FaceCrop {
    var crop = FaceCrop()
    if let align = invocation.argument("align") {
      let known = FaceCrop.Alignment.allCases.map(\.rawValue)
      let word = try invocation.keyword(align, for: "alignment", among: known)
      crop.alignment = FaceCrop.Alignment(rawValue: word) ?? .fivePoints
    }
    if let margin = try invocation.number("margin") {
      guard crop.alignment == .box else {
        throw ShellError(
          .unknownLabel, "a margin has no meaning with five points",
          at: invocation.argument("margin")?.range, notes: ["`align: box` takes a margin"])
      }
      crop.margin = Float(margin)
    }
    crop.size = try invocation.integer("size", in: 16...4096) ?? crop.size
    crop.smallest = try invocation.integer("smallest", in: 1...100_000) ?? crop.smallest
    if let score = try invocation.number("score") { crop.leastScore = Float(score) }
    if let faces = invocation.argument("faces") {
      let word = try invocation.keyword(faces, for: "choice of faces", among: ["all", "largest"])
      crop.onlyLargest = word == "largest"
    }
    return crop
  }

  private static func summary(_ report: PhotoFolder.Report, _ folder: String) -> String {
    func counted(_ count: Int, _ noun: String) -> String {
      "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
    let found = "\(counted(report.faces, "face")) in \(counted(report.photos, "photo"))"
    var lines = ["\(found) · \(folder)"]
    func list(_ items: [String], _ title: String) {
      guard !items.isEmpty else { return }
      lines.append("  \(title): " + items.prefix(3).joined(separator: "; "))
      if items.count > 3 { lines.append("  … and \(items.count - 3) more") }
    }
    list(report.empty, "\(report.empty.count) without a face")
    list(
      report.unusable.map { "\($0.path): \($0.reason)" }, "\(report.unusable.count) not usable")
    return lines.joined(separator: "\n")
  }
}
