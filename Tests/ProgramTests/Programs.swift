import Experiments
import Foundation
import Testing

/// The two programs as built beside the tests, run in a folder of their own.
final class Programs {
  let folder: URL

  struct Ended {
    let status: Int32
    let output: String
    let errors: String
  }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "facet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// The root of the package, where `reports/` lies.
  static let package = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func program(_ name: String) throws -> URL {
    let url = Bundle.main.executableURL?.deletingLastPathComponent().appending(path: name)
    let found = url.flatMap { FileManager.default.isExecutableFile(atPath: $0.path) ? $0 : nil }
    return try #require(found, "\(name) is not built beside the tests")
  }

  var store: String { folder.appending(path: "experiments.sqlite").path }

  func file(_ path: String) -> URL { folder.appending(path: path) }

  func start(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> (process: Process, output: URL, errors: URL) {
    let process = Process()
    process.executableURL = try Self.program("facet")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(["NO_COLOR": "1"]) { $1 }
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    let (output, errors) = (file("\(UUID()).out"), file("\(UUID()).err"))
    for (url, set) in [
      (output, { process.standardOutput = $0 }), (errors, { process.standardError = $0 }),
    ] as [(URL, (FileHandle) -> Void)] {
      _ = FileManager.default.createFile(atPath: url.path, contents: nil)
      set(try FileHandle(forWritingTo: url))
    }
    try process.run()
    return (process, output, errors)
  }

  /// Runs `facet` to its end.
  func facet(_ arguments: String...) throws -> Ended { try facet(arguments) }

  func facet(_ arguments: [String], environment: [String: String] = [:]) throws -> Ended {
    let (process, output, errors) = try start(arguments, environment: environment)
    process.waitUntilExit()
    return Ended(
      status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }

  /// Runs a script of `Drivers/` with `facet` and arguments, and gives the JSON that it prints.
  func drive(_ script: String, _ arguments: [String] = []) throws -> [String: SpecValue] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    let driver = Self.package.appending(path: "Tests/ProgramTests/Drivers/\(script)")
    process.arguments = [driver.path, try Self.program("facet").path] + arguments
    process.currentDirectoryURL = folder
    let (output, errors) = (Pipe(), file("driver.err"))
    _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let said = try String(contentsOf: errors, encoding: .utf8)
    try #require(process.terminationStatus == 0, "\(said.suffix(2000))")
    return try CanonicalJSON.decode(
      [String: SpecValue].self, from: String(decoding: data, as: UTF8.self))
  }

  /// Rows of the folder's store.
  func rows(_ sql: String) throws -> [[SQLValue]] {
    try Store(path: store, mode: .readOnly).query(sql).rows
  }

  /// Waits until `condition` holds.
  func wait(seconds: Double, until condition: () throws -> Bool) throws {
    let deadline = Date().addingTimeInterval(seconds)
    while try !condition() {
      try #require(Date() < deadline, "nothing happened in \(seconds) s")
      Thread.sleep(forTimeInterval: 0.05)
    }
  }
}

/// The output of a command of the system, or nil where it is not installed.
func systemOutput(_ program: String, _ arguments: [String]) throws -> String? {
  let path = "/usr/bin/\(program)"
  guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
  let process = Process()
  process.executableURL = URL(filePath: path)
  process.arguments = arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return String(decoding: data, as: UTF8.self)
}
