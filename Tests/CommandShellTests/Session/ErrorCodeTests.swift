import Foundation
import Testing

@testable import CommandShell

/// Every error code: its example gives it, its correction does not, and `help` explains it.
struct ErrorCodeTests {
  /// A store with a run and a data set, and the files that the examples name.
  private func arranged(for code: ShellError.Code) throws -> TestSession {
    let test = try TestSession()
    try test.run(DiagnosticsOfCommandsTests.setUp)
    switch code {
    case .jobFailed: test.runner.outcomes = [.failed("out of memory")]
    case .paused: test.runner.outcomes = [.paused]
    default: break
    }
    return test
  }

  private func write(_ name: String, _ text: String, in folder: URL) throws {
    try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
  }

  /// The text with the files of the examples in the test's folder.
  private func placed(_ text: String, in folder: URL) throws -> String {
    try write(
      "notebook.md", "---\ntitle: T\nparameters:\n  epochs: 3\n---\n\n```facet\nprint 1\n```\n",
      in: folder)
    try write("plain.facet", "print 1\n", in: folder)
    let photos = folder.appendingPathComponent("photos")
    try FileManager.default.createDirectory(at: photos, withIntermediateDirectories: true)
    try Data("P6\n4 4\n255\n".utf8 + [UInt8](repeating: 90, count: 48))
      .write(to: photos.appendingPathComponent("a.ppm"))
    return ["notebook.md", "plain.facet", "path: photos"].reduce(text) { text, name in
      let file = name.split(separator: " ").last.map(String.init) ?? name
      let path = folder.appendingPathComponent(file).path
      return text.replacing(name, with: name.hasPrefix("path: ") ? "path: \"\(path)\"" : path)
    }
  }

  /// The code of what goes wrong with an example; nil where nothing does.
  private func outcome(_ text: String, _ test: TestSession) throws -> String? {
    let text = try placed(text, in: test.folder)
    guard text.hasPrefix("facet ") else {
      let message = test.failure(text)
      return message.isEmpty ? nil : String(message.dropFirst("error ".count).prefix(5))
    }
    var errors = ""
    let program = FacetProgram(
      runner: test.runner, usesColor: false, standardOutput: { _ in },
      standardError: { errors += $0 })
    var words = text.split(separator: " ").dropFirst().map(String.init)
    if !words.contains("--store") {
      words += ["--store", test.folder.appendingPathComponent("other.sqlite").path]
    }
    if words.contains("install") { words += ["--data", test.folder.path] }
    return program.run(words) == 0 ? nil : String(errors.dropFirst("error ".count).prefix(5))
  }

  @Test(arguments: ShellError.Code.allCases)
  func example(code: ShellError.Code) throws {
    let test = try arranged(for: code)
    let example = code.example
    #expect(try outcome(example.wrong, test) == code.rawValue, "\(example.wrong)")
    #expect(try outcome(example.right, test) == nil, "\(example.right)")
  }

  @Test("help explains each code with its example", arguments: ShellError.Code.allCases)
  func help(code: ShellError.Code) throws {
    let test = try TestSession()
    let text = try test.run("help \(code.rawValue)").joined(separator: "\n")
    #expect(text.hasPrefix("\(code.rawValue): \(code.explanation)\nwrong:\n"))
    #expect(text.contains("right:\n"))
  }
}
