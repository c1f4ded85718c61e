import Pickles

/// InsightFace's verification sets, `lfw.bin`, `cfp_fp.bin`, `agedb_30.bin`: a pickle of
/// (pictures, isSame).
///
/// Picture 2i and 2i+1 are a pair; each is an encoded picture, as bytes or as a numpy array of
/// bytes. The folds are ten runs of pairs, as scikit-learn's `KFold(10)` without shuffling cuts
/// them. People are not named, so samples have no identity.
/// - Source: InsightFace's build_eval_pack.py and verification.py. Checked by:
///   VerificationBinTests.
public struct VerificationBin: FaceDataset {
  public static let foldCount = 10

  public let path: String
  public let fingerprint: String
  public let pairs: [VerificationPair]
  public let pairReport: PairReport
  public let unusable: [UnusableSample]
  private let pictures: [Picture]

  private struct Picture {
    /// Place in the file's list.
    let number: Int
    /// Shares the file's bytes where the pickle holds them as they are.
    let bytes: ArraySlice<UInt8>
  }

  /// - Parameters: path: the `.bin` file, or a folder with exactly one.
  /// - Throws: `FaceDataError` `.unreadable`, `.tooLarge`, `.brokenLabels` for anything but such a
  ///   pickle, or `.emptyDataset`.
  public init(path: String) throws {
    let file = try Self.file(path)
    let bytes = try FileBytes.read(file)
    let content = try VerificationPickle(bytes, path: file)
    var (pictures, places): ([Picture], [Int?]) = ([], [])
    var problems = ProblemList()
    for (number, result) in content.pictures.enumerated() {
      switch result {
      case .success(let bytes):
        places.append(pictures.count)
        pictures.append(Picture(number: number, bytes: bytes))
      case .failure(let error):
        places.append(nil)
        problems.add("picture \(number)", error.message)
      }
    }
    let folds = Self.folds(content.isSame.count)
    var report = PairReport()
    report.total = content.isSame.count
    report.usableByFold = Array(repeating: 0, count: min(Self.foldCount, content.isSame.count))
    pairs = zip(content.isSame, folds).enumerated().compactMap { pair, truth in
      guard let first = places[2 * pair], let second = places[2 * pair + 1] else {
        report.missingImage += 1
        return nil
      }
      report.usableByFold[truth.1] += 1
      return VerificationPair(first: first, second: second, isSame: truth.0, fold: truth.1)
    }
    report.usable = pairs.count
    guard !pairs.isEmpty else {
      let first = problems.samples.first.map { " The first: \($0.path): \($0.reason)." } ?? ""
      throw FaceDataError(
        .emptyDataset, "none of the \(report.total) pairs has both pictures." + first, path: file)
    }
    (self.path, self.pictures, pairReport, unusable) = (file, pictures, report, problems.finished)
    fingerprint = FolderListing.fingerprint(kind: "verification-bin", files: [], labels: [bytes])
  }

  private static func file(_ path: String) throws -> String {
    guard FolderListing.isFolder(path) else { return path }
    let files = try FolderListing(path).files.filter { $0.fileExtension == "bin" }
    guard files.count == 1, let file = files.first else {
      throw FaceDataError(
        .emptyDataset,
        "\(files.count) .bin files in the folder; name the one that is meant, lfw.bin", path: path)
    }
    return path + "/" + file.path
  }

  /// `KFold`: the first n mod 10 folds have one pair more.
  static func folds(_ count: Int) -> [Int] {
    let folds = min(foldCount, count)
    return (0..<folds).flatMap { fold in
      Array(repeating: fold, count: count / folds + (fold < count % folds ? 1 : 0))
    }
  }

  public var count: Int { pictures.count }
  public var identityNames: [String] { [] }
  /// The picture's place in the file.
  public func id(at index: Int) -> String { String(pictures[index].number) }
  public func labels(at index: Int) throws -> FaceLabels { FaceLabels() }

  public func sample(at index: Int) throws -> FaceSample {
    let picture = pictures[index]
    let image = try ImageFile.decode(
      Array(picture.bytes), path: "\(path), picture \(picture.number)")
    return FaceSample(id: id(at: index), image: image, labels: FaceLabels())
  }
}

/// The content of a verification set's pickle.
struct VerificationPickle {
  /// Encoded pictures, their headers checked.
  let pictures: [Result<ArraySlice<UInt8>, FaceDataError>]
  let isSame: [Bool]

  init(_ bytes: [UInt8], path: String) throws {
    var reader = PickleReader(bytes, path: path)
    let content = try Self.items(try reader.content(), reader, "the pickle")
    guard content.count == 2 else {
      throw reader.damaged(
        "it holds \(content.count) values, and a pair of pictures and truths is due")
    }
    let pictures = try Self.items(content[0], reader, "the list of pictures")
    isSame = try Self.truths(content[1], reader)
    guard pictures.count == 2 * isSame.count else {
      throw reader.damaged(
        "\(pictures.count) pictures and \(isSame.count) truths: two pictures a truth are due")
    }
    let unpacked = reader
    self.pictures = pictures.map { value in
      Result { () throws(FaceDataError) in try Self.picture(value, unpacked) }
    }
  }

  private static func items(
    _ value: PickleValue, _ reader: PickleReader, _ name: String
  ) throws -> [PickleValue] {
    switch value {
    case .list(let place): return reader.lists[place]
    case .tuple(let place): return reader.tuples[place]
    default: throw reader.damaged("\(name) is \(value.name) and no list")
    }
  }

  private static func truths(_ value: PickleValue, _ reader: PickleReader) throws -> [Bool] {
    if case .array(let place) = value {
      let array = reader.arrays[place]
      guard array.element != nil, array.isFlat else {
        throw reader.damaged("the truths are an array of another type or shape")
      }
      return array.bytes.map { $0 != 0 }
    }
    return try items(value, reader, "the list of truths").map { value in
      switch value {
      case .bool(let truth): return truth
      case .integer(0): return false
      case .integer(1): return true
      default: throw reader.damaged("a truth is \(value.name)")
      }
    }
  }

  private static func picture(
    _ value: PickleValue, _ reader: PickleReader
  ) throws(FaceDataError) -> ArraySlice<UInt8> {
    let bytes: ArraySlice<UInt8>
    switch value {
    case .bytes(let found): bytes = found
    case .array(let place):
      let array = reader.arrays[place]
      guard array.element == .uint8, array.isFlat else {
        throw reader.damaged("a picture is no flat array of bytes (shape \(array.shape.prefix(4)))")
      }
      bytes = array.bytes
    default: throw reader.damaged("a picture is \(value.name) and no bytes")
    }
    do {
      _ = try ImageFile.size(Array(bytes), path: "picture")
      return bytes
    } catch let error as FaceDataError { throw error } catch {
      throw reader.damaged("\(error)")
    }
  }
}

extension PickleReader {
  fileprivate mutating func content() throws(FaceDataError) -> PickleValue {
    do {
      return try read()
    } catch let error as PickleError {
      throw FaceDataError(.brokenLabels, error.message, path: path)
    } catch {
      throw FaceDataError(.brokenLabels, "\(error)", path: path)
    }
  }

  fileprivate func damaged(_ reason: String) -> FaceDataError {
    FaceDataError(.brokenLabels, broken(reason).message, path: path)
  }
}
