import Foundation
import Testing

/// What a person sees who asks for something wrong: a sentence, an exit status, a shell that lives.
@Suite(.serialized)
struct BadInputTests {
  static let cases: [(code: String, status: Int32, words: [String])] = [
    ("pretrian swav", 1, ["E0", "pretrian", "pretrain"]),
    ("data lfw, path: \"/nowhere/lfw\"", 1, ["/nowhere/lfw"]),
    ("let x = synthetic wild, identitys: 3", 1, ["identitys", "identities"]),
    ("results | where nmee > 3", 1, ["nmee"]),
    ("sql \"DELETE FROM runs\"", 1, ["DELETE"]),
  ]

  @Test("the message names what is wrong", arguments: cases.indices)
  func message(index: Int) throws {
    let (code, status, words) = Self.cases[index]
    let ended = try Programs().facet("-c", code)
    #expect(ended.status == status)
    for word in words { #expect(ended.errors.contains(word), "\(word) is not in: \(ended.errors)") }
    #expect(!ended.errors.contains("Fatal error"))
  }

  @Test("a failing cell of a notebook is named by file and line, underlined, and ends the run")
  func failingCell() throws {
    let programs = try Programs()
    try Data("# Title\n\n```facet\nlet x = 1\ntable x +\n```\n".utf8)
      .write(to: programs.file("bad.md"))
    let ended = try programs.facet("run", "bad.md")
    #expect(ended.status == 1)
    #expect(ended.errors.contains("bad.md:5"), "\(ended.errors)")
    #expect(ended.errors.contains("^"), "\(ended.errors)")
  }

  /// What fails first under the limit is a convolution, in oneDNN.
  @Test("a step that gets no memory says so, not which call of a library failed")
  func noMemory() throws {
    let programs = try Programs()
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    let code = """
      let wild = synthetic wild, identities: 10, images: 64, size: 32, seed: 1
      pretrain simclr, on: wild, width: 64, size: 128, batch: 64, threads: 1, device: cpu, as: s
      """
    process.arguments = [
      "-c", "ulimit -v 1600000; exec \"$0\" -c \"$1\"", try Programs.program("facet").path, code,
    ]
    process.currentDirectoryURL = programs.folder
    // Address space that each thread takes, however many processors there are.
    process.environment = ProcessInfo.processInfo.environment.merging([
      "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1",
    ]) { $1 }
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let errors = String(
      decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(errors.contains("a step with batch: 64 does not fit in memory"), "\(errors)")
  }

  @Test("a store of a newer facet is refused with what to do")
  func newerStore() throws {
    let programs = try Programs()
    _ = try programs.facet("-c", "runs")
    guard
      try systemOutput("sqlite3", [programs.store, "PRAGMA user_version = 9999"]) != nil
    else { return }
    let ended = try programs.facet("-c", "runs")
    #expect(ended.status == 1)
    #expect(ended.errors.contains("9999") || ended.errors.contains("newer"), "\(ended.errors)")
  }

  @Test("a landmark file with 67 points and a broken picture are listed, the rest is used")
  func brokenSamples() throws {
    let programs = try Programs()
    let folder = programs.file("faces")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let points = { (count: Int) in
      "version: 1\nn_points: \(count)\n{\n"
        + (0..<count).map { "\(10 + $0 % 10) \(10 + $0 / 10)\n" }.joined() + "}\n"
    }
    try Data(points(67).utf8).write(to: folder.appending(path: "a.pts"))
    try Data("P6\n40 40\n255\n".utf8 + [UInt8](repeating: 90, count: 4800))
      .write(to: folder.appending(path: "a.ppm"))
    try Data(points(68).utf8).write(to: folder.appending(path: "b.pts"))
    try Data("no picture".utf8).write(to: folder.appending(path: "b.jpg"))
    let ended = try programs.facet("-c", "let x = data landmarks, path: faces")
    let all = ended.output + ended.errors
    #expect(all.contains("67"), "\(all)")
    #expect(all.contains("a.pts"), "\(all)")
    #expect(!all.contains("Fatal error"))
  }

  @Test("unknown flags and missing files are usage errors or sentences")
  func arguments() throws {
    let programs = try Programs()
    #expect(try programs.facet("--stoer", "x").status == 2)
    let missing = try programs.facet("run", "missing.md")
    #expect(missing.status == 1 && missing.errors.contains("missing.md"))
  }
}
