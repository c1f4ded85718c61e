import Foundation
import Graphics
import Testing

/// A drawing that uses every kind of call, for each kind of surface.
private func draw(on canvas: Canvas) throws {
  canvas.tag(.heading1) {
    canvas.text(TextLayout("NME ↓ 4.61 ± 0.05 µm × α", TextStyle(size: 12)), at: Point(10, 10))
  }
  canvas.stroke(
    .line(Point(10, 50), Point(90, 50)), StrokeStyle(.blue, width: 2, dash: [4, 2]))
  let checker = PixelBuffer(width: 2, height: 1, pixels: [255, 0, 0, 0, 0, 255])
  try canvas.image(
    checker, in: Rectangle(x: 10, y: 60, width: 20, height: 10), interpolation: .nearest)
}

private func temporaryPath(_ name: String) -> String {
  FileManager.default.temporaryDirectory.appendingPathComponent(
    "graphics-tests-\(UUID().uuidString)-\(name)"
  ).path
}

private func output(of tool: String, _ arguments: [String]) throws -> String? {
  let path = "/usr/bin/\(tool)"
  guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
  let process = Process()
  let pipe = Pipe()
  process.executableURL = URL(fileURLWithPath: path)
  process.arguments = arguments
  (process.standardOutput, process.standardError) = (pipe, pipe)
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return String(decoding: data, as: UTF8.self)
}

@Suite struct SurfaceTests {
  @Test(arguments: ["pdf", "svg", "png"])
  func sameDrawingGivesSameBytes(kind: String) throws {
    let bytes = try (0..<2).map { _ -> [UInt8] in
      let size = Size(width: 200, height: 100)
      let surface =
        switch kind {
        case "pdf": try Surface.pdf(size: size, metadata: DocumentMetadata(title: "Test"))
        case "svg": try Surface.svg(size: size)
        default: try Surface.png(size: size, dotsPerInch: 144)
        }
      try draw(on: surface.canvas)
      return try surface.finish()
    }
    #expect(bytes[0].count > 500)
    #expect(bytes[0] == bytes[1])
  }

  @Test("letters are named by their own characters, never by private ones of the font")
  func textCanBeFound() throws {
    let surface = try Surface.pdf(
      size: Size(width: 400, height: 60), metadata: DocumentMetadata(title: "Test"))
    let words = "The setting after the Quest: fjord, halfback, wolfhound, Kafka, left; fine"
    surface.canvas.text(
      TextLayout(words, TextStyle(family: FontFamily.serif, size: 12)), at: Point(10, 10))
    let path = temporaryPath("words.pdf")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(surface.finish()).write(to: URL(fileURLWithPath: path))
    guard let plain = try output(of: "qpdf", ["--qdf", "--warning-exit-0", path, "-"]) else {
      return
    }
    #expect(plain.contains("beginbfchar"))
    #expect(!plain.contains(/<[0-9a-f]+> <e[0-9a-f]{3}>/.ignoresCase()))
    #expect(plain.contains(/<[0-9a-f]+> <fb01>/.ignoresCase()), "the usual ligatures stay")
  }

  @Test("a stroke of many points is in the PDF point by point, where it was drawn")
  func denseStrokes() throws {
    let size = Size(width: 400, height: 300)
    let surface = try Surface.pdf(size: size, metadata: DocumentMetadata(title: "Test"))
    let points = (0..<300).map { Point(Double($0), Double($0 % 7) - 3.25) }
    for (line, y) in [50.0, 150].enumerated() {
      surface.canvas.saved {
        surface.canvas.translate(20, y)
        surface.canvas.scale(by: 0.5)
        let gap = line == 0 ? points : points + [Point(.nan, 0)] + points
        surface.canvas.stroke(.polyline(gap), StrokeStyle(.blue, width: 2, roundJoin: true))
      }
    }
    // Left to Cairo: dashed, translucent or short.
    surface.canvas.stroke(.polyline(points), StrokeStyle(.blue, dash: [1]))
    surface.canvas.stroke(.polyline(points), StrokeStyle(Colour.blue.withAlpha(0.5)))
    surface.canvas.showPage()
    surface.canvas.stroke(.polyline(points.map { Point($0.x, $0.y + 9) }), StrokeStyle(.black))
    let path = temporaryPath("dense.pdf")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(surface.finish()).write(to: URL(fileURLWithPath: path))
    guard let plain = try output(of: "qpdf", ["--qdf", "--warning-exit-0", path, "-"]) else {
      return
    }
    let streams = plain.components(separatedBy: "/Subtype /Form").dropFirst()
    #expect(streams.count == 3)
    for (stream, lines) in zip(streams, [299, 598, 299]) {
      #expect(stream.matches(of: /[0-9.]+ -?[0-9.]+ l\n/).count == lines)
    }
    // Blue, 1 pt wide, from (0, -3.25) to (0.5, -1.625) half as large from (20, 50).
    #expect(plain.contains("0 0.447 0.698 RG 1 w 0 J 1 j\n20 48.38 m\n20.5 48.88 l"))
    #expect(try output(of: "qpdf", ["--check", path])?.contains("No syntax") == true)
  }

