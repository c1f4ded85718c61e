import Experiments
import Foundation
import Testing

/// The kernel, driven by Jupyter's own client: `Drivers/jupyter_session.py` talks, this judges.
@Suite(.serialized)
struct JupyterTests {
  @Test("execute, show, complete, interrupt, abort, shut down, and a notebook through nbclient")
  func session() throws {
    let programs = try Programs()
    let report = try programs.drive("jupyter_session.py")
    func expect(_ key: String, _ json: String) {
      let found = (try? report[key].map { try CanonicalJSON.encode($0) }) ?? "nothing"
      #expect(found == json, "\(key)")
    }
    expect("info", #""facet""#)
    expect("stream", #""3\n""#)
    expect("input", #""print 1 + 2""#)
    expect("count", "1")
    expect("table", "[true,true]")
    expect("figure", #"[true,true,"line plot of b over a"]"#)
    expect("drained", "true")
    expect("error", #"["error","E0301","unknown command `pretrian`"]"#)
    expect("silent", "0")
    expect("complete", #"[["pretrain "],true,true]"#)
    expect("is_complete", #"["complete","incomplete","invalid"]"#)
    expect("inspect", #""pivot:""#)
    expect("history", #""pretrian swav""#)
    expect("aborted", #"["error","aborted"]"#)
    expect("interrupt", #"["error","E0507"]"#)
    expect("welcome", #""iopub_welcome""#)
    expect("first idle", "true")
    expect("ended", "true")
    expect("notebook", #"[["display_data"],true,true]"#)
  }

  @Test("a connection file that is missing or none is told in a sentence")
  func badConnection() throws {
    let programs = try Programs()
    let missing = try programs.facet("kernel", "run", "nowhere.json")
    #expect(missing.status == 1 && missing.errors.contains("nowhere.json"))
    try Data("{}".utf8).write(to: programs.file("empty.json"))
    let empty = try programs.facet("kernel", "run", "empty.json")
    #expect(empty.status == 1 && empty.errors.contains("no connection file"), "\(empty.errors)")
    #expect(try programs.facet("kernel", "frobnicate").status == 2)
  }
}
