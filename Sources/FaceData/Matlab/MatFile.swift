import CMatio

/// A MATLAB file, version 5 or 7.3 (HDF5), opened for reading by libmatio.
///
/// libmatio is not made for threads, so that all calls stand behind `HDF5Lock`. What is read is
/// copied into Swift values; nothing of libmatio is seen outside of this folder.
/// - Checked by: MatFileTests, with files that SciPy and h5py wrote.
final class MatFile: Sendable {
  /// More elements than any label file has.
  static let largestCount = 1 << 26
  /// The most that zlib packs into a byte.
  private static let largestRatio = 1_032

  let path: String
  /// The most elements that a variable of the file can have: a damaged length is not believed.
  let limit: Int
  private let library: LoadedLibrary<ft_matio>
  private let handle: MatHandle

  /// - Throws: `FaceDataError` `.unreadable` for a missing file, `.brokenLabels` for one that is no
  ///   MATLAB file.
  init(path: String) throws {
    self.path = path
    let start = try FileBytes.read(path, limit: 128)
    guard start.count == 128 else {
      throw FaceDataError(
        .brokenLabels,
        "\(start.count) bytes are no MATLAB file; fetch it again or remove it", path: path)
    }
    if start.starts(with: Array("MATLAB 5.0".utf8)) { try MatStructure.check(path: path) }
    let library = try DataLibraries.matio.get()
    let opened = HDF5Lock.exclusively {
      library.functions.pointee.Mat_Open(path, Int32(MAT_ACC_RDONLY.rawValue)).map(MatHandle.init)
    }
    guard let opened else {
      throw FaceDataError(
        .brokenLabels, "no MATLAB file of version 5 or 7.3; fetch it again or remove it", path: path
      )
    }
    (self.library, handle) = (library, opened)
    let size = FolderListing.size(of: path)
    limit = min(Self.largestCount, size.multipliedReportingOverflow(by: Self.largestRatio).0)
  }

  deinit { exclusively { _ = matio.pointee.Mat_Close($0) } }

  /// libmatio's functions.
  var matio: UnsafePointer<ft_matio> { library.functions }

  /// libmatio's handle, while no other thread is in libmatio.
  func exclusively<R>(_ body: (OpaquePointer) throws -> R) rethrows -> R {
    try HDF5Lock.exclusively { try body(handle.pointer) }
  }

  /// Names of the variables in the file's order.
  var names: [String] {
    exclusively { handle in
      var count = 0
      guard let list = matio.pointee.Mat_GetDir(handle, &count) else { return [] }
      return (0..<count).compactMap { index in list[index].map { String(cString: $0) } }
    }
  }

  func contains(_ name: String) -> Bool { names.contains(name) }

  /// A variable with all that is in it.
  ///
  /// - Throws: `FaceDataError` `.brokenLabels` if there is none, or if it is damaged.
  func variable(_ name: String) throws -> MatVariable {
    try exclusively { handle in
      try checkShape(name, handle)
      _ = matio.pointee.Mat_Rewind(handle)
      guard let whole = matio.pointee.Mat_VarRead(handle, name) else { throw damaged(name) }
      defer { matio.pointee.Mat_VarFree(whole) }
      return try MatCopier(matio: matio, path: path, name: name, limit: limit).copy(whole)
    }
  }

  /// All variables in one pass: several times as fast as asking for each in a small file.
  ///
  /// - Throws: `FaceDataError` `.brokenLabels` if one is damaged.
  func variables() throws -> [String: MatVariable] {
    try exclusively { handle in
      _ = matio.pointee.Mat_Rewind(handle)
      var variables: [String: MatVariable] = [:]
      while let information = matio.pointee.Mat_VarReadNextInfo(handle) {
        defer { matio.pointee.Mat_VarFree(information) }
        let name = information.pointee.name.map { String(cString: $0) } ?? ""
        guard MatCopier.count(MatCopier.shape(information), limit: limit) != nil else {
          throw tooLarge(name)
        }
        guard matio.pointee.Mat_VarReadDataAll(handle, information) == 0 else {
          throw damaged(name)
        }
        variables[name] = try MatCopier(matio: matio, path: path, name: name, limit: limit).copy(
          information)
      }
      return variables
    }
  }

  /// A damaged length must not make libmatio ask for all memory there is.
  private func checkShape(_ name: String, _ handle: OpaquePointer) throws {
    _ = matio.pointee.Mat_Rewind(handle)
    guard let information = matio.pointee.Mat_VarReadInfo(handle, name) else { throw missing(name) }
    defer { matio.pointee.Mat_VarFree(information) }
    guard MatCopier.count(MatCopier.shape(information), limit: limit) != nil else {
      throw tooLarge(name)
    }
  }

  private func tooLarge(_ name: String) -> FaceDataError {
    FaceDataError(
      .tooLarge, "the variable \(name) claims more elements than facet reads", path: path)
  }

  func missing(_ name: String) -> FaceDataError {
    FaceDataError(
      .brokenLabels, "there is no variable \(name) in the MATLAB file, or it is damaged", path: path
    )
  }

  func damaged(_ name: String) -> FaceDataError {
    FaceDataError(
      .brokenLabels, "the variable \(name) is cut off or damaged; fetch the file again", path: path)
  }
}

/// libmatio's handle, used only behind the lock of `MatFile`.
private struct MatHandle: @unchecked Sendable {
  let pointer: OpaquePointer
}
