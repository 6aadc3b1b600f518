"""Using the page in a real browser: it follows replies, comes into view, copies, and obeys the keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from app import App, Tab
from conftest import Bake, copied
from waiting import wait_until
from wire import Wire

LONG = "\n\n".join(f"Paragraph {n} of a *long* reply." for n in range(60))
BELOW = "page => Math.round(page.scrollHeight - page.clientHeight - page.scrollTop)"  # pixels
IN_VIEW = """element => {
    const {top, bottom} = element.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight && element.contains(document.elementFromPoint(innerWidth / 2, top + 2));
}"""


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    """The provider."""
    with Wire() as wire:
        yield wire


@pytest.fixture(scope="module")
def app(browser: Browser, bake: Bake, wire: Wire, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app that takes files and keeps conversations."""
    baked = bake(llm_provider="openai", history="database", attachments="images")
    project = copied(baked, tmp_path_factory.mktemp("hands") / "app")
    app = App(project, browser, OPENAI_API_KEY="any", OPENAI_BASE_URL=wire.base_url("openai"))
    app.context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield app
    app.close()


@pytest.fixture
def tab(app: App, wire: Wire) -> Iterator[Tab]:
    """A page in which a long reply has come."""
    wire.requests.clear()
    tab = app.open(app.url)
    wire.play("good", text=LONG, chunks=120)
    tab.ask("Well?")
    expect(tab.messages.nth(1)).to_contain_text("Paragraph 59")
    tab.wait_for_the_end()
    yield tab
    tab.page.close()


def begin(tab: Tab, wire: Wire) -> None:
    """Have half of one more reply."""
    wire.play("good", text=LONG, chunks=120, until=60)
    tab.ask("And?")
    expect(tab.messages.last).to_contain_text("Paragraph 28")


def wait_for_the_end_in_view(tab: Tab) -> None:
    """Wait until the page stands at its end."""
    tab.page.wait_for_function(f"() => ({BELOW})(document.querySelector('[data-testid=stMain]')) < 2")


# What shrinks and grows at once, as a chart that is drawn: a browser says that the page has moved up.
REDRAWN = """page => {
    const block = page.querySelector("[data-testid=stMainBlockContainer]").appendChild(document.createElement("div"));
    const draw = (height) => { block.style.height = `${height}px`; page.scrollTop; };
    page.style.overflowAnchor = "none";
    draw(500);
    const redraw = () => { page.scrollTop -= 1; draw(100); draw(900); };
    return new Promise((resolve) => setTimeout(() => { redraw(); setTimeout(resolve, 300); }, 300));
}"""


def scroll(tab: Tab, pixels: int) -> int:
    """Scroll the conversation until it has moved; how far it is from the beginning then."""
    main = tab.page.get_by_test_id("stMain")
    tab.page.mouse.move(700, 400)
    before = main.evaluate("page => page.scrollTop")

    def moved() -> bool:
        tab.page.mouse.wheel(0, pixels)
        tab.page.wait_for_timeout(300)  # it moves smoothly
        return (main.evaluate("page => page.scrollTop") - before) * pixels > 0

    wait_until(moved)
    return main.evaluate("page => page.scrollTop")


def test_it_follows_what_is_drawn_anew(tab: Tab) -> None:
    wait_for_the_end_in_view(tab)
    tab.page.get_by_test_id("stMain").evaluate(REDRAWN)
    wait_for_the_end_in_view(tab)


def test_it_follows_a_reply_leaves_a_reader_in_peace_and_shows_what_is_asked(tab: Tab, wire: Wire) -> None:
    main = tab.page.get_by_test_id("stMain")
    wait_for_the_end_in_view(tab)
    begin(tab, wire)
    wait_for_the_end_in_view(tab)
    up = scroll(tab, -400)
    wire.requests[-1].go_on(90)
    expect(tab.messages.last).to_contain_text("Paragraph 43")
    assert main.evaluate("page => page.scrollTop") == up
    tab.page.keyboard.press("End")
    scroll(tab, 10_000)
    wire.requests[-1].go_on()
    expect(tab.messages.last).to_contain_text("Paragraph 59")
    tab.wait_for_the_end()
    wait_for_the_end_in_view(tab)

    scroll(tab, -10_000)
    wire.play("echo")
    tab.ask("Who asks wants to see it?")
    expect(tab.messages.last).to_contain_text("You said: Who")
    wait_for_the_end_in_view(tab)
    tab.page.reload()
    expect(tab.messages.last).to_contain_text("You said: Who")
    tab.wait_for_the_end()
    wait_for_the_end_in_view(tab)


