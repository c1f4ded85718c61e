import Foundation
import Testing

@testable import FaceData

struct PerceptualHashTests {
  /// See Goldens/make_hashes.py.
  private struct Golden: Decodable {
    let a: Int
    let b: Int
    let c: Int
    let hash: String
    let mirrored: String
  }

  @Test("hashes are those of the Python package imagehash")
  func peer() throws {
    let url = try #require(
      Bundle.module.url(forResource: "hashes", withExtension: "json", subdirectory: "Goldens"))
    let goldens = try JSONDecoder().decode([Golden].self, from: Data(contentsOf: url))
    #expect(goldens.count == 7)
    for golden in goldens {
      let gray = (0..<32 * 32).map { place -> Float in
        let (x, y) = (place % 32, place / 32)
        return Float((golden.a * x * x + golden.b * y * y + golden.c * x * y) / 16 % 256)
      }
      let hashes = PerceptualHash.hashes(gray)
      #expect(hashes.plain == UInt64(golden.hash, radix: 16), "\(golden)")
      #expect(hashes.mirrored == UInt64(golden.mirrored, radix: 16), "\(golden)")
    }
  }

  @Test("a picture that is scaled and stored as JPEG keeps its hash but for a few bits")
  func stability() throws {
    let set = MemoryDataset.detailed(20, size: 96)
    for index in 0..<set.count {
      let image = set.samples[index].image
      let again = try ImageFile.decode(image.resized(to: 61).encodedJPEG(quality: 50))
      let (a, b) = (PictureSignature(image), PictureSignature(again))
      #expect((a.hash ^ b.hash).nonzeroBitCount <= 4)
      #expect(a.digest != b.digest)
      let other = PictureSignature(set.samples[(index + 1) % 20].image)
      #expect((a.hash ^ other.hash).nonzeroBitCount > 8)
    }
  }

  @Test("the digest tells pixels and sizes apart, not files")
  func digests() throws {
    let image = MemoryDataset.pictures(1, size: 40).samples[0].image
    let png = try ImageFile.decode(image.encodedPNG())
    #expect(PictureSignature(png) == PictureSignature(image))
    var other = image
    other.pixels[7] ^= 1
    #expect(PictureSignature(other).digest != PictureSignature(image).digest)
    let wide = Image(width: 80, height: 20, pixels: image.pixels)
    #expect(PictureSignature(wide).digest != PictureSignature(image).digest)
  }
}

extension MemoryDataset {
  /// Pictures with detail of all sizes, as photographs have it: finer detail has less contrast.
  static func detailed(_ count: Int, size: Int) -> MemoryDataset {
    var stream = RandomStream(seed: 12, purpose: "detailed pictures")
    return MemoryDataset(
      samples: (0..<count).map { index in
        var sum = [Float](repeating: 0, count: size * size)
        for (side, contrast) in [(2, 60), (4, 50), (8, 40), (16, 25)] as [(Int, Float)] {
          let pixels = (0..<side * side).flatMap { _ in
            [UInt8](repeating: UInt8(stream.integer(below: 256)), count: 3)
          }
          let layer = Image(width: side, height: side, pixels: pixels).resized(to: size)
          for place in sum.indices {
            sum[place] += contrast * (Float(layer.pixels[3 * place]) - 128) / 128
          }
        }
        let image = Image(width: size, height: size) { x, y in
          let value = min(max(128 + sum[y * size + x], 0), 255)
          return [UInt8(value), UInt8(value * 0.9), UInt8(value * 0.8)]
        }
        return FaceSample(id: "\(index)", image: image, labels: FaceLabels())
      })
  }
}

struct HammingIndexTests {
  /// Hashes in clusters, so that there are near ones at all.
  private static let hashes: [UInt64] = {
    var stream = RandomStream(seed: 5, purpose: "test hashes")
    return (0..<60).flatMap { _ -> [UInt64] in
      let centre = stream.next()
      return (0..<10).map { _ in
        (0..<stream.integer(below: 12)).reduce(centre) { hash, _ in
          hash ^ (1 << UInt64(stream.integer(below: 64)))
        }
      }
    }
  }()

  @Test("what is found is what comparing with all finds, each once", arguments: [0, 3, 4, 8, 15])
  func complete(distance: Int) {
    let index = HammingIndex(Self.hashes)
    var total = 0
    for hash in Self.hashes.prefix(80) {
      var found: [Int: Int] = [:]
      index.forEach(near: hash, within: distance) { place, bits in
        #expect(found.updateValue(bits, forKey: place) == nil)
        return true
      }
      var expected: [Int: Int] = [:]
      for (place, other) in Self.hashes.enumerated() {
        let bits = (hash ^ other).nonzeroBitCount
        if bits <= distance { expected[place] = bits }
      }
      #expect(found == expected)
      total += found.count
    }
    #expect(total > 80 || distance == 0)
  }

  @Test("the search ends when it is told to")
  func early() {
    var visits = 0
    HammingIndex(Array(repeating: 7, count: 50)).forEach(near: 7, within: 8) { _, _ in
      visits += 1
      return visits < 3
    }
    #expect(visits == 3)
  }
}
