/// Pictures in a folder a person or a folder an emotion, as many sets are passed round.
///
/// A folder called train, val, test or the like above the classes gives the part:
/// `s1/1.pgm` (ORL), `train/n000002/0001_01.jpg` (VGGFace2), `train/angry/im0.png` (FER2013),
/// `test/3/test_0001_aligned.jpg` (RAF-DB), `contempt/S138_008_00000009.png` (CK+).
enum ClassFolders {
  /// - Throws: `FaceDataError` `.unreadable`, or `.emptyDataset` if no picture has a class.
  static func people(path: String) throws -> LabelledPictures {
    var builder = LabelledPictures.Builder("identities", try FolderListing(path))
    var found: [(file: String, name: String, part: DatasetPart?)] = []
    for file in builder.listing.pictures {
      var folders = file.path.split(separator: "/").dropLast()
      let part = folders.first.flatMap(DatasetPart.init(word:))
      if part != nil { folders.removeFirst() }
      guard !folders.isEmpty else {
        builder.problems.add(file.path, "a picture outside of any person's folder")
        continue
      }
      found.append((file.path, folders.joined(separator: "/"), part))
    }
    let people = IdentityTable(found.map(\.name))
    builder.identityNames = people.names
    builder.items = found.map {
      .init(file: $0.file, labels: FaceLabels(identity: people[$0.name]), part: $0.part)
    }
    return try builder.finish(expected: "a folder a person with pictures in it, s1/1.pgm")
  }

  /// - Parameters: emotion: the class of a folder's name, nil for a name that is none; person: the
  ///   person in a file's path, where it says so.
  static func emotions(
    _ listing: FolderListing, kind: String, expected: String,
    emotion: (Substring) -> Emotion?, person: (Substring) -> String? = { _ in nil }
  ) throws -> LabelledPictures {
    var builder = LabelledPictures.Builder(kind, listing)
    let people = IdentityTable(
      listing.pictures.compactMap { $0.path.split(separator: "/").last.flatMap(person) })
    builder.identityNames = people.names
    for file in listing.pictures {
      let parts = file.path.split(separator: "/")
      guard parts.count > 1, let name = parts.last else {
        builder.problems.add(file.path, "a picture outside of any class's folder")
        continue
      }
      let folder = parts[parts.count - 2]
      guard let emotion = emotion(folder) else {
        builder.problems.add(file.path, "the folder “\(folder)” names no emotion")
        continue
      }
      let labels = FaceLabels(identity: person(name).flatMap { people[$0] }, emotion: emotion)
      let part = parts.dropLast(2).lazy.compactMap(DatasetPart.init(word:)).first
      builder.items.append(.init(file: file.path, labels: labels, part: part))
    }
    return try builder.finish(expected: expected)
  }

  /// A folder an emotion, named in English.
  static func emotions(path: String) throws -> LabelledPictures {
    try emotions(
      FolderListing(path), kind: "classes",
      expected:
        "a folder an emotion, named neutral, happiness (or happy), sadness, surprise, fear, "
        + "disgust, anger or contempt", emotion: { Emotion(word: $0) })
  }
}

extension DatasetPart {
  /// Reads a folder's name or a table's word: "Training", "val", "PrivateTest".
  init?(word: some StringProtocol) {
    switch word.lowercased() {
    case "train", "training", "trainset", "fer2013train": self = .train
    case "val", "valid", "validation", "dev", "devel", "publictest", "fer2013valid":
      self = .validation
    case "test", "testing", "testset", "privatetest", "fer2013test": self = .test
    default: return nil
    }
  }
}
