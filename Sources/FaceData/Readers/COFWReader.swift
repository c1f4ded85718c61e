/// COFW: `COFW_train_color.mat` and `COFW_test_color.mat`, MATLAB 7.3, with the pictures inside.
///
/// `IsTr` and `IsT` are cells of height×width×3 bytes, some grey; `phisTr` and `phisT` are 29 x,
/// 29 y and 29 flags of occlusion a face; `bboxesTr` and `bboxesT` are x, y, width, height. MATLAB
/// counts pixels from 1, so that 0.5 is subtracted.
/// - Source: Burgos-Artizzu et al. 2013; the readers of HRNet and mmpose.
enum COFWReader {
  /// The parts, their files and the endings of their variables.
  static let files: [(part: String, file: String, suffix: String)] = [
    ("train", "COFW_train_color.mat", "Tr"), ("test", "COFW_test_color.mat", "T"),
    ("train", "COFW_train.mat", "Tr"), ("test", "COFW_test.mat", "T"),
  ]

  static func recognize(_ glance: PathGlance) -> String? {
    let names = Set(files.map(\.file))
    return glance.first { names.contains(String($0.split(separator: "/").last ?? "")) }
  }

  /// - Throws: `FaceDataError` `.unreadable`, `.brokenLabels` or `.emptyDataset`.
  static func open(_ source: DatasetSource) throws -> any FaceDataset {
    var scan = AnnotationScan(source, folder: source.path)
    var containers: [String: MatCells] = [:]
    for (path, suffix) in try labelFiles(source) {
      let container = try Container(path, suffix)
      scan.labelBytes.append(container.labelBytes)
      containers["Is" + suffix] = container.pictures
      for index in 0..<container.pictures.count { container.take(index, into: &scan) }
    }
    let pictures = containers
    return try scan.dataset { face in try picture(face.picture, pictures, source.path) }
  }

  private static func labelFiles(_ source: DatasetSource) throws -> [(String, String)] {
    if FolderListing.isFile(source.path) {
      let names = try MatFile(path: source.path).names
      return [(source.path, names.contains("IsTr") ? "Tr" : "T")]
    }
    var found: [String: (String, String)] = [:]
    for (part, file, suffix) in files where source.part ?? part == part && found[part] == nil {
      let path = source.path + "/" + file
      if FolderListing.isFile(path) { found[part] = (path, suffix) }
    }
    guard !found.isEmpty else {
      throw FaceDataError(
        .unreadable, "there is no COFW_train_color.mat or COFW_test_color.mat; check the path",
        path: source.path)
    }
    return ["train", "test"].compactMap { found[$0] }
  }

  /// "IsT{17}" as a picture.
  private static func picture(
    _ place: String, _ containers: [String: MatCells], _ path: String
  ) throws -> Image {
    let parts = place.split(separator: "{")
    guard parts.count == 2, let cells = containers[String(parts[0])],
      let number = Int(parts[1].dropLast())
    else { throw FaceDataError(.brokenImage, "there is no picture \(place)", path: path) }
    let (shape, bytes) = try cells.bytes(at: number - 1)
    guard let size = size(shape) else {
      throw FaceDataError(
        .brokenImage, "\(place) is \(shape.map(String.init).joined(separator: "×")), no picture",
        path: path)
    }
    return Image(planes: bytes, width: size.width, height: size.height)
  }

  /// Height×width or height×width×3.
  private static func size(_ shape: [Int]) -> ImageFile.Size? {
    guard shape.count == 2 || (shape.count == 3 && shape[2] == 3), shape[0] > 0, shape[1] > 0,
      shape[0] <= ImageFile.largestPixelCount / shape[1]
    else { return nil }
    return ImageFile.Size(width: shape[1], height: shape[0])
  }

  /// One of the two files.
  private struct Container {
    let suffix: String
    let pictures: MatCells
    let points: MatMatrix
    let boxes: MatMatrix?

    init(_ path: String, _ suffix: String) throws {
      self.suffix = suffix
      let file = try MatFile(path: path)
      pictures = try MatCells("Is" + suffix, in: file)
      let count = pictures.count
      func perFace(_ name: String, _ length: Int) throws -> MatMatrix {
        var matrix = try file.variable(name).matrix(name, path: path)
        if matrix.rows == length, matrix.columns == count, count != length {
          matrix = matrix.transposed
        }
        guard matrix.rows == count, matrix.columns == length else {
          throw FaceDataError(
            .brokenLabels,
            "\(name) is \(matrix.rows)×\(matrix.columns), and \(count) pictures need \(count)×"
              + "\(length)", path: path)
        }
        return matrix
      }
      points = try perFace("phis" + suffix, 87)
      let box = "bboxes" + suffix
      boxes = file.contains(box) ? try perFace(box, 4) : nil
    }

    var labelBytes: [UInt8] {
      (points.values + (boxes?.values ?? [])).flatMap { value in
        withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
      }
    }

    func take(_ index: Int, into scan: inout AnnotationScan) {
      let place = "Is\(suffix){\(index + 1)}"
      do {
        let shape = try pictures.shape(at: index)
        guard let size = COFWReader.size(shape) else {
          return scan.leaveOut(
            place, "\(shape.map(String.init).joined(separator: "×")) bytes are no picture")
        }
        scan.take(place, labels(index), size: size, place: place)
      } catch {
        scan.leaveOut(place, (error as? FaceDataError)?.message ?? "\(error)")
      }
    }

    private func labels(_ index: Int) -> FaceLabels {
      func value(_ column: Int) -> Float { Float(points[index, column]) }
      var labels = FaceLabels(landmarks: (0..<29).map { SIMD2(value($0), value($0 + 29)) - 0.5 })
      labels.landmarkScheme = .cofw29
      labels.landmarkVisibility = (58..<87).map { value($0) == 0 ? .visible : .hidden }
      labels.faceBox = boxes.map { boxes in
        // The box's corner is the first pixel's number.
        FaceBox(
          x: Float(boxes[index, 0]) - 1, y: Float(boxes[index, 1]) - 1,
          width: Float(boxes[index, 2]), height: Float(boxes[index, 3]))
      }
      return labels
    }
  }
}

extension Image {
  /// A picture of MATLAB's planes, column after column; one plane is grey.
  init(planes: [UInt8], width: Int, height: Int) {
    let plane = width * height
    let isGray = planes.count < 3 * plane
    let pixels = [UInt8](unsafeUninitializedCapacity: plane * 3) { target, filled in
      for y in 0..<height {
        for x in 0..<width {
          for channel in 0..<3 {
            target[filled + channel] = planes[(isGray ? 0 : channel * plane) + x * height + y]
          }
          filled += 3
        }
      }
    }
    self.init(width: width, height: height, pixels: pixels)
  }
}
