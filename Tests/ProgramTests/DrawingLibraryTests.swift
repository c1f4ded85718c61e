import Foundation
import Testing

/// Cairo and Pango are loaded for the first drawing: a prompt is there before they would be.
@Suite(.serialized)
struct DrawingLibraryTests {
  @Test("facet starts with neither Cairo nor Pango nor what they bring along")
  func start() throws {
    let libraries = try #require(try systemOutput("ldd", [Programs.program("facet").path]))
    #expect(libraries.contains("libsqlite3"), "\(libraries)")
    for name in ["cairo", "pango", "glib", "freetype", "X11"] {
      #expect(!libraries.contains("lib\(name)"), "\(libraries)")
    }
  }

  static let drawings = [
    ["-c", "sql \"SELECT 1 AS x, 2 AS y\" | plot point, x: x, y: y | save a.pdf"],
    ["-c", "sql \"SELECT 1 AS x, 2 AS y\" | save a.png"],
    ["report", "note.md"], ["report", "note.md", "-o", "note.png"], ["doctor"],
  ]

  @Test("without Pango what draws names the package", arguments: drawings)
  func missing(arguments: [String]) throws {
    let ended = try withoutPango(arguments)
    #expect(ended.status == 1)
    let said = ended.output + ended.errors
    #expect(said.contains("install Debian's libpangocairo-1.0-0"), "\(said)")
    #expect(!said.contains("Fatal error"))
  }

  @Test(
    "without Pango what does not draw goes on",
    arguments: [
      ["-c", "sql \"SELECT 1 AS x, 2 AS y\" | plot point, x: x, y: y | save a.csv"],
      ["report", "note.md", "-o", "note.html"],
    ])
  func others(arguments: [String]) throws {
    let ended = try withoutPango(arguments)
    #expect(ended.status == 0, "\(ended.errors)")
  }

  /// Runs facet beside a note and with an empty file in the place of the library.
  private func withoutPango(_ arguments: [String]) throws -> Programs.Ended {
    let programs = try Programs()
    let folder = programs.file("libraries")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data().write(to: folder.appending(path: "libpangocairo-1.0.so.0"))
    try Data("# A note\n\nWords.\n".utf8).write(to: programs.file("note.md"))
    return try programs.facet(arguments, environment: ["LD_LIBRARY_PATH": folder.path])
  }
}
