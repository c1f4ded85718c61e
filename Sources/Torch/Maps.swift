import CTorch

/// x `[N, C, H, W]` resampled bilinearly to height × width; corners are not aligned, as in PyTorch's
/// `interpolate`.
/// - Throws: `TensorError.shapeMismatch` for another rank.
public func upsampledBilinear(_ x: Tensor, height: Int, width: Int) throws -> Tensor {
  try produce("upsampledBilinear", [x], shapesFit: x.rank == 4) {
    ft_upsample_bilinear(x.handle, Int64(height), Int64(width), $0, $1)
  }
}

/// x `[N, C, H, W]` at height × width, each pixel the nearest of x: at twice the size each four times.
/// - Throws: `TensorError.shapeMismatch` for another rank.
public func upsampledNearest(_ x: Tensor, height: Int, width: Int) throws -> Tensor {
  try produce("upsampledNearest", [x], shapesFit: x.rank == 4) {
    ft_upsample_nearest(x.handle, Int64(height), Int64(width), $0, $1)
  }
}

extension Tensor {
  /// The eigenvalues, ascending `[n]`, and eigenvectors, as columns `[n, n]`, of a symmetric matrix.
  ///
  /// - Throws: `TensorError` unless it is `[n, n]`; only the lower triangle is read.
  /// - Edge cases: an eigenvector's sign is free.
  public func symmetricEigen() throws -> (values: Tensor, vectors: Tensor) {
    var vectors: OpaquePointer?
    let fits = { self.rank == 2 && self.shape[0] == self.shape[1] }
    let values = try produce("symmetricEigen", [self], shapesFit: fits()) {
      ft_symmetric_eigen(handle, $0, &vectors, $1)
    }
    guard let vectors else {
      throw TensorError(.torch, "symmetricEigen: torch returned no vectors")
    }
    return (values, Tensor(owning: vectors))
  }
}
