internal import Foundation

/// A headless Chromium with a folder and a profile of its own.
public struct Browser {
  /// The program, or `nil` where none is installed.
  public static let path = [
    "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
  ]
  .first { FileManager.default.isExecutableFile(atPath: $0) }

  private let folder: TemporaryFolder
  private let program: String

  /// What a browser can fail with.
  public struct Failure: Error {
    let reason: String
  }

  /// Prepares a folder.
  public init() throws {
    guard let path = Self.path else { throw Failure(reason: "no chromium found") }
    program = path
    folder = try TemporaryFolder()
  }

  /// The page's elements after loading in a frame `width` pixels wide, with what ``probe`` found.
  ///
  /// The page lies in a frame, since a headless window cannot be as narrow as a phone.
  public func dom(of page: String, width: Int, dark: Bool) throws -> String {
    let probed = page.replacing("</body>", with: Self.probe + "</body>")
    try folder.file("page.html", Array(probed.utf8))
    let frame = """
      <!DOCTYPE html><meta name="color-scheme" content="light dark">
      <iframe src="page.html" style="width:\(width)px;height:3000px;border:0"></iframe>
      <script>
      addEventListener("message", event => { document.documentElement.innerHTML = event.data })
      </script>
      """
    try folder.file("frame.html", Array(frame.utf8))
    let output = try run(
      [
        "--dump-dom", "--window-size=1400,3000", "--hide-scrollbars",
        "--allow-file-access-from-files",
      ]
        + (dark ? ["--blink-settings=preferredColorScheme=0"] : []),
      page: "frame.html"
    )
    return String(decoding: output, as: UTF8.self)
  }

  /// A picture of the page, PNG.
  public func screenshot(of page: String, width: Int, height: Int) throws -> [UInt8] {
    try folder.file("page.html", Array(page.utf8))
    let picture = URL(filePath: folder.path("picture.png"))
    try? FileManager.default.removeItem(at: picture)
    _ = try run(
      ["--screenshot=\(picture.path)", "--window-size=\(width),\(height)", "--hide-scrollbars"],
      page: "page.html"
    )
    return try [UInt8](Data(contentsOf: picture))
  }

  private func run(_ options: [String], page: String) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments =
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--user-data-dir=\(folder.path)/profile", "--virtual-time-budget=5000",
      ] + options + [URL(filePath: folder.path(page)).absoluteString]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(reason: "chromium failed") }
    return data
  }

  /// What the probe wrote: `name=value` pairs.
  public static func facts(in dom: String) throws -> [String: String] {
    guard let text = dom.firstMatch(of: /<pre id="facts">([^<]*)<\/pre>/)?.output.1 else {
      throw Failure(reason: "the page was not looked at")
    }
    var facts: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let sides = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      facts[String(sides[0])] = sides.count > 1 ? String(sides[1]) : ""
    }
    return facts
  }

  /// Looks at the loaded page from inside and sends it to the frame.
  private static let probe = #"""
    <script>
    var failures = 0;
    addEventListener("error", () => failures++);
    addEventListener("load", () => {
      const outside = [], overlaps = [];
      for (const svg of document.querySelectorAll("figure > svg")) {
        const frame = svg.getBoundingClientRect();
        const texts = [...svg.querySelectorAll("text")]
          .map(t => ({ name: t.textContent, box: t.getBoundingClientRect() }));
        for (const t of texts) {
          if (t.box.left < frame.left - 1 || t.box.right > frame.right + 1
            || t.box.top < frame.top - 1 || t.box.bottom > frame.bottom + 1) outside.push(t.name);
          for (const u of texts) {
            if (u === t) break;
            if (t.box.left < u.box.right && u.box.left < t.box.right
              && t.box.top + 2 < u.box.bottom && u.box.top + 2 < t.box.bottom)
              overlaps.push(t.name + " on " + u.name);
          }
        }
      }
      const facts = document.createElement("pre");
      facts.id = "facts";
      facts.textContent = [
        "errors=" + failures,
        "window=" + innerWidth,
        "scroll=" + document.documentElement.scrollWidth,
        "dark=" + matchMedia("(prefers-color-scheme: dark)").matches,
        "outside=" + outside.join(", "),
        "overlaps=" + overlaps.join(", ")].join("\n");
      document.body.append(facts);
      parent.postMessage(document.documentElement.innerHTML, "*");
    });
    </script>
    """#
}
