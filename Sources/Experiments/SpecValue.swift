/// A value inside a run's specification: what JSON can say, with integers kept apart from reals.
public enum SpecValue: Sendable, Hashable {
  case null
  case boolean(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  case list([SpecValue])
  case record([String: SpecValue])
}

extension SpecValue: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // The frequent kinds come first: a wrong guess costs an error with its description.
    if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .real(value)
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode([SpecValue].self) {
      self = .list(value)
    } else {
      self = .record(try container.decode([String: SpecValue].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .boolean(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .real(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let values): try container.encode(values)
    case .record(let fields): try container.encode(fields)
    }
  }
}

extension SpecValue {
  public var integerValue: Int? { if case .integer(let value) = self { value } else { nil } }
  public var textValue: String? { if case .text(let value) = self { value } else { nil } }
  public var booleanValue: Bool? { if case .boolean(let value) = self { value } else { nil } }
  public var listValue: [SpecValue]? { if case .list(let values) = self { values } else { nil } }
  /// A real, or an integer read as one.
  public var realValue: Double? {
    switch self {
    case .real(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }
}