def test_a_question_is_edited_in_view_and_by_the_keyboard(tab: Tab, wire: Wire) -> None:
    wire.play("echo")
    tab.press("Edit")
    field = tab.page.get_by_label("Question", exact=True)
    expect(field).to_be_focused()
    assert field.evaluate(IN_VIEW)
    expect(field).to_have_value("Well?")  # which Streamlit writes into it after it was drawn
    tab.page.keyboard.type(" And how?")  # the caret stands at its end
    tab.page.keyboard.press("Control+Enter")
    expect(tab.messages.nth(1)).to_contain_text("You said: Well? And how?")


def test_a_reply_is_stopped_from_the_bottom_and_by_escape(tab: Tab, wire: Wire) -> None:
    stop, note = tab.page.get_by_role("button", name="Stop"), tab.page.get_by_test_id("stAlert")
    begin(tab, wire)
    expect(tab.page.get_by_role("button", name="More")).to_have_count(1)  # nothing shines through
    scroll(tab, -10_000)
    assert stop.evaluate("element => element.getBoundingClientRect().bottom <= innerHeight")
    stop.click()
    expect(note).to_have_count(1)
    expect(stop).to_have_count(0)
    expect(tab.question).to_be_focused()
    begin(tab, wire)
    tab.page.get_by_role("button", name="More").last.click()
    expect(tab.page.get_by_role("menu")).to_be_visible()
    tab.page.keyboard.press("Escape")  # closes the menu, and no more
    expect(tab.page.get_by_role("menu")).to_have_count(0)
    wire.requests[-1].go_on(90)
    expect(tab.messages.last).to_contain_text("Paragraph 43")
    tab.question.focus()
    tab.page.keyboard.press("Escape")
    expect(note).to_have_count(2)
    expect(tab.question).to_be_focused()


def test_the_box_has_the_focus_and_a_key_begins_a_new_chat(tab: Tab, wire: Wire) -> None:
    page = tab.page
    page.keyboard.press("Control+Shift+O")
    expect(tab.messages).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.reload()
    expect(tab.question).to_be_focused()
    wire.play("echo")
    page.get_by_text("Tell me a short story.").click()
    expect(tab.messages.last).to_contain_text("You said")
    expect(page.get_by_role("heading", level=1)).to_have_count(0)
    expect(tab.question).to_be_focused()
    wire.play("echo")
    tab.press("Regenerate")
    expect(tab.messages.last).to_contain_text("2/2")
    expect(tab.question).to_be_focused()
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_label("Title")).to_be_focused()


def test_a_reply_is_copied_by_one_click(tab: Tab) -> None:
    for without_tls in (False, True):
        if without_tls:
            tab.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
            tab.question.fill("")
        tab.press("Copy")
        expect(tab.page.get_by_role("button", name="Copied")).to_be_focused()
        expect(tab.page.get_by_role("button", name="Copy", exact=True)).to_be_visible()
        tab.question.focus()
        tab.page.keyboard.press("Control+V")
        expect(tab.question).to_have_value(LONG)


def test_an_icon_has_its_name_beside_it_and_is_on_the_page_once(tab: Tab) -> None:
    for action, key in {"Regenerate": "regenerate", "Edit": "edit", "More": "menu"}.items():
        assert tab.page.locator(f'[class*="st-key-{key}-"] button').count() == 1, "Streamlit draws it twice with `help`"
        button = tab.page.get_by_role("button", name=action)
        button.hover()
        expect(button.get_by_test_id("stMarkdownContainer")).to_have_css("clip-path", "none")
    tab.choose("Delete the turn")
    cancel = tab.page.get_by_role("button", name="Cancel")
    cancel.hover()
    label = cancel.get_by_test_id("stMarkdownContainer")
    expect(label).not_to_have_css("position", "absolute")  # no tooltip: it is read in the button
