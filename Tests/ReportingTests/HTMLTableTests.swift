import Reporting
import Testing

@Suite struct HTMLTableTests {
  @Test func namesAndCellsAreText() {
    let table = HTMLTable(
      name: "a & b",
      first: "Index",
      columns: [HTMLTable.Column("Rate<br>once"), HTMLTable.Column("Spec", .text)],
      groups: [[("<x>", ["1", "a\"b"])], [("y", ["2", "c"]), ("z", ["3", "d"])]]
    )
    let page = table.figure
    #expect(page.contains("aria-label=\"a &amp; b\""))
    #expect(page.contains("<th scope=\"col\">Rate<br>once</th>"))
    #expect(page.contains("<th scope=\"row\">&lt;x&gt;</th><td>1</td>"))
    #expect(page.contains("<td class=\"wide\">a&quot;b</td>"))
    #expect(page.matches(of: /<tbody>/).count == 2)
    #expect(page.matches(of: /<tr>/).count == 4)
  }
}
