import WeirCore

/// The look of a profile's page, and the search in it.
enum PageLook {
    private static let css = """
        :root{color-scheme:light dark;--bg:#fff;--ink:#1a1f26;--soft:#5a6472;--line:#d9dee5;--card:#f5f7f9;--accent:#0b62a8;--bar:#6aa5d8;\
        --bad:#b3261e;--warn:#7a5200}
        @media(prefers-color-scheme:dark){:root{--bg:#14181d;--ink:#e6eaf0;--soft:#a3adba;--line:#343c47;--card:#1c222a;\
        --accent:#7cc0ff;--bar:#3d78ab;--bad:#ff9d94;--warn:#f0c36d}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:72rem;padding:1rem;background:var(--bg);color:var(--ink);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
        a{color:var(--accent)}a:focus-visible,input:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        .skip{position:absolute;left:-99rem}.skip:focus{position:static}
        h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.2rem;margin:2rem 0 .6rem;border-bottom:1px solid var(--line)}h3{font-size:1rem;margin:1rem 0 .3rem}
        .soft,.facts,footer{color:var(--soft)}.soft{font-weight:400}.warn{color:var(--warn)}.jump a{margin-right:1rem}
        .findings{list-style:none;padding:0;margin:0}.findings li{padding:.5rem 0 .5rem .8rem;border-left:4px solid var(--line);margin:.4rem 0;background:var(--card)}
        .findings .problem{border-color:var(--bad)}.findings .warning{border-color:var(--warn)}
        .weight{font-weight:600;margin-right:.3rem}.problem .weight{color:var(--bad)}.warning .weight{color:var(--warn)}.note .weight{color:var(--soft)}
        summary{cursor:pointer;color:var(--accent);font-size:.9rem}details p{margin:.4rem 0 .1rem}
        pre{background:var(--bg);border:1px solid var(--line);padding:.5rem;margin:.2rem .8rem .2rem 0;border-radius:4px;overflow-x:auto;font:.85rem/1.4 ui-monospace,monospace;white-space:pre-wrap}
        .column{border:1px solid var(--line);border-radius:8px;padding:.2rem 1rem 1rem;margin:1rem 0}
        .parts{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:0 2rem}
        dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.1rem 1rem;margin:.3rem 0}dt{color:var(--soft)}dd{margin:0}
        figure{margin:.3rem 0}svg{width:100%;height:4.5rem;display:block;border-bottom:1px solid var(--line)}svg path{fill:var(--bar)}
        figcaption{display:flex;justify-content:space-between;font-size:.8rem;color:var(--soft)}
        .tag{display:inline-block;margin-left:.5rem;padding:0 .5rem;border:1px solid var(--line);border-radius:1rem;font-size:.8rem;font-weight:400}.personal{border-color:var(--warn);color:var(--warn)}
        .scroll{overflow-x:auto;max-width:100%}table{border-collapse:collapse;width:100%;overflow-wrap:normal}.top th{overflow-wrap:anywhere}caption{text-align:left;color:var(--soft);font-size:.85rem}
        th,td{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0;border-bottom:1px solid var(--line);font-weight:400}thead th{color:var(--soft);font-size:.85rem}
        .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        .top td.bar{width:35%}.bar span{display:block;height:.8rem;margin-top:.35rem;background:var(--bar);border-radius:2px}
        input{font:inherit;padding:.4rem .6rem;border:1px solid var(--soft);border-radius:6px;background:var(--bg);color:var(--ink)}
        @media(max-width:40rem){.parts{grid-template-columns:minmax(0,1fr)}body{padding:.6rem}.top td.bar{display:none}}
        @media print{.search,.jump,.skip{display:none}}
        """

    /// Hides the columns that do not hold all words. Without it the list is simply whole.
    private static let script = """
        (function(){var q=document.getElementById("q");if(!q)return;q.closest("p").hidden=false;\
        var all=[].slice.call(document.querySelectorAll("[data-find]")),said=document.getElementById("found"),total=document.querySelectorAll("article[data-find]").length;\
        function go(){var words=q.value.toLowerCase().split(/\\s+/).filter(Boolean),n=0;\
        all.forEach(function(e){var t=e.getAttribute("data-find"),ok=words.every(function(w){return t.indexOf(w)>=0});e.hidden=!ok;if(ok&&e.tagName=="ARTICLE")n++});\
        said.textContent=words.length?n+" of "+total+" columns":""}q.addEventListener("input",go);go()})();
        """

    static func page(title: String, body: HTML) -> String {
        HTMLPage.text(title: title, css: css, body: body, script: script)
    }
}
