/// DISFA: the intensities of twelve action units in 27 videos, frame by frame.
///
/// `ActionUnit_Labels/SN001/SN001_au1.txt` with lines `frame,intensity` (0–5, frames from 1), and
/// the videos' frames as pictures in any folder that has the subject's name in its path,
/// `Images/SN001/00001.jpg` or `LeftVideoSN001_comp/0.png`; where their numbers begin with 0 they
/// are taken for frame 1 and on. A subject with frames in two folders (both cameras) gives two
/// videos. Identity is the subject.
/// - Source: Mavadati et al. 2013, IEEE Trans. Affective Computing 4(2). Checked by: DISFATests.
public enum DISFA {
  /// Published work takes a unit for present from this intensity on.
  public static let presentFrom: Float = 2
  /// The graded units.
  public static let units = ActionUnit.disfa.map(\.rawValue)

  /// - Throws: `FaceDataError` `.unreadable` or `.emptyDataset`.
  public static func read(path: String) throws -> LabelledPictures {
    var builder = LabelledPictures.Builder("disfa", try FolderListing(path))
    var join = CodedVideoJoin(
      shiftsFromZero: true, video: { Self.subject($0) }, person: { $0 })
    for file in builder.listing.files where file.fileExtension == "txt" {
      guard let name = file.stem.split(separator: "/").last, let subject = subject(name),
        let unit = unit(name)
      else { continue }
      guard units.contains(unit) else {
        builder.problems.add(file.path, "AU\(unit) is none of the twelve units of DISFA")
        continue
      }
      do {
        let digest = try CodedVideoJoin.readGrades(
          file.path, unit: unit, into: &join.videos[subject, default: CodedVideo()].intensities,
          &builder)
        builder.digests.append(digest)
      } catch let error as FaceDataError {
        builder.problems.add(error, file.path)
      }
    }
    join.join(into: &builder)
    return try builder.finish(
      expected: "ActionUnit_Labels/SN001/SN001_au1.txt and so on, and the videos' frames as "
        + "pictures in folders named for the subject, SN001/00001.jpg")
  }

  /// The last `SN` with three digits in a path.
  static func subject(_ path: Substring) -> String? {
    let bytes = Array(path.utf8)
    guard bytes.count >= 5 else { return nil }
    for start in stride(from: bytes.count - 5, through: 0, by: -1) {
      let isName =
        bytes[start] | 0x20 == UInt8(ascii: "s")
        && bytes[start + 1] | 0x20 == UInt8(ascii: "n")
      guard isName, bytes[(start + 2)...(start + 4)].allSatisfy({ (0x30...0x39).contains($0) })
      else { continue }
      return "SN" + String(decoding: bytes[(start + 2)...(start + 4)], as: UTF8.self)
    }
    return nil
  }

  /// `SN001_au12` is 12.
  private static func unit(_ name: Substring) -> Int? {
    guard let last = name.split(separator: "_").last, last.lowercased().hasPrefix("au") else {
      return nil
    }
    return Int(last.dropFirst(2))
  }
}
