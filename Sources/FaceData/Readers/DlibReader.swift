/// dlib's XML: `image file=`, in it `box top= left= width= height=`, in it `part name= x= y=`.
///
/// A box is a face; boxes without parts and those to be ignored are left out. Parts are ordered as
/// dlib orders them, by the bytes of their names; a part that a face lacks is not annotated. Sixty-eight parts are
/// iBUG's. Coordinates count pixels from 0, so that 0.5 is added; a box holds its last pixel.
/// - Source: dlib/data_io/image_dataset_metadata.cpp, dlib/data_io/load_image_dataset.h.
enum DlibReader {
  static func recognize(_ glance: PathGlance) -> String? {
    glance.first { file in
      guard PathGlance.fileExtension(file) == "xml" else { return false }
      let start = String(decoding: glance.start(of: file, count: 16_384), as: UTF8.self)
      return start.contains("<dataset>") && start.contains("<image ")
    }.map { "\($0) is dlib's XML" }
  }

  /// - Throws: `FaceDataError` `.unreadable`, `.brokenLabels` for broken XML, `.emptyDataset`.
  static func open(_ source: DatasetSource) throws -> any FaceDataset {
    let paths = try LabelFiles.all(source, withExtension: "xml", part: source.part)
    var scan = AnnotationScan(source, folder: source.images ?? LabelFiles.parent(paths[0]))
    for path in paths {
      let bytes = try FileBytes.read(path)
      scan.labelBytes.append(bytes)
      try read(bytes, path: path, into: &scan)
    }
    return try scan.dataset()
  }

  private static func read(_ bytes: [UInt8], path: String, into scan: inout AnnotationScan) throws {
    var walk = Walk()
    try XMLElements.walk(bytes, path: path, start: { walk.start($0) }, end: { walk.end($0) })
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let parts = Set(walk.boxes.flatMap { $0.parts.keys }).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    for box in walk.boxes {
      scan.take("\(name):\(box.line)") { (box.picture, try labels(box, parts)) }
    }
  }

  /// A face as it stands in the file.
  private struct Box {
    let picture: String
    let attributes: [String: String]
    let line: Int
    var parts: [String: (x: String, y: String)] = [:]
    var isTwice: String?
  }

  private struct Walk {
    var boxes: [Box] = []
    private var picture: String?
    private var box: Box?

    mutating func start(_ element: XMLElements.Element) {
      switch element.name {
      case "image": picture = element.attributes["file"] ?? ""
      case "box":
        box = Box(picture: picture ?? "", attributes: element.attributes, line: element.line)
      case "part":
        let name = element.attributes["name"] ?? ""
        let point = (element.attributes["x"] ?? "", element.attributes["y"] ?? "")
        if box?.parts.updateValue(point, forKey: name) != nil { box?.isTwice = name }
      default: break
      }
    }

    mutating func end(_ name: String) {
      if name == "box", let box { boxes.append(box) }
      if name == "box" || name == "image" { box = nil }
      if name == "image" { picture = nil }
    }
  }

  private static func labels(_ box: Box, _ parts: [String]) throws -> FaceLabels {
    guard box.attributes["ignore"] != "1" else { throw broken("the box is to be ignored") }
    guard !box.parts.isEmpty else { throw broken("the box has no parts") }
    if let name = box.isTwice { throw broken("the part “\(name)” is there twice") }
    func number(_ text: String?, _ what: String) throws -> Float {
      guard let text, let value = TextLines.real(Array(text.utf8)[...]) else {
        throw broken("\(what) “\(text ?? "")” is no number")
      }
      return value
    }
    let points = try parts.map { name -> SIMD2<Float>? in
      guard let part = box.parts[name] else { return nil }
      return try SIMD2(number(part.x, "x of part \(name)"), number(part.y, "y of part \(name)"))
        + 0.5
    }
    var labels = FaceLabels(landmarks: points.map { $0 ?? .zero })
    labels.landmarkScheme = points.count == 68 ? .ibug68 : .other(points.count)
    if points.contains(nil) {
      labels.landmarkVisibility = points.map { $0 == nil ? .absent : .visible }
    }
    labels.faceBox = try FaceBox(
      x: number(box.attributes["left"], "left"), y: number(box.attributes["top"], "top"),
      width: number(box.attributes["width"], "width"),
      height: number(box.attributes["height"], "height"))
    return labels
  }

  private static func broken(_ reason: String) -> FaceDataError {
    FaceDataError(.brokenLabels, reason)
  }
}
