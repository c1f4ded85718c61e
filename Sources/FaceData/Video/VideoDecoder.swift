import CFFmpeg

/// Decodes the first video track of a file, through FFmpeg. Owned by one thread at a time.
final class VideoDecoder {
  /// A picture of the track that still lies in FFmpeg's buffers.
  struct Frame {
    /// Presentation time in units of the track.
    let time: Int64
    let isDamaged: Bool
  }

  let path: String
  /// Seconds of one unit of time.
  let unitSeconds: Double
  /// Frames that the container promises; 0 where it does not say.
  let promisedCount: Int
  /// Time of the last frame that came out; nil after a seek.
  private(set) var lastTime: Int64?
  private let library: FFmpeg
  private var format: UnsafeMutablePointer<AVFormatContext>?
  private var codec: UnsafeMutablePointer<AVCodecContext>?
  private var packet: UnsafeMutablePointer<AVPacket>?
  private var frame: UnsafeMutablePointer<AVFrame>?
  private var scaler: OpaquePointer?
  private let track: Int32
  private let quarterTurns: Int
  private var isDraining = false

  private var functions: ft_ffmpeg { library.functions.pointee }

  /// - Throws: `FaceDataError` `.unreadable`, `.brokenArchive` if it holds no video that FFmpeg can
  ///   decode.
  init(_ path: String) throws {
    // FFmpeg would take a path with a colon for a protocol, and says less of missing files.
    _ = try FileBytes.read(path, limit: 1)
    library = try FFmpeg.load()
    self.path = path
    let functions = library.functions.pointee
    var format: UnsafeMutablePointer<AVFormatContext>?
    var status = functions.avformat_open_input(&format, "file:" + path, nil, nil)
    guard status >= 0, let format else { throw Self.broken(path, library.message(status)) }
    self.format = format
    status = functions.avformat_find_stream_info(format, nil)
    var decoder: UnsafePointer<AVCodec>?
    track = functions.av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, &decoder, 0)
    guard track >= 0, UInt32(track) < format.pointee.nb_streams, let decoder,
      let stream = format.pointee.streams[Int(track)]
    else {
      unitSeconds = 0
      promisedCount = 0
      quarterTurns = 0
      defer { close() }
      throw Self.broken(path, "it holds no video track that FFmpeg can decode")
    }
    let base = stream.pointee.time_base
    unitSeconds = base.den > 0 && base.num > 0 ? Double(base.num) / Double(base.den) : 0
    promisedCount = Int(clamping: max(0, stream.pointee.nb_frames))
    quarterTurns = Self.quarterTurns(stream, functions)
    do {
      try openCodec(decoder, stream)
    } catch {
      close()
      throw error
    }
  }

  deinit { close() }

  private func close() {
    functions.sws_freeContext(scaler)
    functions.av_frame_free(&frame)
    functions.av_packet_free(&packet)
    functions.avcodec_free_context(&codec)
    functions.avformat_close_input(&format)
    scaler = nil
  }

  private func openCodec(
    _ decoder: UnsafePointer<AVCodec>, _ stream: UnsafeMutablePointer<AVStream>
  ) throws {
    codec = functions.avcodec_alloc_context3(decoder)
    packet = functions.av_packet_alloc()
    frame = functions.av_frame_alloc()
    guard let codec, packet != nil, frame != nil else {
      throw Self.broken(path, "there is no memory to decode it")
    }
    var status = functions.avcodec_parameters_to_context(codec, stream.pointee.codecpar)
    guard status >= 0 else { throw Self.broken(path, library.message(status)) }
    // One thread a decoder, and as many decoders as there are readers: frames come out the same.
    codec.pointee.thread_count = 1
    codec.pointee.pkt_timebase = stream.pointee.time_base
    status = functions.avcodec_open2(codec, decoder, nil)
    guard status >= 0 else { throw Self.broken(path, library.message(status)) }
  }

  /// How often the picture has to be turned clockwise by 90° to be shown upright.
  private static func quarterTurns(
    _ stream: UnsafeMutablePointer<AVStream>, _ functions: ft_ffmpeg
  ) -> Int {
    var size = 0
    let bytes = functions.av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size)
    guard let bytes, size >= 36 else { return 0 }
    let degrees = UnsafeRawPointer(bytes).withMemoryRebound(to: Int32.self, capacity: 9) {
      functions.av_display_rotation_get($0)
    }
    guard degrees.isFinite, abs(degrees) <= 360 else { return 0 }
    // FFmpeg's angle is counterclockwise.
    return (4 - Int((degrees / 90).rounded())) & 3
  }

  private static func broken(_ path: String, _ reason: String) -> FaceDataError {
    FaceDataError(
      .brokenArchive, "broken video: \(reason); fetch it again, or leave it out", path: path)
  }
}

// MARK: Times

extension VideoDecoder {
  /// Presentation times of all frames, ascending, found without decoding.
  struct Times: Sendable {
    var values: [Int64] = []
    /// Whether the file says when frames are shown; an AVI only says when they are decoded.
    var isExact = true
  }

  /// Reads through the file.
  func times() -> Times {
    var times = Times()
    guard let format, let packet else { return times }
    while functions.av_read_frame(format, packet) >= 0 {
      defer { functions.av_packet_unref(packet) }
      let isShown = packet.pointee.flags & (AV_PKT_FLAG_DISCARD | AV_PKT_FLAG_CORRUPT) == 0
      guard packet.pointee.stream_index == track, isShown, packet.pointee.size > 0 else { continue }
      let hasTime = packet.pointee.pts != ft_no_timestamp
      let time = hasTime ? packet.pointee.pts : packet.pointee.dts
      guard time != ft_no_timestamp else { continue }
      if !hasTime { times.isExact = false }
      times.values.append(time)
    }
    times.values.sort()
    var last: Int64?
    times.values.removeAll { value in
      defer { last = value }
      return value == last
    }
    return times
  }
}

