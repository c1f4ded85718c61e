/// A run's options as the catalogue defines them, read with their types: what methods and tasks are
/// built from.
public protocol OptionValues {
  func integer(_ name: String) throws -> Int
  func real(_ name: String) throws -> Double
  func text(_ name: String) throws -> String
  func flag(_ name: String) throws -> Bool
}