  @Test("a dense stroke after a picture is filled in, and nothing else is taken for it")
  func denseStrokeAfterPicture() throws {
    let image = PixelBuffer(
      width: 32, height: 32, pixels: (0..<32 * 32 * 3).map { UInt8($0 * 7 % 256) })
    let surface = try Surface.pdf(size: Size(width: 400, height: 300))
    for x in [10.0, 60] {
      try surface.canvas.image(
        image, in: Rectangle(x: x, y: 10, width: 40, height: 40), isPhotograph: true)
    }
    let points = (0..<300).map { Point(Double($0), 100 + Double($0 % 7)) }
    surface.canvas.stroke(.polyline(points), StrokeStyle(.blue))
    let bytes = try surface.finish()
    // Cairo's empty form, and ours in the update.
    let forms = String(decoding: bytes, as: UTF8.self).matches(of: /BBox \[ 0 0 40000 40000 \]/)
    #expect(forms.count == 2)
    let path = temporaryPath("picture.pdf")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    guard let check = try output(of: "qpdf", ["--check", path]) else { return }
    #expect(check.contains("No syntax"))
  }

  @Test("a photograph is a JPEG in a PDF and an SVG, the same bytes each time")
  func photographs() throws {
    var noise = SystemRandomNumberGenerator()
    let pixels = (0..<64 * 64 * 3).map { _ in UInt8.random(in: 0...255, using: &noise) }
    let image = PixelBuffer(width: 64, height: 64, pixels: pixels)
    func file(_ isPhotograph: Bool, _ make: (Size) throws -> Surface) throws -> [UInt8] {
      let surface = try make(Size(width: 100, height: 100))
      try surface.canvas.image(
        image, in: Rectangle(x: 10, y: 10, width: 40, height: 40), isPhotograph: isPhotograph)
      return try surface.finish()
    }
    let pdf = try file(true) { try Surface.pdf(size: $0) }
    #expect(String(decoding: pdf, as: UTF8.self).contains("/DCTDecode"))
    #expect(try pdf == file(true) { try Surface.pdf(size: $0) })
    let exact = try file(false) { try Surface.pdf(size: $0) }
    #expect(!String(decoding: exact, as: UTF8.self).contains("/DCTDecode"))
    let svg = try file(true) { try Surface.svg(size: $0) }
    #expect(String(decoding: svg, as: UTF8.self).contains("data:image/jpeg;base64"))
    #expect(
      try file(true) { try Surface.png(size: $0) } == file(false) { try Surface.png(size: $0) })
  }

  @Test func pixelsLieWhereDrawn() throws {
    let surface = try Surface.png(size: Size(width: 100, height: 80), dotsPerInch: 144)
    surface.canvas.fill(.rectangle(Rectangle(x: 10, y: 20, width: 30, height: 5)), .vermillion)
    let checker = PixelBuffer(width: 2, height: 1, pixels: [255, 0, 0, 0, 0, 255])
    try surface.canvas.image(
      checker, in: Rectangle(x: 50, y: 50, width: 20, height: 10), interpolation: .nearest)
    let pixels = surface.pixels()
    #expect(pixels.width == 200 && pixels.height == 160)
    #expect(pixels[20, 40] == (0xD5, 0x5E, 0x00))
    #expect(pixels[79, 49] == (0xD5, 0x5E, 0x00))
    #expect(pixels[19, 40] == (255, 255, 255))
    #expect(pixels[80, 40] == (255, 255, 255))
    #expect(pixels[119, 110] == (255, 0, 0))
    #expect(pixels[120, 110] == (0, 0, 255))
  }

  @Test func pngSaysItsResolutionAndHasNoTime() throws {
    let surface = try Surface.png(size: Size(width: 72, height: 36), dotsPerInch: 300)
    let bytes = try surface.finish()
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(text.contains("pHYs"))
    #expect(!text.contains("tIME"))
    // Width and height, big-endian, after signature, length and "IHDR".
    #expect(bytes[16..<24] == [0, 0, 1, 44, 0, 0, 0, 150])
  }

  @Test(arguments: ["/no/such/folder/x.pdf", "/tmp"])
  func unwritablePathIsAnError(path: String) {
    #expect {
      try Surface.pdf(path: path, size: .a4)
    } throws: { error in
      guard let error = error as? GraphicsError else { return false }
      return error.code == .cannotWrite && error.context == path && error.message.contains(path)
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
  func fullDiskIsAnErrorAtFinish() throws {
    let surface = try Surface.pdf(path: "/dev/full", size: .a4)
    try draw(on: surface.canvas)
    #expect {
      try surface.finish()
    } throws: {
      ($0 as? GraphicsError)?.code == .cannotWrite
    }
  }

  @Test(arguments: [
    Size(width: 0, height: 5), Size(width: .nan, height: 5), .init(width: 1e6, height: 5),
  ])
  func impossibleSizeIsAnError(size: Size) {
    #expect {
      try Surface.png(size: size)
    } throws: {
      ($0 as? GraphicsError)?.code == .invalidSize
    }
  }

  @Test func secondFinishIsAnError() throws {
    let surface = try Surface.svg(size: .a4)
    try surface.finish()
    #expect {
      try surface.finish()
    } throws: {
      ($0 as? GraphicsError)?.code == .finished
    }
  }

  @Test func stickyErrorOfTheCanvasIsThrownAtFinish() throws {
    let surface = try Surface.svg(size: .a4)
    surface.canvas.restore()  // without a save: Cairo's INVALID_RESTORE
    #expect {
      try surface.finish()
    } throws: {
      ($0 as? GraphicsError)?.code == .drawing
    }
  }

  @Test func notANumberBreaksALineAndNothingElse() throws {
    let surface = try Surface.png(size: Size(width: 40, height: 10), dotsPerInch: 72)
    let points = [Point(0, 5), Point(10, 5), Point(.nan, 5), Point(20, 5), Point(40, 5)]
    surface.canvas.stroke(.polyline(points), StrokeStyle(.black, width: 2))
    var raw = Path()
    for point in points { raw.line(to: Point(point.x, 9)) }
    surface.canvas.stroke(raw, StrokeStyle(.black, width: 2))
    let pixels = surface.pixels()
    for row in [5, 9] {
      #expect(pixels[5, row].red == 0 && pixels[30, row].red == 0)
      #expect(pixels[15, row].red == 255)
    }
    try surface.finish()
  }
}

