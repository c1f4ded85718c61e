extension ShellError.Code {
  /// What gives the error, and what was meant. A line that begins with `facet` is for the system's
  /// shell.
  struct Example: Hashable, Sendable {
    let wrong: String
    let right: String
  }

  /// For `help CODE`; the tests carry each one out. `wild` is a data set, `swav-wild` a run.
  var example: Example {
    switch self {
    case .unexpectedCharacter: Example(wrong: "print 'wild'", right: "print \"wild\"")
    case .unterminatedString: Example(wrong: "print \"wild", right: "print \"wild\"")
    case .badEscape: Example(wrong: #"print "50\%""#, right: #"print "50%""#)
    case .badNumber:
      Example(wrong: "print 99999999999999999999", right: "print 99999999999999999999.0")
    case .unterminatedInterpolation:
      Example(wrong: #"print "\(1 + 1""#, right: #"print "\(1 + 1)""#)
    case .unexpectedToken:
      Example(
        wrong: "results | where task = landmarks", right: "results | where task == landmarks")
    case .unclosedBracket: Example(wrong: "print [1, 2", right: "print [1, 2]")
    case .nestedTooDeep:
      Example(
        wrong: "print " + String(repeating: "(", count: 65) + "1"
          + String(repeating: ")", count: 65), right: "let x = (1)\nprint (x)")
    case .repeatedLabel:
      Example(
        wrong: "pretrain swav, epochs: 5, epochs: 6", right: "sweep pretrain swav, epochs: [5, 6]")
    case .unmatchedBracket: Example(wrong: "]", right: "[]")
    case .unknownCommand: Example(wrong: "pretrian swav", right: "pretrain swav")
    case .unknownLabel: Example(wrong: "pretrain swav, epoch: 3", right: "pretrain swav, epochs: 3")
    case .unknownVariable:
      Example(wrong: #"print "\(sed)""#, right: "let seed = 1\nprint \"\\(seed)\"")
    case .reservedName: Example(wrong: "let results = 3", right: "let found = 3")
    case .unknownMethod: Example(wrong: "pretrain swaw", right: "pretrain swav")
    case .unknownDataset:
      Example(wrong: "pretrain swav, on: wlid", right: "pretrain swav, on: wild")
    case .unknownRun:
      Example(wrong: "adapt emotion, from: swav-wlid", right: "adapt emotion, from: swav-wild")
    case .unknownColumn: Example(wrong: "results | sort by: nmee", right: "results | sort by: nme")
    case .unknownChoice:
      Example(
        wrong: "pretrain swav, backbone: resnet19", right: "pretrain swav, backbone: resnet18")
    case .missingArgument: Example(wrong: "results | sort", right: "results | sort by: seed")
    case .surplusArgument:
      Example(wrong: "pretrain swav supervised", right: "sweep pretrain [swav, supervised]")
    case .wrongInput: Example(wrong: "where seed == 1", right: "results | where seed == 1")
    case .unknownTopic: Example(wrong: "help swaw", right: "help swav")
    case .unknownMember: Example(wrong: "print wild.cuont", right: "print wild.count")
    case .unusedParameter:
      Example(
        wrong: "func f(task:) { print 1 }", right: "func f(task:) { print task }")
    case .wrongType:
      Example(wrong: "pretrain swav, epochs: many", right: "pretrain swav, epochs: 20")
    case .outOfRange:
      Example(wrong: "adapt emotion, labels: 101%", right: "adapt emotion, labels: 100%")
    case .incomparable:
      Example(wrong: "results | where task == 3", right: "results | where seed == 3")
    case .arithmetic: Example(wrong: "print 1 / 0", right: "print 1 / 2")
    case .mismatch:
      Example(
        wrong: "adapt emotion, from: swav-wild, width: 8", right: "adapt emotion, from: swav-wild")
    case .ambiguousColumn:
      Example(
        wrong: #"sql "SELECT 1 AS \"f1[a]\", 2 AS \"f1[b]\"" | select f1"#,
        right: #"sql "SELECT 1 AS \"f1[a]\", 2 AS \"f1[b]\"" | select f1[a]"#)
    case .emptyTable:
      Example(wrong: "results | limit 0 | mean nme", right: "results | limit 3 | mean nme")
    case .checkFailed: Example(wrong: "check 1 > 2, \"one is less\"", right: "check 1 < 2")
    case .jobFailed:
      Example(wrong: "pretrain byol", right: "pretrain byol")
    case .missingFile:
      Example(wrong: "facet run no/such.md", right: "facet run notebook.md")
    case .cannotWrite:
      Example(wrong: "notebook save notebook.md", right: "notebook save notebook.md, force: true")
    case .store:
      Example(wrong: "facet -c runs --store notebook.md", right: "facet -c runs")
    case .sql: Example(wrong: "sql \"SELEC 1\"", right: "sql \"SELECT 1\"")
    case .paused: Example(wrong: "pretrain byol", right: "resume byol/wild/s1")
    case .data: Example(wrong: "data images, path: no/such", right: "data images, path: photos")
    case .badNotebook:
      Example(wrong: "facet report plain.facet", right: "facet report notebook.md")
    case .unknownParameter:
      Example(
        wrong: "facet run notebook.md --set epoch=5", right: "facet run notebook.md --set epochs=5")
    case .usage: Example(wrong: "facet rnu notebook.md", right: "facet run notebook.md")
    case .kernel:
      Example(wrong: "facet kernel run notebook.md", right: "facet kernel install")
    }
  }
}
