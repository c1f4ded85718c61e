import Foundation
import Testing

@testable import CommandShell

struct SubmitTests {
  @Test func theScriptStartsEveryRank() {
    let job = SubmitCommand.Job(
      name: "facet-big", nodes: 4, gpus: 8, seconds: 7200, partition: "gpu", log: "/data/slurm.log",
      words: ["/opt/my facet/facet-engine", "run", "--id", "u-1"])
    #expect(
      job.script == """
        #!/bin/bash
        #SBATCH --job-name=facet-big
        #SBATCH --nodes=4
        #SBATCH --ntasks-per-node=8
        #SBATCH --output=/data/slurm.log
        #SBATCH --open-mode=append
        #SBATCH --gpus-per-node=8
        #SBATCH --time=120
        #SBATCH --signal=TERM@120
        #SBATCH --partition=gpu
        srun '/opt/my facet/facet-engine' run --id u-1

        """)
  }

  @Test func aFinishedRunOrNoneIsRefused() throws {
    let test = try TestSession()
    try test.run(JobTests.data + "pretrain swav, as: a")
    #expect(test.failure("submit slurm, run: a").contains("a is finished"))
    #expect(test.failure("submit slurm").contains("E0310"))
    #expect(test.failure("submit pbs, run: a").contains("E0309"))
  }
}