@Suite struct PDFTests {
  /// Two pages with everything that a PDF has, for the length of the body.
  private func withDocument(_ body: (String) throws -> Void) throws {
    let path = temporaryPath("document.pdf")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let metadata = DocumentMetadata(
      title: "Gesichter (ä)", author: "A. Author", keywords: ["faces", "SwAV"],
      createdSeconds: 1_767_323_045)
    let surface = try Surface.pdf(path: path, size: .a4, metadata: metadata)
    let canvas = surface.canvas
    canvas.outline("First", level: 1, destination: "first")
    canvas.outline("Below it's ü", level: 2, destination: "second's")
    canvas.destination("first", at: Point(0, 0))
    try draw(on: canvas)
    let run = TextRun("a link", TextStyle(), link: .uri("http://example.org/a)(x'ü y"))
    canvas.text(TextLayout(runs: [run]), at: Point(20, 100))
    canvas.link(to: .destination("second's")) {
      canvas.text(TextLayout("forward", TextStyle()), at: Point(20, 120))
    }
    canvas.showPage()
    canvas.setPageSize(Size(width: 300, height: 200))
    canvas.setPageLabel("ii")
    canvas.destination("second's", at: Point(10, 20))
    canvas.tag(.paragraph) {
      canvas.text(TextLayout("page two", TextStyle()), at: Point(20, 20))
    }
    #expect(canvas.undefinedDestinations.isEmpty)
    try surface.finish()
    try body(path)
  }

  @Test func textIsRealText() throws {
    try withDocument { path in
      guard let text = try output(of: "pdftotext", [path, "-"]) else { return }
      #expect(text.contains("NME ↓ 4.61 ± 0.05 µm × α"))
      #expect(text.contains("page two"))
    }
  }

  @Test func metadataAndPagesAreThere() throws {
    try withDocument { path in
      guard let info = try output(of: "pdfinfo", ["-isodates", "-l", "2", path]) else { return }
      #expect(info.contains("Gesichter (ä)"))
      #expect(info.contains("faces, SwAV"))
      #expect(info.contains("2026-01-02T03:04:05"))
      #expect(info.contains("Page    2 size:  300 x 200 pts"))
    }
  }

  @Test func structureOutlineAndLinksSurviveACheck() throws {
    try withDocument { path in
      if let check = try output(of: "qpdf", ["--check", path]) {
        #expect(check.contains("No syntax or stream encoding errors"), "\(check)")
      }
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      let raw = String(decoding: bytes, as: UTF8.self)
      #expect(raw.contains("/URI (http://example.org/a%29%28x%27%C3%BC%20y)"))
      #expect(raw.contains("(D:20260102030405Z)"))
      #expect(raw.contains("/FontFile"))
      #expect(!raw.contains("/Type3"))
    }
  }

  @Test func partsHaveTheirStructure() throws {
    try withDocument { path in
      guard let parts = try output(of: "pdfinfo", ["-struct-text", path]) else { return }
      #expect(parts.contains("H1 (block)\n  \"NME ↓ 4.61 ± 0.05 µm × α\""))
      #expect(parts.contains("P (block)\n  \"page two\""))
    }
  }

  @Test func deadLinksAreKnown() throws {
    let surface = try Surface.pdf(size: .a4)
    surface.canvas.link(to: .destination("nowhere")) {}
    surface.canvas.link(to: .destination("here")) {}
    surface.canvas.destination("here", at: Point(1, 2))
    #expect(surface.canvas.undefinedDestinations == ["nowhere"])
    try surface.finish()
  }
}
