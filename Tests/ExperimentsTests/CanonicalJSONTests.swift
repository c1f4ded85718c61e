import Testing

@testable import Experiments

@Suite struct CanonicalJSONTests {
  @Test func keysAreSortedAndNothingIsEscapedInVain() throws {
    let value = SpecValue.record([
      "b": .list([.integer(1), .real(0.1), .null]), "a": .text("x/y \"ü\""), "c": .real(2),
    ])
    #expect(try CanonicalJSON.encode(value) == #"{"a":"x/y \"ü\"","b":[1,0.1,null],"c":2}"#)
  }

  @Test func aSpecificationReadsBack() throws {
    let specification = adaptation(labels: .integer(60), from: "key")
    let text = try CanonicalJSON.encode(specification)
    #expect(try CanonicalJSON.decode(RunSpecification.self, from: text) == specification)
    #expect(throws: ExperimentsError.self) {
      try CanonicalJSON.decode(RunSpecification.self, from: "{}")
    }
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func numbersThatJSONLacksAreNamed(value: Double) {
    let record = SpecValue.record(["rate": .list([.real(value)])])
    let error = #expect(throws: ExperimentsError.self) { try CanonicalJSON.encode(record) }
    #expect(error?.code == .encoding)
    #expect(error?.message.contains("rate") == true)
  }

  @Test func everythingThatDecidesTheOutcomeChangesTheKey() throws {
    let base = adaptation()
    var other = base
    other.options["labels"] = .text("1%")
    let keys = try [
      CacheKey.of(base, dataFingerprint: "a"), CacheKey.of(base, dataFingerprint: "b"),
      CacheKey.of(other, dataFingerprint: "a"),
      CacheKey.of(adaptation(seed: 2), dataFingerprint: "a"),
      CacheKey.of(adaptation(from: "key"), dataFingerprint: "a"),
    ]
    #expect(Set(keys).count == keys.count)
    #expect(keys.allSatisfy { $0.count == 64 })
    #expect(try CacheKey.of(base, dataFingerprint: "a") == keys[0])
  }
}
