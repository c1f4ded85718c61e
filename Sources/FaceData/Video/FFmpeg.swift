import CFFmpeg

/// FFmpeg's functions, loaded when the first video is opened.
struct FFmpeg: @unchecked Sendable {
  /// Filled once and never changed or freed.
  let functions: UnsafePointer<ft_ffmpeg>

  private static let loaded: Result<FFmpeg, FaceDataError> = {
    let table = UnsafeMutablePointer<ft_ffmpeg>.allocate(capacity: 1)
    guard let reason = ft_ffmpeg_load(table) else {
      return .success(FFmpeg(functions: UnsafePointer(table)))
    }
    table.deallocate()
    return .failure(
      FaceDataError(
        .unreadable,
        "videos need FFmpeg's libraries, which cannot be loaded: \(String(cString: reason)); "
          + "install libavformat59 and libswscale6, or cut the video into pictures"))
  }()

  /// - Throws: `FaceDataError` `.unreadable` where the libraries are not installed.
  static func load() throws -> FFmpeg { try loaded.get() }

  /// What FFmpeg says of one of its error codes.
  func message(_ code: Int32) -> String {
    var text = [CChar](repeating: 0, count: 256)
    _ = functions.pointee.av_strerror(code, &text, text.count)
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
