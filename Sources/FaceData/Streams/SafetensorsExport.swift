import Foundation

/// Writes a data set as tensors in one safetensors file, for training code of one's own.
///
/// `images` uint8 `[N, H, W, 3]`; where the set has them `identity` and `emotion` int64 `[N]` (−1 where
/// a sample has none), `landmarks` float32 `[N, P, 2]` in pixels of the picture, `action_units` float32
/// `[N, U]` (intensities; NaN where unknown), `valence` and `arousal` float32 `[N]`. The metadata hold
/// `ids`, `identities`, `emotions` and `units` as JSON lists, and the set's fingerprint.
///
/// Checked by: SafetensorsExportTests.
public struct SafetensorsExport: Sendable {
  private let dataset: any FaceDataset
  private let size: Int?
  private let threads: Int

  /// - Parameters: size: pictures are stretched to a square of so many pixels; nil keeps their size,
  ///   which must be the same for all.
  public init(_ dataset: any FaceDataset, size: Int? = nil, threads: Int = 1) {
    (self.dataset, self.size, self.threads) = (dataset, size, threads)
  }

  /// - Throws: `FaceDataError`: what the samples throw, `.invalidSetting` for pictures of several
  ///   sizes, `.writeFailed`.
  public func write(
    to path: String, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws {
    let first = try picture(0)
    let labels = try LabelColumns(dataset)
    let images = TensorEntry(
      name: "images", type: "U8", shape: [dataset.count, first.height, first.width, 3], bytes: nil)
    // Labels stand before the pictures, so that each tensor begins at a multiple of its element.
    let columns = labels.entries(scaledTo: size)
    let header = try SafetensorsFile.header(columns + [images], metadata: try metadata(labels))
    let partial = path + ".partial"
    do {
      defer { try? FileManager.default.removeItem(atPath: partial) }
      guard FileManager.default.createFile(atPath: partial, contents: nil) else {
        throw CocoaError(.fileWriteUnknown)
      }
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: partial))
      defer { try? file.close() }
      try file.write(contentsOf: header)
      for column in columns { try file.write(contentsOf: column.bytes ?? []) }
      try writePictures(to: file, width: first.width, height: first.height, progress)
      try file.synchronize()
      guard rename(partial, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    } catch let error as CocoaError {
      throw FaceDataError(
        .writeFailed, "the file cannot be written: \(error.localizedDescription)", path: path)
    }
  }

  private func picture(_ index: Int) throws -> Image {
    let image = try dataset.sample(at: index).image
    return size.map { image.resized(to: $0) } ?? image
  }

  private func writePictures(
    to file: FileHandle, width: Int, height: Int, _ progress: (Int, Int) throws -> Void
  ) throws {
    let work = self
    let loader = OrderedPrefetcher(steps: 0..<dataset.count, threads: threads, depth: threads * 8) {
      try work.picture($0)
    }
    defer { loader.cancel() }
    var done = 0
    while let image = try loader.next() {
      guard image.width == width, image.height == height else {
        throw FaceDataError(
          .invalidSetting,
          "the picture is \(image.width)×\(image.height) and the first one \(width)×\(height); "
            + "give a size to bring all to", path: dataset.id(at: done))
      }
      try file.write(contentsOf: image.pixels)
      done += 1
      try progress(done, dataset.count)
    }
  }

  private func metadata(_ labels: LabelColumns) throws -> [String: String] {
    func json(_ values: [String]) throws -> String {
      String(decoding: try JSONEncoder().encode(values), as: UTF8.self)
    }
    return [
      "fingerprint": dataset.fingerprint,
      "ids": try json((0..<dataset.count).map { dataset.id(at: $0) }),
      "identities": try json(dataset.identityNames),
      "emotions": try json(Emotion.allCases.map { "\($0)" }),
      "units": try json(labels.units.map { "AU\($0)" }),
    ]
  }
}

/// A tensor of a file that is being written.
struct TensorEntry {
  let name: String
  /// As the format names it: "F32", "I64", "U8".
  let type: String
  let shape: [Int]
  /// nil for what is written piece by piece.
  let bytes: [UInt8]?

