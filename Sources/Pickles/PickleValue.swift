/// A value in a pickle, of a closed list of types.
///
/// Lists, tuples and arrays stand in the reader's tables and are named by their place: a file that
/// nests a million of them, or puts a list into itself, costs neither stack nor a leak.
public enum PickleValue: Sendable {
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
  case dictionary(Int)
  case tensor(Int)
  /// What a persistent reference stands for.
  case storage(Int)
  /// An object of a class that is not in the closed list. Nothing of it is made or run.
  case unknown

  /// The words of a message.
  public var name: String {
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
    case .dictionary: "a dictionary"
    case .tensor: "a tensor"
    case .storage: "a storage"
    case .unknown: "an object of an unknown class"
    }
  }
}

/// The names that a pickle may refer to: numpy's arrays and what Python needs to write bytes; in a
/// file of tensors also what torch.save writes.
public enum PickleGlobal: String, Sendable {
  case reconstruct = "numpy.core.multiarray _reconstruct"
  case ndarray = "numpy ndarray"
  case dtype = "numpy dtype"
  case scalar = "numpy.core.multiarray scalar"
  case frombuffer = "numpy.core.numeric _frombuffer"
  case encode = "_codecs encode"
  case bytes = "builtins bytes"
  case bytearray = "builtins bytearray"
  case tensor = "torch._utils _rebuild_tensor_v2"
  case parameter = "torch._utils _rebuild_parameter"
  case orderedDictionary = "collections OrderedDict"
  case float64Storage = "torch DoubleStorage"
  case float32Storage = "torch FloatStorage"
  case float16Storage = "torch HalfStorage"
  case bfloat16Storage = "torch BFloat16Storage"
  case int64Storage = "torch LongStorage"
  case int32Storage = "torch IntStorage"
  case int16Storage = "torch ShortStorage"
  case int8Storage = "torch CharStorage"
  case uint8Storage = "torch ByteStorage"
  case boolStorage = "torch BoolStorage"

  /// Whether only files of tensors may refer to it.
  var isOfTensors: Bool {
    switch self {
    case .reconstruct, .ndarray, .dtype, .scalar, .frombuffer, .encode, .bytes, .bytearray: false
    default: true
    }
  }

  init?(module: String, name: String) {
    let module = module.replacing("numpy._core", with: "numpy.core")
      .replacing("__builtin__", with: "builtins")
    self.init(rawValue: module + " " + name)
  }
}

/// A numpy array of one byte an element.
public struct PickleArray: Sendable {
  public enum Element: String, Sendable {
    case uint8 = "u1"
    case bool = "b1"
  }

  public internal(set) var element: Element?
  public internal(set) var shape: [Int] = []
  public internal(set) var bytes: ArraySlice<UInt8> = []

  /// One row or one column, as OpenCV's `imencode` gives, or no dimension but one.
  public var isFlat: Bool { shape.filter { $0 != 1 } == (bytes.count == 1 ? [] : [bytes.count]) }
}

/// A tensor in a file of PyTorch's: a view of a storage.
public struct PickleTensor: Sendable {
  /// Place in the reader's storages.
  public let storage: Int
  /// In elements, from the storage's start.
  public let offset: Int
  public let shape: [Int]
  /// In elements.
  public let strides: [Int]
}

/// The elements that tensors are views of; their bytes lie elsewhere in the file.
public struct PickleStorage: Sendable {
  /// One of the storage names.
  public let type: PickleGlobal
  /// What the file calls the bytes.
  public let key: String
  /// Elements.
  public let count: Int
}

/// Why a pickle cannot be read.
public struct PickleError: Error, Hashable, Sendable, CustomStringConvertible {
  public let message: String
  public let path: String

  public var description: String { "\(path): \(message)" }
}
