import Testing

@testable import FaceData

@Suite struct ProtocolTests {
  @Test func aSplitHasItsSharesAndNoPersonInTwoParts() throws {
    let dataset = MemoryDataset.people((0..<60).map { 1 + $0 % 7 })
    let split = try DatasetSplit(dataset: dataset, seed: 3)
    let parts = [split.train, split.validation, split.test]
    #expect(parts.flatMap { $0 }.sorted() == Array(0..<dataset.count))
    for (part, share) in zip(parts, [0.7, 0.1, 0.2]) {
      #expect(abs(Double(part.count) / Double(dataset.count) - share) < 0.03)
      #expect(part == part.sorted())
    }
    let people = try parts.map { part in
      Set(try part.map { try dataset.labels(at: $0).identity })
    }
    #expect(people[0].isDisjoint(with: people[1]) && people[0].isDisjoint(with: people[2]))
    #expect(people[1].isDisjoint(with: people[2]))
    #expect(try DatasetSplit(dataset: dataset, seed: 3) == split)
    #expect(try DatasetSplit(dataset: dataset, seed: 4) != split)
  }

  @Test func withoutIdentitiesTheSharesAreExact() throws {
    var dataset = MemoryDataset.people([100])
    dataset.identityNames = []
    let split = try DatasetSplit(
      dataset: dataset, fractions: .init(train: 3, validation: 0, test: 1), seed: 1)
    #expect(split.train.count == 75 && split.validation.isEmpty && split.test.count == 25)
  }

  @Test func aSplitThatLeavesAPartEmptyIsAnError() {
    let one = MemoryDataset.people([50])
    #expect(faceDataError { _ = try DatasetSplit(dataset: one, seed: 1) }?.code == .notEnoughData)
    let bad = DatasetSplit.Fractions(train: -1, validation: 1, test: 1)
    let error = faceDataError { _ = try DatasetSplit(dataset: one, fractions: bad, seed: 1) }
    #expect(error?.code == .invalidSetting)
  }

  @Test(arguments: [
    (LabelBudget.share(0.01), 600, 6), (.share(0.01), 30, 1), (.share(0.1), 600, 60),
    (.share(1), 600, 600), (.count(60), 600, 60), (.count(600), 600, 600),
  ])
  func budgetsCount(budget: LabelBudget, available: Int, expected: Int) throws {
    #expect(try budget.count(of: available) == expected)
  }

  @Test(arguments: [
    (LabelBudget.count(601), FaceDataError.Code.notEnoughData), (.count(0), .invalidSetting),
    (.share(0), .invalidSetting), (.share(1.5), .invalidSetting), (.share(.nan), .invalidSetting),
  ])
  func impossibleBudgetsAreErrors(budget: LabelBudget, code: FaceDataError.Code) {
    let error = faceDataError { _ = try budget.count(of: 600) }
    #expect(error?.code == code)
    if code == .notEnoughData {
      #expect(error?.message.contains("601") == true && error?.message.contains("600") == true)
    }
  }

  @Test(arguments: [
    ("1%", LabelBudget.share(0.01), "1%"), ("0.5 %", .share(0.005), "0.5%"),
    ("60", .count(60), "60"), ("100%", .share(1), "100%"), ("1_000", .count(1_000), "1000"),
  ])
  func budgetsAreReadAndWritten(text: String, budget: LabelBudget, written: String) {
    #expect(LabelBudget(text) == budget)
    #expect(budget.description == written)
  }

