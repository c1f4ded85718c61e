/// A value from a MATLAB file: its shape and elements in MATLAB's order, the first index fastest.
struct MatVariable: Sendable {
  enum Content: Sendable {
    /// Doubles, singles and whole numbers of any width but unsigned bytes; the real part of complex
    /// ones.
    case numbers([Double])
    /// uint8 and logical: pictures and masks.
    case bytes([UInt8])
    /// Characters.
    case text(String)
    case cells([MatVariable])
    /// A struct array, element by element.
    case fields([[String: MatVariable]])
    /// What facet has no use for: sparse arrays, functions, objects.
    case other
  }

  let shape: [Int]
  let content: Content

  /// All elements as numbers; nil for text, cells and structs.
  var numbers: [Double]? {
    switch content {
    case .numbers(let values): values
    case .bytes(let values): values.map(Double.init)
    default: nil
    }
  }

  /// A row or column of characters; nil for anything else.
  var text: String? { if case .text(let text) = content { text } else { nil } }

  var cells: [MatVariable]? { if case .cells(let cells) = content { cells } else { nil } }

  var fields: [[String: MatVariable]]? {
    if case .fields(let fields) = content { fields } else { nil }
  }

  /// "3×68".
  var shapeText: String { shape.map(String.init).joined(separator: "×") }

  /// A matrix as rows of finite numbers.
  ///
  /// - Throws: `FaceDataError` `.brokenLabels` if it is no matrix of numbers.
  func matrix(_ name: String, path: String) throws -> MatMatrix {
    guard let numbers, shape.count == 2, shape[0] * shape[1] == numbers.count else {
      throw FaceDataError(
        .brokenLabels, "the variable \(name) (\(shapeText)) is no matrix of numbers", path: path)
    }
    return MatMatrix(rows: shape[0], columns: shape[1], values: numbers)
  }
}

/// A matrix of numbers in MATLAB's order.
struct MatMatrix: Sendable {
  let rows: Int
  let columns: Int
  /// Column after column.
  let values: [Double]

  /// Trapping outside of the matrix, as an array does.
  subscript(row: Int, column: Int) -> Double { values[column * rows + row] }

  var transposed: MatMatrix {
    var turned: [Double] = []
    turned.reserveCapacity(values.count)
    for row in 0..<rows { for column in 0..<columns { turned.append(self[row, column]) } }
    return MatMatrix(rows: columns, columns: rows, values: turned)
  }
}
