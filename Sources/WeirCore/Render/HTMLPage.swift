/// A whole page of HTML that works from a file: its style and its scripts are part of it, and its policy forbids every
/// address outside.
public enum HTMLPage {
    /// - Parameters:
    ///   - css: rules, with one for `.skip`, the link that leads keyboards to `#main`.
    ///   - body: everything else, with an element of the id `main`.
    ///   - comment: stands at the top, for programs that look for their own pages.
    public static func text(
        title: String, css: String, body: HTML, script: String? = nil, comment: String? = nil
    ) -> String {
        let mark = comment.map { HTML(trusted: "<!-- \($0) -->\n") }
        let code = script.map { HTML(trusted: "<script>\($0)</script>") }
        let page: HTML = """
            <!DOCTYPE html>
            \(mark)<html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
            script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
            <title>\(title)</title>
            <style>
            \(HTML(trusted: css))
            </style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the content</a>
            \(body)
            \(code)
            </body>
            </html>

            """
        return page.text
    }
}
