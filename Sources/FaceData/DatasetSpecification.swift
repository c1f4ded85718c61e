public import Foundation

/// What decides a data set, as it stands in a run's specification.
///
/// As JSON: `{"kind": "synthetic", "profile": "wild", …}`, `{"kind": "lfw", "path": …}`,
/// `{"kind": "landmarks", "path": …, "crop": "whole"}`, `{"kind": "images", "path": …}`, or a
/// `DatasetSource` with any other kind of `DatasetFormat.all`, or `{"kind": "subset", "of": …}`.
/// Whoever makes one turns paths into absolute ones.
public enum DatasetSpecification: Sendable, Hashable {
  /// A face world, rendered.
  case synthetic(FaceWorldSettings)
  /// A folder a person and `pairs.txt`: `LFWDataset`.
  case lfw(path: String)
  /// Pictures with `.pts`: `LandmarkFolder`.
  case landmarks(path: String, crop: LandmarkCrop = .whole)
  /// Any pictures, without labels: `ImageFolder`.
  case images(path: String)
  /// Any other format of the table.
  case files(DatasetSource)
  /// Some samples of another set.
  indirect case subset(DatasetSubset)

  /// Opens the set; pictures of folders are decoded when they are asked for (`DecodedCache` keeps
  /// them).
  ///
  /// - Parameters: cacheFolder: where a synthetic set is rendered once and for all; nil renders a
  ///   face each time. threads: for rendering. progress: faces done and in all; what it throws
  ///   stops the rendering.
  /// - Throws: `FaceDataError`, see the readers.
  public func open(
    cacheFolder: URL?, threads: Int, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> any FaceDataset {
    switch self {
    case .synthetic(let settings):
      let world = try FaceWorld(settings)
      guard let cacheFolder else { return world }
      return try world.packed(at: cacheFolder, threads: threads, progress: progress)
    case .lfw(let path): return try LFWDataset(path: path)
    case .landmarks(let path, let crop): return try LandmarkFolder(path: path, crop: crop)
    case .images(let path): return try ImageFolder(path: path)
    case .files(let source): return try source.open()
    case .subset(let subset):
      return try subset.open(
        subset.base.open(cacheFolder: cacheFolder, threads: threads, progress: progress))
    }
  }

  /// The word that names the kind in JSON and in the shell.
  public var kind: String {
    switch self {
    case .synthetic: "synthetic"
    case .lfw: "lfw"
    case .landmarks: "landmarks"
    case .images: "images"
    case .files(let source): source.kind
    case .subset: DatasetSubset.kind
    }
  }

  /// A few words for a person: the profile or the folder's name.
  public var name: String {
    switch self {
    case .synthetic(let settings): settings.profile.rawValue
    case .lfw(let path), .landmarks(let path, _), .images(let path):
      URL(fileURLWithPath: path).lastPathComponent
    case .files(let source): URL(fileURLWithPath: source.path).lastPathComponent
    case .subset(let subset): subset.base.name
    }
  }
}

extension DatasetSpecification {
  /// The specification of a set in files, whatever its kind.
  public init(_ source: DatasetSource) {
    self =
      switch source.kind {
      case "lfw": .lfw(path: source.path)
      case "landmarks": .landmarks(path: source.path, crop: source.crop)
      case "images": .images(path: source.path)
      default: .files(source)
      }
  }
}

extension DatasetSpecification {
  /// The set that this one is a part of, or a part of a part of; else itself.
  public var whole: DatasetSpecification {
    if case .subset(let subset) = self { subset.base.whole } else { self }
  }
}

extension DatasetSpecification: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind, path, crop
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let kind = try container.decode(String.self, forKey: .kind)
    guard kind != "synthetic" else {
      self = .synthetic(try FaceWorldSettings(from: decoder))
      return
    }
    guard kind != DatasetSubset.kind else {
      self = .subset(try DatasetSubset(from: decoder))
      return
    }
    guard DatasetFormat.all.contains(where: { $0.kind == kind }) else {
      let kinds = ["synthetic"] + DatasetFormat.all.map(\.kind) + [DatasetSubset.kind]
      let known = kinds.joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: container,
        debugDescription: "“\(kind)” is no kind of data set: \(known)")
    }
    self.init(try DatasetSource(from: decoder))
  }

  public func encode(to encoder: any Encoder) throws {
    if case .files(let source) = self { return try source.encode(to: encoder) }
    if case .subset(let subset) = self { return try subset.encode(to: encoder) }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    switch self {
    case .synthetic(let settings):
      try settings.encode(to: encoder)
    case .lfw(let path), .images(let path):
      try container.encode(path, forKey: .path)
    case .landmarks(let path, let crop):
      try container.encode(path, forKey: .path)
      try container.encode(crop, forKey: .crop)
    case .files, .subset: break
    }
  }
}
