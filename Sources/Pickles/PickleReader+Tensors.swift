/// What torch.save writes beside lists and numbers: dictionaries, references to storages, tensors,
/// and objects of classes that stay unknown.
///
/// - Source: PyTorch's torch/serialization.py and torch/_utils.py. Checked by: WeightFileTests.
extension PickleReader {
  /// - Returns: false for an instruction that is none of these, or that the vocabulary has not.
  mutating func takeDictionary(_ code: UInt8) throws -> Bool {
    guard vocabulary == .tensors else { return false }
    switch code {
    case UInt8(ascii: "}"): push(dictionary([]))
    case UInt8(ascii: "d"): push(dictionary(try popMark()))
    case UInt8(ascii: "s"): try setItems(try pop(2))
    case UInt8(ascii: "u"): try setItems(try popMark())
    case UInt8(ascii: "Q"): push(try reference(try pop()))
    case UInt8(ascii: "0"): _ = try pop()
    case UInt8(ascii: "1"): _ = try popMark()
    case UInt8(ascii: "2"):
      let value = try pop()
      push(value)
      push(value)
    default: return try takeUnknown(code)
    }
    return true
  }

  /// Objects and sets: taken from the stack as Python would, and left unknown.
  private mutating func takeUnknown(_ code: UInt8) throws -> Bool {
    switch code {
    case 0x81: _ = try pop(2)
    case 0x92: _ = try pop(3)
    case 0x8F: break
    case 0x90:
      _ = try popMark()
      _ = try pop()
    case 0x91: _ = try popMark()
    default: return false
    }
    push(.unknown)
    return true
  }

  private mutating func dictionary(_ items: [PickleValue]) -> PickleValue {
    dictionaries.append(pairs(items))
    return .dictionary(dictionaries.count - 1)
  }

  private func pairs(_ items: [PickleValue]) -> [(key: PickleValue, value: PickleValue)] {
    stride(from: 0, to: items.count - 1, by: 2).map { (items[$0], items[$0 + 1]) }
  }

  private mutating func setItems(_ items: [PickleValue]) throws {
    switch stack.last {
    case .unknown: return
    case .dictionary(let place):
      guard dictionaries[place].count + items.count / 2 <= Self.largestCount else {
        throw broken("a dictionary has more than \(Self.largestCount) entries")
      }
      dictionaries[place] += pairs(items)
    default: throw broken("an entry is added to what is no dictionary")
    }
  }

  /// ('storage', type, key, location, count); older files add a view's place.
  private mutating func reference(_ value: PickleValue) throws -> PickleValue {
    guard case .tuple(let place) = value, tuples[place].count >= 5 else { return .unknown }
    let fields = tuples[place]
    guard case .global(let type) = fields[1], let key = Self.text(fields[2]),
      case .integer(let count) = fields[4], count >= 0
    else { return .unknown }
    storages.append(PickleStorage(type: type, key: key, count: count))
    return .storage(storages.count - 1)
  }

  /// What a call of one of torch's names gives.
  mutating func buildOfTensors(
    _ global: PickleGlobal, _ arguments: [PickleValue]
  ) throws -> PickleValue {
    switch (global, arguments.first) {
    case (.orderedDictionary, nil): return dictionary([])
    case (.orderedDictionary, .list(let place)):
      let entries = lists[place].flatMap { entry -> [PickleValue] in
        guard case .tuple(let pair) = entry, tuples[pair].count == 2 else { return [] }
        return tuples[pair]
      }
      return dictionary(entries)
    case (.parameter, .tensor(let place)): return .tensor(place)
    case (.tensor, .storage(let storage)):
      guard arguments.count >= 4, case .integer(let offset) = arguments[1], offset >= 0,
        let shape = shape(arguments[2]), let strides = self.shape(arguments[3]),
        shape.count == strides.count
      else { break }
      tensors.append(
        PickleTensor(storage: storage, offset: offset, shape: shape, strides: strides))
      return .tensor(tensors.count - 1)
    case (.tensor, .unknown): return .unknown
    default: break
    }
    throw broken("\(global.rawValue) is called with what torch.save does not write")
  }

  /// Text, also as Python 2 wrote it.
  public static func text(_ value: PickleValue) -> String? {
    switch value {
    case .text(let text): text
    case .bytes(let bytes): bytes.text
    case .integer(let number): String(number)
    default: nil
    }
  }
}
