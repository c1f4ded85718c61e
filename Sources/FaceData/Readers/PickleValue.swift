/// A value in a pickle, of a closed list of types.
///
/// Lists, tuples and arrays stand in the reader's tables and are named by their place: a file that
/// nests a million of them, or puts a list into itself, costs neither stack nor a leak.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  /// Python 3's bytes and bytearray, Python 2's str.
  case bytes(ArraySlice<UInt8>)
  case list(Int)
  case tuple(Int)
  case array(Int)
  case type(PickleArray.Element?)
  case global(PickleGlobal)

  /// The words of a message.
  var name: String {
    switch self {
    case .none: "None"
    case .bool: "a truth value"
    case .integer: "a whole number"
    case .real: "a number"
    case .text: "a text"
    case .bytes: "bytes"
    case .list: "a list"
    case .tuple: "a tuple"
    case .array: "an array"
    case .type: "a type of numbers"
    case .global(let global): "the name \(global.rawValue)"
    }
  }
}

/// The names that a pickle may refer to: numpy's arrays and what Python needs to write bytes.
enum PickleGlobal: String {
  case reconstruct = "numpy.core.multiarray _reconstruct"
  case ndarray = "numpy ndarray"
  case dtype = "numpy dtype"
  case scalar = "numpy.core.multiarray scalar"
  case frombuffer = "numpy.core.numeric _frombuffer"
  case encode = "_codecs encode"
  case bytes = "builtins bytes"
  case bytearray = "builtins bytearray"

  init?(module: String, name: String) {
    let module = module.replacing("numpy._core", with: "numpy.core")
      .replacing("__builtin__", with: "builtins")
    self.init(rawValue: module + " " + name)
  }
}

/// A numpy array of one byte an element.
struct PickleArray {
  enum Element: String {
    case uint8 = "u1"
    case bool = "b1"
  }

  var element: Element?
  var shape: [Int] = []
  var bytes: ArraySlice<UInt8> = []

  /// One row or one column, as OpenCV's `imencode` gives, or no dimension but one.
  var isFlat: Bool { shape.filter { $0 != 1 } == (bytes.count == 1 ? [] : [bytes.count]) }
}
