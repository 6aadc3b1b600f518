"""Ways to make a browser fetch something by what a model writes; `URL` stands for an address elsewhere."""

IMAGES = [
    "![a](URL)",
    '![a](URL "title")',
    "![a](<URL>)",
    "![](URL)",
    "![a][r1]\n\n[r1]: URL",
    "![r2][]\n\n[r2]: <URL>",
    "![r3]\n\n[r3]: URL 'title'",
    "[![a](URL)](https://example.com)",
    "[a ![b](URL) c](https://example.com)",
    "**![a](URL)** and *![b](URL)* and ~~![c](URL)~~",
    "# ![a](URL)",
    "![a](URL)\n===",
    "- ![a](URL)\n  - ![b](URL)\n\n    ![c](URL)",
    "1. ![a](URL)",
    "> ![a](URL)\n> > ![b](URL)",
    "| ![a](URL) | b |\n|---|---|\n| c | ![d](URL) |",
    "![a\nb](URL)",
    "!\\[a](URL) \\![a](URL) \\\\![a](URL)",
    "!&#91;a](URL) &#33;[a](URL)",
    "wow![a](URL)",
    "![![![a](URL)](URL)](URL)",
    "`` ` ![a](URL) ` ``",
    "`![a](URL)",
    "``![a](URL)`",
    "$`$![a](URL)$`$",
    "$`$ ![a](URL) `",
    "$$`$$ ![a](URL) `",
    "$$\n`\n$$\n\n![a](URL)",
    "$$\n```\n$$\n\n![a](URL)\n\n```\n```",
    ":red[`] ![a](URL) `",
    ':red[![a](URL)]{a="`"} ![a](URL) `',
    ':color[![a](URL)]{foreground="red" background="url(URL)"}',
    ":blue-background[![a](URL)] :small[![a](URL)] :shimmer[![a](URL)] :green-badge[![a](URL)]",
    ":img[a]{src=URL} :help[![a](URL)] ::img{src=URL}",
    "a[^1]\n\n[^1]: note\n\n    ![a](URL)",
    "a[^2]\n\n[^2]: ![a](URL)",
    "a[^3]\n\n[^3]: ```\n\n    ![a](URL)\n\n```\n\n```",
    "[ ] ![a](URL)\n\n- [x] ![a](URL)",
    "\ufeff![a](URL)\u200b ![a](\u00a0URL)",
    "![a](URL\n'b')",
    "[a]: URL\n![a]\n\n- [a]: URL\n\n  ![a]",
    "<!-- ![a](URL) --> ![a](URL)",
    "<div>\n\n![a](URL)\n\n</div>",
    "<pre>![a](URL)</pre>",
    "![streamlit](URL) :streamlit: :material/![a](URL): :smile: ![a](URL)",
    "//example.com ![a](//HOST/x)",
]
HTML = [
    "<img src=URL>",
    "<img src='URL' srcset='URL 2x'>",
    '<IMG\nSRC="URL">',
    "<picture><source srcset=URL><img></picture>",
    "<video src=URL autoplay></video><audio src=URL></audio><video poster=URL></video>",
    "<iframe src=URL></iframe><embed src=URL><object data=URL></object>",
    "<script src=URL></script><script>fetch('URL')</script>",
    "<link rel=stylesheet href=URL><link rel=preload as=image href=URL>",
    "<style>@import 'URL'; body { background: url(URL) }</style>",
    "<div style='background: url(URL)'>a</div>",
    "<svg><image href=URL /><use href='URL#a' /></svg>",
    "<svg onload=\"fetch('URL')\"></svg>",
    "<base href=URL><a href=x>a</a>",
    "<body background=URL><table background=URL><td background=URL>",
    "<meta http-equiv=refresh content='0;url=URL'>",
    "<input type=image src=URL><button formaction=URL>a</button>",
    "<form action=URL><input autofocus onfocus=\"fetch('URL')\"></form>",
    "<details open ontoggle=\"fetch('URL')\"><summary>a</summary></details>",
    "<math><maction actiontype=statusline xlink:href=URL>a</maction></math>",
]
FORMULAS = [
    "$\\includegraphics{URL}$",
    "$$\n\\includegraphics[height=1em]{URL}\n$$",
    "\\(\\href{URL}{a}\\) \\(\\url{URL}\\)",
    "\\[\n\\htmlStyle{background: url(URL)}{a}\n\\]",
    "$\\htmlData{a=URL}{a} \\def\\a{\\includegraphics{URL}} \\a$",
    "\\(![a](URL)\\) \\( ` ![a](URL) \\) `",
    "$\\text{![a](URL)}$ $a$![a](URL)$b$",
]
DIAGRAMS = [
    'flowchart LR\nA@{ img: "URL", label: "a", w: 60, h: 60 }',
    'flowchart LR\nA@{ "i\\u006dg": "URL" }',
    "flowchart LR\nA[\"<img src='URL'>\"] --> B",
    "flowchart LR\nA --> B\nstyle A fill:url(URL)",
    "flowchart LR\nA --> B\nclassDef c background:url(URL),fill:u\\72l(URL)\nclass A c",
    'flowchart LR\nA --> B\nclick A href "URL"',
    '%%{init: {"themeCSS": "@import url(URL); * { background: url(URL) }"}}%%\nflowchart LR\nA --> B',
    '%%{init: {"securityLevel": "loose", "htmlLabels": true}}%%\nflowchart LR\nA["<img src=\'URL\'>"]',
    '---\nconfig:\n  themeVariables:\n    fontFamily: "a; background: url(URL)"\n---\nflowchart LR\nA --> B',
    'sequenceDiagram\nparticipant A\nlinks A: {"a": "URL"}\nA->>A: <img src=\'URL\'>',
    "architecture-beta\nservice a(URL)[a]",
    'C4Context\nPerson(a, "a", "b", $sprite="img:URL")',
]
DATA = '"data": {"values": [{"a": "x", "b": 1, "u": "URL", "image": "URL", "t": {"image": "URL"}, "c": "url(URL)"}]}'
ENCODING = '"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}'
# What stands between the braces of a chart that is complete without it, and what it is without.
CHARTS = [
    f'"mark": "bar", "data": {{"url": "URL"}}, "encoding": {{{ENCODING}}}',
    f'"mark": "image", {DATA}, "encoding": {{{ENCODING}, "url": {{"field": "u"}}}}',
    f'"mark": {{"type": "image", "url": "URL"}}, {DATA}, "encoding": {{{ENCODING}}}',
    f'"layer": [{{"mark": "bar"}}, {{"mark": "image", "encoding": {{"url": {{"value": "URL"}}}}}}], {DATA}, '
    f'"encoding": {{{ENCODING}}}',
    f'"mark": "bar", {DATA}, "encoding": {{{ENCODING}}}, '
    '"transform": [{"lookup": "a", "from": {"data": {"url": "URL"}, "key": "a", "fields": ["z"]}}]',
    f'"mark": {{"type": "bar", "tooltip": {{"content": "data"}}}}, {DATA}, "encoding": {{{ENCODING}}}',
    f'"mark": "bar", {DATA}, "encoding": {{{ENCODING}, "tooltip": [{{"field": "u", "title": "image"}}]}}',
    f'"mark": "bar", {DATA}, "encoding": {{{ENCODING}, "tooltip": {{"field": "t"}}}}',
    f'"mark": {{"type": "bar", "cursor": "url(URL), auto"}}, {DATA}, "encoding": {{{ENCODING}}}',
    f'"mark": {{"type": "bar", "fill": "url(URL)"}}, {DATA}, "encoding": {{{ENCODING}}}',
    f'"mark": {{"type": "bar", "fill": {{"expr": "\'u\' + \'rl(URL)\'"}}}}, {DATA}, "encoding": {{{ENCODING}}}',
    f'"params": [{{"name": "cursor", "value": "url(URL)"}}], "mark": "bar", {DATA}, "encoding": {{{ENCODING}}}',
    f'"params": [{{"name": "p", "bind": {{"input": "image", "src": "URL"}}}}], "mark": "bar", {DATA}, '
    f'"encoding": {{{ENCODING}}}',
    f'"usermeta": {{"embedOptions": {{"config": "URL", "patch": "URL"}}}}, "mark": "bar", {DATA}, '
    f'"encoding": {{{ENCODING}}}',
    '"$schema": "https://vega.github.io/schema/vega/v6.json", "marks": [{"type": "image", "encode": {"enter": '
    '{"url": {"value": "URL"}, "width": {"value": 9}, "height": {"value": 9}}}}]',
    f'"mark": "bar", {DATA}, "encoding": {{{ENCODING}, "color": {{"field": "c", "scale": null}}}}',
]
TABLES = ["a,b\nURL,![a](URL)\n<img src=URL>,'=IMAGE(\"URL\")'", "![a](URL),b\n1,2"]
LINKS = [
    "[a](javascript:fetch('URL')) [a](JaVaScRiPt&colon;alert) <javascript:alert(1)> [a](vbscript:a)",
    "[a](data:text/html,a) [a](data:image/svg+xml,a) ![a](data:image/svg+xml,a) [a](blob:a) [a](file:///a)",
    "[a](https://bank.com@evil.com/) https://bank.com@evil.com/x <https://bank.com:a@evil.com>",
    # The first letter is Cyrillic.
    "[a](https://\u0430pple.com) https://\u0430pple.com <https://xn--80ak6aa92e.com> www.\u0430pple.com",
    "[https://bank.com](https://example.com/1) [bank.com](https://example.com/2)",
    "[a](//evil.com) [a](/\\evil.com) [a](https:evil.com) [a](https:///evil.com) [a](\\\\evil.com)",
]


def fence(language: str, source: str) -> str:
    """A fenced block."""
    return f"```{language}\n{source}\n```"


WAYS = [
    *IMAGES,
    *HTML,
    *FORMULAS,
    *(fence("mermaid", source) for source in DIAGRAMS),
    *(f"- nested\n\n  {fence('Mermaid-x', source)}".replace("\n", "\n  ") for source in DIAGRAMS[:3]),
    *(fence("vega-lite", f"{{{source}}}") for source in CHARTS),
    *(fence("csv", source) for source in TABLES),
    *LINKS,
]
