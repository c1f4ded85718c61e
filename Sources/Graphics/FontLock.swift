import CDrawing
import Glibc

/// One thread at a time in the font code.
///
/// Cairo 1.16 opens and closes faces of one shared FreeType library under a lock for each face
/// only; FreeType asks for one lock for the library.
enum FontLock {
  nonisolated(unsafe) private static let mutex: UnsafeMutablePointer<pthread_mutex_t> = {
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    // Recursive: the end of a drawing takes it and may free layouts, which take it too.
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
    return mutex
  }()

  /// The process's fonts. Pango's default map belongs to a thread, whose end would free fonts
  /// outside the lock.
  nonisolated(unsafe) static let fonts: OpaquePointer? = {
    try? DrawingLibraries.load()
    return pango_cairo_font_map_new()
  }()

  /// The names of the families that are installed.
  static var families: Set<String> {
    held {
      var list: UnsafeMutablePointer<OpaquePointer?>?
      var count: Int32 = 0
      pango_font_map_list_families(fonts, &list, &count)
      defer { g_free(list) }
      return Set(
        (0..<Int(count)).compactMap { index in
          list?[index].flatMap(pango_font_family_get_name).map { String(cString: $0) }
        })
    }
  }

  static func held<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}
