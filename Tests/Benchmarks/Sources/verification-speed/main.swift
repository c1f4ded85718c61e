import Foundation
import Statistics

// Speed of verification, with simulated embeddings of 512 numbers: a person is a random direction, a
// picture the person with noise.
//
//   verification-speed pairs        10⁶ pairs of 6,000 pictures, scored and ROC'ed
//   verification-speed ijb          IJB-C's size: 23,124 templates, 15.6 million pairs
//   verification-speed write FILE   ijb's embeddings and pairs for verification_peer.py

/// Small and fast, the same on every machine (SplitMix64).
struct Random {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func index(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// Nearly normal: the sum of four uniform numbers.
  mutating func noise() -> Float {
    let bits = next()
    let sum = (0..<4).reduce(Float(0)) { $0 + Float(bits >> (16 * UInt64($1)) & 0xFFFF) }
    return (sum / 65_535 - 2) * 1.732
  }
}

struct Simulation {
  static let width = 512
  var rows: [Float] = []
  var people: [Int32] = []
  var (first, second): ([Int32], [Int32]) = ([], [])
  var isSame: [Bool] = []

  init(templates: Int, people count: Int, genuine: Int, impostors: Int) {
    var random = Random(state: 1)
    let centres = (0..<count * Self.width).map { _ in random.noise() }
    rows.reserveCapacity(templates * Self.width)
    for template in 0..<templates {
      let person = template % count
      people.append(Int32(person))
      let row = (0..<Self.width).map { centres[person * Self.width + $0] + 1.4 * random.noise() }
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      rows += row.map { $0 / length }
    }
    // Genuine pairs lie a multiple of the people apart; as in IJB's list a template's pairs follow
    // each other.
    let rounds = templates / count
    for pair in 0..<genuine {
      let person = pair % count
      let gap = 1 + pair / count % max(1, rounds - 1)
      add(person, person + gap * count)
    }
    let each = max(1, impostors / templates)
    for pair in 0..<impostors {
      let template = min(pair / each, templates - 1)
      var other = random.index(below: templates)
      while other % count == template % count { other = random.index(below: templates) }
      add(template, other)
    }
  }

  private mutating func add(_ a: Int, _ b: Int) {
    first.append(Int32(a))
    second.append(Int32(b))
    isSame.append(people[a] == people[b])
  }
}

func timed<Result>(_ what: String, _ body: () throws -> Result) rethrows -> Result {
  let start = DispatchTime.now().uptimeNanoseconds
  let result = try body()
  let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
  print("\(what): \(String(format: "%.3f", seconds)) s")
  return result
}

func residentMegabytes() -> Int {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
  return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) / 1024
}

func measure(_ simulation: Simulation) throws {
  print("\(simulation.first.count) pairs of \(simulation.people.count) rows")
  let total = DispatchTime.now().uptimeNanoseconds
  let scores = try timed("scored") {
    try pairProducts(
      simulation.rows, width: Simulation.width, first: simulation.first,
      second: simulation.second)
  }
  let metrics = try timed("sorted") {
    try VerificationMetrics(similarities: scores, isSame: simulation.isSame)
  }
  timed("ROC") {
    print("  AUC \(metrics.areaUnderROC), EER \(metrics.equalErrorRate)")
    for rate in [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1] {
      print("  TAR at FAR \(rate): \(metrics.trueAcceptRate(nearestTo: rate))")
    }
  }
  let seconds = Double(DispatchTime.now().uptimeNanoseconds - total) / 1e9
  print("in all: \(String(format: "%.3f", seconds)) s, at most \(residentMegabytes()) MB")
}

let words = CommandLine.arguments.dropFirst()
switch words.first {
case "pairs":
  try measure(
    Simulation(templates: 6000, people: 1000, genuine: 5000, impostors: 995_000))
case "ijb", "write":
  let simulation = Simulation(
    templates: 23_124, people: 3531, genuine: 19_557, impostors: 15_638_932)
  if let path = words.dropFirst().first {
    var data = Data()
    let header: [Int32] = [Int32(simulation.people.count), Int32(simulation.first.count)]
    header.withUnsafeBytes { data.append(contentsOf: $0) }
    simulation.rows.withUnsafeBytes { data.append(contentsOf: $0) }
    simulation.first.withUnsafeBytes { data.append(contentsOf: $0) }
    simulation.second.withUnsafeBytes { data.append(contentsOf: $0) }
    data.append(contentsOf: simulation.isSame.map { $0 ? 1 : 0 })
    try data.write(to: URL(fileURLWithPath: path))
  } else {
    try measure(simulation)
  }
default: print("usage: verification-speed pairs | ijb | write FILE")
}
