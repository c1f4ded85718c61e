import FaceData
import Foundation

/// Each mode prints one line: what was done a second of processor time, or the memory it took.
///
/// - `decode FOLDER` and `turbo FOLDER`: JPEGs by facet and by libjpeg-turbo alone.
/// - `multi-crop FOLDER SETTINGS`: multi-crop preparation from the files on, settings `small`
///   (2×64 + 4×32) or `paper` (2×224 + 6×96).
/// - `stream ENTRIES`: an epoch over synthetic shards of so many entries.
/// - `worth COUNT`: survey, duplicates and farthest points of so many pictures.
let arguments = Array(CommandLine.arguments.dropFirst())
do {
  switch (arguments.first, arguments.count) {
  case ("decode", 2): try Benchmarks.decode(folder: arguments[1])
  case ("turbo", 2): try Benchmarks.turbo(folder: arguments[1])
  case ("multi-crop", 3): try Benchmarks.multiCrop(folder: arguments[1], settings: arguments[2])
  case ("stream", 2): try Benchmarks.stream(entries: Int(arguments[1]) ?? 2_000_000)
  case ("worth", 2): try Worth.run(count: Int(arguments[1]) ?? 100_000)
  default:
    print(
      "decode FOLDER | turbo FOLDER | multi-crop FOLDER small|paper | stream ENTRIES | worth COUNT")
    exit(2)
  }
} catch {
  print(error)
  exit(1)
}
