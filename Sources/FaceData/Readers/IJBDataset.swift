/// IJB-B or IJB-C as InsightFace passes them round: face crops with five points, and templates.
///
/// `meta/ijbc_face_tid_mid.txt` with lines `1.jpg template medium`,
/// `meta/ijbc_name_5pts_score.txt` with lines `1.jpg x1 y1 … x5 y5 score`,
/// `meta/ijbc_template_pair_label.txt` with lines `template template 0|1`, for identification
/// `meta/ijbc_1N_gallery_G1.csv` and `…_probe_mixed.csv` (a header, then template and subject in
/// the first two columns), pictures in `loose_crop/`. A sample is the crop of 112×112 pixels that
/// the five points give. Identity is the subject where the 1:N lists name it.
/// - Source: Whitelam et al. 2017; Maze et al. 2018; InsightFace's eval_ijbc.py and ijb_1n.py.
///   Checked by: IJBTests.
public struct IJBDataset: FaceDataset {
  public let path: String
  public let fingerprint: String
  public let identityNames: [String]
  public let templates: TemplateProtocol
  public let unusable: [UnusableSample]
  private let faces: [IJBFace]
  private let identities: [Int?]

  /// - Throws: `FaceDataError` `.unreadable`, `.brokenLabels` or `.emptyDataset`.
  public init(path: String) throws {
    var scan = try IJBScan(path)
    try scan.readFaces()
    try scan.readTemplates()
    try scan.readSubjects()
    try scan.readPairs()
    guard !scan.used.isEmpty else { throw scan.empty() }
    (self.path, faces, unusable) = (path, scan.used, scan.problems.finished)
    templates = scan.protocol
    let names = IdentityTable(scan.subjects.values.map(String.init))
    identityNames = names.names
    identities = scan.subjectOfFace.map { $0.flatMap { names[String($0)] } }
    let used = Set(faces.map(\.file))
    fingerprint = FolderListing.fingerprint(
      kind: "ijb", files: scan.listing.files.filter { used.contains($0.path) },
      labels: scan.digests.map { Array($0.utf8) })
  }

  public var count: Int { faces.count }
  public var pairs: [VerificationPair] { [] }
  public func id(at index: Int) -> String { faces[index].file }

  public func labels(at index: Int) throws -> FaceLabels { FaceLabels(identity: identities[index]) }

  /// The detector's five points in pixels of the picture (not of the sample, which is cropped).
  public func points(at index: Int) -> [SIMD2<Float>] { faces[index].points }

  /// The detector's confidence: features are weighted by it.
  public func score(at index: Int) -> Float { faces[index].score }

  public func sample(at index: Int) throws -> FaceSample {
    let face = faces[index]
    let file = path + "/" + face.file
    let image = try ImageFile.decode(path: file)
    guard let crop = FivePointAlignment.crop(image, points: face.points) else {
      throw FaceDataError(.brokenLabels, "the five points lie in one place", path: file)
    }
    return FaceSample(id: face.file, image: crop, labels: try labels(at: index))
  }
}

struct IJBFace: Sendable {
  let file: String
  let points: [SIMD2<Float>]
  let score: Float
}

/// Reads IJB's lists one after another.
struct IJBScan {
  let listing: FolderListing
  var problems = ProblemList()
  var digests: [String] = []
  /// Faces that belong to a template.
  private(set) var used: [IJBFace] = []
  /// Subject of each template's number.
  private(set) var subjects: [Int: Int] = [:]
  private var faces: [String: IJBFace] = [:]
  private var templates: [TemplateProtocol.Template] = []
  /// Place in `templates` by number.
  private var places: [Int: Int] = [:]
  private var pairs: [TemplateProtocol.Pair] = []
  private var galleries: [TemplateProtocol.Group] = []
  private var probes: [TemplateProtocol.Group] = []

  init(_ path: String) throws { listing = try FolderListing(path) }

  var `protocol`: TemplateProtocol {
    TemplateProtocol(templates: templates, pairs: pairs, galleries: galleries, probes: probes)
  }

  /// Subject of each used face; nil where no list names it.
  var subjectOfFace: [Int?] {
    var result = [Int?](repeating: nil, count: used.count)
    for template in templates {
      for image in template.images { result[image] = subjects[template.id] }
    }
    return result
  }

  func empty() -> FaceDataError {
    let first = problems.samples.first.map { " The first problem: \($0.path): \($0.reason)." } ?? ""
    return FaceDataError(
      .emptyDataset,
      "no picture of a template among the \(listing.files.count) files; facet expects "
        + "meta/ijbc_face_tid_mid.txt and the lists beside it, and loose_crop/1.jpg." + first,
      path: listing.folder)
  }

  private func list(_ suffix: String) throws -> String {
    let found = listing.files.filter { $0.path.hasSuffix(suffix) }
    guard found.count == 1, let file = found.first else {
      throw FaceDataError(
        found.isEmpty ? .emptyDataset : .brokenLabels,
        found.isEmpty
          ? "no file …\(suffix) in or below the folder; facet expects IJB-B's or IJB-C's meta/ folder"
          : "\(found.count) files …\(suffix): give the folder of one set, IJB-B or IJB-C",
        path: listing.folder)
    }
    return file.path
  }

  /// Calls `take` with the words of each line; it returns the reason if it cannot use them.
  private mutating func read(
    _ file: String, _ take: ([ArraySlice<UInt8>]) -> String?
  ) throws {
    var problems = problems
    let digest = try LabelLines.read(listing.absolute(file)) { line in
      guard !line.bytes.isEmpty, let reason = take(line.words) else { return }
      problems.add(file, line: line.number, "“\(line.text.prefix(60))”: \(reason)")
    }
    self.problems = problems
    digests.append(digest)
  }

