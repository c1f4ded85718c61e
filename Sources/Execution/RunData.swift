import Experiments
import FaceData
import Foundation

extension DatasetSpecification {
  /// The data set that a run's specification names.
  ///
  /// - Throws: `EngineError.badOption` for a record that is no data set.
  init(_ value: SpecValue) throws {
    do {
      self = try JSONDecoder().decode(Self.self, from: JSONEncoder().encode(value))
    } catch {
      throw EngineError(.badOption, "the run's data set cannot be read: \(error)")
    }
  }
}
