extension DatasetFormat {
  /// The kinds that any folder of faces may be.
  static let generalFormats: [DatasetFormat] = [
    DatasetFormat(
      kind: "landmarks", title: "300-W, 68 landmarks",
      layout: "picture.jpg or .png with picture.pts (68 points) beside it",
      recognize: { glance in
        glance.first(withExtension: "pts").map { "\($0) and pictures" }
      },
      open: { try LandmarkFolder(path: $0.path, crop: $0.crop) }),
    DatasetFormat(
      kind: "lfw", title: "a folder a person, LFW's pairs",
      layout: "Name/Name_0001.jpg and so on, and pairs.txt beside the people",
      recognize: { glance in
        if glance.contains("pairs.txt") { return "pairs.txt" }
        return glance.pictures.first(where: isNamedByFolder).map {
          "pictures named by their folder: \($0)"
        }
      },
      open: { try LFWDataset(path: $0.path) }),
    DatasetFormat(
      kind: "images", title: "pictures without labels", layout: "pictures at any depth",
      recognize: { glance in glance.pictures.first.map { "pictures, the first is \($0)" } },
      open: { try ImageFolder(path: $0.path) }),
  ]

  /// `Name/Name_0001.jpg`.
  private static func isNamedByFolder(_ picture: String) -> Bool {
    let parts = picture.split(separator: "/").suffix(2)
    guard parts.count == 2, let folder = parts.first, let file = parts.last else { return false }
    return file.hasPrefix(folder + "_")
  }
}
