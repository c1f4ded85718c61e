import CMatio

/// Copies what libmatio read into Swift values. Lengths are taken from libmatio's shape and checked
/// against the bytes that it says it holds.
struct MatCopier {
  static let deepest = 8

  let matio: UnsafePointer<ft_matio>
  let path: String
  let name: String
  /// The most elements that a variable can have.
  let limit: Int

  static func shape(_ variable: UnsafeMutablePointer<matvar_t>) -> [Int] {
    let value = variable.pointee
    guard let dims = value.dims, (1...32).contains(value.rank) else { return [] }
    return (0..<Int(value.rank)).map { Int(clamping: dims[$0]) }
  }

  /// The number of elements; nil if it is more than `limit`.
  static func count(_ shape: [Int], limit: Int) -> Int? {
    guard !shape.isEmpty else { return 0 }
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow, length >= 0, product <= limit else { return nil }
      count = product
    }
    return count
  }

  /// - Throws: `FaceDataError` `.brokenLabels` where data is missing.
  func copy(_ variable: UnsafeMutablePointer<matvar_t>, depth: Int = 0) throws -> MatVariable {
    let shape = Self.shape(variable)
    guard let count = Self.count(shape, limit: limit), depth <= Self.deepest else { throw damaged }
    return MatVariable(
      shape: shape, content: try content(variable.pointee, variable, count: count, depth: depth))
  }

  private func content(
    _ value: matvar_t, _ variable: UnsafeMutablePointer<matvar_t>, count: Int, depth: Int
  ) throws -> MatVariable.Content {
    switch value.class_type {
    case MAT_C_CELL: return .cells(try children(value, count, depth))
    case MAT_C_STRUCT: return .fields(try fields(value, variable, count, depth))
    case MAT_C_CHAR: return .text(try text(value, count))
    case MAT_C_EMPTY where count == 0: return .numbers([])
    case MAT_C_UINT8: return .bytes(try elements(value, count, UInt8.self))
    case MAT_C_DOUBLE: return .numbers(try elements(value, count, Double.self))
    case MAT_C_SINGLE: return .numbers(try elements(value, count, Float.self).map(Double.init))
    case MAT_C_INT8: return .numbers(try elements(value, count, Int8.self).map(Double.init))
    case MAT_C_INT16: return .numbers(try elements(value, count, Int16.self).map(Double.init))
    case MAT_C_UINT16: return .numbers(try elements(value, count, UInt16.self).map(Double.init))
    case MAT_C_INT32: return .numbers(try elements(value, count, Int32.self).map(Double.init))
    case MAT_C_UINT32: return .numbers(try elements(value, count, UInt32.self).map(Double.init))
    case MAT_C_INT64: return .numbers(try elements(value, count, Int64.self).map(Double.init))
    case MAT_C_UINT64: return .numbers(try elements(value, count, UInt64.self).map(Double.init))
    default: return .other
    }
  }

  private func elements<T: BitwiseCopyable>(
    _ value: matvar_t, _ count: Int, _ type: T.Type
  ) throws -> [T] {
    guard count > 0 else { return [] }
    guard var data = value.data, Int(value.data_size) == MemoryLayout<T>.size,
      count * MemoryLayout<T>.size <= Int(clamping: value.nbytes)
    else { throw damaged }
    if value.isComplex != 0 {
      let split = data.assumingMemoryBound(to: mat_complex_split_t.self).pointee
      guard let real = split.Re else { throw damaged }
      data = real
    }
    return Array(
      UnsafeRawBufferPointer(start: data, count: count * MemoryLayout<T>.size)
        .bindMemory(to: T.self))
  }

  /// UTF-8 as it stands, UTF-16 and UTF-32 decoded.
  private func text(_ value: matvar_t, _ count: Int) throws -> String {
    guard count > 0 else { return "" }
    switch value.data_type {
    case MAT_T_UINT16, MAT_T_UTF16:
      return String(decoding: try elements(value, count, UInt16.self), as: UTF16.self)
    case MAT_T_UINT32, MAT_T_UTF32:
      return String(decoding: try elements(value, count, UInt32.self), as: UTF32.self)
    default:
      // Of UTF-8 libmatio counts the bytes, and the characters in the shape.
      let length = Int(clamping: value.nbytes)
      guard let data = value.data, length <= 4 * count else { throw damaged }
      return String(decoding: UnsafeRawBufferPointer(start: data, count: length), as: UTF8.self)
    }
  }

  private func pointers(
    _ value: matvar_t, _ count: Int
  ) throws -> [UnsafeMutablePointer<matvar_t>?] {
    guard count > 0 else { return [] }
    let size = MemoryLayout<UnsafeMutablePointer<matvar_t>?>.size
    guard let data = value.data, count * size <= Int(clamping: value.nbytes) else { throw damaged }
    let list = data.assumingMemoryBound(to: UnsafeMutablePointer<matvar_t>?.self)
    return (0..<count).map { list[$0] }
  }

  private func children(_ value: matvar_t, _ count: Int, _ depth: Int) throws -> [MatVariable] {
    try pointers(value, count).map { child in
      guard let child else { throw damaged }
      return try copy(child, depth: depth + 1)
    }
  }

  private func fields(
    _ value: matvar_t, _ variable: UnsafeMutablePointer<matvar_t>, _ count: Int, _ depth: Int
  ) throws -> [[String: MatVariable]] {
    let names = Int(matio.pointee.Mat_VarGetNumberOfFields(variable))
    guard names > 0, count > 0, let list = matio.pointee.Mat_VarGetStructFieldnames(variable) else {
      return []
    }
    guard names <= limit / count else { throw damaged }
    let values = try pointers(value, names * count)
    return try (0..<count).map { element in
      var fields: [String: MatVariable] = [:]
      for field in 0..<names {
        guard let name = list[field], let child = values[element * names + field] else {
          throw damaged
        }
        fields[String(cString: name)] = try copy(child, depth: depth + 1)
      }
      return fields
    }
  }

  private var damaged: FaceDataError {
    FaceDataError(
      .brokenLabels, "the variable \(name) is cut off or damaged; fetch the file again", path: path)
  }
}
