import CommandShell
import Foundation

let program = FacetProgram(
  runner: EngineProcess(), usesColor: FacetProgram.isColorWanted,
  standardOutput: { FileHandle.standardOutput.write(Data($0.utf8)) },
  standardError: { FileHandle.standardError.write(Data($0.utf8)) })
exit(program.run(Array(CommandLine.arguments.dropFirst())))
