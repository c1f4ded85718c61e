import Foundation
import Testing

@testable import Experiments

@Suite struct ProvenanceTests {
  private func git(_ arguments: [String], in folder: ScratchFolder) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "-C", folder.url.path] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test func aRepositoryHasACommitAndMayBeDirty() throws {
    let folder = try ScratchFolder()
    try git(["init", "-q"], in: folder)
    #expect(Provenance.ask(folder: folder.url).commit == nil)  // nothing committed yet
    let file = URL(fileURLWithPath: folder.path("a.txt"))
    try Data("a".utf8).write(to: file)
    try git(["add", "."], in: folder)
    try git(["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "x"], in: folder)
    let clean = Provenance.ask(folder: folder.url)
    #expect(clean.commit?.count == 40 && clean.isDirty == false)
    try Data("b".utf8).write(to: file)
    let dirty = Provenance.ask(folder: folder.url)
    #expect(dirty.commit == clean.commit && dirty.isDirty == true)
    // A run keeps it.
    let store = try Store(path: folder.store)
    let run = try store.createRun(specification: adaptation(), dataFingerprint: "a")
    #expect(run.provenance == dirty)
    #expect(run.provenance.versions["sqlite"]?.hasPrefix("3.") == true)
  }

  @Test func outsideARepositoryThereIsNone() throws {
    let folder = try ScratchFolder()
    let provenance = Provenance.capture(folder: folder.url)
    #expect(provenance.commit == nil && provenance.isDirty == nil)
    #expect(Provenance.ask(folder: URL(fileURLWithPath: "/nowhere/at-all")).commit == nil)
    #expect(provenance.adding(versions: ["torch": "2.13.0"]).versions["torch"] == "2.13.0")
  }

  @Test func thisProcessIsAliveAndOthersAreNot() {
    let own = ProcessIdentity.current
    #expect(own.isAlive == true)
    #expect(own.started?.isEmpty == false)
    #expect(ProcessIdentity(host: own.host, pid: 0, started: nil).isAlive == false)
    #expect(ProcessIdentity(host: own.host, pid: 1 << 40, started: nil).isAlive == false)
    #expect(ProcessIdentity(host: own.host, pid: own.pid, started: "x").isAlive == false)
    #expect(ProcessIdentity(host: "elsewhere.invalid", pid: 1, started: nil).isAlive == nil)
  }
}