// MARK: Frames

extension VideoDecoder {
  /// Goes to the last key frame at or before a time.
  func seek(to time: Int64) {
    guard let format, let codec else { return }
    // Where a container has no index the read goes on from where it is, or from the start.
    _ = functions.av_seek_frame(format, track, time, AVSEEK_FLAG_BACKWARD)
    functions.avcodec_flush_buffers(codec)
    (isDraining, lastTime) = (false, nil)
  }

  /// The next frame in order of presentation; nil at the end, or where nothing more can be decoded.
  func next() -> Frame? {
    guard let format, let codec, let packet, let frame else { return nil }
    while true {
      functions.av_frame_unref(frame)
      let status = functions.avcodec_receive_frame(codec, frame)
      if status == 0 {
        let time = frame.pointee.best_effort_timestamp
        guard time != ft_no_timestamp else { continue }
        lastTime = time
        let isDamaged =
          frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0
          || frame.pointee.decode_error_flags != 0
        return Frame(time: time, isDamaged: isDamaged)
      }
      // Any other status is a frame that cannot be decoded: the next packet may be sound.
      if status == ft_error_end || isDraining { return nil }
      feed(format, codec, packet)
    }
  }

  /// Hands the decoder the track's next packet, or tells it that there is none.
  private func feed(
    _ format: UnsafeMutablePointer<AVFormatContext>,
    _ codec: UnsafeMutablePointer<AVCodecContext>, _ packet: UnsafeMutablePointer<AVPacket>
  ) {
    while functions.av_read_frame(format, packet) >= 0 {
      defer { functions.av_packet_unref(packet) }
      guard packet.pointee.stream_index == track else { continue }
      _ = functions.avcodec_send_packet(codec, packet)
      return
    }
    isDraining = true
    _ = functions.avcodec_send_packet(codec, nil)
  }

  /// The frame that `next()` gave last as a picture, upright.
  ///
  /// Colours are converted by the file's own matrix and range; pixels that are not square stay as
  /// they are stored.
  /// - Throws: `FaceDataError` `.brokenImage` or `.tooLarge`.
  func image() throws -> Image {
    guard let frame, frame.pointee.width > 0 else {
      throw FaceDataError(.brokenImage, "no frame has been decoded", path: path)
    }
    let size = try ImageFile.checked(
      width: Int(frame.pointee.width), height: Int(frame.pointee.height), path: path)
    let pixelFormat = AVPixelFormat(rawValue: frame.pointee.format)
    scaler = functions.sws_getCachedContext(
      scaler, frame.pointee.width, frame.pointee.height, pixelFormat, frame.pointee.width,
      frame.pointee.height, AV_PIX_FMT_RGB24,
      SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP, nil, nil, nil)
    guard let scaler else {
      throw FaceDataError(
        .brokenImage, "the frame's pixel format \(frame.pointee.format) cannot be converted",
        path: path)
    }
    setColors(scaler, frame)
    let stride = size.width * 3
    // Room for whole vectors behind the last row.
    var pixels = [UInt8](repeating: 0, count: stride * size.height + 64)
    let rows = pixels.withUnsafeMutableBufferPointer { buffer in
      var planes = [buffer.baseAddress, nil, nil, nil]
      var strides: [Int32] = [Int32(stride), 0, 0, 0]
      return withUnsafeBytes(of: frame.pointee.data) { data in
        withUnsafeBytes(of: frame.pointee.linesize) { lines in
          let sources = data.bindMemory(to: UnsafePointer<UInt8>?.self)
          return functions.sws_scale(
            scaler, sources.baseAddress, lines.bindMemory(to: Int32.self).baseAddress, 0,
            Int32(size.height), &planes, &strides)
        }
      }
    }
    guard rows == Int32(size.height) else {
      throw FaceDataError(.brokenImage, "the frame cannot be converted to RGB", path: path)
    }
    pixels.removeLast(64)
    return Image(width: size.width, height: size.height, pixels: pixels).turned(quarterTurns)
  }

  private func setColors(_ scaler: OpaquePointer, _ frame: UnsafeMutablePointer<AVFrame>) {
    let isHD = frame.pointee.colorspace == AVCOL_SPC_BT709
    let coefficients = functions.sws_getCoefficients(isHD ? SWS_CS_ITU709 : SWS_CS_ITU601)
    let isFull = frame.pointee.color_range == AVCOL_RANGE_JPEG
    _ = functions.sws_setColorspaceDetails(
      scaler, coefficients, isFull ? 1 : 0, coefficients, 1, 0, 1 << 16, 1 << 16)
  }
}

extension Image {
  /// The picture turned clockwise by so many times 90°.
  func turned(_ quarters: Int) -> Image {
    let quarters = quarters & 3
    guard quarters != 0 else { return self }
    let (newWidth, newHeight) = quarters == 2 ? (width, height) : (height, width)
    var turned = [UInt8](repeating: 0, count: pixels.count)
    for y in 0..<newHeight {
      for x in 0..<newWidth {
        let (sx, sy) =
          switch quarters {
          case 1: (y, height - 1 - x)
          case 2: (width - 1 - x, height - 1 - y)
          default: (width - 1 - y, x)
          }
        for channel in 0..<3 {
          turned[(y * newWidth + x) * 3 + channel] = pixels[(sy * width + sx) * 3 + channel]
        }
      }
    }
    return Image(width: newWidth, height: newHeight, pixels: turned)
  }
}
