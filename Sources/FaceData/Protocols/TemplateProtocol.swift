/// Comparison of templates, sets of pictures and video frames of one person: IJB's protocol.
public struct TemplateProtocol: Sendable {
  public struct Template: Sendable, Hashable {
    /// The set's own number.
    public let id: Int
    /// Indices into the data set.
    public let images: [Int]
    /// One an image: images of one medium (a video) are averaged before media are.
    public let media: [Int]
  }

  /// Indices into `templates`.
  public struct Pair: Sendable, Hashable {
    public let first: Int32
    public let second: Int32
    public let isSame: Bool
  }

  /// Templates of known people to search in, or to search for.
  public struct Group: Sendable, Hashable {
    /// "G1", "S2" or "mixed".
    public let name: String
    /// Indices into `templates`.
    public let templates: [Int]
    /// One a template: the set's own number of the person.
    public let subjects: [Int]
  }

  /// In the order of their numbers; each has at least one image.
  public let templates: [Template]
  /// 1:1 verification.
  public let pairs: [Pair]
  /// 1:N identification; empty where the set brings none.
  public let galleries: [Group]
  public let probes: [Group]

  /// Members of each medium of a template, media in ascending order.
  public static func media(of template: Template) -> [[Int]] {
    let groups = Dictionary(grouping: zip(template.images, template.media), by: \.1)
    return groups.sorted { $0.key < $1.key }.map { $0.value.map(\.0) }
  }
}
