/// What went wrong in a cell or a command: a stable code, a sentence with the values, where, and
/// what to do.
public struct ShellError: Error, Sendable {
  public let code: Code
  /// What went wrong, with the values.
  public let message: String
  /// Where, if it has a place in a source text.
  public var source: SourceText?
  public var range: SourceRange?
  /// Written beside the underline: what was expected there.
  public let expected: String?
  /// Further places of the same source, each with what to say of it.
  var places: [Place] = []
  /// The one likely correction.
  public let suggestion: String?
  /// What to do, in further sentences.
  public let notes: [String]

  public init(
    _ code: Code, _ message: String, at range: SourceRange? = nil, in source: SourceText? = nil,
    expected: String? = nil, suggestion: String? = nil, notes: [String] = []
  ) {
    (self.code, self.message, self.range, self.source) = (code, message, range, source)
    (self.expected, self.suggestion, self.notes) = (expected, suggestion, notes)
  }

  /// The file, line and column, or the empty string.
  public var context: String {
    guard let source, let range else { return "" }
    let position = source.position(of: range.lower)
    return "\(source.name):\(position.line):\(position.column)"
  }
}

extension ShellError {
  /// A range with what stands there: `a text`.
  struct Place: Hashable, Sendable {
    let range: SourceRange
    let label: String
  }

  /// A stable code; `help E0301` explains it.
  public enum Code: String, Sendable, CaseIterable {
    // The text.
    case unexpectedCharacter = "E0101"
    case unterminatedString = "E0102"
    case badEscape = "E0103"
    case badNumber = "E0104"
    case unterminatedInterpolation = "E0105"
    // The grammar.
    case unexpectedToken = "E0201"
    case unclosedBracket = "E0202"
    case nestedTooDeep = "E0203"
    case repeatedLabel = "E0204"
    case unmatchedBracket = "E0205"
    // Names.
    case unknownCommand = "E0301"
    case unknownLabel = "E0302"
    case unknownVariable = "E0303"
    case reservedName = "E0304"
    case unknownMethod = "E0305"
    case unknownDataset = "E0306"
    case unknownRun = "E0307"
    case unknownColumn = "E0308"
    case unknownChoice = "E0309"
    case missingArgument = "E0310"
    case surplusArgument = "E0311"
    case wrongInput = "E0312"
    case unknownTopic = "E0313"
    case unknownMember = "E0314"
    case unusedParameter = "E0315"
    // Values.
    case wrongType = "E0401"
    case outOfRange = "E0402"
    case incomparable = "E0403"
    case arithmetic = "E0404"
    case mismatch = "E0405"
    case ambiguousColumn = "E0406"
    case emptyTable = "E0407"
    // Effects.
    case checkFailed = "E0501"
    case jobFailed = "E0502"
    case missingFile = "E0503"
    case cannotWrite = "E0504"
    case store = "E0505"
    case sql = "E0506"
    case paused = "E0507"
    case data = "E0508"
    // Documents and the command line.
    case badNotebook = "E0601"
    case unknownParameter = "E0602"
    case usage = "E0603"
    case kernel = "E0604"
  }
}

extension ShellError.Code {
  /// One sentence for `help CODE`.
  public var explanation: String {
    switch self {
    case .unexpectedCharacter: "A character that the language does not use outside of strings."
    case .unterminatedString: "A string has no closing quotation mark on its line."
    case .badEscape: #"After \ in a string stands one of n, t, ", \, ( or u{…}."#
    case .badNumber: "A number is malformed or does not fit 64 bits."
    case .unterminatedInterpolation: #"A \( has no matching ) on its line."#
    case .unexpectedToken: "The text does not follow the grammar at this place."
    case .unclosedBracket: "A bracket or brace is opened and never closed."
    case .nestedTooDeep: "Brackets, blocks or operators are nested more than 64 deep."
    case .repeatedLabel: "A label is given twice in one command or record."
    case .unmatchedBracket: "A bracket or brace is closed that was not opened."
    case .unknownCommand: "The first word is neither a command nor a variable; see `help`."
    case .unknownLabel: "The command or method has no such option; see `help COMMAND`."
    case .unknownVariable: "The name is not bound; bind it with `let`."
    case .reservedName: "The name is a command's or a word of the language."
    case .unknownMethod: "There is no such method or task; see `help pretrain`, `help adapt`."
    case .unknownDataset: "No data set of this name was defined with `let`, or kept in the store."
    case .unknownRun: "The store holds no run of this name or id; see `runs`."
    case .unknownColumn: "The table has no such column."
    case .unknownChoice: "The option takes one of a fixed set of words."
    case .missingArgument: "The command needs an argument that was not given."
    case .surplusArgument: "The command takes fewer arguments."
    case .wrongInput: "The command reads another kind of value from the pipe."
    case .unknownTopic: "There is no help on this."
    case .unknownMember: "The value has no member of this name after its dot."
    case .unusedParameter: "A parameter is declared and used nowhere: it would have no effect."
    case .wrongType: "A value has another type than is needed here."
    case .outOfRange: "A value lies outside of what the option allows."
    case .incomparable: "Two values cannot be compared, such as a text with a number."
    case .arithmetic: "A division by zero, or a result that does not fit."
    case .mismatch: "Options of a run do not agree with those of the run that it starts from."
    case .ambiguousColumn: "A metric's short name stands for several protocols."
    case .emptyTable: "The table has no rows (or no values) where one is needed."
    case .checkFailed: "A `check` did not hold."
    case .jobFailed: "A run failed; its log says why."
    case .missingFile: "A file or folder is missing."
    case .cannotWrite: "A file cannot be written."
    case .store: "The store cannot be opened, read or written."
    case .sql: "SQLite refuses the statement."
    case .paused: "A run was paused; `resume` goes on with it."
    case .data: "A data set cannot be read."
    case .badNotebook: "A notebook's front matter or fences are malformed."
    case .unknownParameter: "The notebook declares no such parameter."
    case .kernel: "The Jupyter kernel cannot be started or installed."
    case .usage: "facet's own command line is wrong; see `facet --help`."
    }
  }
}
