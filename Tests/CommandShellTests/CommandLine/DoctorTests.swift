import Foundation
import Reporting
import Testing

@testable import CommandShell

struct DoctorTests {
  private func hyphens(_ folder: String) throws -> Doctor.Finding {
    var doctor = Doctor(storePath: "experiments.sqlite", engine: URL(fileURLWithPath: "/none"))
    doctor.hyphenFolder = folder
    return try #require(doctor.findings().first { $0.name == "hyphens" })
  }

  @Test("missing patterns of hyphens are named with the package that has them")
  func hyphens() throws {
    let missing = try hyphens("/no/such/folder")
    #expect(missing.state == .doubtful)
    #expect(missing.line(usesColor: false).hasPrefix("! hyphens    no patterns for English"))
    #expect(missing.detail.contains("/no/such/folder") && missing.detail.contains("hyphen-en-us"))
    let found = try hyphens(Hyphenation.folder)
    #expect((found.state == .good) == Hyphenation.isAvailable(for: "en"))
  }
}
