import Foundation
import Glibc

/// Programs of the user's own that take the terminal for a while: an editor, a pager.
enum OutsideProgram {
  /// The text as the user leaves it in `$VISUAL`, `$EDITOR` or vi; nil where the editor failed or
  /// nothing was changed.
  static func edited(_ text: String) throws -> String? {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("facet-\(UUID().uuidString).facet")
    defer { try? FileManager.default.removeItem(at: file) }
    try FileOutput.write(text + "\n", to: file.path)
    let editor = chosen(["VISUAL", "EDITOR"]) ?? "vi"
    guard run(editor, file.path) else { return nil }
    var result = try String(contentsOf: file, encoding: .utf8)
    while result.last?.isNewline == true { result.removeLast() }
    return result == text ? nil : result
  }

  /// Shows a text in `$PAGER` or less.
  /// - Returns: whether the pager could be started and ended well.
  static func page(_ text: String) throws -> Bool {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("facet-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    try FileOutput.write(text, to: file.path)
    return run(chosen(["PAGER"]) ?? "less -RS", file.path)
  }

  private static func chosen(_ names: [String]) -> String? {
    let environment = ProcessInfo.processInfo.environment
    return names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
  }

  /// Runs a command line with a file behind it, in the foreground. These variables hold command
  /// lines (`code --wait`), so a shell reads them; the file's name is ours and needs no quoting.
  private static func run(_ command: String, _ file: String) -> Bool {
    system("\(command) '\(file)'") == 0
  }
}
