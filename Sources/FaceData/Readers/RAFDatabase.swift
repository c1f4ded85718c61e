/// RAF-DB's basic set: 15,339 aligned faces in seven emotions.
///
/// `EmoLabel/list_patition_label.txt` (its spelling) with lines `train_00001.jpg 5`, pictures
/// `Image/aligned/train_00001_aligned.jpg` or `Image/original/train_00001.jpg`; or the folders that
/// are passed round instead, `train/5/train_00001_aligned.jpg`.
/// - Source: Li et al., CVPR 2017, "Reliable crowdsourcing and deep locality-preserving learning".
///   Checked by: RAFDatabaseTests.
public enum RAFDatabase {
  /// Emotions in the order of the labels 1–7.
  static let emotions: [Emotion] = [
    .surprise, .fear, .disgust, .happiness, .sadness, .anger, .neutral,
  ]
  static let listNames = ["list_patition_label.txt", "list_partition_label.txt"]

  /// - Throws: `FaceDataError` `.unreadable`, `.brokenLabels` or `.emptyDataset`.
  public static func read(path: String) throws -> LabelledPictures {
    let listing = try FolderListing(path)
    let list = listing.files.first { file in
      listNames.contains { file.path == $0 || file.path.hasSuffix("/" + $0) }
    }
    if let list { return try read(list.path, listing) }
    return try ClassFolders.emotions(
      listing, kind: "raf-db",
      expected: "EmoLabel/list_patition_label.txt, or folders train/1 to test/7",
      emotion: { Int($0).flatMap(emotion) ?? Emotion(word: $0).flatMap(basic) })
  }

  private static func emotion(_ label: Int) -> Emotion? {
    emotions.indices.contains(label - 1) ? emotions[label - 1] : nil
  }

  private static func basic(_ emotion: Emotion) -> Emotion? {
    emotion == .contempt ? nil : emotion
  }

  private static func read(_ list: String, _ listing: FolderListing) throws -> LabelledPictures {
    var builder = LabelledPictures.Builder("raf-db", listing)
    let pictures = byName(listing)
    var (taken, missing): (Set<String>, Int) = ([], 0)
    let digest = try LabelLines.read(listing.absolute(list)) { line in
      guard !line.bytes.isEmpty else { return }
      let words = line.words
      guard words.count == 2, let label = words[1].wholeNumber, let emotion = emotion(label) else {
        let reason = "“\(line.text.prefix(60))” is not “train_00001.jpg 5” with a label 1–7"
        return builder.problems.add(list, line: line.number, reason)
      }
      let name = words[0].text
      guard let file = pictures[stem(name)] else {
        missing += 1
        return
      }
      guard taken.insert(file).inserted else {
        return builder.problems.add(list, line: line.number, "\(name) has a label already")
      }
      let part = DatasetPart(word: name.prefix { $0 != "_" })
      builder.items.append(.init(file: file, labels: FaceLabels(emotion: emotion), part: part))
    }
    builder.digests = [digest]
    if missing > 0 { builder.problems.add(list, "\(missing) lines lack their picture") }
    return try builder.finish(
      expected: "Image/aligned/train_00001_aligned.jpg and so on beside "
        + "EmoLabel/list_patition_label.txt")
  }

  private static func stem(_ name: some StringProtocol) -> String {
    String(name.lastIndex(of: ".").map { name[..<$0] } ?? name[...])
  }

  /// Aligned pictures are preferred to others of one name.
  private static func byName(_ listing: FolderListing) -> [String: String] {
    var (aligned, others): ([String: String], [String: String]) = ([:], [:])
    for file in listing.pictures {
      let stem = stem(file.path.split(separator: "/").last ?? "")
      if stem.hasSuffix("_aligned") {
        aligned[String(stem.dropLast("_aligned".count))] = file.path
      } else {
        others[stem] = file.path
      }
    }
    return aligned.merging(others) { aligned, _ in aligned }
  }
}
