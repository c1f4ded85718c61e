/// FER+: ten people's votes for each picture of FER2013.
///
/// `fer2013new.csv` has a row for each row of FER2013's table, in its order, or names pictures that
/// lie in `FER2013Train/fer0000000.png`, `FER2013Valid`, `FER2013Test` or elsewhere below the
/// folder. A sample has all votes; its emotion is the majority's, or nil where there is none. Rows
/// without a vote for any emotion are left out.
/// - Source: Barsoum et al. 2016, arXiv:1608.01041. Checked by: FERPlusTests.
public enum FERPlus {
  static let tableName = "fer2013new.csv"
  /// Columns in the order of `Emotion.allCases`, then of those who saw none.
  static let columns = [
    "neutral", "happiness", "sadness", "surprise", "fear", "disgust", "anger", "contempt",
    "unknown", "NF",
  ]

  struct Row {
    let line: Int
    let usage: DatasetPart?
    /// Empty where FER+ names none.
    let picture: String
    let votes: EmotionVotes
  }

  /// - Parameters: path: a folder with `fer2013new.csv` and either `fer2013.csv` or the pictures.
  /// - Throws: `FaceDataError` `.unreadable`, `.brokenLabels` (also if the two tables differ in
  ///   their rows) or `.emptyDataset`.
  public static func read(path: String) throws -> any FaceDataset {
    let votes = try Votes(path: path + "/" + tableName)
    if let table = FER2013.table(in: path) {
      return try FERPlusTable(votes, FER2013Table(path: table))
    }
    return try pictures(votes, path: path)
  }

  /// The table of votes.
  struct Votes {
    let path: String
    /// One a row of the file; nil for a broken one, which keeps its place.
    var rows: [Row?] = []
    var problems = ProblemList()
    var digest = ""

    init(path: String) throws {
      self.path = path
      var (rows, problems): ([Row?], ProblemList) = ([], ProblemList())
      func skip(_ line: Int, _ reason: String) {
        problems.add(FERPlus.tableName, line: line, reason)
        rows.append(nil)
      }
      digest = try CSVFile(
        path, required: ["Usage", "Image name"] + FERPlus.columns, problem: skip,
        row: { row, table in
          guard let counts = Self.counts(row, table) else {
            return skip(row.line, "votes must be whole numbers 0–100")
          }
          rows.append(Self.row(row, table, counts))
        }
      ).digest
      (self.rows, self.problems) = (rows, problems)
    }

    private static func counts(_ row: CSVFile.Row, _ table: CSVFile) -> [Int]? {
      let counts = FERPlus.columns.compactMap { name in
        table[name].flatMap { row.fields[$0].wholeNumber }
      }
      let isWhole = counts.count == FERPlus.columns.count
      return isWhole && counts.allSatisfy((0...100).contains) ? counts : nil
    }

    private static func row(_ row: CSVFile.Row, _ table: CSVFile, _ counts: [Int]) -> Row {
      func text(_ name: String) -> String { table[name].map { row.fields[$0].text } ?? "" }
      return Row(
        line: row.line, usage: DatasetPart(word: text("Usage")), picture: text("Image name"),
        votes: EmotionVotes(counts: Array(counts.prefix(8)), unknown: counts[8], notFace: counts[9])
      )
    }
  }

  static func labels(_ votes: EmotionVotes) -> FaceLabels {
    FaceLabels(emotion: votes.majority, emotionVotes: votes)
  }

  private static func pictures(_ votes: Votes, path: String) throws -> LabelledPictures {
    var builder = LabelledPictures.Builder("ferplus", try FolderListing(path))
    (builder.problems, builder.digests) = (votes.problems, [votes.digest])
    let byName = Dictionary(
      builder.listing.pictures.map { (String($0.path.split(separator: "/").last ?? ""), $0.path) }
    ) { first, _ in first }
    var (taken, missing): (Set<String>, Int) = ([], 0)
    for row in votes.rows.compactMap({ $0 }) where !row.picture.isEmpty {
      guard let file = byName[row.picture] else {
        missing += 1
        continue
      }
      guard taken.insert(file).inserted else {
        builder.problems.add(tableName, line: row.line, "\(row.picture) has votes already")
        continue
      }
      guard row.votes.distribution != nil else {
        builder.problems.add(file, "nobody saw an emotion")
        continue
      }
      builder.items.append(.init(file: file, labels: labels(row.votes), part: row.usage))
    }
    if missing > 0 { builder.problems.add(tableName, "\(missing) rows lack their picture") }
    return try builder.finish(
      expected: "fer2013new.csv with fer2013.csv beside it, or with the pictures that it names, "
        + "FER2013Train/fer0000000.png")
  }
}

/// FER2013's pictures with FER+'s votes, joined by row.
public struct FERPlusTable: FaceDataset {
  public let fingerprint: String
  public let unusable: [UnusableSample]
  private let base: FER2013Table
  /// Index in `base` and votes.
  private let items: [(index: Int, votes: EmotionVotes)]

  init(_ votes: FERPlus.Votes, _ base: FER2013Table) throws {
    guard votes.rows.count == base.rowCount else {
      throw FaceDataError(
        .brokenLabels,
        "\(votes.rows.count) rows of votes and \(base.rowCount) rows of pictures in \(base.path); "
          + "they are joined by their order, so take the two files as published", path: votes.path)
    }
    var (items, problems): ([(Int, EmotionVotes)], ProblemList) = ([], votes.problems)
    for index in 0..<base.count {
      let place = base.row(at: index)
      guard let row = votes.rows[place.number] else { continue }
      if let usage = row.usage, let part = place.part, usage != part {
        throw FaceDataError(
          .brokenLabels,
          "the row belongs to \(usage.rawValue) here and to \(part.rawValue) in \(base.path): the "
            + "two files differ in their order; take them as published", path: votes.path,
          line: row.line)
      }
      guard row.votes.distribution != nil else {
        problems.add("row \(place.number)", "nobody saw an emotion")
        continue
      }
      items.append((index, row.votes))
    }
    guard !items.isEmpty else {
      throw FaceDataError(.emptyDataset, "no picture has a vote for an emotion", path: votes.path)
    }
    (self.base, self.items) = (base, items)
    unusable = base.unusable + problems.finished
    fingerprint = FolderListing.fingerprint(
      kind: "ferplus", files: [], labels: [Array((votes.digest + base.fingerprint).utf8)])
  }

  public var count: Int { items.count }
  public var identityNames: [String] { [] }
  public var pairs: [VerificationPair] { [] }
  public func id(at index: Int) -> String { base.id(at: items[index].index) }
  public func labels(at index: Int) throws -> FaceLabels { FERPlus.labels(items[index].votes) }
  public func part(at index: Int) -> DatasetPart? { base.part(at: items[index].index) }

  public func sample(at index: Int) throws -> FaceSample {
    let sample = try base.sample(at: items[index].index)
    return FaceSample(id: sample.id, image: sample.image, labels: try labels(at: index))
  }
}
