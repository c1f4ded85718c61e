/// Picture files with the labels that a reader found for them: what most data sets come to.
///
/// Opening reads the labels and lists the files; pictures are decoded when they are asked for.
public struct LabelledPictures: FaceDataset {
  struct Item {
    /// Below the folder; also the sample's id.
    let file: String
    var labels: FaceLabels
    var part: DatasetPart?
    /// The face's box in the picture; nil takes the whole picture.
    var box: PixelRectangle?
  }

  /// The word of its `DatasetFormat`.
  public let kind: String
  public let path: String
  public let fingerprint: String
  public let identityNames: [String]
  public let unusable: [UnusableSample]
  public let labelledUnits: LabelledUnits
  private let items: [Item]

  public var count: Int { items.count }
  public var pairs: [VerificationPair] { [] }
  public func id(at index: Int) -> String { items[index].file }
  public func labels(at index: Int) throws -> FaceLabels { items[index].labels }
  public func part(at index: Int) -> DatasetPart? { items[index].part }

  public func sample(at index: Int) throws -> FaceSample {
    let item = items[index]
    let file = path + "/" + item.file
    var image = try ImageFile.decode(path: file)
    if let box = item.box { image = try image.face(box, path: file) }
    return FaceSample(id: item.file, image: image, labels: item.labels)
  }

  /// Gathers items and problems.
  struct Builder {
    let kind: String
    let listing: FolderListing
    var items: [Item] = []
    var problems = ProblemList()
    var identityNames: [String] = []
    /// Digests of the label files.
    var digests: [String] = []
    private let files: [String: FolderListing.File]

    init(_ kind: String, _ listing: FolderListing) {
      (self.kind, self.listing) = (kind, listing)
      files = Dictionary(listing.files.map { ($0.path, $0) }) { first, _ in first }
    }

    func has(_ path: String) -> Bool { files[path] != nil }

    /// - Throws: `FaceDataError` `.emptyDataset`, with the first problem, if there is no item.
    func finish(expected: String) throws -> LabelledPictures {
      guard !items.isEmpty else {
        let first = problems.samples.first.map { " The first problem: \($0.path): \($0.reason)." }
        throw FaceDataError(
          .emptyDataset,
          "no labelled picture among the \(listing.files.count) files; facet expects \(expected)."
            + (first ?? ""), path: listing.folder)
      }
      return LabelledPictures(self)
    }
  }

  private init(_ builder: Builder) {
    (kind, path, items) = (builder.kind, builder.listing.folder, builder.items)
    (identityNames, unusable) = (builder.identityNames, builder.problems.finished)
    let used = Set(items.map(\.file))
    fingerprint = FolderListing.fingerprint(
      kind: kind, files: builder.listing.files.filter { used.contains($0.path) },
      labels: builder.digests.map { Array($0.utf8) })
    labelledUnits = Self.units(items)
  }

  private static func units(_ items: [Item]) -> LabelledUnits {
    var (intensities, occurrences): (Set<Int>, Set<Int>) = ([], [])
    for item in items {
      if let values = item.labels.unitIntensities { intensities.formUnion(values.units) }
      if let values = item.labels.unitOccurrences { occurrences.formUnion(values.units) }
    }
    return LabelledUnits(
      intensities: intensities.sorted(), occurrences: occurrences.sorted())
  }
}

/// Numbers people in the order of their names.
struct IdentityTable {
  let names: [String]
  private let numbers: [String: Int]

  init(_ names: some Sequence<String>) {
    self.names = Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    numbers = Dictionary(uniqueKeysWithValues: self.names.enumerated().map { ($1, $0) })
  }

  subscript(name: String) -> Int? { numbers[name] }
}

extension Image {
  /// The part of the picture that a label file calls the face.
  ///
  /// - Throws: `FaceDataError` `.brokenLabels` if the box lies outside of the picture.
  func face(_ box: PixelRectangle, path: String) throws -> Image {
    guard box.width > 0, box.height > 0, box.x < width, box.y < height, box.x + box.width > 0,
      box.y + box.height > 0, box.width <= 2 * width, box.height <= 2 * height
    else {
      throw FaceDataError(
        .brokenLabels,
        "the face's box (\(box.x), \(box.y), \(box.width)×\(box.height)) does not fit the "
          + "\(width)×\(height) picture; it seems to belong to another picture", path: path)
    }
    return cut(box)
  }
}