  mutating func readFaces() throws {
    let file = try list("_name_5pts_score.txt")
    let pictures = Dictionary(
      listing.pictures.map { (String($0.path.split(separator: "/").last ?? ""), $0.path) }
    ) { first, _ in first }
    var (faces, missing): ([String: IJBFace], Int) = ([:], 0)
    try read(file) { words in
      let numbers = words.dropFirst().compactMap(\.real)
      guard words.count == 12, numbers.count == 11, numbers.allSatisfy({ abs($0) < 1e6 }) else {
        return "not “name x1 y1 … x5 y5 score”"
      }
      let name = words[0].text
      guard faces[name] == nil else { return "the picture has a line already" }
      guard let picture = pictures[name] else {
        missing += 1
        return nil
      }
      // The detector's coordinates have the centre of the first pixel at (0, 0).
      let points = (0..<5).map { SIMD2(numbers[2 * $0], numbers[2 * $0 + 1]) + 0.5 }
      guard FivePointAlignment.similarity(from: points, to: FivePointAlignment.template) != nil
      else { return "the five points lie in one place" }
      faces[name] = IJBFace(file: picture, points: points, score: numbers[10])
      return nil
    }
    self.faces = faces
    if missing > 0 { problems.add(file, "\(missing) lines lack their picture") }
  }

  mutating func readTemplates() throws {
    let file = try list("_face_tid_mid.txt")
    var (indices, used): ([String: Int], [IJBFace]) = ([:], [])
    var members: [Int: [(image: Int, medium: Int)]] = [:]
    var (absent, known) = (0, faces)
    try read(file) { words in
      guard words.count == 3, let template = words[1].wholeNumber, let medium = words[2].wholeNumber
      else { return "not “name template medium”" }
      let name = words[0].text
      guard let face = known[name] else {
        absent += 1
        return nil
      }
      let index = indices[name] ?? used.count
      if index == used.count {
        used.append(face)
        indices[name] = index
      }
      guard members[template]?.contains(where: { $0.image == index }) != true else {
        return "the picture is in this template already"
      }
      members[template, default: []].append((index, medium))
      return nil
    }
    known = [:]
    self.used = used
    templates = members.sorted { $0.key < $1.key }.map { id, members in
      .init(id: id, images: members.map(\.image), media: members.map(\.medium))
    }
    places = Dictionary(uniqueKeysWithValues: templates.enumerated().map { ($1.id, $0) })
    if absent > 0 { problems.add(file, "\(absent) lines lack their picture or its points") }
    let unused = faces.count - used.count
    if unused > 0 { problems.add(file, "\(unused) pictures are in no template") }
  }

  mutating func readPairs() throws {
    let file = try list("_template_pair_label.txt")
    var (pairs, lost): ([TemplateProtocol.Pair], Int) = ([], 0)
    let places = places
    try read(file) { words in
      guard words.count == 3, let first = words[0].wholeNumber, let second = words[1].wholeNumber,
        let truth = words[2].wholeNumber, (0...1).contains(truth)
      else { return "not “template template 0|1”" }
      guard let first = places[first], let second = places[second] else {
        lost += 1
        return nil
      }
      let (one, other) = (Int32(truncatingIfNeeded: first), Int32(truncatingIfNeeded: second))
      pairs.append(.init(first: one, second: other, isSame: truth == 1))
      return nil
    }
    self.pairs = pairs
    if lost > 0 { problems.add(file, "\(lost) pairs lack a template") }
    if pairs.isEmpty { problems.add(file, "no line is a pair of templates that have pictures") }
  }

  /// The lists of 1:N identification, where there are any.
  mutating func readSubjects() throws {
    for file in listing.files where file.fileExtension == "csv" {
      let name = file.stem.split(separator: "/").last ?? ""
      for (kind, isGallery) in [("_1N_gallery_", true), ("_1N_probe_", false)] {
        guard let range = name.firstRange(of: kind) else { continue }
        let group = try group(file.path, String(name[range.upperBound...]))
        if isGallery { galleries.append(group) } else { probes.append(group) }
      }
    }
  }

  private mutating func group(_ file: String, _ name: String) throws -> TemplateProtocol.Group {
    var (members, order, isFirst, lost): ([Int: Int], [Int], Bool, Set<Int>) = ([:], [], true, [])
    var problems = problems
    let digest = try LabelLines.read(listing.absolute(file)) { line in
      defer { isFirst = isFirst && line.bytes.isEmpty }
      guard !isFirst, !line.bytes.isEmpty else { return }
      let fields = line.fields
      guard fields.count >= 2, let template = fields[0].wholeNumber,
        let subject = fields[1].wholeNumber
      else {
        return problems.add(
          file, line: line.number, "“\(line.text.prefix(40))” does not begin “template,subject”")
      }
      guard let place = places[template] else {
        lost.insert(template)
        return
      }
      guard members[place, default: subject] == subject,
        subjects[template, default: subject] == subject
      else {
        return problems.add(
          file, line: line.number, "template \(template) belongs to another subject already")
      }
      if members.updateValue(subject, forKey: place) == nil { order.append(place) }
      subjects[template] = subject
    }
    if !lost.isEmpty { problems.add(file, "\(lost.count) templates have no picture") }
    if order.isEmpty, lost.isEmpty {
      problems.add(file, "no line names a template that has pictures")
    }
    self.problems = problems
    digests.append(digest)
    return .init(name: name, templates: order, subjects: order.map { members[$0] ?? 0 })
  }
}
