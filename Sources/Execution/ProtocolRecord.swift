import Experiments
import FaceData
import FaceTasks
import Foundation
import Torch

/// How pictures reach an adapted model, so that it can be used on others the same way: `protocol.json`
/// in the run's folder, and in the metadata of its weights.
struct ProtocolRecord: Codable, Hashable {
  /// Order of the three channels.
  var colours = "RGB"
  /// Taken from and divided into values of 0 … 1, a channel each.
  var mean = PictureStatistics.mean
  var deviation = PictureStatistics.deviation
  /// Side of the network's square input in pixels.
  let size: Int
  /// What part of a picture the network sees in validation and test.
  var evaluationCrop = "the whole picture, resized with antialiasing, stretched where not square"
  let trainingCrop: LabelledCropSettings
  /// Whether answers are summed over a picture and its mirror image.
  let sumsMirror: Bool
  let precision: String
  /// Where faces stand in the pictures; nil where nothing tells.
  let placement: FacePlacement?

  /// The key in the metadata of the weights.
  static let metadataKey = "protocol"

  init(task: any FaceTask, data: AdaptationData) throws {
    let input = task.setup.input
    size = input.size
    trainingCrop = task.trainingCrop
    sumsMirror = type(of: task).comparesPeople
    precision = "\(input.precision)"
    placement = try FacePlacement(of: data.labelled.sorted(), in: data.dataset)
  }

  /// - Throws: `EngineError.missingParent` for weights that do not say how they were made.
  static func read(_ metadata: [String: String], of parent: Run) throws -> ProtocolRecord {
    guard let text = metadata[metadataKey],
      let record = try? JSONDecoder().decode(Self.self, from: Data(text.utf8))
    else {
      throw EngineError(
        .missingParent,
        "the weights of \(parent.name) do not say how pictures were cut for them: adapt it anew"
          + " with fresh: true")
    }
    return record
  }

  var text: String { get throws { try CanonicalJSON.encode(self) } }
}
