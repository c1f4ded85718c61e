import Foundation

/// Writes files, whose folders it makes.
enum FileOutput {
  static func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

  static func write(_ data: Data, to path: String) throws {
    try makeFolder(of: expanded(path))
    try writing(path) {
      try data.write(to: URL(fileURLWithPath: expanded(path)), options: .atomic)
    }
  }

  /// Makes the folder that a file is to lie in.
  static func makeFolder(of path: String) throws {
    try writing(path) {
      try FileManager.default.createDirectory(
        at: URL(fileURLWithPath: path).deletingLastPathComponent(),
        withIntermediateDirectories: true)
    }
  }

  private static func writing(_ path: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch {
      throw ShellError(
        .cannotWrite, "cannot write \(path): \((error as NSError).localizedDescription)",
        notes: ["check that its folder can be written and that the disk has room"])
    }
  }

  /// `~/x` with the home folder put in.
  static func expanded(_ path: String) -> String {
    path.hasPrefix("~/") ? NSString(string: path).expandingTildeInPath : path
  }
}
