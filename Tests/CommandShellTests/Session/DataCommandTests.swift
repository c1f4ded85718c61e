import Experiments
import FaceData
import Foundation
import Plotting
import Reporting
import Statistics
import Testing

@testable import CommandShell

/// The verbs of `data`, from the text of a cell to tables, figures, files and the store.
struct DataCommandTests {
  static let world = "let faces = synthetic studio, identities: 8, images: 80, size: 32, seed: 1"

  /// A folder of pictures: `count` different ones, a copy of the first, and a file that is none.
  static func pictures(in test: TestSession, count: Int = 6) throws -> String {
    let folder = test.folder.appendingPathComponent("photos")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let world = try FaceWorld(
      FaceWorldSettings(profile: .wild, identities: count, images: count, size: 48, seed: 3))
    func write(_ bytes: [UInt8], _ name: String) throws {
      try Data(bytes).write(to: folder.appendingPathComponent(name))
    }
    for index in 0..<count {
      try write(world.sample(at: index).image.encodedPNG(), "face\(index).png")
    }
    try write(world.sample(at: 0).image.encodedPNG(), "z-copy.png")
    try write(world.sample(at: 1).image.encodedJPEG(quality: 60), "z-small.jpg")
    try write(Array("no picture".utf8), "broken.jpg")
    return folder.path
  }

