/// AFLW with 19 revised points: `AFLWinfo_release.mat` and the pictures below `flickr`.
///
/// `bbox` n×4 is left, right, top, bottom; `data` n×38 is x1 … x19 y1 … y19; `mask_new` n×19 says
/// what can be seen; `ra` is the order of the samples, from 1, of which the first 20,000 of 24,386
/// train; `nameList` holds paths. The part `frontal` is the test faces of which all points can be
/// seen. Coordinates count pixels from 0, so that 0.5 is added.
/// - Source: Zhu et al. 2016; FaRL's aflw.py.
enum AFLW19Reader {
  static let fileName = "AFLWinfo_release.mat"
  static let parts = ["train", "test", "frontal"]
  /// Of the whole set; of a smaller file the same share.
  static let (trainingCount, wholeCount) = (20_000, 24_386)

  static func recognize(_ glance: PathGlance) -> String? {
    glance.first { $0.split(separator: "/").last == Substring(fileName) }
  }

  /// - Throws: `FaceDataError` `.unreadable`, `.brokenLabels` or `.emptyDataset`.
  static func open(_ source: DatasetSource) throws -> any FaceDataset {
    let file = try LabelFiles.single(source, named: [fileName])
    let folder =
      source.images
      ?? LabelFiles.pictureFolder(
        near: file, among: ["flickr", "data/flickr", "aflw/data/flickr", "images"])
    let content = try Content(file)
    var scan = AnnotationScan(source, folder: folder)
    scan.labelBytes = [try FileBytes.read(file)]
    for row in content.rows(part: source.part) {
      scan.take("\(fileName) row \(row + 1)") {
        (try content.name(row), content.labels(row))
      }
    }
    return try scan.dataset()
  }

  /// The variables, checked against each other.
  private struct Content {
    let boxes, points, masks: MatMatrix
    let names: [MatVariable]
    /// Rows of `points` in the order of `ra`.
    let order: [Int]
    let path: String

    init(_ path: String) throws {
      self.path = path
      let file = try MatFile(path: path)
      func matrix(_ name: String, columns: Int) throws -> MatMatrix {
        let matrix = try file.variable(name).matrix(name, path: path)
        guard matrix.columns == columns else {
          throw FaceDataError(
            .brokenLabels, "\(name) is \(matrix.rows)×\(matrix.columns), not n×\(columns)",
            path: path)
        }
        return matrix
      }
      boxes = try matrix("bbox", columns: 4)
      points = try matrix("data", columns: 38)
      masks = try matrix("mask_new", columns: 19)
      names = try file.variable("nameList").cells ?? []
      guard boxes.rows == points.rows, masks.rows == points.rows, names.count == points.rows else {
        throw FaceDataError(
          .brokenLabels,
          "bbox, data, mask_new and nameList have \(boxes.rows), \(points.rows), \(masks.rows) and "
            + "\(names.count) faces; they must agree", path: path)
      }
      order = try Self.order(file, count: points.rows, path)
    }

    private static func order(_ file: MatFile, count: Int, _ path: String) throws -> [Int] {
      let places = (try file.variable("ra").numbers ?? []).compactMap { Int(exactly: $0) }
      guard places.sorted() == Array(1..<(count + 1)) else {
        throw FaceDataError(
          .brokenLabels, "ra does not number the \(count) faces from 1 once each", path: path)
      }
      return places.map { $0 - 1 }
    }

    func rows(part: String?) -> [Int] {
      let training = order.count * trainingCount / wholeCount
      switch part {
      case "train": return Array(order.prefix(training))
      case "test": return Array(order.dropFirst(training))
      case "frontal":
        return order.dropFirst(training).filter { row in (0..<19).allSatisfy { masks[row, $0] == 1 }
        }
      default: return order
      }
    }

    func name(_ row: Int) throws -> String {
      guard let name = names[row].text ?? names[row].cells?.first?.text else {
        throw FaceDataError(.brokenLabels, "nameList gives no name", path: path)
      }
      return name
    }

    func labels(_ row: Int) -> FaceLabels {
      func value(_ column: Int) -> Float { Float(points[row, column]) }
      var labels = FaceLabels(
        landmarks: (0..<19).map { SIMD2(value($0), value($0 + 19)) + 0.5 })
      labels.landmarkScheme = .aflw19
      labels.landmarkVisibility = (0..<19).map { masks[row, $0] == 1 ? .visible : .hidden }
      labels.faceBox = FaceBox(
        left: Float(boxes[row, 0]), top: Float(boxes[row, 2]), right: Float(boxes[row, 1]),
        bottom: Float(boxes[row, 3]), offset: 0.5)
      return labels
    }
  }
}
