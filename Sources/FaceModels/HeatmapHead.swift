public import Torch

/// Landmarks by heat maps: a feature pyramid over the backbone's four stage maps, one map a point,
/// and the mean place under it.
///
/// From the last map to the first: a 1×1 convolution to `width` channels, the coarser result
/// resampled and added, 3×3 convolution, batch norm, ReLU. A last 1×1 convolution gives each point a
/// heat map h and offsets o at the first stage's resolution, and the point lies at
/// Σ softmax(h)·(g + o), with g the cells' centres as shares of the side: finer than a cell, and the
/// offsets let a point lie on the border or beyond.
/// - Source: Lin et al. 2017, arXiv:1612.03144 (pyramid); Sun et al. 2018, arXiv:1711.08229, Eq. 3
///   (integral regression). Differs: the offsets. Checked by: HeatmapHeadTests.
public final class HeatmapHead {
  private let laterals: [Conv2d]
  private let smoothers: [Conv2d]
  private let norms: [BatchNorm2d]
  private let output: Conv2d
  private let points: Int

  /// - Parameters: channels: of each map, fine to coarse; points: landmarks.
  public init(channels: [Int], points: Int, width: Int = 64, generator: Generator) throws {
    self.points = points
    laterals = try channels.map {
      try Conv2d(inputs: $0, outputs: width, window: Window(kernel: 1), generator: generator)
    }
    smoothers = try channels.map { _ in
      try Conv2d(
        inputs: width, outputs: width, window: Window(kernel: 3, padding: 1), bias: false,
        generator: generator)
    }
    norms = try channels.map { _ in try BatchNorm2d(width) }
    output = try Conv2d(
      inputs: width, outputs: 3 * points, window: Window(kernel: 1),
      initialization: .normal(0.001), generator: generator)
  }

  private var layers: [(name: String, layer: any Layer)] {
    laterals.enumerated().map { ("lateral.\($0)", $1) }
      + smoothers.enumerated().map { ("smoother.\($0)", $1) }
      + norms.enumerated().map { ("norm.\($0)", $1) } + [("output", output)]
  }

  public var state: [NamedTensor] { layers.flatMap { $0.layer.state.prefixed($0.name) } }

  public func move(to device: Device) throws {
    for entry in layers { try entry.layer.move(to: device) }
  }

  /// Maps `[N, C, H, W]`, fine to coarse → coordinates x₀ y₀ x₁ y₁ … as shares of the side,
  /// `[N, 2·points]`.
  public func callAsFunction(_ maps: [Tensor], training: Bool) throws -> Tensor {
    guard maps.count == laterals.count else {
      throw TensorError(
        .shapeMismatch, "the heat-map head has \(laterals.count) levels; it got \(maps.count) maps")
    }
    var merged: Tensor?
    for level in maps.indices.reversed() {
      var x = try laterals[level](maps[level])
      if let coarser = merged {
        x = try x + upsampledBilinear(coarser, height: x.shape[2], width: x.shape[3])
      }
      merged = try norms[level](smoothers[level](x), relu: true, training: training)
    }
    guard let merged else { throw TensorError(.shapeMismatch, "there are no maps") }
    return try Self.expectedPlaces(output(merged).to(.float32), points: points)
  }

  /// `[N, 3·points, h, w]` → `[N, 2·points]`: heat maps first, then the offsets in x and in y.
  static func expectedPlaces(_ maps: Tensor, points: Int) throws -> Tensor {
    let (n, height, width) = (maps.shape[0], maps.shape[2], maps.shape[3])
    let cells = try maps.reshaped([n, 3, points, height * width])
    let probability = try cells.select(1, 0).softmax(2)  // [N, P, hw]
    let (xs, ys) = try centres(height: height, width: width, device: maps.device)
    let x = try (probability * (cells.select(1, 1) + xs)).sum([2])  // [N, P]
    let y = try (probability * (cells.select(1, 2) + ys)).sum([2])
    return try Tensor.stack([x, y], dim: 2).reshaped([n, 2 * points])
  }

  /// The cells' centres as shares of the side: `[hw]` each.
  private static func centres(height: Int, width: Int, device: Device) throws -> (Tensor, Tensor) {
    var (xs, ys): ([Float], [Float]) = ([], [])
    for row in 0..<height {
      for column in 0..<width {
        xs.append((Float(column) + 0.5) / Float(width))
        ys.append((Float(row) + 0.5) / Float(height))
      }
    }
    let shape = [height * width]
    return try (Tensor(xs, shape: shape).to(device), Tensor(ys, shape: shape).to(device))
  }
}
