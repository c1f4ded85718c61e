/// A file of MXNet's RecordIO.
///
/// A record is `0xced7230a`, a word whose upper three bits say which part of a whole it is (0 all,
/// 1 first, 2 middle, 3 last) and whose lower 29 bits are the length, the bytes, and padding to a
/// multiple of four. A whole is cut where its bytes hold the magic word at a multiple of four; the
/// word is put back when the parts are joined. All words are little-endian.
/// - Source: dmlc-core, recordio.h (format and `DecodeFlag`, `DecodeLength`). Checked by:
///   RecordIOTests.
struct RecordFile: Sendable {
  static let magic: UInt32 = 0xced7_230a
  /// The largest record that is read: a picture is far smaller.
  static let largest = 64 << 20

  let file: RandomAccessFile

  init(path: String) throws { file = try RandomAccessFile(path) }

  /// The record that begins at a place.
  ///
  /// - Parameters: prefix: of a record in one part no more than this many bytes are read.
  /// - Returns: its bytes, and where the next begins.
  /// - Throws: `FaceDataError` `.brokenLabels` with the place.
  func record(at offset: Int, prefix: Int = .max) throws -> (bytes: [UInt8], next: Int) {
    var (bytes, position, isFirst): ([UInt8], Int, Bool) = ([], offset, true)
    while true {
      let head = try part(at: position)
      guard isFirst ? head.flag <= 1 : head.flag == 2 || head.flag == 3 else {
        let due = isFirst ? "0 or 1" : "2 or 3"
        throw broken("part \(head.flag) of a record where \(due) is due", position)
      }
      if !isFirst { bytes += [0x0A, 0x23, 0xD7, 0xCE] }
      guard bytes.count + head.length <= Self.largest else {
        throw broken("a record of more than \(Self.largest >> 20) MiB", position)
      }
      let wanted = head.flag == 0 ? min(prefix, head.length) : head.length
      let data = try file.read(at: position + 8, upTo: wanted)
      guard data.count == wanted else { throw broken("the file ends within a record", position) }
      bytes += data
      position += 8 + (head.length + 3) & ~3
      isFirst = false
      if head.flag == 0 || head.flag == 3 { return (bytes, position) }
    }
  }

  private func part(at position: Int) throws -> (flag: Int, length: Int) {
    let head = try file.read(at: position, upTo: 8)
    guard head.count == 8 else { throw broken("the file ends before a record", position) }
    guard head.uint32(0) == Self.magic else {
      throw broken("no record begins here (the magic word is missing)", position)
    }
    let word = Int(head.uint32(4))
    let (flag, length) = (word >> 29, word & ((1 << 29) - 1))
    guard length <= file.size - position - 8 else {
      throw broken("a record of \(length) bytes does not fit in the file", position)
    }
    return (flag, length)
  }

  private func broken(_ reason: String, _ position: Int) -> FaceDataError {
    FaceDataError(
      .brokenLabels, "byte \(position): \(reason); fetch the file and its .idx again",
      path: file.path)
  }

  /// Where the records begin, for a file without an index.
  ///
  /// - Returns: the places, and the error at which the walk ended if that was not the file's end.
  func scan() -> (offsets: [Int], error: FaceDataError?) {
    var (offsets, position): ([Int], Int) = ([], 0)
    while position < file.size {
      do {
        let next = try record(at: position, prefix: 0).next
        offsets.append(position)
        position = next
      } catch { return (offsets, error as? FaceDataError) }
    }
    return (offsets, nil)
  }
}

/// MXNet's `IRHeader` at the head of an image record, and what follows it.
///
/// `flag` u32, `label` f32, `id` u64, `id2` u64; with flag > 0 that many f32 labels follow and
/// take the place of `label`. The rest is the encoded picture.
struct ImageRecord {
  let labels: [Float]
  /// Empty in InsightFace's records about the set and its people.
  let picture: ArraySlice<UInt8>

  static let headerLength = 24

  /// Nil if the bytes are too few for the header.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.headerLength else { return nil }
    let flag = Int(bytes.uint32(0))
    guard flag > 0 else {
      labels = [Float(bitPattern: bytes.uint32(4))]
      picture = bytes[Self.headerLength...]
      return
    }
    guard flag <= (bytes.count - Self.headerLength) / 4 else { return nil }
    labels = (0..<flag).map { Float(bitPattern: bytes.uint32(Self.headerLength + 4 * $0)) }
    picture = bytes[(Self.headerLength + 4 * flag)...]
  }

  /// The first label as a whole number.
  var number: Int? { labels.first.flatMap(Self.whole) }

  /// Float32 holds whole numbers up to this one exactly.
  static let exactWhole = 1 << 24

  static func whole(_ label: Float) -> Int? {
    label >= 0 && label < 2_147_483_648 && label == label.rounded() ? Int(label) : nil
  }
}

extension [UInt8] {
  /// - Precondition: four bytes from there on.
  func uint32(_ at: Int) -> UInt32 {
    UInt32(self[at]) | UInt32(self[at + 1]) << 8 | UInt32(self[at + 2]) << 16
      | UInt32(self[at + 3]) << 24
  }
}
