import Foundation
import Testing

@testable import FaceData

/// A file beside the tests' own.
func golden(_ name: String) throws -> String {
  try #require(
    Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Goldens")
  ).path
}

@Suite struct MatFileTests {
  @Test(arguments: ["values.mat", "values_compressed.mat"])
  func everyKindOfValueIsRead(name: String) throws {
    let file = try MatFile(path: golden(name))
    #expect(file.names.count == 11 && file.contains("record") && !file.contains("none"))
    let doubles = try file.variable("doubles")
    #expect(doubles.shape == [2, 3])
    let matrix = try doubles.matrix("doubles", path: "x")
    #expect(matrix[0, 2] == 0.5 && matrix[1, 0] == 0.75 && matrix.transposed[0, 1] == 0.75)
    #expect(try file.variable("singles").numbers == [1.5, -2.5])
    #expect(try file.variable("bytes").numbers == [0, 7, 255, 8])
    #expect(try file.variable("shorts").numbers == [-3, 300])
    #expect(try file.variable("words").numbers == [70000, 4])
    #expect(try file.variable("flags").numbers == [1, 0, 1])
    #expect(try file.variable("complexes").numbers == [1, 3])
    #expect(try file.variable("text").text == "façade")
    #expect(try file.variable("empty").shape == [0, 4])
    let cells = try #require(try file.variable("cells").cells)
    #expect(cells.count == 3 && cells[0].numbers == [1, 2] && cells[1].text == "two")
    let record = try #require(try file.variable("record").fields?.first)
    #expect(record["number"]?.numbers == [1.5] && record["word"]?.text == "inner")
    let all = try file.variables()
    #expect(Set(all.keys) == Set(file.names) && all["doubles"]?.numbers == doubles.numbers)
    #expect(all["cells"]?.cells?[1].text == "two")
    #expect(all["record"]?.fields?.first?["number"]?.numbers == [1.5])
  }

  @Test func version73IsReadThroughHDF5() throws {
    let file = try MatFile(path: golden("values73.mat"))
    #expect(Set(file.names) == ["bytes", "doubles", "text"])
    let matrix = try file.variable("doubles").matrix("doubles", path: "x")
    #expect(matrix.rows == 2 && matrix[0, 2] == 0.5 && matrix[1, 0] == 0.75)
    #expect(try file.variable("bytes").numbers == [0, 7, 255, 8])
    #expect(try file.variable("text").text == "face")
    let pictures = try MatCells("IsT", in: MatFile(path: golden("COFW_test_color.mat")))
    #expect(pictures.count == 5)
    #expect(try pictures.bytes(at: 2).shape == [66, 80, 3])
    #expect(try pictures.bytes(at: 3).shape == [67, 80])
    #expect(try pictures.bytes(at: 0).bytes.prefix(3) == [20, 20, 20])
    #expect(faceDataError { _ = try pictures.bytes(at: 5) }?.code == .brokenLabels)
  }

  @Test func whatIsNotThereSaysSo() throws {
    let file = try MatFile(path: golden("values.mat"))
    let error = faceDataError { _ = try file.variable("none") }
    #expect(error?.code == .brokenLabels && error?.message.contains("none") == true)
    #expect(faceDataError { _ = try MatCells("doubles", in: file) }?.code == .brokenLabels)
    #expect(faceDataError { _ = try MatFile(path: "/nowhere.mat") }?.code == .unreadable)
  }

  /// Reads all there is, as far as it goes.
  ///
  /// - Returns: the number of variables.
  @discardableResult
  private func readAll(_ path: String) throws -> Int {
    let file = try MatFile(path: path)
    _ = try file.variables()
    for name in file.names {
      _ = try file.variable(name)
      if name.hasPrefix("Is") {
        let cells = try MatCells(name, in: file)
        for index in 0..<cells.count { _ = try cells.bytes(at: index) }
      }
    }
    return file.names.count
  }

  @Test(arguments: [
    "values.mat", "values_compressed.mat", "values73.mat", "COFW_test_color.mat", "aflw19.mat",
  ])
  func damageIsAnErrorOrHarmlessButNeverATrap(name: String) throws {
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: golden(name))))
    let folder = try TemporaryFolder()
    var stream = RandomStream(seed: 3, purpose: "damage " + name)
    let all = try readAll(golden(name))
    for round in 0..<60 {
      var bytes = whole
      switch round % 3 {
      case 0: bytes = Array(whole.prefix(stream.integer(below: whole.count)))
      case 1:
        for _ in 0..<8 {
          bytes[stream.integer(below: bytes.count)] = UInt8(stream.integer(below: 256))
        }
      default:
        let place = 128 + stream.integer(below: min(2000, bytes.count - 136))
        for index in 0..<4 { bytes[place + index] = 0xFF }
      }
      let path = try folder.write(bytes, "damaged.mat")
      var count = 0
      let error = faceDataError { count = try readAll(path) }
      // A cut between two variables leaves a whole file with fewer of them.
      if round % 3 == 0 { #expect(error != nil || count < all, "cut at \(bytes.count)") }
    }
  }
}
