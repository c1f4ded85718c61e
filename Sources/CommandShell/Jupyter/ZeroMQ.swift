import CZeroMQ
import Glibc

/// libzmq's functions, loaded when a kernel starts.
struct ZeroMQ: @unchecked Sendable {
  /// Filled once and never changed or freed.
  let functions: UnsafePointer<ft_zmq>

  private static let loaded: Result<ZeroMQ, ShellError> = {
    let table = UnsafeMutablePointer<ft_zmq>.allocate(capacity: 1)
    guard let reason = ft_zmq_load(table) else {
      return .success(ZeroMQ(functions: UnsafePointer(table)))
    }
    table.deallocate()
    return .failure(
      ShellError(
        .kernel, "ZeroMQ cannot be loaded: \(String(cString: reason))",
        notes: ["install Debian's libzmq5"]))
  }()

  static func load() throws -> ZeroMQ { try loaded.get() }

  /// What the calling thread's last call complained of.
  var lastError: String {
    let text = functions.pointee.zmq_strerror(functions.pointee.zmq_errno())
    return text.map { String(cString: $0) } ?? "unknown reason"
  }
}

/// One ZeroMQ socket bound to an address. Not thread-safe: whoever shares it locks it.
final class ZeroMQSocket: @unchecked Sendable {
  enum Kind {
    case router, publisher, reply

    var code: Int32 {
      switch self {
      case .router: ZMQ_ROUTER
      case .publisher: ZMQ_XPUB
      case .reply: ZMQ_REP
      }
    }
  }

  private let library: ZeroMQ
  private let handle: UnsafeMutableRawPointer

  /// - Throws: `.kernel` with the address and ZeroMQ's reason.
  init(_ kind: Kind, context: ZeroMQContext, address: String) throws {
    library = context.library
    let zmq = library.functions.pointee
    guard let handle = zmq.zmq_socket(context.handle, kind.code) else {
      throw ShellError(.kernel, "no socket for \(address): \(library.lastError)")
    }
    self.handle = handle
    // What nobody has fetched must not keep the program from ending for long.
    var linger: Int32 = 1000
    _ = zmq.zmq_setsockopt(handle, ZMQ_LINGER, &linger, MemoryLayout<Int32>.size)
    if kind == .publisher {
      // Every subscriber is told of, not only the first of a topic.
      var verbose: Int32 = 1
      _ = zmq.zmq_setsockopt(handle, ZMQ_XPUB_VERBOSE, &verbose, MemoryLayout<Int32>.size)
    }
    guard zmq.zmq_bind(handle, address) == 0 else {
      let reason = library.lastError
      _ = zmq.zmq_close(handle)
      throw ShellError(
        .kernel, "cannot listen at \(address): \(reason)",
        notes: ["the connection file names addresses that are in use: start the kernel anew"])
    }
  }

  deinit { _ = library.functions.pointee.zmq_close(handle) }

  /// Whether a message waits, at most so long.
  func wait(milliseconds: Int) -> Bool {
    var item = zmq_pollitem_t(socket: handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
    return library.functions.pointee.zmq_poll(&item, 1, milliseconds) > 0
  }

  /// All frames of the next message; waits for it. Nil where a signal came between.
  func receive() -> [[UInt8]]? {
    let zmq = library.functions.pointee
    var frames: [[UInt8]] = []
    var isOpen = true
    while isOpen {
      var message = zmq_msg_t()
      _ = zmq.zmq_msg_init(&message)
      defer { _ = zmq.zmq_msg_close(&message) }
      guard zmq.zmq_msg_recv(&message, handle, 0) >= 0 else { return nil }
      let size = zmq.zmq_msg_size(&message)
      frames.append(
        Array(UnsafeRawBufferPointer(start: zmq.zmq_msg_data(&message), count: size)))
      isOpen = zmq.zmq_msg_more(&message) != 0
    }
    return frames
  }

  /// Sends the frames as one message. A peer that is gone loses it: there is nobody to tell.
  func send(_ frames: [[UInt8]]) {
    for (index, frame) in frames.enumerated() {
      let flags = index + 1 < frames.count ? ZMQ_SNDMORE : 0
      while library.functions.pointee.zmq_send(handle, frame, frame.count, flags) < 0,
        library.functions.pointee.zmq_errno() == EINTR
      {}
    }
  }
}

/// A ZeroMQ context, which its sockets hold.
final class ZeroMQContext: @unchecked Sendable {
  let library: ZeroMQ
  let handle: UnsafeMutableRawPointer

  init() throws {
    library = try ZeroMQ.load()
    guard let handle = library.functions.pointee.zmq_ctx_new() else {
      throw ShellError(.kernel, "no ZeroMQ context: \(library.lastError)")
    }
    self.handle = handle
  }
}
