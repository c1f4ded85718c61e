extension Image {
  /// The picture through an affine map, sampled bilinearly; beyond the edge the edge's colour goes
  /// on.
  ///
  /// - Parameters: toSource: takes a point of the result to a point of this picture.
  public func warped(_ toSource: Affine, width: Int, height: Int) -> Image {
    let planes = FloatPlanes()
    warp(toSource, width: width, height: height, into: planes)
    return planes.image()
  }

  /// As `warped` to a square, with antialiasing where the map shrinks: the part of the picture that
  /// is shown is brought to about the size of the result first.
  func warpedSmoothly(_ toSource: Affine, side: Int) -> Image {
    let scale = 1 / max(abs(toSource.determinant).squareRoot(), 1e-6)
    let edge = FaceBox(x: 0, y: 0, width: Float(side), height: Float(side)).corners
    guard scale < 0.7, let shown = FaceBox(around: edge.map { toSource($0) }) else {
      return warped(toSource, width: side, height: side)
    }
    // A little more than is shown, so that its edge has neighbours.
    let reach = max(shown.width, shown.height) + 4 / scale
    let part = PixelRectangle(around: shown.center, side: reach, in: self)
    guard part.width > 0, part.height > 0 else {
      return warped(toSource, width: side, height: side)
    }
    func scaled(_ length: Int) -> Int { max(1, Int((Float(length) * scale).rounded())) }
    let (wide, high) = (scaled(part.width), scaled(part.height))
    let planes = FloatPlanes()
    Resampler().resample(self, part, width: wide, height: high, into: planes)
    let toPart = Affine.translation(-Float(part.x), -Float(part.y))
      .then(.scale(Float(wide) / Float(part.width), Float(high) / Float(part.height)))
    return planes.image().warped(toSource.then(toPart), width: side, height: side)
  }

  func warp(_ toSource: Affine, width: Int, height: Int, into planes: FloatPlanes) {
    planes.resize(width: width, height: height)
    guard self.width > 0, self.height > 0 else { return }
    pixels.withUnsafeBufferPointer { buffer in
      guard let source = buffer.baseAddress else { return }
      for y in 0..<height { warpRow(source, toSource, y, into: planes) }
    }
  }

  private func warpRow(
    _ source: UnsafePointer<UInt8>, _ toSource: Affine, _ y: Int, into planes: FloatPlanes
  ) {
    let (right, bottom) = (Float(width - 1), Float(height - 1))
    let start = toSource(SIMD2(0.5, Float(y) + 0.5)) - 0.5
    let offset = y * planes.width
    for x in 0..<planes.width {
      // Not a running sum, so that the last pixel is as exact as the first.
      let px = clamp(start.x + Float(x) * toSource.a, right)
      let py = clamp(start.y + Float(x) * toSource.c, bottom)
      let (left, top) = (Int(px), Int(py))
      let (fx, fy) = (px - Float(left), py - Float(top))
      let nextColumn = left < width - 1 ? 3 : 0
      let nextRow = top < height - 1 ? width * 3 : 0
      let corner = source + (top * width + left) * 3
      for channel in 0..<3 {
        let at = corner + channel
        let upper = mix(at[0], at[nextColumn], fx)
        let lower = mix(at[nextRow], at[nextRow + nextColumn], fx)
        planes.base[channel * planes.planeStride + offset + x] = upper + (lower - upper) * fy
      }
    }
  }

  /// NaN becomes 0, so that the conversion to a whole number cannot trap.
  @inline(__always)
  private func clamp(_ value: Float, _ largest: Float) -> Float {
    value > 0 ? (value < largest ? value : largest) : 0
  }

  @inline(__always)
  private func mix(_ first: UInt8, _ second: UInt8, _ share: Float) -> Float {
    Float(first) + (Float(second) - Float(first)) * share
  }
}
