extension SampleRecord {
  /// - Parameters: identityNames: of the set; sampleID: kept if it differs from the key.
  init(_ labels: FaceLabels, identityNames: [String], sampleID: String? = nil, part: DatasetPart?) {
    self.init()
    id = sampleID
    if let identity = labels.identity, identityNames.indices.contains(identity) {
      self.identity = Name(identityNames[identity])
    }
    self.part = part?.rawValue
    emotion = labels.emotion.map { "\($0)" }
    votes = labels.emotionVotes.map {
      Votes(counts: $0.counts, unknown: $0.unknown, notFace: $0.notFace)
    }
    (valence, arousal) = (labels.valence, labels.arousal)
    frame = labels.frame.map { Frame(video: $0.video, number: $0.number) }
    setPoints(labels)
    (pose, gaze, box) = (labels.headPose, labels.gaze, labels.faceBox)
    attributes = labels.attributes.map { $0.map(\.rawValue).sorted() }
    actionUnits = labels.actionUnits
    intensities = labels.unitIntensities.map(Self.byNumber)
    occurrences = labels.unitOccurrences.map(Self.byNumber)
    fit = labels.morphableFit.map {
      Fit(
        shape: $0.shape, expression: $0.expression, texture: $0.texture,
        translation: [$0.translation.x, $0.translation.y, $0.translation.z], scale: $0.scale)
    }
  }

  private mutating func setPoints(_ labels: FaceLabels) {
    visibility = labels.landmarkVisibility.map { $0.map(\.rawValue) }
    landmarks = labels.landmarks.map { points in
      points.enumerated().map { place, point in
        // The coordinates of a point that is not annotated mean nothing, and may be no numbers.
        let isAbsent = labels.landmarkVisibility?.dropFirst(place).first == .absent
        return isAbsent && !(point.x.isFinite && point.y.isFinite) ? [0, 0] : [point.x, point.y]
      }
    }
    landmarks3D = labels.landmarks3D.map { $0.map { [$0.x, $0.y, $0.z] } }
    if landmarks != nil || landmarks3D != nil { scheme = labels.landmarkScheme.name }
  }

  private static func byNumber(_ values: ActionUnitValues) -> [String: Float] {
    Dictionary(zip(values.units.map(String.init), values.values)) { first, _ in first }
  }

  /// The labels, without the mesh.
  ///
  /// - Parameters: identity: the place of a name among the set's; path: for messages.
  /// - Throws: `FaceDataError` `.brokenLabels` naming what is wrong.
  func labels(identity place: (String) throws -> Int?, path: String) throws -> FaceLabels {
    var labels = FaceLabels()
    labels.identity = try identity.flatMap { try place($0.text) }
    try setEmotion(&labels, path)
    try setPoints(&labels, path)
    (labels.headPose, labels.gaze, labels.faceBox) = (pose, gaze, box)
    labels.attributes = try attributes.map { words in
      Set(try words.map { try Self.word($0, FaceAttribute.init(rawValue:), "attribute", path) })
    }
    labels.frame = try frame.map {
      try Self.check($0.number >= 0, "frame \($0.number)", path)
      return VideoFrame(video: $0.video, number: $0.number)
    }
    if let actionUnits {
      let isSound =
        actionUnits.count == ActionUnit.allCases.count
        && actionUnits.allSatisfy { (0...5).contains($0) }
      try Self.check(isSound, "the action units \(actionUnits.prefix(20))", path)
      labels.actionUnits = actionUnits
    }
    labels.unitIntensities = try Self.units(intensities, 0...5, path)
    labels.unitOccurrences = try Self.units(occurrences, 0...1, path)
    labels.morphableFit = try fit.map {
      try Self.check($0.translation.count == 3, "a translation of \($0.translation)", path)
      return MorphableFit(
        shape: $0.shape, expression: $0.expression, texture: $0.texture,
        translation: SIMD3($0.translation), scale: $0.scale)
    }
    return labels
  }

  /// - Throws: `FaceDataError` `.brokenLabels` for a word that names no part.
  func datasetPart(path: String) throws -> DatasetPart? {
    try part.map { try Self.word($0, DatasetPart.init(rawValue:), "part", path) }
  }

  private func setEmotion(_ labels: inout FaceLabels, _ path: String) throws {
    labels.emotion = try emotion.map { try Self.word($0, { Emotion(word: $0) }, "emotion", path) }
    labels.emotionVotes = votes.map {
      EmotionVotes(counts: $0.counts, unknown: $0.unknown ?? 0, notFace: $0.notFace ?? 0)
    }
    for value in [valence, arousal].compactMap({ $0 }) {
      try Self.check((-1...1).contains(value), "a valence or arousal of \(value)", path)
    }
    (labels.valence, labels.arousal) = (valence, arousal)
  }

