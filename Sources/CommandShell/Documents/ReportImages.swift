import FaceData
import Foundation
import Graphics

/// Pictures that a notebook's prose names.
enum ReportImages {
  /// A reader of picture files, paths taken from the notebook's folder.
  static func loader(besides notebook: String) -> @Sendable (String) throws -> PixelBuffer {
    let folder = URL(fileURLWithPath: notebook).deletingLastPathComponent()
    return { path in
      let file = path.hasPrefix("/") ? path : folder.appendingPathComponent(path).path
      return try PixelBuffer(ImageFile.decode(path: file))
    }
  }
}
