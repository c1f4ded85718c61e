/// Everything that decides a run's outcome. Its canonical JSON, together with the fingerprints of
/// its data and the cache keys of its parents, is the run's cache key.
public struct RunSpecification: Codable, Hashable, Sendable {
  public enum Kind: String, Codable, Sendable, CaseIterable {
    case pretrain, adapt, evaluate, predict
    /// Weights from elsewhere; its data are their file.
    case importing = "import"

    /// Runs of these kinds leave weights, which others start from.
    public static let withWeights: Set<Kind> = [.pretrain, .adapt, .importing]
  }

  public var kind: Kind
  /// A name of `MethodCatalog`: `swav`, `supervised`, `landmarks`, `recognition`.
  public var method: String
  /// The data set's own specification (`FaceData.DatasetSpecification` as JSON).
  public var data: SpecValue
  /// Every option of the method, defaults filled in: nothing is implied.
  public var options: [String: SpecValue]
  public var seed: Int
  /// The cache key of the run whose weights this one starts from; nil is from scratch.
  public var initialization: String?
  /// Another set to test on as a whole; nil tests on a part of `data`.
  public var test: TestSet?

  /// A data set with its fingerprint, which is part of the cache key in this way.
  public struct TestSet: Codable, Hashable, Sendable {
    public var data: SpecValue
    public var fingerprint: String

    public init(data: SpecValue, fingerprint: String) {
      (self.data, self.fingerprint) = (data, fingerprint)
    }
  }

  public init(
    kind: Kind, method: String, data: SpecValue, options: [String: SpecValue], seed: Int,
    initialization: String? = nil, test: TestSet? = nil
  ) {
    (self.kind, self.method, self.data) = (kind, method, data)
    (self.options, self.seed, self.initialization) = (options, seed, initialization)
    self.test = test
  }
}
