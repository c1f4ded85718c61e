import CHDF5
import Synchronization

/// Debian's serial HDF5, and libmatio on top of it, are not made for threads: all calls of the
/// process take turns.
enum HDF5Lock {
  private static let turn = Mutex(())

  static func exclusively<R>(_ body: () throws -> R) rethrows -> R {
    try turn.withLock { _ in
      if let hdf5 = try? DataLibraries.hdf5.get() { ft_hdf5_be_quiet(hdf5.functions) }
      return try body()
    }
  }
}
