"""How many clicks everyday actions take: does each one on an app's page, and counts."""

from pathlib import Path

from playwright.sync_api import Locator, expect

from app import App
from wire import Wire

# Action: its clicks in the big chats, and a shortcut for it here.
ACTS = {
    "Copy a reply": (1, ""),
    "Copy code": (1, ""),
    "Regenerate a reply": (1, ""),
    "Edit a question": (1, ""),
    "Stop a reply": (1, "Esc"),
    "Begin a new chat": (1, "Ctrl+Shift+O"),
    "Find a conversation": (2, ""),
    "Rename another conversation": (3, ""),
    "Change the model": (2, ""),
    "Attach a file": (1, ""),
}
MODELS = ["gpt-6-luna", "gpt-6.2-sol"]
REPLY = "Like this:\n\n```python\nprint(1)\n```"


class Hand:
    """A hand that counts its clicks."""

    def __init__(self) -> None:
        """Start at zero."""
        self.counted: dict[str, int] = {}
        self.clicks = 0

    def click(self, place: Locator) -> None:
        """Click, and count it."""
        place.click()
        self.clicks += 1

    def did(self, act: str) -> None:
        """Record how many clicks this took, and start at zero again."""
        self.counted[act], self.clicks = self.clicks, 0


def count(app: App, wire: Wire, file: Path) -> dict[str, int]:
    """The clicks of each action. `app` stores conversations, offers MODELS, and accepts this file as an attachment."""
    hand, page, keyboard = Hand(), app.page, app.page.keyboard
    sidebar, box = page.get_by_test_id("stSidebar"), page.get_by_test_id("stChatInput")
    app.context.grant_permissions(["clipboard-read", "clipboard-write"])

    def copied() -> str:
        return page.evaluate("navigator.clipboard.readText()")

    wire.play("good", text=REPLY)
    app.ask("First of all?")
    expect(app.messages.nth(1)).to_contain_text("print")
    app.wait_for_the_end()
    hand.click(page.get_by_role("button", name="Copy", exact=True))
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert copied() == REPLY
    hand.did("Copy a reply")
    page.get_by_test_id("stCode").hover()
    hand.click(page.get_by_test_id("stCode").get_by_role("button", name="Copy"))
    page.wait_for_function("async () => await navigator.clipboard.readText() === 'print(1)'")
    hand.did("Copy code")
    hand.click(page.get_by_role("button", name="Regenerate"))
    expect(app.messages.nth(1)).to_contain_text("2/2")
    app.wait_for_the_end()
    hand.did("Regenerate a reply")
    wire.play("echo")
    hand.click(page.get_by_role("button", name="Edit"))
    field = page.get_by_label("Question", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_value("First of all?")  # Streamlit fills it after drawing it
    keyboard.type(" And then?")
    keyboard.press("Control+Enter")
    expect(app.messages.nth(1)).to_contain_text("You said: First of all? And then?")
    app.wait_for_the_end()
    hand.did("Edit a question")
    wire.play("silent")
    app.ask("Are you there?")
    hand.click(page.get_by_role("button", name="Stop"))
    expect(page.get_by_test_id("stAlert")).to_contain_text("stopped")
    hand.did("Stop a reply")

    hand.click(page.get_by_role("button", name="New chat"))
    expect(app.messages).to_have_count(0)
    hand.did("Begin a new chat")
    hand.click(sidebar.get_by_placeholder("Search"))
    keyboard.type("all")
    hand.click(sidebar.get_by_role("button", name="First of all"))
    expect(app.messages.nth(1)).to_contain_text("You said: First of all?")
    hand.did("Find a conversation")
    sidebar.get_by_placeholder("Search").fill("")
    app.press("New chat")
    expect(app.messages).to_have_count(0)
    hand.click(sidebar.get_by_role("button", name="First of all"))
    hand.click(sidebar.get_by_role("button", name="Rename"))
    expect(sidebar.get_by_label("Title")).to_be_focused()
    expect(sidebar.get_by_label("Title")).not_to_have_value("")
    keyboard.press("Control+A")
    keyboard.type("The beginning")
    keyboard.press("Enter")
    expect(sidebar.get_by_role("button", name="The beginning")).to_be_visible()
    hand.did("Rename another conversation")

    choice = sidebar.get_by_role("combobox", name="Model")
    before = choice.input_value()
    hand.click(choice)
    hand.click(page.get_by_role("option").nth(1))
    expect(choice).not_to_have_value(before)
    hand.did("Change the model")
    with page.expect_file_chooser() as chooser:
        hand.click(box.get_by_test_id("stChatInputFileUploadButton"))
    chooser.value.set_files(file)
    expect(box.get_by_test_id("stFileChip")).to_have_count(1)
    hand.did("Attach a file")
    return hand.counted


def chapter(counted: dict[str, int]) -> str:
    """The last chapter of docs/gallery.md: the clicks of each action, here and in the big chats."""
    rows = [
        f"| {act} | {counted[act]} | {elsewhere} | {f'`{key}`' if key else ''} |\n"
        for act, (elsewhere, key) in ACTS.items()
    ]
    return f"""
## Clicks

Everyday actions and the clicks they take, counted by `documentation/clicks.py` in a browser.

| to | clicks | in the big chats | or press |
|---|--:|--:|---|
{"".join(rows)}"""
