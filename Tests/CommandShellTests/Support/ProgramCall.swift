import Foundation

@testable import CommandShell

/// A call of the program with a fake engine, in a folder of its own.
final class ProgramCall {
  var (output, errors) = ("", "")
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("facet-\(UUID().uuidString)")
  let runner = FakeRunner()

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func file(_ name: String, _ text: String) throws -> String {
    let path = folder.appendingPathComponent(name).path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  func run(_ arguments: String...) -> Int32 {
    (output, errors) = ("", "")
    let program = FacetProgram(
      runner: runner, usesColor: false, standardOutput: { [unowned self] in output += $0 },
      standardError: { [unowned self] in errors += $0 })
    let store = folder.appendingPathComponent("experiments.sqlite").path
    return program.run(arguments + ["--store", store])
  }
}
