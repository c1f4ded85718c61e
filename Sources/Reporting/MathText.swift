/// Keeps the formulas of a Markdown text from cmark, which would read their `_`, `*` and `\\`.
///
/// Each is replaced by a mark of two private-use characters round its number, and put back when
/// the inlines are built.
struct ProtectedMath {
  struct Formula {
    let source: String
    let body: String
    let isDisplayed: Bool
  }

  private(set) var text = ""
  private(set) var formulas: [Formula] = []
  private static let (open, close): (Character, Character) = ("\u{E000}", "\u{E001}")

  init(_ markdown: String) {
    guard markdown.contains("$") else {
      text = markdown
      return
    }
    var rest = markdown[...]
    while let character = rest.first {
      if character == "`" || character == "~" {
        copyCode(&rest, character)
      } else if character == "\\" {
        text += rest.prefix(2)
        rest = rest.dropFirst(2)
      } else if character == "$", let formula = Self.formula(rest) {
        text += "\(Self.open)\(formulas.count)\(Self.close)"
        formulas.append(formula)
        rest = rest.dropFirst(formula.source.count)
      } else {
        text.append(character)
        rest.removeFirst()
      }
    }
  }

  /// Copies a code span or fence whole: up to a run of as many marks.
  private mutating func copyCode(_ rest: inout Substring, _ mark: Character) {
    let run = rest.prefix { $0 == mark }
    text += run
    rest = rest.dropFirst(run.count)
    guard mark == "`" || run.count >= 3 else { return }
    var search = rest
    while let next = search.firstIndex(of: mark) {
      let found = search[next...].prefix { $0 == mark }
      if found.count == run.count {
        text += rest[..<found.endIndex]
        rest = rest[found.endIndex...]
        return
      }
      search = search[found.endIndex...]
    }
  }

  /// The formula that begins here. By pandoc's rule `$5 and $6` is none: no space at the inside of
  /// a mark, no digit after, no empty line within.
  private static func formula(_ text: Substring) -> Formula? {
    let mark = text.hasPrefix("$$") ? "$$" : "$"
    let inner = text.dropFirst(mark.count)
    guard let end = inner.indices.first(where: { inner[$0...].hasPrefix(mark) }),
      end != inner.startIndex
    else { return nil }
    let body = inner[..<end]
    guard !body.contains("\n\n") else { return nil }
    if mark == "$" {
      let after = inner[inner.index(after: end)...].first
      guard let first = body.first, let last = body.last, !first.isWhitespace,
        !last.isWhitespace, !(after?.isNumber ?? false)
      else { return nil }
    }
    return Formula(
      source: mark + body + mark, body: MathText.unicode(String(body).trimmed),
      isDisplayed: mark == "$$")
  }

  /// The text with the formulas as they were typed.
  func restore(_ text: String) -> String {
    pieces(text).map { piece in
      switch piece {
      case .text(let text): text
      case .formula(let number): formulas[number].source
      }
    }.joined()
  }

  /// The text as inlines. A displayed formula's begins with `$`.
  func inlines(_ text: String) -> [Inline] {
    pieces(text).flatMap { piece -> [Inline] in
      switch piece {
      case .text(let text): ReferenceScanner.inlines(text)
      case .formula(let number):
        [.math((formulas[number].isDisplayed ? "$" : "") + formulas[number].body)]
      }
    }
  }

  private enum Piece {
    case text(String)
    case formula(Int)
  }

  private func pieces(_ text: String) -> [Piece] {
    guard text.contains(Self.open) else { return [.text(text)] }
    var found: [Piece] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: Self.open),
      let end = rest[start...].firstIndex(of: Self.close),
      let number = Int(rest[rest.index(after: start)..<end]), formulas.indices.contains(number)
    {
      if start != rest.startIndex { found.append(.text(String(rest[..<start]))) }
      found.append(.formula(number))
      rest = rest[rest.index(after: end)...]
    }
    if !rest.isEmpty { found.append(.text(String(rest))) }
    return found
  }
}