  var byteCount: Int {
    shape.reduce(1, *) * (type == "I64" ? 8 : type == "F32" ? 4 : 1)
  }
}

enum SafetensorsFile {
  /// Eight bytes of length and the JSON header, padded with spaces to a multiple of 8.
  static func header(_ entries: [TensorEntry], metadata: [String: String]) throws -> Data {
    var fields: [String: Any] = ["__metadata__": metadata]
    var offset = 0
    for entry in entries {
      fields[entry.name] = [
        "dtype": entry.type, "shape": entry.shape,
        "data_offsets": [offset, offset + entry.byteCount],
      ]
      offset += entry.byteCount
    }
    var text = try JSONSerialization.data(
      withJSONObject: fields, options: [.sortedKeys, .withoutEscapingSlashes])
    text.append(contentsOf: repeatElement(0x20, count: (8 - text.count % 8) % 8))
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) } + text
  }
}

/// The labels of a set as columns.
private struct LabelColumns {
  /// Numbers in FACS.
  let units: [Int]
  private let labels: [FaceLabels]
  private let sizes: [(width: Int, height: Int)]
  private let landmarkCount: Int?

  /// - Throws: `FaceDataError` `.invalidSetting` for landmarks of several schemes.
  init(_ dataset: any FaceDataset) throws {
    let labelled = dataset.labelledUnits
    units = Set(labelled.intensities + labelled.occurrences).sorted()
    var (labels, sizes): ([FaceLabels], [(width: Int, height: Int)]) = ([], [])
    for index in 0..<dataset.count {
      let sample = try dataset.sample(at: index)
      var kept = sample.labels
      (kept.mesh, kept.landmarks3D) = (nil, nil)
      labels.append(kept)
      sizes.append((sample.image.width, sample.image.height))
    }
    let counts = Set(labels.compactMap { $0.landmarks?.count })
    guard counts.count <= 1 else {
      throw FaceDataError(
        .invalidSetting,
        "the samples have \(counts.sorted().map(String.init).joined(separator: " or ")) landmarks; "
          + "export a part that has one scheme")
    }
    (self.labels, self.sizes, landmarkCount) = (labels, sizes, counts.first)
  }

  func entries(scaledTo side: Int?) -> [TensorEntry] {
    let count = labels.count
    var entries: [TensorEntry] = []
    func integers(_ name: String, _ values: [Int?]) {
      guard values.contains(where: { $0 != nil }) else { return }
      let bytes = values.flatMap { value in
        withUnsafeBytes(of: Int64(value ?? -1).littleEndian) { Array($0) }
      }
      entries.append(TensorEntry(name: name, type: "I64", shape: [count], bytes: bytes))
    }
    func floats(_ name: String, _ shape: [Int], _ values: [Float]) {
      let bytes = values.flatMap { value in
        withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
      }
      entries.append(TensorEntry(name: name, type: "F32", shape: [count] + shape, bytes: bytes))
    }
    integers("identity", labels.map(\.identity))
    integers("emotion", labels.map { $0.emotion?.rawValue })
    if let landmarkCount { floats("landmarks", [landmarkCount, 2], points(landmarkCount, side)) }
    if !units.isEmpty {
      floats(
        "action_units", [units.count],
        labels.flatMap { labels in
          units.map {
            labels.intensity(ofUnit: $0) ?? labels.unitOccurrences?[$0] ?? .nan
          }
        })
    }
    for (name, values) in [("valence", labels.map(\.valence)), ("arousal", labels.map(\.arousal))]
    where values.contains(where: { $0 != nil }) {
      floats(name, [], values.map { $0 ?? .nan })
    }
    return entries
  }

  private func points(_ count: Int, _ side: Int?) -> [Float] {
    zip(labels, sizes).flatMap { labels, size -> [Float] in
      guard let points = labels.landmarks else {
        return Array(repeating: .nan, count: 2 * count)
      }
      let x = side.map { Float($0) / Float(size.width) } ?? 1
      let y = side.map { Float($0) / Float(size.height) } ?? 1
      return points.flatMap { [$0.x * x, $0.y * y] }
    }
  }
}
