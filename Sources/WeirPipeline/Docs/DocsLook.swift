import WeirCore

/// The style and the search of the site. Both are part of every page, so that a page works alone and offline.
enum DocsLook {
    static let css = """
        :root{color-scheme:light dark;--bg:#fff;--ink:#1a1f26;--soft:#5a6472;--line:#d9dee5;--card:#f5f7f9;--accent:#0b62a8;\
        --good:#17693a;--bad:#b3261e;--warn:#7a5200;--source:#e3effa;--model:#e6f4ea;--outside:#eef0f3}
        @media(prefers-color-scheme:dark){:root{--bg:#14181d;--ink:#e6eaf0;--soft:#a3adba;--line:#343c47;--card:#1c222a;\
        --accent:#7cc0ff;--good:#7fd6a0;--bad:#ff9d94;--warn:#f0c36d;--source:#18334d;--model:#183a27;--outside:#2a3038}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:72rem;padding:1rem;background:var(--bg);color:var(--ink);\
        font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
        a{color:var(--accent)}a:focus-visible,input:focus-visible,.scroll:focus-visible,summary:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        h1{font-size:1.6rem;margin:.5rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}
        .skip{position:absolute;left:-99rem}.skip:focus{position:static}
        .soft{color:var(--soft)}.why{font-size:1.1rem}.pre{white-space:pre-wrap}
        .tag{display:inline-block;padding:0 .5rem;margin:0 .3rem .2rem 0;border:1px solid var(--line);border-radius:1rem;font-size:.85rem}
        .good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}
        .scroll{overflow-x:auto;max-width:100%}
        table{border-collapse:collapse;width:100%;overflow-wrap:normal}
        th,td{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;border-bottom:1px solid var(--line)}
        td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        td.k{white-space:nowrap}
        td ul{margin:0;padding-left:1.1rem}
        pre{background:var(--card);padding:.8rem;border-radius:6px;overflow-x:auto}code,pre{font:.9rem/1.45 ui-monospace,monospace}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:var(--soft)}dd{margin:0}
        input{font:inherit;width:100%;padding:.5rem .7rem;border:1px solid var(--soft);border-radius:6px;background:var(--bg);color:var(--ink)}
        .lineage rect{stroke:var(--line);fill:var(--outside)}.lineage .source rect{fill:var(--source)}.lineage .model rect{fill:var(--model)}
        .lineage .here rect{stroke:var(--accent);stroke-width:3}.lineage text{fill:var(--ink);font:13px system-ui,sans-serif}
        .lineage .edges path{fill:none;stroke:var(--soft);stroke-width:1.5}
        @media(max-width:40rem){dl{gap:.2rem .8rem}.stack thead{display:none}\
        .stack,.stack tbody,.stack tr:not([hidden]),.stack th,.stack td{display:block;border:0;padding:0;text-align:left}\
        .stack tr:not([hidden]){padding:.6rem 0;border-bottom:1px solid var(--line)}.stack td:empty{display:none}\
        .stack td[data-label]::before{content:attr(data-label) ": ";color:var(--soft)}}
        @media print{input,.skip{display:none}}
        """

    /// Filters the rows of the index; all words must be found. Without it the list is simply whole.
    static let script = """
        (function(){var box=document.getElementById("search"),said=document.getElementById("found");\
        if(!box)return;document.getElementById("searching").hidden=false;\
        var rows=Array.prototype.slice.call(document.querySelectorAll("tr[data-find]"));\
        function filter(){var words=box.value.toLowerCase().split(/\\s+/).filter(Boolean),n=0;\
        rows.forEach(function(row){var text=row.getAttribute("data-find");\
        var ok=words.every(function(w){return text.indexOf(w)>=0});row.hidden=!ok;if(ok)n++});\
        said.textContent=n+" of "+rows.length+" tables"}\
        box.addEventListener("input",filter);filter()})();
        """

    static func page(title: String, body: HTML, script: Bool = false) -> String {
        HTMLPage.text(title: title, css: css, body: body, script: script ? Self.script : nil, comment: marker)
    }

    /// By this the site knows its own pages again.
    static let marker = "written by weir docs"
}
