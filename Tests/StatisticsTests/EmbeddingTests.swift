import Testing

@testable import Statistics

@Suite struct EmbeddingTests {
  @Test func componentsAgreeWithNumPy() throws {
    let golden = try ComparisonGoldens.load().embedding
    var generator = TestGenerator(state: 4)
    let found = try PrincipalComponents(golden.points, components: 2, using: &generator)
    for index in 0..<2 {
      #expect(near(found.variances[index], golden.variances[index], 1e-10))
      for (entry, expected) in zip(found.directions[index], golden.directions[index]) {
        #expect(abs(entry - expected) < 1e-6)
      }
      let mean = found.coordinates.reduce(0) { $0 + $1[index] }
      #expect(abs(mean) < 1e-9)
    }
    #expect(throws: StatisticsError.self) {
      try PrincipalComponents(golden.points, components: 5, using: &generator)
    }
  }

  @Test func neighbourProbabilitiesAgreeWithScikitLearn() throws {
    let golden = try ComparisonGoldens.load().embedding
    let joint = NeighbourEmbedding.jointProbabilities(golden.points, perplexity: 4)
    for (row, expected) in zip(joint, golden.joint) {
      // scikit-learn's search for the width stops at an entropy off by 1e-5, in float32.
      for (p, q) in zip(row, expected) { #expect(abs(p - q) < 2e-5) }
    }
    let places = golden.places.map { SIMD2($0[0], $0[1]) }
    #expect(
      near(NeighbourEmbedding.divergence(places, golden.joint), golden.divergence, 1e-6))
    let gradient = NeighbourEmbedding.gradient(places, golden.joint)
    for (found, expected) in zip(gradient, golden.gradient) {
      #expect(abs(found.x - expected[0]) < 1e-6 && abs(found.y - expected[1]) < 1e-6)
    }
  }

  @Test func groupsStayTogetherAndTheSeedDecides() throws {
    var generator = TestGenerator(state: 2)
    let points = (0..<60).map { index in
      (0..<6).map { axis in generator.normal() + (axis == index / 20 ? 12 : 0) }
    }
    let embedding = NeighbourEmbedding(perplexity: 8, rounds: 250)
    var (first, second) = (TestGenerator(state: 5), TestGenerator(state: 5))
    let places = try embedding.places(of: points, using: &first)
    #expect(try places == embedding.places(of: points, using: &second))
    for index in points.indices {
      let nearest = places.indices.filter { $0 != index }.min { a, b in
        func square(_ other: Int) -> Double {
          let d = places[other] - places[index]
          return (d * d).sum()
        }
        return square(a) < square(b)
      }
      #expect(nearest.map { $0 / 20 } == index / 20)
    }
    #expect(throws: StatisticsError.self) {
      try NeighbourEmbedding(perplexity: 30).places(of: points, using: &first)
    }
  }
}
