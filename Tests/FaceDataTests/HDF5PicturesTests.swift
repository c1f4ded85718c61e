import Foundation
import Testing

@testable import FaceData

@Suite struct HDF5PicturesTests {
  private func write(_ folder: TemporaryFolder) throws {
    try folder.write(
      Array(Data(contentsOf: URL(fileURLWithPath: golden("pictures.h5")))), "pictures.h5")
  }

  @Test func rowsArePicturesAndFoldersAreIdentities() throws {
    let folder = try TemporaryFolder()
    try write(folder)
    let guess = try DatasetFormat.guess(path: folder.path)
    #expect(guess.format.kind == "hdf5")
    let dataset = try guess.source.open()
    #expect(dataset.count == 4 && dataset.identityNames == ["n01", "n02", "n03"])
    #expect(try (0..<4).map { try dataset.labels(at: $0).identity } == [1, 0, 1, 2])
    for row in 0..<4 {
      let image = try dataset.sample(at: row).image
      #expect((image.width, image.height) == (8 + row, 6))
      #expect(Array(image.pixels.prefix(3)) == [UInt8(10 * row), 2, 3])
    }
    #expect(dataset.fingerprint == (try HDF5Pictures(path: golden("pictures.h5")).fingerprint))
  }

  @Test(arguments: Damage.binary)
  func damageIsReported(damage: Damage) throws {
    let check = DamageCheck(make: write) { try HDF5Pictures(path: $0.path + "/pictures.h5") }
    let complaints = try check.complaints(damage, file: "pictures.h5").map { $0.prefix(200) }
    #expect(complaints.isEmpty, "\(damage.name)")
  }

  @Test func aFileWithoutPicturesSaysSo() throws {
    let error = faceDataError { _ = try HDF5Pictures(path: golden("values.mat")) }
    #expect(error?.code == .brokenLabels && error?.message.contains("no HDF5 file") == true)
    let list = faceDataError { _ = try HDF5List("none", path: golden("pictures.h5")) }
    #expect(list?.message.contains("named none") == true)
  }
}
