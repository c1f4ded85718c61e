/// What decides a synthetic set of faces, down to the byte.
public struct FaceWorldSettings: Codable, Hashable, Sendable {
  public enum Profile: String, Codable, Hashable, Sendable, CaseIterable {
    /// Curated: near frontal, neutral light, plain background.
    case studio
    /// Uncurated: wide poses, all sorts of light, clutter, blur, noise and mis-crops.
    case wild
  }

  public var profile: Profile
  /// People in the set; each has `images / identities` pictures, give or take one.
  public var identities: Int
  public var images: Int
  /// Width and height of a picture in pixels.
  public var size: Int
  public var seed: Int

  public init(
    profile: Profile, identities: Int = 400, images: Int = 20_000, size: Int = 64, seed: Int = 0
  ) {
    (self.profile, self.identities, self.images) = (profile, identities, images)
    (self.size, self.seed) = (size, seed)
  }
}
