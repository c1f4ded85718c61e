/// Values of some action units of a face, by their numbers in FACS (12 is AU12).
///
/// A set labels the units it chose, and a frame may lack some of those: what is not here is not
/// known, which is another thing than absent.
public struct ActionUnitValues: Sendable, Hashable {
  /// Ascending, each once.
  public let units: [Int]
  /// One a unit: an intensity 0–5, or 0 and 1 for absent and present.
  public let values: [Float]

  /// - Precondition: as many values as units; units ascending.
  init(sortedUnits: [Int], values: [Float]) {
    precondition(sortedUnits.count == values.count, "a value for each unit")
    (units, self.values) = (sortedUnits, values)
  }

  public init(_ values: [Int: Float]) {
    let sorted = values.sorted { $0.key < $1.key }
    (units, self.values) = (sorted.map(\.key), sorted.map(\.value))
  }

  /// - Edge cases: nil if the unit is not labelled.
  public subscript(unit: Int) -> Float? {
    units.firstIndex(of: unit).map { values[$0] }
  }

  public var isEmpty: Bool { units.isEmpty }
}

/// The action units that a data set labels, by their numbers in FACS, ascending.
public struct LabelledUnits: Sendable, Hashable {
  /// Units with an intensity 0–5 in at least one sample.
  public var intensities: [Int]
  /// Units known to be absent or present in at least one sample.
  public var occurrences: [Int]

  public init(intensities: [Int] = [], occurrences: [Int] = []) {
    (self.intensities, self.occurrences) = (intensities, occurrences)
  }

  public var isEmpty: Bool { intensities.isEmpty && occurrences.isEmpty }
}

extension FaceLabels {
  /// A unit's intensity 0–5, wherever it stands: a rendered face knows all units of
  /// `ActionUnit.allCases`, a coded one some.
  public func intensity(ofUnit unit: Int) -> Float? {
    if let value = unitIntensities?[unit] { return value }
    guard let place = ActionUnit(rawValue: unit)?.index, let actionUnits,
      actionUnits.indices.contains(place)
    else { return nil }
    return actionUnits[place]
  }
}
