"""Ways for a model's text to make a browser fetch something; `URL` stands for an address elsewhere."""

import json

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
# Refused: each would or might make a browser fetch something.
DIAGRAMS = [
    'flowchart LR\nA@{ img: "URL", label: "a", w: 60, h: 60 }',
    'flowchart LR\nA@{ img: "ht\ttp://HOST/x", label: "a", w: 60, h: 60 }',
    'flowchart LR\nA@{ img: "ht\x0btp:HOST/x", label: "a" }',
    "flowchart LR\nA@{ img: relative.png, label: a, w: 60, h: 60 }",
    'flowchart LR\nA@{ "img": "relative.png" }',
    'flowchart LR\nA@{ ? img : "relative.png" }',
    'flowchart LR\nA@{ <<: {img: "relative.png"} }',
    'flowchart LR\nA@{\n  img: "relative.png"\n}',
    'flowchart LR\nA@{ shape: rect, unknown: "relative.png" }',
    'flowchart LR\nA@{ "i\\u006dg": "URL" }',
    "flowchart LR\nA[\"<img src='URL'>\"] --> B",
    'flowchart LR\nA["#lt;img src=#quot;http#58;#47;#47;HOST/x#quot;#gt;"] --> B',
    'flowchart LR\nA["&lt;img src=x onerror=alert(1)&gt;"] --> B',
    'flowchart LR\nA["`![a](URL)`"] --> B',
    "flowchart LR\nA --> B\nstyle A fill:url(URL)",
    "flowchart LR\nA --> B\nstyle A fill:url(relative.svg)",
    "flowchart LR\nA --> B; style A fill:image-set('relative.svg' 1x)",
    "flowchart LR\nA --> B\nstyle A fill:red,mask-image:-webkit-image-set('relative.svg' 1x)",
    "flowchart LR\nA --> B\nlinkStyle 0 stroke:var(--x)",
    "flowchart LR\nA --> B\nclassDef c background:url(URL),fill:u\\72l(URL)\nclass A c",
    "flowchart LR\nA --> B\nclassDef c background:cross-fade(relative.svg)\nclass A c",
    "stateDiagram-v2\nclassDef c fill:url(relative.svg)\n[*] --> A\nclass A c",
    'flowchart LR\nA --> B\nclick A href "URL"',
    'flowchart LR\nA --> B\nclick A href "java\tscript:alert(1)"',
    '%%{init: {"themeCSS": "@import url(URL); * { background: url(URL) }"}}%%\nflowchart LR\nA --> B',
    '%%{init: {"themeCSS": "* { background: url(relative.svg) }"}}%%\nflowchart LR\nA --> B',
    '%%{init: {"securityLevel": "loose", "htmlLabels": true}}%%\nflowchart LR\nA["<img src=\'URL\'>"]',
    '---\nconfig:\n  themeVariables:\n    fontFamily: "a; background: url(URL)"\n---\nflowchart LR\nA --> B',
    'sequenceDiagram\nparticipant A\nlinks A: {"a": "URL"}\nA->>A: <img src=\'URL\'>',
    "architecture-beta\nservice a(URL)[a]",
    'C4Context\nPerson(a, "a", "b", $sprite="img:URL")',
    'C4Context\nPerson(a, "a", "b")\nUpdateElementStyle(a, $bgColor="url(relative.svg)")',
]
# Drawn: nothing in these leads elsewhere.
HARMLESS_DIAGRAMS = [
    "flowchart LR\nA --> B\nstyle A fill:#f9f;",
    'flowchart LR\nA["R&D; x"] --> B["a #quot;b#quot; #9829; &amp; c"]',
    'flowchart LR\n\tA["image (png)"] -->|yes: 50%| B[/a/] & C[\\b\\]\n\tB --> D["style is: x (y)"]',
    "flowchart LR\nA --> B\nclassDef c fill:#0a0,stroke:#333,stroke-width:2px;\nclass A c\nlinkStyle 0 stroke:red",
    'flowchart LR\nA@{ shape: rounded, label: "Start, now: here" } --> B@{\n  shape: doc\n  label: Text\n}',
    "%%{init: {'theme': 'base', 'themeVariables': {'primaryColor': '#ff0000'}}}%%\nflowchart LR\nA --> B",
    "sequenceDiagram\nAlice->>Bob: Hello, is it rows: 5?\nNote over Bob: 1/2 of it",
    "stateDiagram-v2\n[*] --> A\nA --> [*]",
    'pie title Shares\n"a" : 40\n"b" : 60',
]
DATA = {"values": [{"a": "x", "b": 1}, {"a": "y", "b": 2}]}
X, Y = {"field": "a", "type": "nominal"}, {"field": "b", "type": "quantitative"}
BAR = {"mark": "bar", "data": DATA, "encoding": {"x": X, "y": Y}}
HOSTILE = {"values": [{"a": "x", "b": 1, "u": "URL", "c": "url(URL)", "image": "URL", "t": {"image": "URL"}}]}
COMPUTED = "'ur' + 'l(' + 'URL' + ')'"


