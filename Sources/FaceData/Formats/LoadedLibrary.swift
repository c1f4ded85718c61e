import CArchive
import CHDF5
import CMatio
import CXML

/// A C library that is loaded when it is first needed, so that no start of a program waits for it.
struct LoadedLibrary<Functions>: @unchecked Sendable {
  /// Filled once and never changed or freed.
  let functions: UnsafePointer<Functions>

  /// - Parameters: need: what needs the library, and the library; package: Debian's that has it;
  ///   fill: fills the table, or says what is missing.
  static func loading(
    _ need: String, package: String,
    _ fill: (UnsafeMutablePointer<Functions>) -> UnsafePointer<CChar>?
  ) -> Result<LoadedLibrary, FaceDataError> {
    let table = UnsafeMutablePointer<Functions>.allocate(capacity: 1)
    guard let reason = fill(table) else {
      return .success(LoadedLibrary(functions: UnsafePointer(table)))
    }
    table.deallocate()
    return .failure(
      FaceDataError(
        .unreadable,
        "\(need), which cannot be loaded: \(String(cString: reason)); install \(package)"))
  }
}

/// The libraries that read data sets.
enum DataLibraries {
  static let archive = LoadedLibrary<ft_archive>.loading(
    "tar archives need libarchive", package: "libarchive13", ft_archive_load)
  static let hdf5 = LoadedLibrary<ft_hdf5>.loading(
    "HDF5 files need HDF5's library", package: "libhdf5-103-1", ft_hdf5_load)
  static let matio = LoadedLibrary<ft_matio>.loading(
    "MATLAB files need libmatio", package: "libmatio11", ft_matio_load)
  static let xml = LoadedLibrary<ft_xml>.loading(
    "XML files need libxml2", package: "libxml2", ft_xml_load)
}
