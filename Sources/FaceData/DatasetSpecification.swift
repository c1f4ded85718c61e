public import Foundation

/// What decides a data set, as it stands in a run's specification.
///
/// As JSON: `{"kind": "synthetic", "profile": "wild", …}`, `{"kind": "lfw", "path": …}`,
/// `{"kind": "landmarks", "path": …, "crop": "whole"}` or `{"kind": "images", "path": …}`.
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
    }
  }

  /// The word that names the kind in JSON and in the shell.
  public var kind: String {
    switch self {
    case .synthetic: "synthetic"
    case .lfw: "lfw"
    case .landmarks: "landmarks"
    case .images: "images"
    }
  }

  /// A few words for a person: the profile or the folder's name.
  public var name: String {
    switch self {
    case .synthetic(let settings): settings.profile.rawValue
    case .lfw(let path), .landmarks(let path, _), .images(let path):
      URL(fileURLWithPath: path).lastPathComponent
    }
  }
}

extension DatasetSpecification: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind, path, crop, profile, identities, images, size, seed
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func path() throws -> String { try container.decode(String.self, forKey: .path) }
    switch try container.decode(String.self, forKey: .kind) {
    case "synthetic": self = .synthetic(try FaceWorldSettings(from: decoder))
    case "lfw": self = .lfw(path: try path())
    case "images": self = .images(path: try path())
    case "landmarks":
      let crop = try container.decodeIfPresent(LandmarkCrop.self, forKey: .crop)
      self = .landmarks(path: try path(), crop: crop ?? .whole)
    case let other:
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: container,
        debugDescription: "“\(other)” is no kind of data set: synthetic, lfw, landmarks or images")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    switch self {
    case .synthetic(let settings):
      try container.encode(settings.profile, forKey: .profile)
      try container.encode(settings.identities, forKey: .identities)
      try container.encode(settings.images, forKey: .images)
      try container.encode(settings.size, forKey: .size)
      try container.encode(settings.seed, forKey: .seed)
    case .lfw(let path), .images(let path):
      try container.encode(path, forKey: .path)
    case .landmarks(let path, let crop):
      try container.encode(path, forKey: .path)
      try container.encode(crop, forKey: .crop)
    }
  }
}
