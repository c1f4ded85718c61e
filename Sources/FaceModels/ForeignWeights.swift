public import Torch

/// Weights from elsewhere, fitted to a backbone by their names.
///
/// Files name a network's tensors as torchvision and timm do, behind a prefix that depends on who
/// saved them: `module.`, `encoder_q.`, `state_dict.module.base_net.`. The prefix is found: it is the
/// one under which most of the backbone's names are.
/// - Checked by: ForeignWeightsTests.
public struct ForeignWeights {
  /// The backbone's names with their tensors.
  public let matched: [String: Tensor]
  /// What stands before each of them in the file.
  public let prefix: String
  /// Names of the backbone that the file lacks.
  public let missing: [String]
  /// Names of the file that the backbone has no use for, such as heads and momenta.
  public let unused: [String]

  /// Prefixes to be preferred where several networks in one file fit: the trained one before its
  /// moving average, but DINO's teacher, which is the one that is used.
  private static let preferred = ["encoder_q.", "teacher.", "online_encoder.", "base_net."]

  /// - Parameters: prefix: which network of the file, nil for the best.
  /// - Throws: `TensorError.stateMismatch` where nothing, or not all, of the backbone is there, or a
  ///   tensor has another shape; the message says what the file seems to hold.
  public init(
    _ tensors: [String: Tensor], for backbone: any Backbone, prefix wanted: String? = nil
  ) throws {
    let names = backbone.state.map(\.name)
    prefix = wanted ?? Self.bestPrefix(tensors.keys, names)
    let prefix = self.prefix
    let fitted = try Dictionary(
      uniqueKeysWithValues: names.compactMap { name in
        try tensors[prefix + name].map { (name, try Self.fitted(name, $0, backbone)) }
      })
    matched = fitted
    // Files from before PyTorch 0.4 have no counters.
    missing = names.filter { fitted[$0] == nil && !$0.hasSuffix("num_batches_tracked") }
    unused = tensors.keys.filter { name in
      !name.hasPrefix(prefix) || fitted[String(name.dropFirst(prefix.count))] == nil
    }.sorted()
    try check(backbone, tensors)
  }

  private static func bestPrefix(_ keys: some Collection<String>, _ names: [String]) -> String {
    let known = Set(names)
    var counts: [String: Int] = [:]
    for key in keys {
      for start in starts(of: key) where known.contains(String(key[start...])) {
        counts[String(key[..<start]), default: 0] += 1
      }
    }
    func rank(_ prefix: String) -> Int {
      preferred.firstIndex { prefix.contains($0) } ?? preferred.count
    }
    // Most names, then the preferred, then the shortest.
    let best = counts.max { a, b in
      (a.value, -rank(a.key), -a.key.count, b.key) < (b.value, -rank(b.key), -b.key.count, a.key)
    }
    return best?.key ?? ""
  }

  /// Where a name may begin: at the start and behind every dot.
  private static func starts(of key: String) -> [String.Index] {
    [key.startIndex] + key.indices.filter { key[$0] == "." }.map { key.index(after: $0) }
  }

  /// Positions of a transformer for another image size are resampled.
  private static func fitted(_ name: String, _ tensor: Tensor, _ backbone: any Backbone) throws
    -> Tensor
  {
    guard name == "pos_embed", let transformer = backbone as? VisionTransformer else {
      return tensor
    }
    return try transformer.fittedPositions(tensor)
  }

  private func check(_ backbone: any Backbone, _ tensors: [String: Tensor]) throws {
    let shapes = Dictionary(
      uniqueKeysWithValues: backbone.state.map { ($0.name, $0.tensor.shape) })
    let misfit = backbone.state.map(\.name).first { name in
      matched[name].map { $0.shape != shapes[name] } ?? false
    }
    guard misfit != nil || !missing.isEmpty else { return }
    var reason = "the file's weights are not this backbone's: "
    if let misfit {
      reason +=
        "\(prefix)\(misfit) is \(matched[misfit]?.shape ?? []), \(shapes[misfit] ?? []) is due"
    } else {
      reason +=
        "\(missing.count) of \(shapes.count) tensors are missing, such as"
        + " \(missing.prefix(3).joined(separator: ", "))"
    }
    let seen = BackboneShape.described(by: tensors)
    throw TensorError(
      .stateMismatch, reason + (seen.map { "; the file seems to hold \($0)" } ?? ""))
  }
}

extension BackboneShape {
  /// What a file of weights seems to be of, in the words of the options; nil for no known network.
  static func described(by tensors: [String: Tensor]) -> String? {
    func shape(endingIn suffix: String) -> [Int]? {
      tensors.filter { $0.key == suffix || $0.key.hasSuffix("." + suffix) }
        .min { $0.key.count < $1.key.count }?.value.shape
    }
    func blocks(_ stage: Int) -> Int {
      (0..<64).first { shape(endingIn: "layer\(stage).\($0).conv1.weight") == nil } ?? 0
    }
    if let convolution = shape(endingIn: "conv1.weight"), convolution.count == 4, blocks(1) > 0 {
      let isDeep = shape(endingIn: "layer1.0.conv3.weight") != nil
      let counts = (1...4).map(blocks)
      let known = ResNet.blocks.first { $0.value == counts && ($0.key >= 50) == isDeep }
      guard let depth = known?.key else { return nil }
      // The stem's convolution is not the first by name where blocks have conv1 too.
      let stem = tensors.first { $0.value.shape.count == 4 && $0.value.shape[1] == 3 }?.value.shape
      let width = stem?[0] ?? 64
      return "backbone: resnet\(depth), width: \(width), stem: "
        + (stem?.last == 3 ? "small" : "standard")
    }
    guard let patches = shape(endingIn: "patch_embed.proj.weight"), patches.count == 4,
      let size = VisionTransformer.Size.allCases.first(where: { $0.width == patches[0] })
    else { return nil }
    return "backbone: \(size.rawValue), patch: \(patches[3])"
  }
}
