import Foundation
import Testing

@testable import Experiments

@Suite struct ConcurrencyTests {
  /// Runs a body on threads of their own and gives what they threw.
  private func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) -> [String]
  {
    final class Failures: @unchecked Sendable {
      let lock = NSLock()
      var texts: [String] = []
      func add(_ text: String) { lock.withLock { texts.append(text) } }
    }
    let (failures, group) = (Failures(), DispatchGroup())
    for index in 0..<count {
      group.enter()
      Thread {
        defer { group.leave() }
        do { try body(index) } catch { failures.add("\(error)") }
      }.start()
    }
    group.wait()
    return failures.lock.withLock { failures.texts }
  }

  @Test func manyMayMakeTheStoreAtOnce() throws {
    for _ in 0..<5 {
      let folder = try ScratchFolder()
      let path = folder.store
      let failures = onThreads(8) { _ in
        try Store(path: path).appendHistory("here")
      }
      #expect(failures.isEmpty)
      let store = try Store(path: path)
      #expect(try store.history().count == 8)
      #expect(
        try store.query("SELECT count(*) FROM migrations").rows == [
          [.integer(Schema.current.version)]
        ])
    }
  }

  @Test func eightWritersLoseNothing() throws {
    let folder = try ScratchFolder()
    let path = folder.store
    _ = try Store(path: path)
    let failures = onThreads(8) { index in
      let store = try Store(path: path)
      let run = try store.createRun(
        specification: adaptation(seed: index), name: "w\(index)", dataFingerprint: "a")
      try store.start(run: run.id, device: "cpu", threads: 1)
      for step in 0..<25 {
        try store.log([MetricPoint(run: run.id, name: "loss", step: step, value: 1)])
        try store.heartbeat(run: run.id)
      }
      try store.finish(run: run.id)
    }
    #expect(failures.isEmpty)
    let store = try Store(path: path)
    #expect(try store.runs(status: [.finished]).count == 8)
    #expect(try store.metricsTable().rows.count == 8 * 25)
  }

  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/sqlite3"), "no sqlite3"))
  func otherProcessesMayWriteToo() throws {
    let folder = try ScratchFolder()
    let store = try Store(path: folder.store)
    let statement = "INSERT INTO history (text, time) VALUES ('other', 0);\n"
    let script = ".timeout 30000\n" + String(repeating: statement, count: 50)
    let writers = try (0..<3).map { _ in
      let (process, input) = (Process(), Pipe())
      process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
      process.arguments = ["-bail", folder.store]
      process.standardInput = input
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      try input.fileHandleForWriting.write(contentsOf: Data(script.utf8))
      try input.fileHandleForWriting.close()
      return process
    }
    for _ in 0..<50 { try store.appendHistory("own") }
    for writer in writers {
      writer.waitUntilExit()
      #expect(writer.terminationStatus == 0)
    }
    #expect(try store.query("SELECT count(*) FROM history").rows == [[.integer(200)]])
  }

  @Test func readersDoNotWaitForAWriter() throws {
    let folder = try ScratchFolder()
    let (writer, reader) = (try Store(path: folder.store), try Store(path: folder.store))
    try writer.write { _ in
      try writer.appendHistory("not yet")
      #expect(try reader.history().isEmpty)
      #expect(try writer.readOnlyQuery("SELECT * FROM history").rows.isEmpty)
    }
    #expect(try reader.history() == ["not yet"])
  }
}