def bar(*, mark: dict | None = None, encoding: dict | None = None, **others: object) -> dict:
    """A bar chart with extra properties in its mark, in its encoding, or at the top level."""
    return {
        **BAR,
        "mark": {"type": "bar", **(mark or {})},
        "encoding": {"x": X, "y": Y, **(encoding or {})},
        **others,
    }


def coloured(**channel: object) -> dict:
    """A bar chart with this colour channel, over hostile data."""
    return bar(data=HOSTILE, encoding={"color": channel})


# Refused: each would or might make a browser fetch something.
CHARTS = [
    bar(data={"url": "URL"}),
    {"layer": [BAR, {"mark": "bar", "data": {"url": "URL"}}]},
    {"hconcat": [BAR, bar(data={"url": "URL"})]},
    bar(transform=[{"lookup": "a", "from": {"data": {"url": "URL"}, "key": "a", "fields": ["z"]}}]),
    bar(mark={"type": "image", "url": "URL"}),
    bar(mark={"type": "image"}, data=HOSTILE, encoding={"url": {"field": "u"}}),
    bar(mark={"type": "image", "url": {"expr": "'ht' + 'tp:' + 'URL'"}}),
    {"layer": [{"mark": "bar"}, {"mark": "image", "encoding": {"url": {"value": "URL"}}}], "data": DATA},
    bar(mark={"href": "URL"}),
    bar(encoding={"href": {"value": "URL"}}),
    bar(config={"mark": {"href": "URL"}}),
    # What is under the pointer
    bar(mark={"cursor": "url(URL), auto"}),
    bar(mark={"cursor": {"expr": f"{COMPUTED} + ', auto'"}}),
    bar(config={"bar": {"cursor": "url(URL), auto"}}),
    bar(params=[{"name": "cursor", "value": "url(URL), auto"}]),
    # Tooltips
    bar(data=HOSTILE, mark={"tooltip": {"content": "data"}}),
    bar(data=HOSTILE, encoding={"tooltip": [{"field": "u", "title": "image"}, {"field": "a"}]}),
    bar(data=HOSTILE, encoding={"tooltip": [{"field": "image"}, {"field": "a"}]}),
    bar(data=HOSTILE, encoding={"tooltip": [{"field": "['image']"}, {"field": "a"}]}),
    bar(data=HOSTILE, mark={"tooltip": True}, encoding={"detail": {"field": "image"}}),
    bar(data=HOSTILE, mark={"tooltip": True}, encoding={"x": {**X, "field": "u", "title": "image"}}),
    bar(mark={"tooltip": {"expr": "{image: 'URL'}"}}),
    bar(encoding={"tooltip": {"value": {"expr": "{image: 'URL'}"}}}),
    bar(encoding={"tooltip": {"condition": {"test": "true", "value": {"expr": "{image: 'URL'}"}}, "value": "a"}}),
    # Invalid colours
    bar(mark={"fill": "url(URL)"}),
    bar(mark={"color": "u\\rl(URL)"}),
    bar(mark={"color": "\\75\\72\\6c(URL)"}),
    bar(mark={"color": "rgb(0 0 0) url(URL)"}),
    bar(mark={"color": "image-set('URL' 1x)"}),
    bar(mark={"stroke": "url('URL')", "strokeWidth": 3}),
    bar(mark={"fill": {"expr": COMPUTED}}),
    bar(mark={"fill": {"expr": "p"}}, params=[{"name": "p", "value": "url(URL)"}]),
    bar(mark={"color": {"gradient": "linear", "stops": [{"offset": 0, "color": "url(URL)"}]}}),
    bar(mark={"style": "s"}, config={"style": {"s": {"fill": "url(URL)"}}}),
    bar(config={"bar": {"fill": "url(URL)"}}),
    bar(config={"mark": {"color": {"expr": COMPUTED}}}),
    bar(config={"range": {"category": ["url(URL)"]}}, encoding={"color": X}),
    bar(config={"axis": {"labelColor": "url(URL)"}}),
    bar(config={"legend": {"fillColor": "url(URL)"}}, encoding={"color": X}),
    bar(background="url(URL)"),
    bar(background={"expr": COMPUTED}),
    bar(config={"background": "url(URL)"}),
    bar(view={"fill": "url(URL)"}),
    bar(params=[{"name": "background", "value": "url(URL)"}]),
    bar(title={"text": "a", "color": "url(URL)"}),
    bar(encoding={"x": {**X, "axis": {"labelColor": {"expr": COMPUTED}}}}),
    bar(
        encoding={
            "x": {**X, "axis": {"gridColor": {"condition": {"test": "true", "value": "url(URL)"}, "value": "red"}}}
        }
    ),
    bar(encoding={"color": {**X, "legend": {"symbolFillColor": "url(URL)"}}}),
    coloured(value="url(URL)"),
    coloured(value={"expr": COMPUTED}),
    coloured(condition={"test": "true", "value": "url(URL)"}, value="red"),
    coloured(condition=[{"test": "true", "value": {"expr": COMPUTED}}], value="red"),
    coloured(field="c", scale=None),
    coloured(field="c", scale=False),
    coloured(condition={"test": "true", "field": "c", "scale": None}, value="red"),
    coloured(field="a", scale={"range": ["url(URL)"]}),
    coloured(field="a", scale={"range": {"field": "c"}}),
    coloured(field="a", scale={"range": {"expr": f"[{COMPUTED}]"}}),
    coloured(field="a", scale={"scheme": ["url(URL)"]}),
    coloured(field="c", scale={"type": "identity"}),
    coloured(field="c", type="geojson"),
    coloured(datum="url(URL)", scale=None),
    bar(data=HOSTILE, encoding={"fill": {"field": "c", "scale": None}}),
    bar(data=HOSTILE, encoding={"stroke": {"field": "c", "scale": None}}),
    bar(transform=[{"calculate": COMPUTED, "as": "k"}], encoding={"color": {"field": "k", "scale": None}}),
    # What only Vega knows
    bar(encoding={"x": {**X, "axis": {"encoding": {"labels": {"update": {"fill": {"value": "url(URL)"}}}}}}}),
    bar(encoding={"x": {**X, "axis": {"encoding": {"labels": {"update": {"fill": {"signal": COMPUTED}}}}}}}),
    bar(config={"signals": [{"name": "cursor", "value": "url(URL)"}]}),
    bar(usermeta={"embedOptions": {"config": "URL", "patch": "URL"}}),
    bar(params=[{"name": "p", "bind": {"input": "image", "src": "URL"}}]),
    {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "marks": [{"type": "image", "encode": {"enter": {n: {"value": v} for n, v in (("url", "URL"), ("width", 9))}}}],
    },
    # Other kinds of letters
    bar(mark={"font": "a; background: url(URL)"}),
    bar(title={"text": "a", "font": "url(URL)"}),
    bar(mark={"blend": "url(URL)"}),
]
# Drawn: what looks like an address is only a word or a number.
HARMLESS_CHARTS = [
    BAR,
    bar(data=HOSTILE, title="url(URL)"),
    bar(data={"name": "d"}, datasets={"d": {"url": "URL"}}),
    bar(mark={"tooltip": True, "color": "#f9f8"}, background="rgb(250 250 250 / 50%)", view={"stroke": None}),
    bar(encoding={"tooltip": {"field": "a"}, "color": {"field": "a", "scale": {"scheme": "category20b"}}}),
    bar(data=HOSTILE, encoding={"tooltip": {"field": "t"}}),
    bar(data=HOSTILE, encoding={"tooltip": [{"field": "u"}, {"field": "t"}], "color": {"field": "c"}}),
    bar(transform=[{"calculate": "{image: 'URL'}", "as": "k"}], encoding={"tooltip": {"field": "k"}}),
    bar(transform=[{"calculate": COMPUTED, "as": "k"}], encoding={"color": {"field": "k", "type": "nominal"}}),
    bar(encoding={"color": {"condition": {"test": "datum.b > 1", "value": "hsl(20, 50%, 50%)"}, "value": "steelblue"}}),
    bar(
        mark={"color": {"gradient": "linear", "stops": [{"offset": 0, "color": "red"}, {"offset": 1, "color": "#00f"}]}}
    ),
    bar(params=[{"name": "zoom", "select": "interval", "bind": "scales"}]),
    bar(resolve={"scale": {"color": "independent"}}, config={"range": {"category": ["red", "#00ff00"]}}),
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


def vega(spec: dict) -> str:
    """The fenced block of a chart."""
    return fence("vega-lite", json.dumps(spec))


# What stays text or code: words, links, and diagrams that are not drawn.
TEXTS = [
    *IMAGES,
    *HTML,
    *FORMULAS,
    *LINKS,
    *(f"- nested\n\n  {fence('Mermaid-x', source)}".replace("\n", "\n  ") for source in DIAGRAMS),
]
REFUSED = [
    *(fence("mermaid", source) for source in DIAGRAMS),
    *map(vega, CHARTS),
]
DRAWN = [
    *(fence("mermaid", source) for source in HARMLESS_DIAGRAMS),
    *map(vega, HARMLESS_CHARTS),
    *(fence("csv", source) for source in TABLES),
]
WAYS = [*TEXTS, *REFUSED, *DRAWN]
