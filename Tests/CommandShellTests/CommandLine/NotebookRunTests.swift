import Foundation
import Testing

@testable import CommandShell

/// `facet run FILE` in parts: looked at, from its middle, from where it failed; and `why`.
struct NotebookRunTests {
  private static let notebook = """
    ---
    title: Study
    parameters:
      epochs: 3
    ---

    ```facet
    let faces = synthetic wild, identities: 4, images: 40
    ```

    ```facet label=pre
    pretrain swav, on: faces, epochs: epochs, as: base
    ```

    ```facet label=marks
    adapt landmarks, on: faces, from: base, labels: 10%, as: tuned
    print "tuned"
    ```
    """

  @Test func listShowsParametersAndCellsAndRunsNothing() throws {
    let call = try ProgramCall()
    let path = try call.file("x.md", Self.notebook)
    #expect(call.run("run", path, "--list", "--format", "csv") == 0)
    #expect(
      call.output == """
        parameter,type,default,about
        epochs,integer,3,

        cell,label,line,code
        1,,8,"let faces = synthetic wild, identities: 4, images: 40"
        2,pre,12,"pretrain swav, on: faces, epochs: epochs, as: base"
        3,marks,16,"adapt landmarks, on: faces, from: base, labels: 10%, as: tuned …"


        """)
    #expect(call.runner.names.isEmpty)
  }

  @Test func aDryRunSaysWhatWouldRunAndWhy() throws {
    let call = try ProgramCall()
    let path = try call.file("x.md", Self.notebook)
    #expect(call.run("run", path, "--dry-run", "--format", "csv") == 0)
    #expect(
      call.output == """
        cell,line,run,state,why
        1,8,,no runs,
        2,12,base,would run,nothing like it is in the store
        3,16,tuned,would run,"starts from base, which has to run first"


        """)
    #expect(call.runner.names.isEmpty)
    let store = call.folder.appendingPathComponent("experiments.sqlite").path
    #expect(!FileManager.default.fileExists(atPath: store), "looking makes no store")

    #expect(call.run("run", path) == 0)
    #expect(call.runner.names == ["base", "tuned"])
    #expect(call.run("run", path, "--dry-run", "--format", "csv") == 0)
    #expect(call.output.contains("2,12,base,cached,\n3,16,tuned,cached,\n"))
    #expect(call.run("run", path, "--dry-run", "--set", "epochs=5", "--format", "csv") == 0)
    #expect(call.output.contains("base,would run,unlike base: epochs: 5 in place of 3"))
    #expect(call.runner.names == ["base", "tuned"])
  }

  @Test func aDryRunOfAPredictionWritesNoFile() throws {
    let call = try ProgramCall()
    let path = try call.file(
      "p.md",
      """
      ```facet
      let faces = synthetic wild, identities: 4, images: 40
      adapt emotion, on: faces, from: scratch, as: model
      predict model, on: faces, to: "\(call.folder.path)/faces.csv" | save "\(call.folder.path)/faces.png"
      ```
      """)
    func left() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: call.folder.path).sorted()
    }
    #expect(call.run("run", path, "--dry-run") == 0, "\(call.errors)")
    #expect(try left() == ["p.md"])
    // Also where the answers are there.
    #expect(call.run("run", path) == 0, "\(call.errors)")
    #expect(try left().contains("faces.csv") && left().contains("faces.png"))
    for name in ["faces.csv", "faces.png"] {
      try FileManager.default.removeItem(at: call.folder.appendingPathComponent(name))
    }
    #expect(call.run("run", path, "--dry-run") == 0, "\(call.errors)")
    #expect(try !left().contains("faces.csv") && !left().contains("faces.png"))
  }

  @Test func fromTakesANumberOrALabelAndUsesWhatIsFinished() throws {
    let call = try ProgramCall()
    let path = try call.file("x.md", Self.notebook)
    #expect(call.run("run", path, "--from", "marks") == 1)
    #expect(call.errors.contains("the run base of cell 2 is not finished"))
    #expect(call.errors.contains("--from 2"))
    #expect(call.runner.names.isEmpty)

    // Cell 1 runs nothing; what it defines is there.
    #expect(call.run("run", path, "--from", "2") == 0)
    #expect(call.run("run", path, "--from", "marks") == 0)
    #expect(call.output.contains("tuned"))
    #expect(call.runner.names == ["base", "tuned"])
    #expect(call.run("run", path, "--from", "mark") == 2)
    #expect(call.errors.contains("did you mean `marks`?"))
    #expect(call.run("run", path, "--from", "4") == 2)
    #expect(call.errors.contains("has no cell 4"))
  }

  @Test func resumeGoesOnAtTheCellThatFailed() throws {
    let call = try ProgramCall()
    let path = try call.file("x.md", Self.notebook)
    call.runner.outcomes = [.finished, .failed("the disk is full")]
    #expect(call.run("run", path) == 1)
    #expect(call.runner.names == ["base", "tuned"])
    #expect(call.run("run", path, "--resume") == 0)
    #expect(call.output.contains("goes on at cell 3 of 3"))
    #expect(call.output.contains("tuned"))
    #expect(call.runner.names == ["base", "tuned", "tuned"])
    #expect(call.run("run", path, "--resume") == 0)
    #expect(call.output.contains("every cell of \(path) ran to its end"))
    #expect(call.runner.names.count == 3)
  }

  @Test func whyNamesWhatDiffers() throws {
    let shell = try TestSession()
    try shell.run("let faces = synthetic wild, identities: 4, images: 40")
    try shell.run("pretrain swav, on: faces, epochs: 3, as: first")
    #expect(try shell.run("why first").last?.contains("no other pretrain swav") == true)
    try shell.run("pretrain swav, on: faces, epochs: 5, as: second")
    try shell.run("why second")
    #expect(shell.csv == "what differs,second,first\nepochs,5,3\n")
    try shell.run("pretrain swav, on: faces, epochs: 5, fresh: true, as: third")
    #expect(try shell.run("why third").last?.contains("has the same inputs") == true)
    #expect(shell.failure("why nobody").contains("nobody"))
  }
}
