import CHDF5
import Glibc

/// A list of byte strings or texts in an HDF5 file, read a row at a time.
final class HDF5List: Sendable {
  /// More rows than any data set has.
  static let largestCount = 1 << 28

  let path: String
  let name: String
  let count: Int
  let isText: Bool
  private let library: LoadedLibrary<ft_hdf5>
  private let file: hid_t
  private let list: hid_t

  /// - Throws: `FaceDataError` `.unreadable` for a missing file, `.brokenLabels` if it is no HDF5
  ///   file or has no such list.
  init(_ name: String, path: String) throws {
    (self.path, self.name) = (path, name)
    let start = try FileBytes.read(path, limit: 8)
    guard start == [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A] else {
      throw FaceDataError(
        .brokenLabels, "no HDF5 file; fetch it again or remove it", path: path)
    }
    library = try DataLibraries.hdf5.get()
    let hdf5 = library.functions
    var rows: hsize_t = 0
    let opened = HDF5Lock.exclusively { () -> (file: hid_t, list: hid_t, kind: Int32) in
      let file = ft_hdf5_open(hdf5, path)
      guard file >= 0 else { return (-1, -1, 0) }
      let list = ft_hdf5_open_list(hdf5, file, name, &rows)
      let kind = list < 0 ? 0 : ft_hdf5_kind(hdf5, list)
      if kind == 0 {
        if list >= 0 { _ = hdf5.pointee.H5Dclose(list) }
        _ = hdf5.pointee.H5Fclose(file)
      }
      return (file, list, kind)
    }
    guard opened.kind != 0 else {
      let reason =
        opened.file < 0
        ? "the HDF5 file is cut off or damaged; fetch it again"
        : "the HDF5 file has no list of bytes or texts named \(name)"
      throw FaceDataError(.brokenLabels, reason, path: path)
    }
    (file, list, isText) = (opened.file, opened.list, opened.kind == 2)
    count = Int(clamping: min(rows, hsize_t(Self.largestCount)))
  }

  private var hdf5: UnsafePointer<ft_hdf5> { library.functions }

  deinit {
    HDF5Lock.exclusively {
      _ = hdf5.pointee.H5Dclose(list)
      _ = hdf5.pointee.H5Fclose(file)
    }
  }

  /// A row as bytes.
  ///
  /// - Throws: `FaceDataError` `.brokenLabels` if it cannot be read.
  func bytes(at row: Int) throws -> [UInt8] {
    guard !isText, (0..<count).contains(row) else { throw damaged(row) }
    return try HDF5Lock.exclusively {
      var start: UnsafeMutableRawPointer?
      var length = 0
      let status = ft_hdf5_read_bytes(hdf5, list, hsize_t(row), &start, &length)
      defer { free(start) }
      guard status == 0, length <= FileBytes.largest, length == 0 || start != nil else {
        throw damaged(row)
      }
      return Array(UnsafeRawBufferPointer(start: start, count: length))
    }
  }

  /// A row as text.
  ///
  /// - Throws: as `bytes`.
  func text(at row: Int) throws -> String {
    guard isText, (0..<count).contains(row) else { throw damaged(row) }
    return try HDF5Lock.exclusively {
      var text: UnsafeMutablePointer<CChar>?
      let status = ft_hdf5_read_text(hdf5, list, hsize_t(row), &text)
      defer { free(text) }
      guard status == 0, let text else { throw damaged(row) }
      return String(cString: text)
    }
  }

  private func damaged(_ row: Int) -> FaceDataError {
    FaceDataError(
      .brokenLabels, "row \(row) of \(name) is cut off or damaged; fetch the file again", path: path
    )
  }
}
