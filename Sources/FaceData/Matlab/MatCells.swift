import CMatio

/// A cell array whose elements are read when they are asked for: COFW's pictures.
///
/// It keeps its file open. An element's data is read into Swift's memory and not kept.
final class MatCells: Sendable {
  private struct Information: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<matvar_t>
  }

  private let file: MatFile
  private let name: String
  private let information: Information
  let count: Int

  /// - Throws: `FaceDataError` `.brokenLabels` if there is no such cell array.
  init(_ name: String, in file: MatFile) throws {
    (self.file, self.name) = (file, name)
    information = try file.exclusively { handle in
      _ = file.matio.pointee.Mat_Rewind(handle)
      guard let pointer = file.matio.pointee.Mat_VarReadInfo(handle, name) else {
        throw file.missing(name)
      }
      return Information(pointer: pointer)
    }
    let value = information.pointer.pointee
    let shape = MatCopier.shape(information.pointer)
    guard value.class_type == MAT_C_CELL, let count = MatCopier.count(shape, limit: file.limit),
      count == 0 || value.data != nil, count * 8 <= Int(clamping: value.nbytes)
    else { throw file.damaged(name) }
    self.count = count
  }

  deinit {
    file.exclusively { [information] _ in file.matio.pointee.Mat_VarFree(information.pointer) }
  }

  /// The shape of an element of unsigned bytes.
  ///
  /// - Throws: `FaceDataError` `.brokenLabels` if it is something else.
  func shape(at index: Int) throws -> [Int] {
    try file.exclusively { _ in MatCopier.shape(try cell(index)) }
  }

  /// An element of unsigned bytes, with its shape.
  ///
  /// - Throws: `FaceDataError` `.brokenLabels` if it is something else or damaged.
  func bytes(at index: Int) throws -> (shape: [Int], bytes: [UInt8]) {
    try file.exclusively { handle in
      let cell = try cell(index)
      let shape = MatCopier.shape(cell)
      let count = MatCopier.count(shape, limit: file.limit) ?? 0
      var isRead = count == 0
      let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        buffer.initialize(repeating: 0)
        guard count > 0, let start = buffer.baseAddress else { return }
        isRead =
          file.matio.pointee.Mat_VarReadDataLinear(handle, cell, start, 0, 1, Int32(count)) == 0
        filled = count
      }
      guard isRead else { throw file.damaged("\(name){\(index + 1)}") }
      return (shape, bytes)
    }
  }

  private func cell(_ index: Int) throws -> UnsafeMutablePointer<matvar_t> {
    guard (0..<count).contains(index),
      let cell = file.matio.pointee.Mat_VarGetCell(information.pointer, Int32(index)),
      cell.pointee.class_type == MAT_C_UINT8,
      MatCopier.count(MatCopier.shape(cell), limit: file.limit) != nil
    else { throw file.damaged("\(name){\(index + 1)}") }
    return cell
  }
}
