/// One row of the table of data sets that facet reads: the word for it, what it looks like on the
/// disk and how to open it.
///
/// A reader's row stands with its neighbours: landmarks in `DatasetFormat+Landmarks`, emotion,
/// action units and recognition in `DatasetFormat+Labels`, shards and videos in
/// `DatasetFormat+Streams`, the rest in `DatasetFormat+General`.
public struct DatasetFormat: Sendable {
  /// The word in JSON and in the shell: "wflw".
  public let kind: String
  /// What people call it: "WFLW, 98 landmarks".
  public let title: String
  /// The layout that the reader expects, for messages: "list_98pt_rect_attr_test.txt and …".
  public let layout: String
  /// The words that `DatasetSource.part` may have; empty if the set has no parts.
  public let parts: [String]
  /// Why the path looks like this format ("list_98pt_rect_attr_test.txt with 207 columns"), or nil.
  /// It looks at names and the first bytes only and never throws.
  let recognize: @Sendable (PathGlance) -> String?
  let open: @Sendable (DatasetSource) throws -> any FaceDataset

  init(
    kind: String, title: String, layout: String, parts: [String] = [],
    recognize: @escaping @Sendable (PathGlance) -> String?,
    open: @escaping @Sendable (DatasetSource) throws -> any FaceDataset
  ) {
    (self.kind, self.title, self.layout, self.parts) = (kind, title, layout, parts)
    (self.recognize, self.open) = (recognize, open)
  }

  /// All formats; of two that fit a path the earlier one is meant, so the general ones come last.
  public static let all: [DatasetFormat] =
    recordFormats + landmarkFormats + labelFormats + streamFormats + generalFormats

  /// - Throws: `FaceDataError` `.invalidSetting` that lists the kinds there are.
  public static func named(_ kind: String) throws -> DatasetFormat {
    if let format = all.first(where: { $0.kind == kind }) { return format }
    let known = all.map(\.kind).joined(separator: ", ")
    throw FaceDataError(.invalidSetting, "“\(kind)” is no kind of data set; there are \(known)")
  }
}

/// What a folder or file seems to be.
public struct DatasetGuess: Sendable {
  public let format: DatasetFormat
  public let path: String
  /// What speaks for it: "list_98pt_rect_attr_test.txt has lines of 207 columns".
  public let reason: String

  public var source: DatasetSource { DatasetSource(kind: format.kind, path: path) }
}

extension DatasetFormat {
  /// The format that a folder or file looks like.
  ///
  /// It lists the folder and reads a few kilobytes of single files; whether the set is whole shows
  /// when it is opened.
  /// - Throws: `FaceDataError` `.unreadable` for a path that is not there, `.unknownFormat` with
  ///   what was found if nothing fits.
  /// - Checked by: DatasetFormatTests.
  public static func guess(path: String) throws -> DatasetGuess {
    if ShardPaths.isPattern(path) {
      let count = try ShardPaths(path).files.count
      return DatasetGuess(
        format: try named("shards"), path: path, reason: "a pattern of \(count) files")
    }
    let glance = try PathGlance(path)
    if let guess = guesses(glance).first { return guess }
    throw FaceDataError(
      .unknownFormat,
      "\(glance.summary): no layout that facet knows; name the kind of the data set: "
        + all.map(\.kind).joined(separator: ", "), path: path)
  }

  /// All formats that fit, the likeliest first.
  static func guesses(_ glance: PathGlance) -> [DatasetGuess] {
    all.compactMap { format in
      format.recognize(glance).map {
        DatasetGuess(format: format, path: glance.path, reason: $0)
      }
    }
  }
}
