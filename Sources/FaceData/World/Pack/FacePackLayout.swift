import Foundation

/// The bytes of a `.faces` file: a header, then a record a sample, all numbers little-endian.
///
/// Header (128 bytes): "FACETPAK", version (UInt32), size (UInt32), count (UInt64), checksum of
/// all records (UInt64), fingerprint (64 ASCII digits), zeros.
/// Record: identity and emotion (Int32 each, −1 for none), 1 where there is a face (UInt32), valence,
/// arousal, pitch, yaw, roll and the gaze's two angles (Float each), action units (Float each), the
/// scheme's landmarks (2 Floats each), the same in 3D (3 Floats each), their visibility (a byte each),
/// pixels `[size, size, 3]`, zeros up to a multiple of 8.
struct FacePackLayout: Sendable {
  static let version: UInt32 = 4
  static let headerBytes = 128
  private static let magic = Array("FACETPAK".utf8)

  let size: Int
  let count: Int
  let fingerprint: String
  let scheme: LandmarkScheme

  var landmarkCount: Int { scheme.count }
  var unitCount: Int { ActionUnit.allCases.count }
  /// Words before the action units.
  private static let headWords = 10
  private var firstLandmarkWord: Int { Self.headWords + unitCount }
  private var firstPointWord: Int { firstLandmarkWord + 2 * landmarkCount }
  private var visibilityByte: Int { 4 * (firstPointWord + 3 * landmarkCount) }
  var labelBytes: Int { visibilityByte + landmarkCount }
  var pixelBytes: Int { size * size * 3 }
  var recordBytes: Int { (labelBytes + pixelBytes + 7) / 8 * 8 }
  var fileBytes: Int { Self.headerBytes + count * recordBytes }

  func header(checksum: UInt64) -> [UInt8] {
    var bytes = Self.magic
    withUnsafeBytes(of: Self.version.littleEndian) { bytes += $0 }
    withUnsafeBytes(of: UInt32(size).littleEndian) { bytes += $0 }
    withUnsafeBytes(of: UInt64(count).littleEndian) { bytes += $0 }
    withUnsafeBytes(of: checksum.littleEndian) { bytes += $0 }
    bytes += fingerprint.utf8
    bytes += [UInt8](repeating: 0, count: max(0, Self.headerBytes - bytes.count))
    return bytes
  }

  func record(_ sample: FaceSample) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(recordBytes)
    add(sample.labels, to: &bytes)
    bytes += sample.image.pixels
    bytes += [UInt8](repeating: 0, count: recordBytes - bytes.count)
    return bytes
  }

  private func add(_ labels: FaceLabels, to bytes: inout [UInt8]) {
    func add(_ word: UInt32) { withUnsafeBytes(of: word.littleEndian) { bytes += $0 } }
    func add(_ values: [Float], count: Int) {
      for k in 0..<count { add(k < values.count ? values[k].bitPattern : 0) }
    }
    add(UInt32(truncatingIfNeeded: labels.identity ?? -1))
    add(UInt32(truncatingIfNeeded: labels.emotion?.rawValue ?? -1))
    add(labels.landmarks == nil ? 0 : 1)
    let pose = labels.headPose ?? HeadPose(pitch: 0, yaw: 0, roll: 0)
    let gaze = labels.gaze ?? Gaze(right: 0, up: 0)
    let head = [pose.pitch, pose.yaw, pose.roll, gaze.right, gaze.up]
    add([labels.valence ?? 0, labels.arousal ?? 0] + head, count: 7)
    add(labels.actionUnits ?? [], count: unitCount)
    add((labels.landmarks ?? []).flatMap { [$0.x, $0.y] }, count: 2 * landmarkCount)
    let points = labels.landmarks3D ?? []
    add(points.flatMap { [$0.x, $0.y, $0.z] }, count: 3 * landmarkCount)
    let visibility = labels.landmarkVisibility ?? []
    for k in 0..<landmarkCount {
      bytes.append(k < visibility.count ? visibility[k].rawValue : 0)
    }
  }

  func labels(in record: UnsafeRawBufferPointer) -> FaceLabels {
    func word(_ index: Int) -> UInt32 {
      UInt32(littleEndian: record.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
    }
    func float(_ index: Int) -> Float { Float(bitPattern: word(index)) }
    let identity = Int(Int32(bitPattern: word(0)))
    var labels = FaceLabels(identity: identity < 0 ? nil : identity)
    guard word(2) == 1 else { return labels }
    labels.emotion = Emotion(rawValue: Int(Int32(bitPattern: word(1))))
    (labels.valence, labels.arousal) = (float(3), float(4))
    labels.headPose = HeadPose(pitch: float(5), yaw: float(6), roll: float(7))
    labels.gaze = Gaze(right: float(8), up: float(9))
    labels.landmarkScheme = scheme
    labels.actionUnits = (Self.headWords..<firstLandmarkWord).map(float)
    labels.landmarks = (0..<landmarkCount).map { k in
      SIMD2(float(firstLandmarkWord + 2 * k), float(firstLandmarkWord + 2 * k + 1))
    }
    labels.landmarks3D = (0..<landmarkCount).map { k in
      let at = firstPointWord + 3 * k
      return SIMD3(float(at), float(at + 1), float(at + 2))
    }
    labels.landmarkVisibility = (0..<landmarkCount).map {
      LandmarkVisibility(rawValue: record[visibilityByte + $0]) ?? .absent
    }
    return labels
  }

  func image(in record: UnsafeRawBufferPointer) -> Image {
    let pixels = record[labelBytes..<labelBytes + pixelBytes]
    return Image(width: size, height: size, pixels: Array(pixels))
  }
}

/// A fast 64-bit checksum over records, against damage and not against malice: four lanes of
/// multiply and rotate over 8-byte words.
struct FacePackChecksum {
  private var lanes = SIMD4<UInt64>(1, 2, 3, 4)

  /// Adds bytes, a multiple of 8 of them.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var lane = 0
    for offset in stride(from: 0, to: bytes.count - 7, by: 8) {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      let mixed = (lanes[lane] ^ word) &* 0x9FB2_1C65_1E98_DF25
      lanes[lane] = mixed ^ (mixed >> 29)
      lane = (lane + 1) & 3
    }
  }

  func finalize() -> UInt64 {
    var sum: UInt64 = 0
    for lane in 0..<4 { sum = (sum ^ lanes[lane]) &* 0xD6E8_FEB8_6659_FD93 }
    return sum ^ (sum >> 32)
  }
}
