"""What a reply draws, in a real browser under the Content-Security-Policy; a screenshot is left in .dev/screenshots."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from app import App
from wire import Wire

REPLY = r"""The circle has \(\pi r^2\), and costs between $5 and $10.

\[
a
+ b = c
\]

```vega-lite
{"mark": "bar", "data": {"values": [{"city": "Paris", "people": 2.1}, {"city": "Madrid", "people": 3.3}]},
 "encoding": {"x": {"field": "city", "type": "nominal"}, "y": {"field": "people", "type": "quantitative"}}}
```

Its numbers:

```csv
city,people
Paris,2.1
Madrid,3.3
```

And how it was made:

```mermaid
flowchart LR
A[count] --> B[draw]
```

This one is broken:

```mermaid
flowchart LR
A[count --> B
```

So is this:

```vega-lite
{"mark": "bar"
```

```python
print("done")
```
"""


def test_charts_tables_diagrams_and_formulas(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="openai")
    refused: list[str] = []
    app.page.on("console", lambda line: refused.append(line.text) if "Content Security" in line.text else None)
    wire.play("good", text=REPLY, chunks=120, rate=60)
    app.ask("Draw")
    reply = app.messages.nth(1)
    expect(reply.get_by_role("button", name="More")).to_be_visible()
    app.wait_for_the_end()
    chart = reply.get_by_test_id("stVegaLiteChart")
    bars = chart.locator("path[aria-roledescription=bar]")
    for _ in range(2):
        expect(reply.locator(".katex")).to_have_count(2)
        expect(reply).to_contain_text("between $5 and $10")
        expect(bars).to_have_count(2)
        expect(reply.get_by_test_id("stDataFrame")).to_be_visible()
        expect(reply.locator("[data-testid=stMermaidChart] img")).to_have_count(1)
        expect(reply.get_by_test_id("stMermaidError")).to_be_hidden()
        expect(reply.get_by_text("it is not Mermaid").filter(visible=True)).to_have_count(1)
        expect(reply.get_by_text("its JSON is invalid or incomplete")).to_be_visible()
        expect(reply.get_by_test_id("stCode").filter(visible=True)).to_have_count(3)
        app.page.set_viewport_size({"width": 1280, "height": 2600})
        app.page.wait_for_timeout(500)
        app.picture("drawn")
        app.page.reload()
        app.wait_for_the_end()
    assert refused == []
    # The chart has the theme's colours, also for its words.
    label, avatar = chart.get_by_text("Paris"), reply.get_by_test_id("stChatMessageAvatarCustom")
    for scheme, colour, words in (
        ("dark", "#6f9ef5", r"rgb\(2\d\d, 2\d\d, 2\d\d\)"),
        ("light", "#2459b3", r"rgb\(92, 99, 112\)"),
    ):
        app.page.emulate_media(color_scheme=scheme)
        expect(bars.first).to_have_attribute("fill", colour)
        expect(label).to_have_css("fill", re.compile(words))
    # On a phone the words have the whole width.
    expect(avatar).to_be_visible()
    app.page.set_viewport_size({"width": 390, "height": 844})
    expect(avatar).to_be_hidden()
