import CSQLite
public import Foundation
import Synchronization

/// What made a run: the commit of the folder that it was started in, and versions of programs.
public struct Provenance: Sendable, Hashable {
  /// 40 hexadecimal digits; nil outside a git repository or without git.
  public let commit: String?
  /// Whether tracked files differed from the commit; nil where there is no commit.
  public let isDirty: Bool?
  /// Names and versions, such as `torch: 2.13.0`.
  public let versions: [String: String]

  public init(commit: String?, isDirty: Bool?, versions: [String: String] = [:]) {
    (self.commit, self.isDirty, self.versions) = (commit, isDirty, versions)
  }

  private static let known = Mutex<[String: Provenance]>([:])

  /// Asks git about a folder, once a process: later calls give the same answer.
  public static func capture(folder: URL) -> Provenance {
    known.withLock { known in
      if let provenance = known[folder.path] { return provenance }
      let provenance = ask(folder: folder)
      known[folder.path] = provenance
      return provenance
    }
  }

  /// The same with more versions.
  public func adding(versions more: [String: String]) -> Provenance {
    Provenance(
      commit: commit, isDirty: isDirty, versions: versions.merging(more) { _, new in new })
  }

  static func ask(folder: URL) -> Provenance {
    let versions = [
      "sqlite": String(cString: sqlite3_libversion()),
      "system": ProcessInfo.processInfo.operatingSystemVersionString,
    ]
    // One call of git for both: "# branch.oid <commit>", then a line for each changed file.
    let arguments = ["status", "--porcelain=v2", "--branch", "--untracked-files=no"]
    guard let lines = git(arguments, folder: folder)?.split(separator: "\n"),
      let head = lines.first(where: { $0.hasPrefix("# branch.oid ") })?.split(separator: " ").last,
      head.count >= 40
    else { return Provenance(commit: nil, isDirty: nil, versions: versions) }
    let isDirty = lines.contains { !$0.hasPrefix("#") }
    return Provenance(commit: String(head), isDirty: isDirty, versions: versions)
  }

  /// What git prints, or nil where it fails or is missing.
  private static func git(_ arguments: [String], folder: URL) -> String? {
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // No locks: a look must not disturb what the user does in the repository.
    process.arguments = ["git", "--no-optional-locks", "-C", folder.path] + arguments
    (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: text, as: UTF8.self) : nil
  }
}
