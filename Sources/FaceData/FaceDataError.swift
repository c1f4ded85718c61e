/// What went wrong with data: a file, a folder, a label, a setting.
public struct FaceDataError: Error, Sendable, Hashable {
  /// Causes that a caller may act on.
  public enum Code: String, Sendable, Hashable {
    /// A file or folder is not there, or may not be read.
    case unreadable
    /// The bytes are no picture of a kind that facet reads.
    case unknownFormat
    /// A picture is cut off, damaged or empty.
    case brokenImage
    /// A picture or file is larger than facet takes.
    case tooLarge
    /// An archive or a video is cut off or damaged.
    case brokenArchive
    /// A `.pts`, `pairs.txt` or other label file cannot be understood.
    case brokenLabels
    /// A folder holds nothing of the expected kind.
    case emptyDataset
    /// More labels, pairs or identities were asked for than there are.
    case notEnoughData
    /// A setting is outside its range.
    case invalidSetting
    /// A picture could not be encoded or a file not written.
    case writeFailed
  }

  /// Where: the file, and the line in it.
  public struct Context: Sendable, Hashable {
    public var path: String?
    /// 1-based.
    public var line: Int?

    public init(path: String? = nil, line: Int? = nil) { (self.path, self.line) = (path, line) }
  }

  public let code: Code
  /// What happened, with the values, and what to do about it.
  public let message: String
  public let context: Context

  public init(_ code: Code, _ message: String, path: String? = nil, line: Int? = nil) {
    (self.code, self.message) = (code, message)
    self.context = Context(path: path, line: line)
  }
}

extension FaceDataError: CustomStringConvertible {
  /// `path:line: message`, as compilers write it.
  public var description: String {
    let line = context.line.map { ":\($0)" } ?? ""
    let place = context.path.map { "\($0)\(line): " } ?? ""
    return place + message
  }
}
