extension DatasetFormat {
  /// What facet wrote itself: it says so, whatever else it looks like.
  static let recordFormats = [
    DatasetFormat(
      kind: "records", title: "pictures with facet's labels",
      layout: "Al/1.png and Al/1.json, and dataset.json, as facet writes a data set to a folder",
      parts: DatasetPart.allCases.map(\.rawValue),
      recognize: { glance in
        let name = ShardManifest.fileName
        let isThere = glance.files.contains(name) && !glance.pictures.isEmpty
        let text = isThere ? glance.start(of: name) : []
        return String(decoding: text, as: UTF8.self).contains("\"format\":\"facet\"") ? name : nil
      },
      open: { try part($0, of: ShardDataset(folder: $0.path)) })
  ]

  /// Shards and videos; where pictures lie about they are the packed form of them or a by-product.
  static let streamFormats: [DatasetFormat] = [
    DatasetFormat(
      kind: "shards", title: "WebDataset's tar shards",
      layout: "faces-000000.tar and so on with 000017.jpg and 000017.json (or .cls, .txt) in them",
      parts: DatasetPart.allCases.map(\.rawValue),
      recognize: { glance in
        glance.pictures.isEmpty ? glance.first(where: ShardPaths.isShard) : nil
      },
      open: { try part($0, of: ShardDataset(path: $0.path)) }),
    DatasetFormat(
      kind: "video", title: "frames of videos",
      layout: "clip.mp4 or .avi, or a folder of them; a folder a person, or a file a person",
      recognize: { glance in
        let isVideo = { VideoDataset.extensions.contains(PathGlance.fileExtension($0)) }
        return glance.pictures.isEmpty ? glance.first(where: isVideo) : nil
      },
      open: { try VideoDataset(path: $0.path, every: $0.every ?? 1) }),
  ]

  private static func part(
    _ source: DatasetSource, of dataset: any FaceDataset
  ) throws -> any FaceDataset {
    guard let part = source.part.flatMap(DatasetPart.init(rawValue:)) else { return dataset }
    return try DatasetPartView(dataset, part: part)
  }
}
