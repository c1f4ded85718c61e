import Experiments
import Foundation
import Testing

/// The kernel, driven by Jupyter's own client: `Drivers/jupyter_session.py` talks, this judges.
@Suite(.serialized)
struct JupyterTests {
  @Test("execute, show, complete, interrupt, abort, shut down, and a notebook through nbclient")
  func session() throws {
    let programs = try Programs()
    let report = try Self.drive(programs)
    func expect(_ key: String, _ json: String) {
      let found = (try? report[key].map { try CanonicalJSON.encode($0) }) ?? "nothing"
      #expect(found == json, "\(key)")
    }
    expect("info", #""facet""#)
    expect("stream", #""3\n""#)
    expect("input", #""print 1 + 2""#)
    expect("count", "1")
    expect("table", "[true,true]")
    expect("figure", #"[true,true,"line plot of b over a"]"#)
    expect("error", #"["error","E0301","unknown command `pretrian`"]"#)
    expect("silent", "0")
    expect("complete", #"[["pretrain "],true,true]"#)
    expect("is_complete", #"["complete","incomplete","invalid"]"#)
    expect("inspect", #""pivot:""#)
    expect("history", #""pretrian swav""#)
    expect("aborted", #"["error","aborted"]"#)
    expect("interrupt", #"["error","E0507"]"#)
    expect("welcome", #""iopub_welcome""#)
    expect("ended", "true")
    expect("notebook", #"[["display_data"],true,true]"#)
  }

  @Test("a connection file that is missing or none is told in a sentence")
  func badConnection() throws {
    let programs = try Programs()
    let missing = try programs.facet("kernel", "run", "nowhere.json")
    #expect(missing.status == 1 && missing.errors.contains("nowhere.json"))
    try Data("{}".utf8).write(to: programs.file("empty.json"))
    let empty = try programs.facet("kernel", "run", "empty.json")
    #expect(empty.status == 1 && empty.errors.contains("no connection file"), "\(empty.errors)")
    #expect(try programs.facet("kernel", "frobnicate").status == 2)
  }

  private static func drive(_ programs: Programs) throws -> [String: SpecValue] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    let driver = Programs.package.appending(path: "Tests/ProgramTests/Drivers/jupyter_session.py")
    process.arguments = [driver.path, try Programs.program("facet").path]
    process.currentDirectoryURL = programs.folder
    let (output, errors) = (Pipe(), programs.file("driver.err"))
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
}