  @Test(arguments: ["", "%", "many", "1.5", "x%"])
  func otherTextIsNoBudget(text: String) { #expect(LabelBudget(text) == nil) }

  @Test func subsetsAreNestedAndDependOnTheSeedAlone() throws {
    let train = Array(stride(from: 5, to: 1_205, by: 2))
    func subset(_ budget: LabelBudget, seed: UInt64 = 1) throws -> [Int] {
      try LabelledSubset.indices(of: train, budget: budget, seed: seed)
    }
    let (six, sixty, all) = (
      try subset(.share(0.01)), try subset(.count(60)), try subset(.share(1))
    )
    #expect(six.count == 6 && sixty.count == 60 && all.sorted() == train)
    #expect(six == Array(sixty.prefix(6)) && sixty == Array(all.prefix(60)))
    #expect(
      try LabelledSubset.indices(of: train.reversed(), budget: .count(60), seed: 1) == sixty)
    #expect(try subset(.count(60), seed: 2) != sixty)
    let error = faceDataError { _ = try LabelledSubset.indices(of: [], budget: .share(1), seed: 1) }
    #expect(error?.code == .notEnoughData)
  }

  @Test func aStratifiedSubsetGoesRoundThePeople() throws {
    let dataset = MemoryDataset.people([30, 5, 10, 1])
    let identity = { index in try dataset.labels(at: index).identity }
    let train = Array(0..<dataset.count)
    func people(_ count: Int) throws -> [Int?] {
      try LabelledSubset.indices(of: train, budget: .count(count), seed: 1, identity: identity)
        .map(identity)
    }
    #expect(Set(try people(4)) == [0, 1, 2, 3])
    #expect(try people(7).suffix(3).sorted { ($0 ?? 0) < ($1 ?? 0) } == [0, 1, 2])
    #expect(try people(7).prefix(4) == people(4)[...])
    #expect(try people(46).count == 46)
  }

  @Test func generatedPairsAreBalancedAndFoldsShareNobody() throws {
    let dataset = MemoryDataset.people((0..<50).map { 2 + $0 % 5 })
    let indices = Array(0..<dataset.count).filter { $0 % 9 != 0 }
    let pairs = try VerificationPairs.generate(
      dataset: dataset, indices: indices, folds: 5, perFold: 20, seed: 2)
    #expect(pairs.count == 100)
    var owners: [Int: Int] = [:]
    for pair in pairs {
      let people = try [pair.first, pair.second].map { index in
        try #require(try dataset.labels(at: index).identity)
      }
      #expect((people[0] == people[1]) == pair.isSame)
      #expect(pair.first != pair.second && indices.contains(pair.first))
      for person in people { #expect(owners[person, default: pair.fold] == pair.fold) }
      for person in people { owners[person] = pair.fold }
    }
    for fold in 0..<5 {
      let own = pairs.filter { $0.fold == fold }
      #expect(own.count(where: \.isSame) == 10 && own.count == 20)
    }
    #expect(Set(pairs.map { Set([$0.first, $0.second]) }).count == 100)
    let again = try VerificationPairs.generate(
      dataset: dataset, indices: indices.reversed(), folds: 5, perFold: 20, seed: 2)
    #expect(again == pairs)
    let other = try VerificationPairs.generate(
      dataset: dataset, indices: indices, folds: 5, perFold: 20, seed: 3)
    #expect(other != pairs)
  }

  @Test func fewPeopleGiveFewerPairsPerFoldButEquallyMany() throws {
    let dataset = MemoryDataset.people([2, 2, 3, 2])
    let pairs = try VerificationPairs.generate(
      dataset: dataset, indices: Array(0..<9), folds: 2, perFold: 600, seed: 1)
    let counts = (0..<2).map { fold in pairs.count { $0.fold == fold } }
    #expect(counts[0] == counts[1] && counts[0] >= 4)
    #expect(pairs.count(where: \.isSame) * 2 == pairs.count)
  }

  @Test func tooFewPeopleIsAnErrorWithNumbers() {
    let dataset = MemoryDataset.people([3, 3, 3])
    let error = faceDataError {
      _ = try VerificationPairs.generate(
        dataset: dataset, indices: Array(0..<9), folds: 10, seed: 1)
    }
    #expect(error?.code == .notEnoughData)
    #expect(error?.message.contains("3 people") == true)
    #expect(error?.message.contains("at most 1 folds") == true)
  }
}
