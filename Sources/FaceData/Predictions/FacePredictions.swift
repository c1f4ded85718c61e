/// What a network says of faces: the file that `predict` leaves, and its JSON.
public struct FacePredictions: Sendable, Codable {
  /// One face.
  public struct Face: Sendable, Codable {
    /// Index and id of the photo, and the number of the face in it, from 1.
    public var photo: Int
    public var id: String
    public var face: Int
    /// The detector's confidence, and the face's box in pixels of the photo; nil for whole pictures.
    public var score: Float?
    public var box: FaceBox?
    /// What the network saw: a, b, c, d, tx, ty of the map from the unit square to the photo's pixels.
    public var part: [Float]
    /// One for each of `names`.
    public var values: [Float]?
    /// x and y of points in pixels of the photo.
    public var points: [[Float]]?
    /// x and y of visible vertices in pixels of the photo, and their depth, greater is farther.
    public var mesh: [[Float]]?
    /// The most similar people of a gallery, the nearest first.
    public var neighbours: [Neighbour]?

    public init(photo: Int, id: String, face: Int, part: Affine) {
      (self.photo, self.id, self.face) = (photo, id, face)
      self.part = [part.a, part.b, part.c, part.d, part.tx, part.ty]
    }

    /// The part as a map; nil where the file is damaged.
    public var map: Affine? {
      guard part.count == 6 else { return nil }
      return Affine(a: part[0], b: part[1], c: part[2], d: part[3], tx: part[4], ty: part[5])
    }
  }

  public struct Neighbour: Sendable, Codable {
    public var name: String
    /// Cosine, −1 to 1.
    public var similarity: Float
    /// The person's most similar picture in the gallery.
    public var sample: Int
    public var id: String

    public init(name: String, similarity: Float, sample: Int, id: String) {
      (self.name, self.similarity, self.sample, self.id) = (name, similarity, sample, id)
    }
  }

  public var task: String
  public var dataset: DatasetSpecification
  /// Where `neighbours` are from.
  public var gallery: DatasetSpecification?
  /// How photos were cut: `whole` or `face`.
  public var crop: String
  /// How faces stood in the pictures of the training set, where photos were cut by it.
  public var placement: FacePlacement?
  /// What `values` are.
  public var names: [String]
  /// Lines to draw through `points`.
  public var contours: [[Int]]
  public var faces: [Face]
  public var unusable: [UnusableSample]
  /// Photos without a face.
  public var empty: [String]

  public init(task: String, dataset: DatasetSpecification, crop: String, faces: [Face]) {
    (self.task, self.dataset, self.crop, self.faces) = (task, dataset, crop, faces)
    (names, contours, unusable, empty) = ([], [], [], [])
  }
}
