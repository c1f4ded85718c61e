import Foundation
import Torch

/// What `facet-engine describe` tells of itself, a `name: value` a line: for `facet doctor`.
enum EngineDescription {
  static var text: String {
    let device = Device.best()
    return """
      libtorch: \(torchVersion)
      device: \(device)
      precision: \(Precision.best(for: device))
      threads: \(ProcessInfo.processInfo.activeProcessorCount)

      """
  }
}
