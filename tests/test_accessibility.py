"""No serious fault for keyboards and screen readers in the page's own parts, by axe-core."""

from collections.abc import Callable
from itertools import product

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app import App
from wire import Wire

REPLY = """
See [the tutorial](https://docs.python.org/3/tutorial/) for more, and `range` for numbers.

### How it reads

> Keep it short.

| Form | Gives |
|---|---|
| `[…]` | a list |

```python
# The squares of even numbers
@cache
def squares(limit: int) -> list[int]:
    return [n * n for n in range(limit) if n % 2 == 0]

print("Squares:", squares(10))
```

```html
<p class="note">One &amp; all</p>
```

```diff
@@ -1,2 +1,2 @@
 kept
-old
+new
```
"""
# Chromium and Firefox let the keyboard into what scrolls, so code that is wider than a phone may do so.
OPTIONS = {"rules": {"scrollable-region-focusable": {"enabled": False}}}
# A scheme is colours: what else there is has been looked at.
OPTIONS_BY_SCHEME = {"light": OPTIONS, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}


def test_nothing_serious(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="openai", extra_providers="anthropic", history="database", attachments="images")
    page = app.page
    wire.play("echo")
    app.ask("Another conversation?")
    expect(app.messages.nth(1)).to_contain_text("You said")
    app.press("New chat")
    expect(app.messages).to_have_count(0)
    wire.play(["reasoning", "reasoning", "max_tokens", "overloaded"], text=REPLY, dialect=None)
    app.ask("One?")
    expect(app.messages.nth(1)).to_contain_text("+new")
    app.press("Regenerate")
    expect(app.messages.nth(1)).to_contain_text("2/2")
    app.ask("Two?\n" * 40)  # which is folded
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    app.ask("Three?")
    expect(page.get_by_test_id("stAlert")).to_have_count(2)
    app.wait_for_the_end()
    app.messages.nth(1).get_by_role("radio").first.click()
    comment, more = page.get_by_role("button", name="Add a comment"), page.get_by_role("button", name="More")
    expect(comment).to_be_visible()
    page.add_style_tag(content="* { transition: none !important; animation: none !important; }")  # colours fade

    found = []

    def look(state: str) -> None:
        for width, (scheme, options) in product((1280, 390), OPTIONS_BY_SCHEME.items()):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
            app.picture(f"accessibility-{state}-{width}-{scheme}")
            found.extend(
                (state, width, scheme, violation["id"], node["html"][:200])
                for violation in Axe().run(page, options=options).response["violations"]
                if violation["impact"] in ("serious", "critical")
                for node in violation["nodes"]
            )
        page.set_viewport_size({"width": 1280, "height": 900})

    look("conversation")
    app.question.fill("Four?")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_label("Title")).to_be_visible()
    more.first.click()
    expect(page.get_by_role("menuitem", name="Details")).to_be_visible()
    look("menu")
    page.get_by_role("menuitem", name="Details").click()
    expect(page.get_by_role("dialog")).to_contain_text("tokens in")
    look("dialog")
    page.keyboard.press("Escape")
    comment.click()
    expect(page.get_by_label("Comment", exact=True)).to_be_visible()
    look("comment")
    page.keyboard.press("Escape")
    app.press("Edit")
    expect(page.get_by_label("Question", exact=True)).to_be_focused()
    look("editing")
    wire.play("good", text=REPLY, chunks=20, until=10)
    app.ask("Five?")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(app.messages.last).to_contain_text("Keep it short")
    look("streaming")
    assert found == []


def test_actions_have_names_and_stop_answers_the_keyboard(start: Callable[..., App], wire: Wire) -> None:
    app = start(llm_provider="openai")
    wire.play("echo")
    app.ask("One?")
    expect(app.messages.nth(1)).to_contain_text("You said: One?")
    app.wait_for_the_end()
    keyboard = app.page.keyboard
    for action in ("Copy", "Regenerate", "Edit"):
        expect(app.page.get_by_role("button", name=action, exact=True)).to_be_visible()
    app.page.get_by_role("button", name="More").focus()
    keyboard.press("Enter")
    for action in ("Details", "Delete the turn"):
        expect(app.page.get_by_role("menuitem", name=action)).to_be_visible()
    keyboard.press("Escape")
    app.page.get_by_role("radio", name="Thumbs up").focus()
    keyboard.press("Space")
    app.page.get_by_role("button", name="Add a comment").focus()
    keyboard.press("Enter")
    app.page.get_by_label("Comment", exact=True).focus()
    keyboard.type("By keyboard")
    keyboard.press("Control+Enter")
    expect(app.page.get_by_role("button", name="Your comment")).to_be_visible()
    keyboard.press("Escape")
    app.page.reload()
    app.page.get_by_role("button", name="Your comment").click()
    expect(app.page.get_by_label("Comment", exact=True)).to_have_value("By keyboard")
    keyboard.press("Escape")
    wire.play("silent")
    app.ask("Two?")
    stop = app.page.get_by_role("button", name="Stop")
    expect(stop).to_be_visible()
    stop.focus()
    keyboard.press("Enter")
    expect(app.page.get_by_test_id("stAlert")).to_contain_text("stopped")
