/// A folder a person, `Name/Name_0001.jpg`, with LFW's `pairs.txt` where there is one.
///
/// The pictures are in PATH/images if that folder exists, else in PATH. `pairs.txt` is looked for
/// in PATH, in the picture folder and beside PATH; without it the set has identities but no pairs.
/// Opening lists the files; pictures are decoded when they are asked for.
public struct LFWDataset: FaceDataset {
  /// The folder that holds a folder a person.
  public let imageFolder: String
  /// Nil where no `pairs.txt` was found.
  public let pairsPath: String?
  public let fingerprint: String
  public let identityNames: [String]
  public let pairs: [VerificationPair]
  /// What became of each line of `pairs.txt`.
  public let pairReport: PairReport
  public let unusable: [UnusableSample]
  private let files: [String]
  private let identities: [Int]

  /// - Throws: `FaceDataError` `.unreadable`, or `.emptyDataset` if no folder holds a picture.
  public init(path: String) throws {
    let inner = path + "/images"
    imageFolder = FolderListing.isFolder(inner) ? inner : path
    let listing = try FolderListing(imageFolder)
    let (people, strays) = Self.people(listing)
    guard !people.isEmpty else { throw Self.empty(listing) }
    files = people.map(\.file.path)
    identityNames = Self.names(people.map(\.name))
    let numbers = Dictionary(uniqueKeysWithValues: identityNames.enumerated().map { ($1, $0) })
    identities = people.map { numbers[$0.name] ?? 0 }
    pairsPath = [path, imageFolder, path + "/.."].map { $0 + "/pairs.txt" }
      .first(where: FolderListing.isFile)
    let pairsBytes = try pairsPath.map { try FileBytes.read($0) }
    let parsed = pairsBytes.map(PairsFile.init)
    let resolved = PairResolution(parsed, files: files)
    (pairs, pairReport) = (resolved.pairs, resolved.report)
    unusable = strays + resolved.unusable(path: pairsPath ?? "pairs.txt")
    fingerprint = FolderListing.fingerprint(
      kind: "lfw", files: people.map(\.file), labels: pairsBytes.map { [$0] } ?? [])
  }

  public var count: Int { files.count }
  public func id(at index: Int) -> String { files[index] }

  public func labels(at index: Int) throws -> FaceLabels {
    FaceLabels(identity: identities[index])
  }

  public func sample(at index: Int) throws -> FaceSample {
    let image = try ImageFile.decode(path: imageFolder + "/" + files[index])
    return FaceSample(id: files[index], image: image, labels: try labels(at: index))
  }

  private typealias Picture = (name: String, file: FolderListing.File)

  /// A person's name is the folder that the picture lies in.
  private static func people(
    _ listing: FolderListing
  ) -> (people: [Picture], strays: [UnusableSample]) {
    var (people, strays): ([Picture], [UnusableSample]) = ([], [])
    for file in listing.pictures {
      if let slash = file.path.lastIndex(of: "/") {
        people.append((String(file.path[..<slash]), file))
      } else {
        let reason = "a picture outside of any person's folder (Name/Name_0001.jpg)"
        strays.append(UnusableSample(path: file.path, reason: reason))
      }
    }
    return (people, strays)
  }

  private static func names(_ names: [String]) -> [String] {
    Array(Set(names)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func empty(_ listing: FolderListing) -> FaceDataError {
    FaceDataError(
      .emptyDataset,
      "no picture in a person's folder among the \(listing.files.count) files; facet expects "
        + "LFW's layout, Name/Name_0001.jpg and so on, and pairs.txt beside the people",
      path: listing.folder)
  }
}

/// What became of the pairs of a verification protocol.
public struct PairReport: Sendable, Hashable {
  /// Pairs that the file names in well-formed lines.
  public var total = 0
  /// Pairs of which both pictures are there.
  public var usable = 0
  /// Usable pairs of each fold; a fold without any is there with 0.
  public var usableByFold: [Int] = []
  /// Pairs that lack a picture.
  public var missingImage = 0
  /// Numbers of the lines that are no pair, and the total if it is not the announced one.
  public var problems: [Problem] = []

  public struct Problem: Sendable, Hashable {
    /// 1-based.
    public let line: Int
    public let reason: String
  }

  /// "4,480 of 6,000 pairs usable in 8 of 10 folds (1,520 lack a picture)", without separators.
  public var summary: String {
    let folds = usableByFold.count(where: { $0 > 0 })
    var text = "\(usable) of \(total) pairs usable in \(folds) of \(usableByFold.count) folds"
    if missingImage > 0 { text += " (\(missingImage) lack a picture)" }
    if !problems.isEmpty { text += ", \(problems.count) broken lines" }
    return text
  }
}

/// The pairs of a file, looked up among the pictures that are there.
private struct PairResolution {
  var pairs: [VerificationPair] = []
  var report = PairReport()

  init(_ parsed: PairsFile?, files: [String]) {
    guard let parsed else { return }
    let index = Self.index(files)
    report.total = parsed.pairs.count
    report.problems = parsed.problems
    if parsed.pairs.isEmpty, parsed.problems.isEmpty {
      report.problems = [.init(line: 1, reason: "the file lists no pair")]
    }
    report.usableByFold = Array(repeating: 0, count: parsed.foldCount)
    for pair in parsed.pairs {
      guard let first = index[pair.first], let second = index[pair.second] else {
        report.missingImage += 1
        continue
      }
      report.usableByFold[pair.fold] += 1
      pairs.append(
        VerificationPair(first: first, second: second, isSame: pair.isSame, fold: pair.fold))
    }
    report.usable = pairs.count
  }

  /// By folder and number: `Name/Name_0001.jpg`, however many digits it has.
  private static func index(_ files: [String]) -> [PairsFile.Picture: Int] {
    var index: [PairsFile.Picture: Int] = [:]
    for (number, file) in files.enumerated() {
      let parts = file.split(separator: "/")
      guard parts.count >= 2, let dot = parts[parts.count - 1].lastIndex(of: ".") else { continue }
      let stem = parts[parts.count - 1][..<dot]
      let digits = stem.reversed().prefix { $0.isASCII && $0.isNumber }.reversed()
      guard let value = Int(String(digits)) else { continue }
      index[PairsFile.Picture(name: String(parts[parts.count - 2]), number: value)] = number
    }
    return index
  }

  func unusable(path: String) -> [UnusableSample] {
    var list = report.problems.map {
      UnusableSample(path: "\(path):\($0.line)", reason: $0.reason)
    }
    if report.missingImage > 0 {
      list.append(
        UnusableSample(
          path: path,
          reason: "\(report.missingImage) of \(report.total) pairs lack a picture"))
    }
    return list
  }
}