  private func setPoints(_ labels: inout FaceLabels, _ path: String) throws {
    let counts = [landmarks?.count, landmarks3D?.count, visibility?.count].compactMap { $0 }
    guard let count = counts.first else { return }
    let known = scheme.flatMap(LandmarkScheme.init(name:))
    try Self.check(scheme == nil || known != nil, "the scheme “\(scheme ?? "")”", path)
    labels.landmarkScheme = known ?? LandmarkScheme(benchmarkCount: count)
    let expected = labels.landmarkScheme.count
    try Self.check(
      counts.allSatisfy { $0 == expected },
      "\(counts) points where \(labels.landmarkScheme.name) has \(expected)", path)
    labels.landmarks = try landmarks.map { try $0.map { SIMD2(try Self.point($0, 2, path)) } }
    labels.landmarks3D = try landmarks3D.map { try $0.map { SIMD3(try Self.point($0, 3, path)) } }
    labels.landmarkVisibility = try visibility.map { values in
      try values.map {
        try Self.word($0, LandmarkVisibility.init(rawValue:), "visibility", path)
      }
    }
  }

  private static func point(_ values: [Float], _ count: Int, _ path: String) throws -> [Float] {
    let isSound = values.count == count && values.allSatisfy(\.isFinite)
    try check(isSound, "the point \(values.prefix(4))", path)
    return values
  }

  private static func units(
    _ values: [String: Float]?, _ range: ClosedRange<Float>, _ path: String
  ) throws -> ActionUnitValues? {
    guard let values else { return nil }
    var numbers: [Int: Float] = [:]
    for (word, value) in values {
      let number = Int(word) ?? 0
      try check((1...99).contains(number) && range.contains(value), "AU\(word) of \(value)", path)
      numbers[number] = value
    }
    return ActionUnitValues(numbers)
  }

  private static func word<Word, Value>(
    _ word: Word, _ read: (Word) -> Value?, _ kind: String, _ path: String
  ) throws -> Value {
    if let value = read(word) { return value }
    throw FaceDataError(.brokenLabels, "“\(word)” is no \(kind)", path: path)
  }

  private static func check(_ isSound: Bool, _ what: String, _ path: String) throws {
    guard !isSound else { return }
    throw FaceDataError(.brokenLabels, "the labels hold \(what), which cannot be", path: path)
  }
}

// MARK: Other files of labels

extension SampleRecord {
  /// Suffixes that labels are taken from.
  static let suffixes: Set<String> = ["json", "cls", "txt"]

  /// The labels of a group: `.json`; else `.cls` (a class: an emotion's word, or whatever names the
  /// person); else `.txt`, read like `.cls` if it is one word, and passed over if it is prose.
  ///
  /// - Parameters: bytes: the contents of the part with a suffix.
  init(bytes: (_ suffix: String) throws -> [UInt8]?, path: String) throws {
    if let json = try bytes("json") {
      try self.init(json, path: path)
      return
    }
    self.init()
    let text = try bytes("cls") ?? bytes("txt") ?? []
    let words = String(decoding: text.prefix(200), as: UTF8.self).split { $0.isWhitespace }
    guard words.count == 1, let word = words.first else { return }
    if let emotion = Emotion(word: word), Int(word) == nil {
      self.emotion = "\(emotion)"
    } else {
      identity = Name(Int(word).map { String($0) } ?? String(word))
    }
  }
}

/// The mesh of a face as bytes.
enum MeshBytes {
  static let suffix = "mesh"

  static func encode(_ mesh: [SIMD3<Float>]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(mesh.count * 12)
    for vertex in mesh {
      for axis in 0..<3 {
        withUnsafeBytes(of: vertex[axis].bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
    }
    return bytes
  }

  /// - Throws: `FaceDataError` `.brokenLabels` if a vertex is cut off or not finite.
  static func decode(_ bytes: [UInt8], path: String) throws -> [SIMD3<Float>] {
    let values: [Float] = bytes.withUnsafeBytes { raw in
      (0..<(bytes.count / 4)).map {
        let word = raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)
        return Float(bitPattern: UInt32(littleEndian: word))
      }
    }
    guard bytes.count.isMultiple(of: 12), values.allSatisfy(\.isFinite) else {
      throw FaceDataError(
        .brokenLabels, "the mesh of \(bytes.count) bytes is cut off or damaged", path: path)
    }
    return stride(from: 0, to: values.count, by: 3).map {
      SIMD3(values[$0], values[$0 + 1], values[$0 + 2])
    }
  }
}
