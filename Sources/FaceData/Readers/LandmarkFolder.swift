import Foundation

/// What part of an annotated picture is a sample.
public enum LandmarkCrop: String, Sendable, Hashable, Codable, CaseIterable {
  /// The whole picture.
  case whole
  /// The square about the box of the true landmarks, enlarged by 1.3: the usual protocol where no
  /// detector's box is given. It presupposes the truth, so it is part of the protocol's name.
  case face
  /// The square about the set's own face box, enlarged by 1.25: HRNet's protocol for WFLW, AFLW and
  /// COFW. Only for sets that bring a box.
  case box
}

/// Pictures with a `.pts` file of 68 points beside each, as 300-W and its parts come.
///
/// Opening reads all `.pts` files and the pictures' headers; pictures are decoded when they are
/// asked for. Whatever cannot be used is listed in `unusable` with the reason.
public struct LandmarkFolder: FaceDataset {
  /// The face crop's side over the longer side of the landmarks' box.
  public static let faceCropEnlargement: Float = 1.3

  public let path: String
  public let crop: LandmarkCrop
  public let fingerprint: String
  public let unusable: [UnusableSample]
  private let items: [Item]

  private struct Item {
    let file: String
    /// In pixels of the file.
    let points: [SIMD2<Float>]
  }

  /// - Throws: `FaceDataError` `.unreadable`, `.emptyDataset` if no picture has usable points, or
  ///   `.invalidSetting` for the crop `.box`: `.pts` files hold no boxes.
  public init(path: String, crop: LandmarkCrop = .whole) throws {
    guard crop != .box else {
      throw FaceDataError(
        .invalidSetting, "no box stands in .pts files; crop by whole or face", path: path)
    }
    let listing = try FolderListing(path)
    let labels = listing.files.filter { $0.fileExtension == "pts" }
    guard !labels.isEmpty else { throw Self.withoutLabels(listing) }
    var scan = Scan(listing: listing, labels: labels)
    scan.run()
    guard !scan.items.isEmpty else { throw Self.withoutUse(listing, scan.unusable) }
    (self.path, self.crop, items, unusable) = (path, crop, scan.items, scan.unusable)
    fingerprint = FolderListing.fingerprint(
      kind: "landmarks \(crop.rawValue)", files: listing.pictures + labels,
      labels: scan.labelBytes)
  }

  public var count: Int { items.count }
  public var identityNames: [String] { [] }
  public var pairs: [VerificationPair] { [] }
  public func id(at index: Int) -> String { items[index].file }

  public func labels(at index: Int) throws -> FaceLabels {
    let item = items[index]
    guard crop == .face else { return FaceLabels(landmarks: item.points) }
    let square = Self.faceSquare(item.points)
    let origin = SIMD2(Float(square.x), Float(square.y))
    return FaceLabels(landmarks: item.points.map { $0 - origin })
  }

  public func sample(at index: Int) throws -> FaceSample {
    let item = items[index]
    var image = try ImageFile.decode(path: path + "/" + item.file)
    if crop == .face { image = image.cut(Self.faceSquare(item.points)) }
    return FaceSample(id: item.file, image: image, labels: try labels(at: index))
  }

  /// The square that `.face` cuts, on whole pixels; it may reach beyond the picture.
  static func faceSquare(_ points: [SIMD2<Float>]) -> PixelRectangle {
    let (low, high) = bounds(points)
    let side = ((high - low).max() * faceCropEnlargement).rounded(.up)
    let corner = ((low + high - side) / 2).rounded(.down)
    return PixelRectangle(
      x: Int(corner.x), y: Int(corner.y), width: max(1, Int(side)), height: max(1, Int(side)))
  }

  static func bounds(_ points: [SIMD2<Float>]) -> (low: SIMD2<Float>, high: SIMD2<Float>) {
    points.reduce((SIMD2(repeating: .infinity), SIMD2(repeating: -.infinity))) {
      (pointwiseMin($0.0, $1), pointwiseMax($0.1, $1))
    }
  }

  private static func withoutLabels(_ listing: FolderListing) -> FaceDataError {
    FaceDataError(
      .emptyDataset,
      "no .pts file among the \(listing.files.count) files (\(listing.pictures.count) pictures) in "
        + "and below the folder; facet expects 300-W's layout, picture.jpg or .png with "
        + "picture.pts (68 points) beside it", path: listing.folder)
  }

  private static func withoutUse(
    _ listing: FolderListing, _ unusable: [UnusableSample]
  ) -> FaceDataError {
    let first = unusable.first.map { " The first: \($0.path): \($0.reason)." } ?? ""
    return FaceDataError(
      .emptyDataset,
      "none of the \(unusable.count) pictures and .pts files can be used." + first,
      path: listing.folder)
  }

  /// Pairs pictures with their points and sorts out what does not fit.
  private struct Scan {
    let listing: FolderListing
    let labels: [FolderListing.File]
    var items: [Item] = []
    var unusable: [UnusableSample] = []
    var labelBytes: [[UInt8]] = []

    init(listing: FolderListing, labels: [FolderListing.File]) {
      (self.listing, self.labels) = (listing, labels)
    }

    mutating func run() {
      let pictures = listing.pictures
      let byStem = Dictionary(pictures.map { ($0.stem, $0) }) { first, _ in first }
      let labelled = Set(labels.map(\.stem))
      for label in labels {
        guard let picture = byStem[label.stem] else {
          leaveOut(label.path, "no picture of that name beside it")
          continue
        }
        take(picture, label)
      }
      for picture in pictures where !labelled.contains(picture.stem) {
        leaveOut(picture.path, "no .pts file beside it")
      }
      // Two pictures of one name: only the first can have meant the points.
      for picture in pictures where labelled.contains(picture.stem) {
        if byStem[picture.stem] != picture {
          leaveOut(picture.path, "another picture of the same name has the .pts file")
        }
      }
    }

    private mutating func take(_ picture: FolderListing.File, _ label: FolderListing.File) {
      do {
        let bytes = try FileBytes.read(listing.absolute(label.path))
        labelBytes.append(bytes)
        let points = try PointsFile.points(in: bytes, path: label.path)
        let size = try ImageFile.size(path: listing.absolute(picture.path))
        if let reason = LandmarkFit.misfit(points, size) { return leaveOut(picture.path, reason) }
        items.append(Item(file: picture.path, points: points))
      } catch let error as FaceDataError {
        let line = error.context.line.map { ":\($0)" } ?? ""
        leaveOut((error.context.line == nil ? picture.path : label.path) + line, error.message)
      } catch {
        leaveOut(picture.path, "\(error)")
      }
    }

    private mutating func leaveOut(_ path: String, _ reason: String) {
      unusable.append(UnusableSample(path: path, reason: reason))
    }
  }
}

extension Image {
  /// A rectangle of whole pixels; beyond the edge the edge's pixels are repeated.
  func cut(_ rectangle: PixelRectangle) -> Image {
    let columns = (0..<rectangle.width).map { min(max(rectangle.x + $0, 0), width - 1) * 3 }
    let length = rectangle.width * rectangle.height * 3
    let cut = [UInt8](unsafeUninitializedCapacity: length) { target, filled in
      for y in 0..<rectangle.height {
        let row = min(max(rectangle.y + y, 0), height - 1) * width * 3
        for column in columns {
          for channel in 0..<3 { target[filled + channel] = pixels[row + column + channel] }
          filled += 3
        }
      }
    }
    return Image(width: rectangle.width, height: rectangle.height, pixels: cut)
  }
}
