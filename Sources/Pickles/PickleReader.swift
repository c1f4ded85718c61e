/// Reads a pickle of lists, tuples, numbers, texts, bytes and numpy arrays of bytes, as Python 2
/// and 3 write them with protocols 0–5; as a file of tensors also dictionaries and PyTorch's tensors.
/// Nothing is ever executed: a name or an opcode that is not in the closed list is an error, or in a
/// file of tensors an object that stays unknown.
///
/// - Source: CPython's Lib/pickletools.py (opcodes) and numpy's `ndarray.__reduce__`. Checked by:
///   PickleReaderTests.
public struct PickleReader {
  /// What a file may put on the stack, into the memo or into a table.
  static let largestCount = 10_000_000

  /// What a pickle may hold.
  public enum Vocabulary: Sendable {
    /// Lists and arrays of bytes.
    case arrays
    /// Dictionaries and tensors beside them. Objects of other classes, such as a script's settings,
    /// are passed over.
    case tensors
  }

  public let path: String
  let vocabulary: Vocabulary
  private let input: [UInt8]
  /// Where the next pickle begins once one is read.
  public private(set) var position: Int
  var stack: [PickleValue] = []
  /// Places in the stack.
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  public private(set) var lists: [[PickleValue]] = []
  public private(set) var tuples: [[PickleValue]] = []
  public private(set) var arrays: [PickleArray] = []
  /// Keys with their values, in the order in which they were set.
  public internal(set) var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
  public internal(set) var tensors: [PickleTensor] = []
  public internal(set) var storages: [PickleStorage] = []
  /// Bytes made from texts; each text of the file is due once.
  private var encodedCount = 0

  /// - Parameters: path: only for messages; position: where in the input the pickle begins.
  public init(
    _ input: [UInt8], path: String, vocabulary: Vocabulary = .arrays, at position: Int = 0
  ) {
    (self.input, self.path, self.vocabulary) = (input, path, vocabulary)
    self.position = max(0, position)
  }

  /// The one value of the pickle.
  ///
  /// - Throws: `PickleError` with the byte at which reading ended.
  public mutating func read() throws -> PickleValue {
    while true {
      let start = position
      let code = try byte()
      if code == UInt8(ascii: ".") { break }
      guard
        try takeStructure(code) || takeNumber(code) || takeText(code) || takeMemo(code)
          || takeObject(code) || takeDictionary(code)
      else { throw refused(code, at: start) }
    }
    guard stack.count == 1, let value = stack.first else {
      throw broken("it leaves \(stack.count) values and not one")
    }
    return value
  }

  // MARK: Opcodes

