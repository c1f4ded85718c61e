import Reporting

/// Commands that draw and save.
enum FigureCommands {
  static let all: [CommandDefinition] = []
}
