import Digests
import FaceData
import FaceTasks
import Foundation
import Torch

/// Features of a frozen backbone, computed once for each sample and kept on disk.
///
/// The file's name is a hash of the weights, the data's fingerprint, the kind of features and the
/// input's settings, so every run on the same frozen backbone reads the same file, whatever its
/// task, label budget and seed. A file that is damaged is made anew.
final class FrozenFeatures: FeatureSource {
  let dataset: any FaceDataset
  private let live: LiveFeatures
  private let input: InputSettings
  private let file: URL
  /// The row of each sample in `tensors` and `maps`.
  private var rows: [Int: Int] = [:]
  private var tensors: [Tensor] = []
  /// Numbers of `Affine` of each row, from the crop to the picture.
  private var maps: [[Float]] = []
  /// Beyond this the features stay in memory only.
  private static let byteLimit = 1 << 30
  /// Rows that are handed out at a time.
  private static let part = 1024

  init(
    _ live: LiveFeatures, kind: FeatureKind, withMirror: Bool, weights: [NamedTensor],
    input: InputSettings, folder: URL
  ) throws {
    (dataset, self.live, self.input) = (live.dataset, live, input)
    var hasher = SHA256Hasher()
    let settings = [
      "\(kind.rawValue) mirror=\(withMirror) size=\(input.size) precision=\(input.precision)",
      "device=\(input.device) data=\(live.dataset.fingerprint) torch=\(torchVersion)",
    ]
    hasher.update(settings.joined(separator: " "))
    for item in weights {
      hasher.update(item.name)
      hasher.update(try item.tensor.data())
    }
    file = folder.appending(path: "features-\(hasher.finalize().hex.prefix(32)).safetensors")
    load()
  }

  /// Computes what is missing of these samples, and keeps it.
  func prepare(_ indices: [Int], onProgress: (Int, Int) throws -> Void = { _, _ in }) throws {
    let missing = Set(indices).filter { rows[$0] == nil }.sorted()
    guard !missing.isEmpty else { return }
    var parts: [[Tensor]] = []
    var done = 0
    try live.forEachBatch(missing) { features, samples in
      parts.append(try features.map { try $0.to(.cpu) })
      for sample in samples {
        rows[sample.index] = maps.count
        let map = sample.toImage
        maps.append([map.a, map.b, map.c, map.d, map.tx, map.ty])
      }
      done += samples.count
      try onProgress(done, missing.count)
    }
    if !tensors.isEmpty { parts.insert(tensors, at: 0) }
    tensors = try (parts.first ?? []).indices.map { column -> Tensor in
      try Tensor.cat(parts.map { $0[column] }, dim: 0)
    }
    try save()
  }

  func forEachBatch(_ indices: [Int], _ body: ([Tensor], [TaskSample]) throws -> Void) throws {
    try prepare(indices)
    for start in stride(from: 0, to: indices.count, by: Self.part) {
      let part = Array(indices[start..<min(start + Self.part, indices.count)])
      try body(try features(of: part), part.map { try sample($0) })
    }
  }

  /// Features of prepared samples, on the device.
  func features(of indices: [Int]) throws -> [Tensor] {
    let places = try indices.map { index -> Int64 in
      guard let row = rows[index] else {
        throw EngineError(.tooFewSamples, "sample \(index) has no frozen features")
      }
      return Int64(row)
    }
    let index = try Tensor(places, shape: [places.count])
    return try tensors.map { try $0.indexSelect(0, index).to(input.device) }
  }

  func sample(_ index: Int) throws -> TaskSample {
    guard let row = rows[index] else {
      throw EngineError(.tooFewSamples, "sample \(index) has no frozen features")
    }
    let side = Float(input.size)
    let labels = LabelledCrop.evaluationLabels(
      try dataset.labels(at: index), width: Int((maps[row][0] * side).rounded()),
      height: Int((maps[row][3] * side).rounded()), size: input.size)
    return TaskSample(
      index: index, labels: labels.labels, toImage: labels.toImage, size: input.size)
  }

  private func load() {
    guard let (saved, _) = try? Safetensors.load(file), let index = saved["index"],
      let map = saved["map"], let numbers = try? index.int64s(), let values = try? map.floats(),
      values.count == 6 * numbers.count
    else { return }
    let found = (0..<saved.count).compactMap { saved["features.\($0)"] }
    guard !found.isEmpty, found.allSatisfy({ $0.shape.first == numbers.count }) else { return }
    tensors = found
    maps = numbers.indices.map { Array(values[6 * $0..<6 * $0 + 6]) }
    rows = Dictionary(
      numbers.enumerated().map { (Int($1), $0) }, uniquingKeysWith: { first, _ in first })
  }

  private func save() throws {
    let bytes = tensors.reduce(0) { $0 + 4 * $1.elementCount }
    guard bytes <= Self.byteLimit else { return }
    var order = [Int64](repeating: 0, count: maps.count)
    for (index, row) in rows { order[row] = Int64(index) }
    var saved = try [
      "index": Tensor(order, shape: [order.count]),
      "map": Tensor(maps.flatMap { $0 }, shape: [maps.count, 6]),
    ]
    for (column, tensor) in tensors.enumerated() { saved["features.\(column)"] = tensor }
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Safetensors.save(saved, to: file)
  }
}
