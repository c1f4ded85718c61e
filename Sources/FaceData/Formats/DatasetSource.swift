/// A data set in files, as a specification names it: the format's word, the place and what to take.
///
/// As JSON: `{"kind": "wflw", "path": …, "part": "test", "crop": "face"}`; what is absent has its
/// default. The words are those of `DatasetFormat.all`.
public struct DatasetSource: Sendable, Hashable {
  /// `DatasetFormat.kind`.
  public var kind: String
  /// A folder, or the label file itself.
  public var path: String
  /// The folder that the picture names in the labels start from; nil is the format's usual place.
  public var images: String?
  /// One of the format's `parts` ("train", "test", a fold); nil is all of them.
  public var part: String?
  /// What part of an annotated picture is a sample.
  public var crop: LandmarkCrop
  /// Takes every n-th frame of a video; nil is every frame.
  public var every: Int?

  public init(
    kind: String, path: String, images: String? = nil, part: String? = nil,
    crop: LandmarkCrop = .whole, every: Int? = nil
  ) {
    (self.kind, self.path, self.images, self.part, self.crop) = (kind, path, images, part, crop)
    self.every = every
  }

  /// Opens the set with the reader of its kind.
  ///
  /// - Throws: `FaceDataError` `.invalidSetting` for a kind or part that there is not, else what
  ///   the reader throws.
  public func open() throws -> any FaceDataset {
    let format = try DatasetFormat.named(kind)
    if let part, !format.parts.contains(part) {
      let known =
        format.parts.isEmpty ? "it has none" : "it has \(format.parts.joined(separator: ", "))"
      throw FaceDataError(
        .invalidSetting, "“\(part)” is no part of a data set of kind \(kind): \(known)", path: path)
    }
    return try format.open(self)
  }
}

extension DatasetSource: Codable {
  private enum CodingKeys: String, CodingKey { case kind, path, images, part, crop, every }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    kind = try container.decode(String.self, forKey: .kind)
    path = try container.decode(String.self, forKey: .path)
    images = try container.decodeIfPresent(String.self, forKey: .images)
    part = try container.decodeIfPresent(String.self, forKey: .part)
    crop = try container.decodeIfPresent(LandmarkCrop.self, forKey: .crop) ?? .whole
    every = try container.decodeIfPresent(Int.self, forKey: .every)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(path, forKey: .path)
    try container.encodeIfPresent(images, forKey: .images)
    try container.encodeIfPresent(part, forKey: .part)
    if crop != .whole { try container.encode(crop, forKey: .crop) }
    try container.encodeIfPresent(every, forKey: .every)
  }
}
