/// A page of HTML that needs nothing else: no fonts, images or scripts from anywhere.
package struct HTMLPage {
  let title: String
  let body: String

  /// A page with content that is HTML already; the title is text.
  package init(title: String, body: String) {
    self.title = title
    self.body = body
  }

  /// The page.
  package var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(html(title))</title>
    <style>
    \(ReportStyle.css)
    </style>
    </head>
    <body>
    <main>
    \(body)
    </main>
    </body>
    </html>

    """
  }

  /// Facts in a row that never breaks inside one of them, if that can be helped.
  package static func facts(_ facts: [String]) -> String {
    facts.map { "<span>\(html($0))</span>" }.joined(separator: " ")
  }
}
