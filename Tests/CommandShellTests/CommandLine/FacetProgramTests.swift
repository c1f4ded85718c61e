import Foundation
import Testing

@testable import CommandShell

/// The program as a person calls it.
struct FacetProgramTests {
  @Test func helpAndVersion() throws {
    let call = try ProgramCall()
    #expect(call.run("--version") == 0)
    #expect(call.output == "facet 0.1.0\n")
    #expect(call.run("--help") == 0)
    #expect(call.output.contains("--set NAME=VALUE"))
  }

  @Test func aLineOfCode() throws {
    let call = try ProgramCall()
    #expect(call.run("-c", "print 1 + 1") == 0)
    #expect(call.output == "2\n")
    #expect(call.run("-c", "print (1") == 1)
    #expect(call.errors.hasPrefix("error E0202"))
    let store = call.folder.appendingPathComponent("experiments.sqlite").path
    #expect(!FileManager.default.fileExists(atPath: store), "looking makes no store")
  }

  @Test func theFirstFailingCellEndsABatch() throws {
    let call = try ProgramCall()
    let text =
      "# T\n\n```facet\nprint 1\n```\n\n```facet\nprint 2\nprnt 3\n```\n\n```facet\nprint 4\n```\n"
    let path = try call.file("x.md", text)
    #expect(call.run("run", path) == 1)
    #expect(call.output == "1\n2\n")
    #expect(
      call.errors == """
        error E0301: unknown command `prnt`
         --> \(path):9:1
        9 | prnt 3
          | ^^^^ a command or a variable
          = did you mean `print`?
          = `help` lists the commands

        """)
  }

  @Test func missingFilesAndFolders() throws {
    let call = try ProgramCall()
    #expect(call.run("run", "no/such/file.md") == 1)
    #expect(call.errors.contains("there is no file no/such/file.md"))
    #expect(call.run("run", call.folder.path) == 1)
    #expect(call.errors.contains("is a folder"))
    let plain = try call.file("x.facet", "print 1")
    #expect(call.run("report", plain) == 1)
    #expect(call.errors.contains("no Markdown notebook"))
  }

  @Test func aReportIsAPDFAndTheSecondTimeTrainsNothing() throws {
    let call = try ProgramCall()
    let path = try call.file("study.md", ReportBuilderTests.notebook)
    #expect(call.run("report", path) == 0)
    let pdf = call.folder.appendingPathComponent("study.pdf")
    #expect(call.output.hasPrefix(pdf.path + " · "))
    #expect(try Data(contentsOf: pdf).starts(with: Data("%PDF".utf8)))
    #expect(call.runner.names.count == 1)
    #expect(call.run("report", path, "-o", call.folder.appendingPathComponent("b.pdf").path) == 0)
    #expect(call.runner.names.count == 1)
    #expect(call.run("report", path, "-o", "b.docx") == 2)
    #expect(call.run("report", path, "--set", "imges=3") == 1)
    #expect(call.errors.contains("E0602"))
  }

  @Test func aPausedRunGives130() throws {
    let call = try ProgramCall()
    call.runner.outcomes = [.paused]
    let code = "let w = synthetic wild, identities: 2, images: 20\npretrain swav"
    #expect(call.run("-c", code) == 130)
  }

  @Test func aTemplateIsANotebookThatKeepsWhatIsThere() throws {
    let call = try ProgramCall()
    #expect(call.run("report", "template", "benchmark") == 0)
    #expect(call.output.contains("sweep adapt task"))
    let path = call.folder.appendingPathComponent("study.md").path
    #expect(call.run("report", "template", "benchmark", "-o", path) == 0)
    #expect(call.run("run", path, "--dry-run") == 0, "\(call.errors)")
    #expect(call.output.contains("swav"))
    #expect(call.run("report", "template", "benchmark", "-o", path) == 2)
    #expect(call.errors.contains("is there already"))
    #expect(call.run("report", "template", "benchmarks") == 2)
    #expect(call.errors.contains("did you mean `benchmark`?"))
  }
}
