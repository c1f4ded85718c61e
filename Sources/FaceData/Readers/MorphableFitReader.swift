/// AFLW2000-3D and 300W-LP: a `.mat` with points, pose and the fitted face model beside each
/// picture.
///
/// `pt3d_68` is 3×68 (AFLW2000-3D); `pt2d` is 2×68 (300W-LP), or 2×21 with -1 for what is not
/// annotated; `Pose_Para` is pitch, yaw and roll in radians, a translation and the scale;
/// `Shape_Para`, `Exp_Para` and `Tex_Para` are the model's coefficients. MATLAB counts pixels from
/// 1, so that 0.5 is subtracted. Files without `Pose_Para` (300W-LP's `landmarks` and `Code`) are
/// passed by.
/// - Source: Zhu et al. 2016, "Face alignment across large poses"; face3d's examples.
enum MorphableFitReader {
  static func recognizeAFLW2000(_ glance: PathGlance) -> String? {
    sample(glance) { $0.contains("pt3d_68") }.map { "\($0) holds pt3d_68 and Pose_Para" }
  }

  static func recognize300WLP(_ glance: PathGlance) -> String? {
    sample(glance) { !$0.contains("pt3d_68") && $0.contains("pt2d") }
      .map { "\($0) holds pt2d and Pose_Para" }
  }

  /// Looks into the first few `.mat` files that have a picture.
  private static func sample(_ glance: PathGlance, _ fits: ([String]) -> Bool) -> String? {
    let pictures = Set(glance.pictures.map { FolderListing.File(path: $0, size: 0).stem })
    let candidates = glance.files.lazy.filter { file in
      file.hasSuffix(".mat")
        && (!glance.isFolder || pictures.contains(String(file.dropLast(4))))
    }
    return candidates.prefix(3).first { file in
      let path = glance.isFolder ? glance.path + "/" + file : glance.path
      let names = (try? MatFile(path: path).names) ?? []
      return names.contains("Pose_Para") && fits(names)
    }
  }

  /// - Throws: `FaceDataError` `.unreadable` or `.emptyDataset`.
  static func open(_ source: DatasetSource) throws -> any FaceDataset {
    let pairs = try PicturesWithLabels(source, withExtension: "mat") { path in
      !path.hasSuffix("_pts.mat") && !path.split(separator: "/").contains("Code")
    }
    var scan = AnnotationScan(source, folder: pairs.folder)
    for (label, picture) in pairs.labels {
      let path = pairs.folder + "/" + label
      scan.labelBytes.append((try? FileBytes.read(path)) ?? [])
      scan.take(label) {
        guard let picture else {
          throw FaceDataError(.unreadable, "no picture of that name beside it")
        }
        return (picture, try labels(path))
      }
    }
    return try scan.dataset()
  }

  static func labels(_ path: String) throws -> FaceLabels {
    let file = try Content(path: path, variables: MatFile(path: path).variables())
    var labels = FaceLabels()
    if file.variables["pt3d_68"] != nil {
      try labels.take3D(file.matrix("pt3d_68"))
    } else {
      try labels.take2D(file.matrix("pt2d"))
    }
    let pose = try file.numbers("Pose_Para", 7...7)
    let degrees = 180 / Float.pi
    labels.headPose = HeadPose(
      pitch: pose[0] * degrees, yaw: pose[1] * degrees, roll: pose[2] * degrees)
    if file.variables["Shape_Para"] != nil, file.variables["Exp_Para"] != nil {
      labels.morphableFit = MorphableFit(
        shape: try file.numbers("Shape_Para", 1...1000),
        expression: try file.numbers("Exp_Para", 1...1000),
        texture: file.variables["Tex_Para"] == nil ? [] : try file.numbers("Tex_Para", 0...1000),
        translation: SIMD3(pose[3], pose[4], pose[5]), scale: pose[6])
    }
    return labels
  }

  private struct Content {
    let path: String
    let variables: [String: MatVariable]

    func variable(_ name: String) throws -> MatVariable {
      guard let variable = variables[name] else {
        throw FaceDataError(
          .brokenLabels, "there is no variable \(name) in the MATLAB file", path: path)
      }
      return variable
    }

    func matrix(_ name: String) throws -> MatMatrix {
      try variable(name).matrix(name, path: path)
    }

    func numbers(_ name: String, _ counts: ClosedRange<Int>) throws -> [Float] {
      let values = (try variable(name).numbers ?? []).map(Float.init)
      guard counts.contains(values.count), values.allSatisfy(\.isFinite) else {
        let wanted = counts.count == 1 ? "\(counts.lowerBound)" : "up to \(counts.upperBound)"
        throw FaceDataError(
          .brokenLabels, "\(name) has \(values.count) numbers or some that are none, not \(wanted)",
          path: path)
      }
      return values
    }
  }
}

extension FaceLabels {
  fileprivate mutating func take3D(_ matrix: MatMatrix) throws {
    guard matrix.rows == 3, matrix.columns == 68 else {
      throw FaceDataError(.brokenLabels, "pt3d_68 is \(matrix.rows)×\(matrix.columns), not 3×68")
    }
    let points = (0..<68).map { column in
      SIMD3(
        Float(matrix[0, column]) - 0.5, Float(matrix[1, column]) - 0.5, Float(matrix[2, column]))
    }
    landmarks3D = points
    landmarks = points.map { SIMD2($0.x, $0.y) }
  }

  fileprivate mutating func take2D(_ matrix: MatMatrix) throws {
    guard matrix.rows == 2, matrix.columns > 0 else {
      throw FaceDataError(.brokenLabels, "pt2d is \(matrix.rows)×\(matrix.columns), not 2×68")
    }
    let raw = (0..<matrix.columns).map { SIMD2(Float(matrix[0, $0]), Float(matrix[1, $0])) }
    let isAbsent = raw.map { $0.x < 0 && $0.y < 0 || $0.x == -1 || $0.y == -1 }
    landmarks = zip(raw, isAbsent).map { $1 ? .zero : $0 - 0.5 }
    landmarkScheme = raw.count == 68 ? .ibug68 : .other(raw.count)
    if isAbsent.contains(true) {
      landmarkVisibility = isAbsent.map { $0 ? .absent : .visible }
    }
  }
}