  @Test("add guesses the kind, binds the name and keeps it in the store")
  func add() throws {
    let test = try TestSession()
    let path = try Self.pictures(in: test)
    let lines = try test.run("data add photos, path: \"\(path)\"")
    #expect(lines.contains { $0.hasPrefix("images (pictures without labels)") })
    #expect(lines.contains { $0.hasPrefix("photos · 9 faces") })
    let again = try TestSession(folder: test.folder)
    let page = try again.run("data show photos")[0]
    #expect(page.contains("kind         images"))
    #expect(page.contains("first        broken.jpg, which cannot be read"))
    try again.run("data show")
    let row = try #require(again.tables.first?.table.rows.first)
    #expect(row.cells[0].value == .text("photos"))
    #expect(
      test.failure("data add x, path: \"\(path)\", format: cofww").contains("did you mean `cofw`?"))
    #expect(test.failure("data add results, path: \"\(path)\"").contains("E0304"))
  }

  @Test("check lists what cannot be used, and why")
  func check() throws {
    let test = try TestSession()
    let path = try Self.pictures(in: test)
    let lines = try test.run("let photos = data images, path: \"\(path)\"\ndata check photos")
    #expect(
      lines.contains {
        $0.contains(
          "photos: 8 of 9 samples can be used · 0 problems when it was opened, 1 unreadable")
      })
    let rows = try #require(test.tables.first).table.rows
    #expect(rows.count == 1 && rows[0].cells[0].value == .text("broken.jpg"))
  }

  @Test("sample draws landmarks and says what the labels are")
  func sample() throws {
    let test = try TestSession()
    try test.run(Self.world)
    let file = test.folder.appendingPathComponent("sheet.png").path
    try test.run("data sample faces, count: 5, seed: 2 | save \(file)")
    let frame = try #require(test.figures.first).figure.dataFrame()
    #expect(frame.rows.count == 5 * 68)
    #expect(
      frame.values(of: "caption")?.allSatisfy {
        if case .text(let text) = $0 { text.hasPrefix("id-000") } else { false }
      } == true)
    #expect(FileManager.default.fileExists(atPath: file))
    try test.run("data sample faces, count: 5, labels: false")
    #expect(try test.figures[0].figure.dataFrame().rows.count == 5)
  }

  @Test("a subset is nested, has its ids in the store, and is what a run trains on")
  func subset() throws {
    let test = try TestSession()
    try test.run(Self.world)
    try test.run(
      """
      let tenth = data subset faces, keep: 10%, by: identity, seed: 3
      let half = data subset faces, keep: 50%, by: identity, seed: 3
      pretrain swav, on: tenth, as: few
      """)
    let store = try test.session.store()
    func ids(_ name: String) throws -> Set<String> {
      Set(
        try store.query(
          """
          SELECT sample FROM dataset_samples JOIN datasets ON datasets.id = dataset_id
          WHERE name = ?
          """, [.text(name)]
        ).rows.compactMap { $0.first?.textValue })
    }
    #expect(try ids("tenth").count == 8 && ids("half").count == 40)
    #expect(try ids("tenth").isSubset(of: ids("half")))
    let run = try #require(try test.session.findRun("few"))
    #expect(try test.session.dataset(of: run).name == "tenth")
    #expect(try test.session.open(test.session.dataset(of: run)).count == 8)
    // The same again is the same run.
    try test.run(
      "let again = data subset faces, keep: 10%, by: identity, seed: 3\npretrain swav, on: again")
    #expect(test.runner.names == ["few"])
    #expect(test.failure("data subset faces, kep: 3").contains("did you mean `keep:`?"))
    #expect(test.failure("data subset faces, keep: 3, by: peple").contains("`people`"))
    #expect(test.failure("data subset faces, keep: 101%").contains("E0508"))
  }

  @Test("ids go to a file and come back as the same part")
  func ids() throws {
    let test = try TestSession()
    let file = test.folder.appendingPathComponent("ids.csv").path
    try test.run(Self.world)
    try test.run("let few = data subset faces, keep: 7\ndata ids few | save \(file)")
    try test.run("let listed = data subset faces, ids: \(file)")
    guard case .dataset(let few)? = test.session.scope["few"],
      case .dataset(let listed)? = test.session.scope["listed"]
    else {
      Issue.record("the parts are not bound")
      return
    }
    #expect(try test.session.fingerprint(of: few) == test.session.fingerprint(of: listed))
    #expect(test.failure("data subset faces, ids: no/such/file").contains("E0503"))
  }

  @Test("the parts of a split share no person and no sample")
  func split() throws {
    let test = try TestSession()
    try test.run(Self.world)
    try test.run("data split faces, train: 50%, validation: 25%, test: 25%, as: p")
    let rows = try #require(test.tables.first).table.rows
    #expect(rows.map { $0.cells[2].value } == [.integer(40), .integer(20), .integer(20)])
    #expect(rows.map { $0.cells[3].value } == [.integer(4), .integer(2), .integer(2)])
    try test.run("data duplicates p-test, in: p-train")
    #expect(test.tables[0].table.rows.isEmpty)
    #expect(test.failure("data split faces, by: makers").contains("came without parts"))
  }

  @Test("duplicates are found within a folder and in another set, with leaks")
  func duplicates() throws {
    let test = try TestSession()
    let path = try Self.pictures(in: test)
    try test.run("let photos = data images, path: \"\(path)\"")
    let lines = try test.run("data duplicates photos")
    #expect(
      lines[0].hasPrefix("photos: 2 of 9 samples repeat an earlier one (1 exact, 1 near)"))
    let rows = try #require(test.tables.first).table.rows
    #expect(
      rows.map { $0.cells[0].value } == [.text("z-copy.png"), .text("z-small.jpg")])
    #expect(rows.map { $0.cells[1].value } == [.text("face0.png"), .text("face1.png")])
    try test.run(Self.world)
    try test.run("let some = data subset faces, keep: 10\ndata duplicates some, in: faces")
    let shared = try #require(test.tables.first).table.rows
    #expect(shared.filter { $0.cells[2].value == .text("exact") }.count == 10)
    #expect(shared.contains { $0.cells[2].value == .text("person") })
    #expect(test.failure("data duplicates photos, bits: 16").contains("0 to 15"))
  }

  @Test("duplicates with other labels are told: one of the two is wrong")
  func conflicts() throws {
    let test = try TestSession()
    let world = try FaceWorld(
      FaceWorldSettings(profile: .studio, identities: 2, images: 2, size: 48, seed: 3))
    for (place, name) in ["happy/a", "happy/b", "sad/c", "sad/d"].enumerated() {
      let file = test.folder.appendingPathComponent("faces/\(name).png")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      // a and d are one picture, b and c another.
      let image = try world.sample(at: [0, 1, 1, 0][place]).image
      try Data(image.encodedPNG()).write(to: file)
    }
    let path = test.folder.appendingPathComponent("faces").path
    let lines = try test.run("data add moods, path: \"\(path)\"\ndata duplicates moods")
    #expect(lines.contains { $0.contains("2 exact") && $0.contains("2 have other labels") })
    let rows = try #require(test.tables.first).table.rows
    let labels = try #require(test.tables.first).table.columns.firstIndex { $0.title == "labels" }
    #expect(rows.map { $0.cells[labels ?? 0].value } == [.text("emotion"), .text("emotion")])
  }

  @Test("features of a run take the place of thumbnails, and are computed once")
  func byRun() throws {
    let test = try TestSession()
    try test.run(Self.world)
    try test.run("pretrain swav, as: net")
    let lines = try test.run("data duplicates faces, by: net")
    #expect(test.runner.names == ["net", "embeddings/net/faces/s1"])
    // The fake runner's features lie on a circle, 80 of them 4.5° apart.
    #expect(lines.contains { $0.hasPrefix("faces: 79 of 80 samples") })
    try test.run("let thin = data thin faces, keep: 10%, by: net")
    try test.run("data redundancy faces, by: net, keep: [10%, 50%]")
    #expect(test.tables[0].runs.count == 1)
    #expect(test.runner.names.count == 2)
    guard case .dataset(let thin)? = test.session.scope["thin"] else { return }
    #expect(try test.session.open(thin).count == 8)
    #expect(thin.specification.summaryLine.contains("features of net"))
  }

  @Test("neighbours are found by thumbnails and by a run, within a set and in another")
  func neighbours() throws {
    let test = try TestSession()
    try test.run(Self.world)
    try test.run("data neighbours faces, count: 3, nearest: 4")
    let rows = try #require(test.figures.first).figure.dataFrame().rows
    #expect(rows.count == 3 * 4)
    #expect(test.figures[0].figure.alternativeText.contains("the pictures most like them"))
    try test.run("let few = data subset faces, keep: 10")
    try test.run("data neighbours few, in: faces, count: 2, nearest: 1")
    // A picture of a part is its own nearest in the whole.
    let same = try test.figures[0].figure.dataFrame().values(of: "what")
    #expect(same?.count == 2)
    #expect(same?.allSatisfy { Value($0).text?.hasSuffix(" 1.00") == true } == true)
    try test.run("pretrain swav, as: net\ndata neighbours faces, by: net, count: 1")
    #expect(test.figures[0].runs.count == 1)
  }

  @Test("features are a table that can be drawn as an embedding")
  func features() throws {
    let test = try TestSession()
    try test.run(Self.world)
    try test.run("pretrain swav, as: net\ndata features faces, by: net")
    let table = try #require(test.tables.first).table
    #expect(table.columns.map(\.title) == ["sample", "identity", "emotion", "f0", "f1"])
    #expect(table.rows.count == 80)
    try test.run("data features faces | plot embedding, features: f, color: identity")
    #expect(try test.figures[0].figure.dataFrame().rows.count == 80)
  }

  @Test("a face's surface is a table of vertices in front of the viewer, and one of triangles")
  func mesh() throws {
    let test = try TestSession()
    try test.run("let flat = synthetic studio, images: 2, size: 32, yaw: 0, pitch: 0, roll: 0")
    try test.run(
      """
      data mesh flat, sample: 1 | select x, y, z, error: x * x / 100 | plot mesh, x: x, y: y, z: z, \
      value: error, triangles: (data mesh flat, triangles: true)
      """)
    let frame = try #require(test.figures.first).figure.dataFrame()
    func numbers(_ column: String) -> [Double] {
      (frame.values(of: column) ?? []).compactMap(\.numericValue)
    }
    let (x, y, z) = (numbers("x"), numbers("y"), numbers("z"))
    // The nose's tip is the point nearest to the viewer: in the middle, below the top of the head.
    let tip = try #require(z.indices.max { z[$0] < z[$1] })
    #expect(abs(x[tip]) < 12 && y[tip] < (y.max() ?? 0) - 60)
    #expect(abs(z.reduce(0, +) / Double(z.count)) < 0.01)
    #expect(zip(x, numbers("error")).allSatisfy { abs($0 * $0 / 100 - $1) < 1e-3 })
    #expect(test.failure("data mesh flat, sample: 2").contains("0 to 1"))
    let path = try Self.pictures(in: test)
    try test.run("data add photos, path: \"\(path)\"")
    #expect(test.failure("data mesh photos, sample: 1").contains("no meshes"))
  }

  @Test("two sets of the same pictures show true and predicted landmarks")
  func predictedLandmarks() throws {
    let test = try TestSession()
    let noise = "let noisy = synthetic studio, identities: 8, images: 80, size: 32, seed: 1"
    try test.run(Self.world + "\n" + noise + ", landmark-noise: 5%")
    try test.run("data sample faces, count: 2, predicted: noisy")
    let frame = try #require(test.figures.first).figure.dataFrame()
    #expect(frame.rows.count == 2 * 68)
    let (x, predicted) = (frame.values(of: "x"), frame.values(of: "predicted.x"))
    #expect(x != predicted && predicted?.contains(.missing) == false)
    try test.run("let other = synthetic studio, identities: 8, images: 70, size: 32, seed: 1")
    #expect(
      test.failure("data sample faces, predicted: other").contains("a set of the same pictures"))
  }

  @Test("a video is redundant: few frames cover it, and thinning keeps those")
  func redundancy() throws {
    let test = try TestSession()
    try test.run("let clips = synthetic video, clips: 4, frames: 25, identities: 4, size: 32")
    let lines = try test.run("data redundancy clips, keep: [4%, 20%]")
    let rows = try #require(test.tables.first).table.rows
    #expect(rows.map { $0.cells[1].value } == [4, 20, 4, 20].map { .integer($0) })
    #expect(test.figures.count == 1)
    #expect(lines.contains { $0.contains("at cosine 0.95") })
    try test.run("let thin = data thin clips, keep: 8")
    guard case .dataset(let thin)? = test.session.scope["thin"] else { return }
    let open = try test.session.open(thin)
    let videos = Set(try (0..<8).map { try open.labels(at: $0).frame?.video })
    #expect(open.count == 8 && videos.count == 4)
    #expect(test.failure("data redundancy clips, keep: 3").contains("shares such as"))
  }

  @Test("statistics are tables, plots and a page")
  func stats() throws {
    let test = try TestSession()
    try test.run(Self.world)
    let page = test.folder.appendingPathComponent("stats.pdf").path
    try test.run("data stats faces, page: \(page)")
    #expect(test.tables.count == 2 && test.figures.count == 1)
    let labels = test.tables[0].table.rows.map { $0.cells[0].value }
    #expect(labels == [.text("identity"), .text("emotion"), .text("action units")])
    let measures = test.tables[1].table.rows
    #expect(measures[0].cells[0].value == .text("width (px)"))
    #expect(measures[0].cells[1].value == .integer(80))
    #expect(FileManager.default.fileExists(atPath: page))
    #expect(try test.figures[0].figure.dataFrame().rows.count > 50)
  }

  @Test("a set is written as shards, as a folder and as tensors")
  func convert() throws {
    let test = try TestSession()
    try test.run(Self.world)
    let place = test.folder.path
    try test.run(
      """
      let shards = data convert faces, to: shards, path: \(place)/shards, samples: 30
      let records = data convert faces, to: folder, path: \(place)/records
      data convert faces, to: safetensors, path: \(place)/faces.safetensors
      """)
    for name in ["shards", "records"] {
      guard case .dataset(let set)? = test.session.scope[name] else {
        Issue.record("\(name) is not bound")
        continue
      }
      #expect(try test.session.open(set).count == 80)
    }
    #expect(FileManager.default.fileExists(atPath: place + "/shards/faces-000002.tar"))
    #expect(FileManager.default.fileExists(atPath: place + "/faces.safetensors"))
    #expect(
      test.failure("data convert faces, to: folder, path: \(place)/records").contains("E0508"))
    #expect(
      test.failure("data convert faces, to: safetensors, path: x, samples: 3").contains("E0302"))
  }

  @Test("help, completion and suggestions know the verbs")
  func assistance() throws {
    let test = try TestSession()
    try test.run(DiagnosticsOfCommandsTests.setUp)
    let overview = try test.run("help data")[0]
    for verb in DataCommands.verbs { #expect(overview.contains(verb.summary), "\(verb.name)") }
    #expect(overview.contains("wflw") && overview.contains("raf-db"))
    #expect(try test.run("help data thin")[0].hasPrefix("data thin: the samples that show most"))
    let message = test.failure("data sampel wild")
    #expect(message.contains("did you mean `sample`?") && message.contains("`help data` lists"))
    #expect(!message.contains("openface"))
    #expect(test.failure("data cofww, path: x").contains("did you mean `cofw`?"))
    #expect(test.failure("data stats wlid").contains("did you mean `wild`?"))
    #expect(test.failure("data stats").contains("`data stats` needs a data set"))
    #expect(test.failure("data stats wild wild").contains("E0311"))
    #expect(test.failure("help data thni").contains("did you mean `thin`?"))
    func completions(_ text: String) -> [String] {
      InputAssistant(session: test.session).complete(text, at: text.utf8.count)
        .map(\.replacement)
    }
    #expect(completions("data dup") == ["duplicates"])
    #expect(completions("data wf") == ["wflw"])
    #expect(completions("data subset wild, ke") == ["keep: "])
    #expect(completions("data stats wil") == ["wild"])
    #expect(completions("data thin wild, by: swav-w") == ["swav-wild"])
    #expect(completions("help data red") == ["redundancy"])
  }
}