extension String {
  var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace ?? false { text.removeFirst() }
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return String(text)
  }
}

/// Writes the simple part of TeX's formulas as Unicode text: Greek, relations, digits raised and
/// lowered. Pango has no layout of formulas; what is not known stays as it was typed.
enum MathText {
  private static let commands: [String: String] = [
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν",
    "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ",
    "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "ell": "ℓ", "sum": "∑", "prod": "∏",
    "int": "∫", "infty": "∞", "partial": "∂", "nabla": "∇", "times": "×", "cdot": "·", "pm": "±",
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈",
    "sim": "∼", "in": "∈", "to": "→", "rightarrow": "→", "leftarrow": "←", "ldots": "…",
    "dots": "…", "cdots": "⋯", "log": "log", "exp": "exp", "max": "max", "min": "min",
    "quad": "  ", "left": "", "right": "", "lVert": "‖", "rVert": "‖", "|": "‖", ",": " ",
    "%": "%", "{": "{", "}": "}", "_": "_", "top": "ᵀ", "sqrt": "√",
  ]
  private static let raised = table("0123456789+-=()niTk", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀᵏ")
  private static let lowered = table("0123456789+-=()aeijknmprstx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₖₙₘₚᵣₛₜₓ")

  private static func table(_ from: String, _ to: String) -> [Character: Character] {
    Dictionary(uniqueKeysWithValues: zip(from, to))
  }

  private static let raisedBases = table(String(raised.values), String(raised.keys))
  private static let loweredBases = table(String(lowered.values), String(lowered.keys))

  static func isRaised(_ character: Character) -> Bool { raisedBases[character] != nil }
  static func isLowered(_ character: Character) -> Bool { loweredBases[character] != nil }

  /// Raised and lowered characters as they stand on the line.
  static func plain(_ text: some StringProtocol) -> String {
    String(text.map { raisedBases[$0] ?? loweredBases[$0] ?? $0 })
      .replacing("-", with: "−")
  }

  static func unicode(_ formula: String) -> String {
    var out = ""
    var rest = formula[...]
    while let character = rest.first {
      rest.removeFirst()
      switch character {
      case "\\": out += command(&rest)
      case "^": out += script(&rest, raised, "^")
      case "_": out += script(&rest, lowered, "_")
      case "{", "}": break
      case "-": out += "−"
      default: out.append(character)
      }
    }
    return out
  }

  private static func command(_ rest: inout Substring) -> String {
    var name = String(rest.prefix { $0.isLetter })
    if name.isEmpty, let single = rest.first { name = String(single) }
    rest = rest.dropFirst(name.count)
    if ["mathrm", "text", "mathbf", "mathcal", "operatorname"].contains(name) {
      return argument(&rest)
    }
    if name == "frac" {
      let (top, bottom) = (unicode(argument(&rest)), unicode(argument(&rest)))
      return "\(grouped(top))/\(grouped(bottom))"
    }
    return commands[name] ?? "\\" + name
  }

  private static func grouped(_ text: String) -> String { text.count > 1 ? "(\(text))" : text }

  private static func script(
    _ rest: inout Substring, _ table: [Character: Character], _ mark: String
  ) -> String {
    let inner = unicode(argument(&rest))
    let plain = inner.map { $0 == "−" ? "-" : $0 }
    let mapped = plain.compactMap { table[$0] }
    return mapped.count == plain.count ? String(mapped) : mark + grouped(inner)
  }

  /// A braced argument, a command or one character.
  private static func argument(_ rest: inout Substring) -> String {
    guard rest.first == "{" else {
      if rest.first == "\\" {
        let name = rest.dropFirst().prefix { $0.isLetter }
        rest = rest.dropFirst(name.count + 1)
        return "\\" + name
      }
      return rest.popFirst().map(String.init) ?? ""
    }
    var depth = 0
    var inner = ""
    while let character = rest.popFirst() {
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      if depth == 0 { break }
      if !(character == "{" && depth == 1) { inner.append(character) }
    }
    return inner
  }
}