  /// Marks, constants, lists and tuples.
  private mutating func takeStructure(_ code: UInt8) throws -> Bool {
    switch code {
    case 0x80:
      let version = try byte()
      guard version <= 5 else { throw broken("protocol \(version) is not known") }
    case 0x95: _ = try take(8)
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: "N"): push(.none)
    case 0x88: push(.bool(true))
    case 0x89: push(.bool(false))
    case UInt8(ascii: "]"): push(list([]))
    case UInt8(ascii: "l"): push(list(try popMark()))
    case UInt8(ascii: "a"): try extend([try pop()])
    case UInt8(ascii: "e"): try extend(try popMark())
    case UInt8(ascii: ")"): push(tuple([]))
    case UInt8(ascii: "t"): push(tuple(try popMark()))
    case 0x85: push(tuple(try pop(1)))
    case 0x86: push(tuple(try pop(2)))
    case 0x87: push(tuple(try pop(3)))
    default: return false
    }
    guard stack.count <= Self.largestCount, marks.count <= Self.largestCount else {
      throw broken("it puts more than \(Self.largestCount) values on the stack")
    }
    return true
  }

  private mutating func takeNumber(_ code: UInt8) throws -> Bool {
    switch code {
    case UInt8(ascii: "K"): push(.integer(Int(try byte())))
    case UInt8(ascii: "M"): push(.integer(try integer(2)))
    case UInt8(ascii: "J"): push(.integer(Int(Int32(truncatingIfNeeded: try integer(4)))))
    case 0x8A: push(try long(Int(try byte())))
    case UInt8(ascii: "I"), UInt8(ascii: "L"):
      var digits = try line()
      if digits.elementsEqual("00".utf8) || digits.elementsEqual("01".utf8) {
        push(.bool(digits.last == UInt8(ascii: "1")))
        break
      }
      if code == UInt8(ascii: "L"), digits.last == UInt8(ascii: "L") { digits.removeLast() }
      guard let value = digits.wholeNumber else {
        throw broken("“\(digits.text.prefix(30))” is no whole number")
      }
      push(.integer(value))
    case UInt8(ascii: "G"):
      push(.real(Double(bitPattern: try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })))
    case UInt8(ascii: "F"):
      guard let value = Double(try line().text) else { throw broken("there is a broken number") }
      push(.real(value))
    default: return false
    }
    return true
  }

  private mutating func takeText(_ code: UInt8) throws -> Bool {
    switch code {
    case UInt8(ascii: "C"), UInt8(ascii: "U"): push(.bytes(try take(Int(try byte()))))
    case UInt8(ascii: "B"), UInt8(ascii: "T"): push(.bytes(try take(try integer(4))))
    case 0x8E, 0x96: push(.bytes(try take(try integer(8))))
    case UInt8(ascii: "S"): push(.bytes(try PickleText.unquoted(try line(), broken: broken)))
    case 0x8C: push(try text(Int(try byte())))
    case UInt8(ascii: "X"): push(try text(try integer(4)))
    case 0x8D: push(try text(try integer(8)))
    case UInt8(ascii: "V"): push(.text(try PickleText.rawUnicode(try line(), broken: broken)))
    default: return false
    }
    return true
  }

  private mutating func takeMemo(_ code: UInt8) throws -> Bool {
    switch code {
    case UInt8(ascii: "q"): try remember(Int(try byte()))
    case UInt8(ascii: "r"): try remember(try integer(4))
    case UInt8(ascii: "p"): try remember(try line().wholeNumber ?? -1)
    case 0x94: try remember(memo.count)
    case UInt8(ascii: "h"): try recall(Int(try byte()))
    case UInt8(ascii: "j"): try recall(try integer(4))
    case UInt8(ascii: "g"): try recall(try line().wholeNumber ?? -1)
    default: return false
    }
    return true
  }

  private mutating func takeObject(_ code: UInt8) throws -> Bool {
    switch code {
    case UInt8(ascii: "c"):
      let module = try line().text
      push(try global(module, try line().text))
    case 0x93:
      guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
        throw broken("a name is no text")
      }
      push(try global(module, name))
    case UInt8(ascii: "R"):
      let (given, called) = (try pop(), try pop())
      if vocabulary == .tensors, case .unknown = called {
        push(.unknown)
        return true
      }
      guard case .tuple(let arguments) = given, case .global(let global) = called else {
        throw broken("something other than a known name is called")
      }
      push(
        try global.isOfTensors
          ? buildOfTensors(global, tuples[arguments]) : build(global, tuples[arguments]))
    case UInt8(ascii: "b"):
      let state = try pop()
      try setState(state)
    default: return false
    }
    return true
  }

  // MARK: Objects

  private func global(_ module: String, _ name: String) throws -> PickleValue {
    let global = PickleGlobal(module: module, name: name)
    if vocabulary == .tensors { return global.map { .global($0) } ?? .unknown }
    guard let global, !global.isOfTensors else {
      throw broken(
        "it refers to “\(module.prefix(40)) \(name.prefix(40))”, which no verification set needs; "
          + "nothing was run. Fetch the file from its makers")
    }
    return .global(global)
  }

  /// What a call of a known name gives.
  private mutating func build(
    _ global: PickleGlobal, _ arguments: [PickleValue]
  ) throws -> PickleValue {
    switch (global, arguments.first) {
    case (.reconstruct, .global(.ndarray)): return array(PickleArray())
    case (.dtype, .text(let name)): return .type(PickleArray.Element(rawValue: name))
    case (.dtype, .bytes(let name)): return .type(PickleArray.Element(rawValue: name.text))
    case (.scalar, .type(let element)):
      guard element != nil, arguments.count == 2, let bytes = bytes(arguments[1]), bytes.count == 1,
        let byte = bytes.first
      else { break }
      return element == .bool ? .bool(byte != 0) : .integer(Int(byte))
    case (.encode, .text(let text)):
      // Latin-1: Python 3 writes bytes so where the protocol has none.
      let scalars = text.unicodeScalars
      encodedCount += scalars.count
      guard encodedCount <= input.count, scalars.allSatisfy({ $0.value < 256 }) else { break }
      return .bytes(ArraySlice(scalars.map { UInt8(truncatingIfNeeded: $0.value) }))
    case (.bytes, nil), (.bytearray, nil): return .bytes([])
    case (.bytearray, .bytes(let bytes)): return .bytes(bytes)
    case (.frombuffer, .bytes(let bytes)):
      guard arguments.count >= 3, case .type(let element) = arguments[1],
        let shape = shape(arguments[2])
      else { break }
      return array(PickleArray(element: element, shape: shape, bytes: bytes))
    default: break
    }
    throw broken("\(global.rawValue) is called with what facet does not expect")
  }

  /// numpy's state of a type or an array: (version, shape, type, order, bytes).
  private mutating func setState(_ state: PickleValue) throws {
    guard let object = stack.last else { throw broken("a state belongs to nothing") }
    if vocabulary == .tensors {
      switch object {
      // Attributes of an unknown object, of an ordered dictionary, or of a kind of tensor.
      case .unknown, .dictionary, .tensor: return
      default: break
      }
    }
    switch (object, state) {
    case (.type, .tuple): return
    case (.array(let place), .tuple(let fields)):
      let fields = tuples[fields]
      guard fields.count == 5, let shape = shape(fields[1]), case .type(let element) = fields[2],
        let bytes = bytes(fields[4])
      else { throw broken("an array's state is not (version, shape, type, order, bytes)") }
      arrays[place] = PickleArray(element: element, shape: shape, bytes: bytes)
    default: throw broken("\(object.name) cannot take \(state.name) as its state")
    }
  }

  func shape(_ value: PickleValue) -> [Int]? {
    guard case .tuple(let place) = value else { return nil }
    let sizes = tuples[place].compactMap { size -> Int? in
      if case .integer(let size) = size, size >= 0 { size } else { nil }
    }
    return sizes.count == tuples[place].count ? sizes : nil
  }

  private func bytes(_ value: PickleValue) -> ArraySlice<UInt8>? {
    if case .bytes(let bytes) = value { bytes } else { nil }
  }

  mutating func list(_ items: [PickleValue]) -> PickleValue {
    lists.append(items)
    return .list(lists.count - 1)
  }

  mutating func tuple(_ items: [PickleValue]) -> PickleValue {
    tuples.append(items)
    return .tuple(tuples.count - 1)
  }

  private mutating func array(_ array: PickleArray) -> PickleValue {
    arrays.append(array)
    return .array(arrays.count - 1)
  }

  // MARK: Stack and memo

  mutating func push(_ value: PickleValue) { stack.append(value) }

  mutating func pop() throws -> PickleValue {
    // What lies under a mark belongs to whoever set it.
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
      throw broken("a value is missing from the stack")
    }
    return value
  }

  mutating func pop(_ count: Int) throws -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw broken("\(count) values are missing from the stack")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  mutating func popMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else { throw broken("a mark is missing") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private mutating func extend(_ items: [PickleValue]) throws {
    if vocabulary == .tensors, case .unknown = stack.last { return }
    guard case .list(let place) = stack.last, stack.count > marks.last ?? 0 else {
      throw broken("a value is added to what is no list")
    }
    guard lists[place].count + items.count <= Self.largestCount else {
      throw broken("a list has more than \(Self.largestCount) items")
    }
    lists[place] += items
  }

  private mutating func remember(_ key: Int) throws {
    guard let value = stack.last, key >= 0, stack.count > marks.last ?? 0 else {
      throw broken("there is nothing to remember")
    }
    memo[key] = value
  }

  private mutating func recall(_ key: Int) throws {
    guard let value = memo[key] else { throw broken("value \(key) was never remembered") }
    push(value)
  }

  // MARK: Bytes

  private mutating func byte() throws -> UInt8 {
    guard position < input.count else { throw broken("it ends before its last instruction") }
    defer { position += 1 }
    return input[position]
  }

  private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= input.count - position else {
      throw broken("\(count) bytes are due and \(input.count - position) are left")
    }
    defer { position += count }
    return input[position..<(position + count)]
  }

  /// Little-endian, unsigned; 8 bytes beyond Int's range become -1, which no length is.
  private mutating func integer(_ count: Int) throws -> Int {
    let value = try take(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(exactly: value) ?? -1
  }

  /// Little-endian two's complement.
  private mutating func long(_ count: Int) throws -> PickleValue {
    if vocabulary == .tensors, count > 8 {
      _ = try take(count)
      return .unknown
    }
    guard count <= 8 else { throw broken("a whole number has \(count) bytes") }
    let bytes = try take(count)
    guard let last = bytes.last else { return .integer(0) }
    var value = last >= 0x80 ? -1 : 0
    for byte in bytes.reversed() { value = value << 8 | Int(byte) }
    return .integer(value)
  }

  private mutating func text(_ count: Int) throws -> PickleValue {
    let bytes = try take(count)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw broken("a text is not in UTF-8")
    }
    return .text(text)
  }

  /// Up to a line end, which is skipped.
  private mutating func line() throws -> ArraySlice<UInt8> {
    guard let end = input[position...].firstIndex(of: 0x0A) else {
      throw broken("it ends within a line")
    }
    defer { position = end + 1 }
    return input[position..<end]
  }

  private func refused(_ code: UInt8, at place: Int) -> PickleError {
    let name = PickleText.opcodeNames[code].map { " (\($0))" } ?? ""
    return broken(
      "instruction 0x\(String(code, radix: 16))\(name) at byte \(place) is not one that data needs; "
        + "nothing was run. Fetch the file from its makers")
  }

  /// That the pickle's content is not what it should be, with the place.
  public func broken(_ reason: String) -> PickleError {
    PickleError(message: "the pickle cannot be read (byte \(position)): \(reason)", path: path)
  }
}
