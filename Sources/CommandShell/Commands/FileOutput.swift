import Foundation

/// Writes files, whose folders it makes.
enum FileOutput {
  static func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

  static func write(_ data: Data, to path: String) throws {
    let file = URL(fileURLWithPath: expanded(path))
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file, options: .atomic)
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
