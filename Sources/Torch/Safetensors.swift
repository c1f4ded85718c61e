public import Foundation

/// Hugging Face's format for named tensors: eight bytes of header length, a JSON header, the data.
///
/// Reading never runs code and checks every length before it is used. Writing is atomic: a file that
/// is there is whole. Tensors lie in the file by falling element size, then by name, as the
/// reference writer lays them, so that the same tensors give the same bytes.
/// - Source: github.com/huggingface/safetensors, format section.
public enum Safetensors {
  /// The longest header that is accepted, as in the reference implementation.
  static let longestHeader = 100_000_000

  /// Writes to a temporary file beside `url`, makes it durable, and renames it.
  /// - Throws: `TensorError.file` when the disk is full or the folder cannot be written.
  public static func save(
    _ tensors: [String: Tensor], metadata: [String: String] = [:], to url: URL
  ) throws {
    let items = tensors.sorted {
      ($1.value.dtype.byteCount, $0.key) < ($0.value.dtype.byteCount, $1.key)
    }
    let header = try SafetensorsHeader.encode(items, metadata: metadata)
    try AtomicFile.write(to: url) { file in
      try file.write(contentsOf: header)
      for (_, tensor) in items { try file.write(contentsOf: tensor.data()) }
    }
  }

  /// Reads a file, on the CPU.
  /// - Throws: `TensorError.file`, saying what is wrong with it.
  public static func load(_ url: URL) throws -> (
    tensors: [String: Tensor], metadata: [String: String]
  ) {
    let data: Data
    do {
      data = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      throw TensorError(
        .file, "\(url.path) cannot be read: \(error.localizedDescription)",
        context: ["path": url.path])
    }
    do {
      return try load(data)
    } catch let error as TensorError where error.code != .outOfMemory {
      throw TensorError(
        .file, "\(url.path) is no intact safetensors file: \(error.message)",
        context: ["path": url.path])
    }
  }

  static func load(_ data: Data) throws -> (
    tensors: [String: Tensor], metadata: [String: String]
  ) {
    let header = try SafetensorsHeader(parsing: data)
    var tensors: [String: Tensor] = [:]
    try data.withUnsafeBytes { bytes in
      for entry in header.entries {
        let range =
          entry.range.lowerBound + header.dataStart..<entry.range.upperBound + header.dataStart
        tensors[entry.name] = try Tensor(
          bytes: UnsafeRawBufferPointer(rebasing: bytes[range]), shape: entry.shape,
          dtype: entry.dtype)
      }
    }
    return (tensors, header.metadata)
  }
}

extension Tensor {
  /// The elements' bytes, row-major, little-endian.
  public func data() throws -> Data {
    var data = Data(count: elementCount * dtype.byteCount)
    let type = dtype
    try data.withUnsafeMutableBytes { try readBytes(as: type, into: $0) }
    return data
  }
}

/// Replaces a file as a whole or not at all.
enum AtomicFile {
  static func write(to url: URL, _ body: (FileHandle) throws -> Void) throws {
    let temporary = url.deletingLastPathComponent().appendingPathComponent(
      ".\(url.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).tmp")
    func failure(_ reason: String) -> TensorError {
      TensorError(
        .file, "\(url.path) cannot be written: \(reason)", context: ["path": url.path])
    }
    guard FileManager.default.createFile(atPath: temporary.path, contents: nil) else {
      throw failure("its folder does not exist, is not writable, or the disk is full")
    }
    do {
      let file = try FileHandle(forWritingTo: temporary)
      defer { try? file.close() }
      try body(file)
      try file.synchronize()
      guard rename(temporary.path, url.path) == 0 else {
        throw failure(String(cString: strerror(errno)))
      }
    } catch {
      try? FileManager.default.removeItem(at: temporary)
      throw error as? TensorError ?? failure(error.localizedDescription)
    }
    try? synchronize(folder: url.deletingLastPathComponent())
  }

  /// Makes the rename durable; not every file system allows it.
  private static func synchronize(folder: URL) throws {
    let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
