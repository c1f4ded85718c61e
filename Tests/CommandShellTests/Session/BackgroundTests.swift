import Experiments
import Foundation
import Testing

@testable import CommandShell

struct BackgroundTests {
  @Test("the statement goes with the variables and functions that it uses")
  func prelude() throws {
    let session = try TestSession()
    try session.run(
      """
      let faces = synthetic studio, identities: 10, images: 100, size: 32
      let rates = [0.1, 5%]; let title = "a \\"b\\""; let idle = 3
      func learn(rate:) { pretrain swav, on: faces, learning-rate: rate, epochs: epochs }
      let epochs = 2
      """)
    try session.run("for rate in rates { print rate }; learn rate: rates.first &")
    let cell = try #require(session.runner.backgroundCells.first)
    #expect(
      cell == """
        let epochs = 2
        let rates = [0.1, 5%]
        func learn(rate:) { pretrain swav, on: faces, learning-rate: rate, epochs: epochs }
        learn rate: rates.first
        """)
    // It can be carried out by another session on the same store.
    let other = try TestSession(folder: session.folder)
    try other.run(cell)
    #expect(other.runner.names.count == 1)
  }

  @Test("what has no text cannot go along, and `&` must end the statement")
  func errors() throws {
    let session = try TestSession()
    try session.run("let table = sql \"SELECT 1 AS a\"")
    #expect(session.failure("table | save x.csv &").contains("E0401"))
    #expect(session.failure("print 1 & 2").contains("write `and`"))
  }

  @Test("jobs lists what is open; only what runs can be paused or stopped")
  func jobs() throws {
    let session = try TestSession()
    try session.run("let faces = synthetic studio, identities: 10, images: 100, size: 32")
    session.runner.outcomes = [.paused]
    #expect(session.failure("pretrain swav, on: faces, as: first").contains("E0507"))
    try session.run("pretrain swav, on: faces, epochs: 3, as: second")
    let first = try #require(try session.session.store().runs().last { $0.name == "first" })
    let folder = session.folder.appending(path: "runs/\(first.id)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let progress = EngineProgress(phase: "train", step: 30, steps: 40, loss: 2.5, etaSeconds: 70)
    try Data(CanonicalJSON.encode(progress).utf8)
      .write(to: folder.appending(path: EngineProgress.fileName))
    try session.run("jobs | select name, status, done, step, loss, left")
    #expect(session.csv == "name,status,done,step,loss,left\nfirst,paused,75%,30,2.5,\n")
    try session.run("runs | limit 1 | select name")
    #expect(session.csv == "name\nsecond\n")
    try session.run("let found = show first")
    #expect(session.outputs.isEmpty)
    #expect(try session.run("print \"\\(found.options.epochs) \\(found.status)\"") == ["20 paused"])
    #expect(session.failure("pause first").contains("is paused, not running"))
    #expect(session.failure("stop second").contains("is finished, not running"))
    var ends: [JobOutcome] = []
    session.session.onJob = { if case .ended(let outcome) = $0.stage { ends.append(outcome) } }
    try session.run("watch second")
    #expect(ends == [.finished])
  }
}
