import Foundation
import Testing

@testable import FaceData

struct SafetensorsExportTests {
  @Test("tensors hold the pictures and labels that the samples have")
  func export() throws {
    let world = try FaceWorld(
      FaceWorldSettings(profile: .studio, identities: 3, images: 7, size: 32, seed: 1))
    let folder = try TemporaryFolder()
    let path = folder.path + "/faces.safetensors"
    try SafetensorsExport(world, threads: 2).write(to: path)
    let pack = try SafetensorsPack(path: path)
    let landmarks = try pack.floats("landmarks")
    #expect(landmarks.count == 7 * 68 * 2)
    let point = try #require(try world.labels(at: 3).landmarks?[10])
    #expect(landmarks[3 * 136 + 20] == point.x && landmarks[3 * 136 + 21] == point.y)
    let units = try pack.floats("action_units")
    let numbers = ActionUnit.allCases.map(\.rawValue).sorted()
    let twelve = try #require(numbers.firstIndex(of: 12))
    let intensity = try world.labels(at: 2).intensity(ofUnit: 12)
    #expect(units[2 * numbers.count + twelve] == intensity)
    #expect(pack.metadata["ids"]?.contains("\"000006\"") == true)
    #expect(pack.metadata["identities"] == #"["id-0001","id-0002","id-0003"]"#)
    // The pictures are the file's end.
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(Array(bytes.suffix(32 * 32 * 3)) == (try world.sample(at: 6).image.pixels))
  }

  @Test("points follow the pictures to another size")
  func resized() throws {
    let world = try FaceWorld(
      FaceWorldSettings(profile: .studio, identities: 3, images: 2, size: 32, seed: 1))
    let folder = try TemporaryFolder()
    let path = folder.path + "/faces.safetensors"
    try SafetensorsExport(world, size: 64).write(to: path)
    let point = try #require(try world.labels(at: 0).landmarks?[0])
    #expect(try SafetensorsPack(path: path).floats("landmarks")[0] == 2 * point.x)
  }

  @Test("pictures of several sizes need a size")
  func sizes() throws {
    var set = MemoryDataset.pictures(2, size: 20)
    set.samples[1] = FaceSample(id: "odd", image: .gray(30), labels: FaceLabels())
    let folder = try TemporaryFolder()
    let path = folder.path + "/faces.safetensors"
    let error = faceDataError { try SafetensorsExport(set).write(to: path) }
    #expect(error?.code == .invalidSetting && error?.message.contains("30×30") == true)
    #expect(!FileManager.default.fileExists(atPath: path))
    try SafetensorsExport(set, size: 16).write(to: path)
    #expect(FileManager.default.fileExists(atPath: path))
  }
}
