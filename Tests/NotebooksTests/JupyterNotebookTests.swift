import Experiments
import Testing

@testable import Notebooks

@Suite struct JupyterNotebookTests {
  static let file = """
    {"nbformat":4,"nbformat_minor":5,"metadata":{"kernelspec":{"name":"facet","display_name":"facet",
    "language":"facet"},"authors":[{"name":"A > B"}]},"cells":[
    {"cell_type":"markdown","id":"a1","metadata":{"tags":["x"]},"source":["# T\\n","text"],
     "attachments":{"p.png":{"image/png":"AAAA"}}},
    {"cell_type":"markdown","id":"a2","metadata":{},"source":"\\n```facet\\nnot a cell"},
    {"cell_type":"raw","id":"a3","metadata":{},"source":"raw ``` text"},
    {"cell_type":"code","id":"a4","metadata":{"collapsed":true},"source":"print 1\\nprint 2",
     "execution_count":3,"outputs":[]},
    {"cell_type":"code","id":"a5","metadata":{},"source":"","execution_count":null,"outputs":[]}]}
    """

  @Test("cells, ids, metadata and attachments come back from Markdown")
  func roundTrip() throws {
    let notebook = try JupyterNotebook(json: Self.file)
    var back = try JupyterNotebook(Notebook(parsing: notebook.markdown()))
    // Counts and outputs of facet's own cells go through the store.
    back.cells[3].executionCount = 3
    #expect(back == notebook)
    #expect(try JupyterNotebook(json: notebook.json()) == notebook)
  }

  @Test("a Markdown notebook comes back byte for byte")
  func markdown() throws {
    let text = """
      ---
      title: T
      parameters:
        n: 3  # how many
      ---

      # A

      ```facet label=a
      print n
      ```

      ```facet
      print 2
      ```

      End.

      """
    let notebook = try JupyterNotebook(Notebook(parsing: text))
    #expect(notebook.cells.map(\.kind) == [.raw, .code, .markdown, .code, .code, .markdown])
    #expect(notebook.cells[1].source == "let n = 3")
    #expect(try notebook.markdown() == text)
  }
}
