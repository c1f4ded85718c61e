/// One leaf of a specification: a dotted path and a typed value.
struct Parameter: Hashable {
  let path: String
  /// null, boolean, integer, real, text; empty for a list or record without members.
  let type: String
  let value: SQLValue
}

extension RunSpecification {
  /// The specification flattened, in order of the paths: `options.epochs`, `data.kind`, …
  var parameters: [Parameter] {
    var fields: [String: SpecValue] = [
      "kind": .text(kind.rawValue), "method": .text(method), "data": data,
      "options": .record(options), "seed": .integer(seed),
      "initialization": initialization.map { .text($0) } ?? .null,
    ]
    if let test {
      fields["test"] = .record(["data": test.data, "fingerprint": .text(test.fingerprint)])
    }
    return SpecValue.record(fields).leaves(at: "").sorted { $0.path < $1.path }
  }
}

extension SpecValue {
  fileprivate func leaves(at path: String) -> [Parameter] {
    func below(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
    func leaf(_ type: String, _ value: SQLValue) -> [Parameter] {
      [Parameter(path: path, type: type, value: value)]
    }
    switch self {
    case .null: return leaf("null", .null)
    case .boolean(let value): return leaf("boolean", SQLValue(value))
    case .integer(let value): return leaf("integer", SQLValue(value))
    case .real(let value): return leaf("real", .real(value))
    case .text(let value): return leaf("text", .text(value))
    case .list(let values) where values.isEmpty: return leaf("empty", .null)
    case .record(let fields) where fields.isEmpty: return leaf("empty", .null)
    case .list(let values):
      return values.enumerated().flatMap { $1.leaves(at: below("\($0)")) }
    case .record(let fields):
      return fields.flatMap { $1.leaves(at: below($0)) }
    }
  }
}
