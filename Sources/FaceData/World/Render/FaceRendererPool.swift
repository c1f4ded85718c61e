import Foundation

/// Renderers with their buffers, handed out to one thread at a time.
final class FaceRendererPool: @unchecked Sendable {
  private let size: Int
  private let scheme: LandmarkScheme
  let kit: FaceKit
  private let lock = NSLock()
  /// Guarded by `lock`.
  private var idle: [FaceRenderer] = []

  init(size: Int, kit: FaceKit, scheme: LandmarkScheme) {
    (self.size, self.kit, self.scheme) = (size, kit, scheme)
  }

  func withRenderer<Result>(_ body: (FaceRenderer) -> Result) -> Result {
    let renderer = take()
    defer { lock.withLock { idle.append(renderer) } }
    return body(renderer)
  }

  private func take() -> FaceRenderer {
    lock.withLock { idle.popLast() } ?? FaceRenderer(size: size, kit: kit, scheme: scheme)
  }
}
