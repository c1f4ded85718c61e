import Execution
import Foundation

// facet-engine run --store PATH --id UUID: carries out one run that `facet` has put into a store.
let status = EngineCommand.run(arguments: Array(CommandLine.arguments.dropFirst()))
exit(status)
