import Experiments
import Foundation
import Testing

/// A report as a web page in headless Chromium: `Drivers/read_page.py` opens it, this judges.
@Suite(.serialized)
struct HTMLPageTests {
  static let hasChromium = FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium")

  private static func page(_ programs: Programs) throws -> URL {
    let gallery = Programs.package.appending(path: "reports/gallery.md").path
    let (process, _, errors) = try programs.start(["report", gallery, "--output", "gallery.html"])
    process.waitUntilExit()
    let said = try String(contentsOf: errors, encoding: .utf8)
    try #require(process.terminationStatus == 0, "\(said)")
    return programs.file("gallery.html")
  }

  @Test(
    "no message in the console, nothing fetched, nothing beyond the edge of a phone; words stand out",
    .enabled(if: hasChromium, "needs chromium"))
  func gallery() throws {
    let programs = try Programs()
    let page = try Self.page(programs)
    for (width, height) in [("390", "844"), ("1280", "900")] {
      for scheme in ["light", "dark"] {
        let found = try programs.drive("read_page.py", [page.path, width, height, scheme])
        let place = "\(width) pixels, \(scheme)"
        #expect(found["errors"] == .list([]), "\(place)")
        #expect(found["overflow"] == .integer(0), "\(place): \(String(describing: found["wide"]))")
        #expect(found["wide"] == .list([]), "\(place)")
        // WCAG 2.1, 1.4.3.
        let contrast = found["contrast"]?.realValue ?? 0
        #expect(contrast >= 4.5, "\(place): \(String(describing: found["text"]))")
        #expect((found["figures"]?.realValue ?? 0) > 20)
      }
    }
  }
}
