"""Images with a question: what is refused, what the model is sent, and what a person sees."""

import io
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image
from streamlit.runtime.scriptrunner import ScriptRunner, StopException
from streamlit.testing.v1 import AppTest

from chat import settings
from chat.conversation.attachments import Attachment, RefusedError
from chat.conversation.attachments.reading import read
from chat.conversation.export import from_json, to_json, to_markdown
from chat.conversation.messages import Conversation, Message
from chat.conversation.parts import Text
from chat.providers import Provider, Request
from chat.replies.attachments import as_sent
from chat.ui import attachments as drawing
from tests.conftest import ScriptedProvider

PROVIDER = next(iter(settings.PROVIDERS.values()))  # {% if cookiecutter.extra_providers %}
PROVIDER = settings.PROVIDER  # {% if not cookiecutter.extra_providers %}
Serve = Callable[[Provider], None]
SEEING = replace(PROVIDER, most_images=3, text_models=("blind-*",))


def file(kind: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    """The file of a red image."""
    data = io.BytesIO()
    Image.new(mode, size, "red").save(data, kind, **options)
    return data.getvalue()


def photo() -> bytes:
    """A photo from a turned camera, with its location."""
    exif = Image.Exif()
    exif[0x0112] = 6  # rotated by a quarter turn
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 29.6)  # the latitude
    return file("JPEG", exif=exif, comment=b"taken at home")


def noise() -> bytes:
    """A PNG that hardly compresses."""
    data = io.BytesIO()
    Image.effect_noise((2000, 1000), 90).convert("RGB").save(data, "PNG")
    return data.getvalue()


def image(attachment: Attachment) -> Image.Image:
    return Image.open(io.BytesIO(attachment.image))


def test_a_photo_is_turned_upright_and_tells_nothing_of_where_it_was_taken() -> None:
    assert b"taken at home" in photo()
    attachment = read("photo.jpg", photo())
    assert (attachment.type, image(attachment).size) == ("image/jpeg", (20, 40))
    assert not image(attachment).getexif()
    assert b"home" not in attachment.image
    assert attachment.size == len(photo())


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_other_images_become_png_under_whatever_name(kind: str) -> None:
    attachment = read("picture.jpg", file(kind))
    assert (attachment.type, image(attachment).format) == ("image/png", "PNG")


def test_what_is_transparent_stays_so() -> None:
    assert image(read("logo.png", file(mode="RGBA"))).mode == "RGBA"


def test_a_large_image_is_scaled_down() -> None:
    attachment = read("noise.png", noise())
    assert max(image(attachment).size) <= settings.IMAGE_SIDE
    assert len(attachment.image) <= settings.IMAGE_BYTES
    assert attachment.type == "image/jpeg"


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"MZ\x90\x00" + bytes(500), "not a valid PNG file|not an image"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "not a valid PNG file|not an image",
        ),
        (photo()[:300], "damaged, or not an image"),
        (file(size=(10_000, 10_000), mode="1"), "more than 20 megapixels"),
        (file(size=(20_000, 20_000), mode="1"), "more than 20 megapixels"),
        (b"\x89PNG" + bytes(settings.FILE_MEGABYTES * 1_000_000), "larger than 20 MB"),
    ],
    ids=["empty", "executable", "svg", "half", "100 megapixels", "400 megapixels", "large"],
)
def test_a_bad_file_is_refused_in_a_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason) as refused:
        read("cat.png", data)
    assert str(refused.value).startswith("cat.png ")
    assert str(refused.value).endswith(".")


def test_a_name_cannot_break_a_line_or_turn_the_text_around() -> None:
    assert read("a\nb\u202ec" + "d" * 200 + ".png", file()).name == "d" * 96 + ".png"


def question(*names: str) -> Message:
    return Message("user", [*(read(name, file()) for name in names), Text("What?")])


def sent(provider: Provider, model: str, *messages: Message) -> list[tuple[str, list[str]]]:
    """The texts that are sent, and the names of the images with them."""
    request = Request(provider, model, "", max_tokens=100, messages=list(messages))
    return [(message.text, [image.name for image in message.attachments]) for message in as_sent(request)]


def test_the_latest_images_are_sent_and_the_others_named() -> None:
    messages = [question("1.png", "2.png"), Message.saying("assistant", "A."), question("3.png", "4.png")]
    assert sent(SEEING, "any", *messages) == [
        ("[The image 1.png, which cannot be shown to you]\n\nWhat?", ["2.png"]),
        ("A.", []),
        ("What?", ["3.png", "4.png"]),
    ]
    assert [image.name for image in messages[0].attachments] == ["1.png", "2.png"]


def test_a_model_that_cannot_see_is_sent_the_names() -> None:
    [(text, images)] = sent(SEEING, "blind-2", question("cat.png"))
    assert "cat.png" in text
    assert not images


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Makes a provider with other facts answer on the page."""
    # {% if cookiecutter.extra_providers %}
    return lambda provider: monkeypatch.setitem(settings.PROVIDERS, provider.name, provider)
    # {% else %}
    return lambda provider: monkeypatch.setattr(settings, "PROVIDER", provider)
    # {% endif %}


@pytest.fixture
def seeing(serve: Serve) -> None:
    """Makes the page's model accept images."""
    serve(replace(PROVIDER, most_images=20, text_models=(), context_tokens=100_000))


def ask(page: AppTest, text: str, *files: tuple[str, bytes]) -> None:
    """Ask a question with these files."""
    box = page.chat_input[0].set_value(text)
    for name, data in files:
        box = box.upload(name, data, "application/octet-stream")
    box.run()
    assert not page.exception


def texts(page: AppTest) -> str:
    return "\n".join(text.value for text in page.text)


@pytest.mark.usefixtures("seeing")
def test_an_image_goes_with_its_question(page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.will_say("A cat.")
    ask(page, "What is it?", ("cat.png", file()))
    (message,) = scripted.requests[0].messages
    assert [image.name for image in message.attachments] == ["cat.png"]
    (picture,) = page.image
    assert picture.proto.imgs[0].alt == "cat.png"
    scripted.will_say("Yes.")
    ask(page, "Sure?")
    assert [len(message.attachments) for message in scripted.requests[1].messages] == [1, 0, 0]


@pytest.mark.usefixtures("seeing")
def test_an_image_needs_no_words(page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.will_say("A cat.")
    ask(page, "", ("cat.png", file()))
    assert len(scripted.requests[0].messages[0].attachments) == 1


@pytest.mark.usefixtures("seeing")
def test_a_bad_file_loses_neither_the_question_nor_the_good_ones(page: AppTest, scripted: ScriptedProvider) -> None:
    ask(page, "What are they?", ("good.png", file()), ("bad.png", b"bad"))
    assert not scripted.requests
    assert page.chat_input[0].proto.value == "What are they?"
    assert "bad.png " in texts(page)
    assert f"good.png ({len(file())} B)" in texts(page)
    scripted.will_say("One is good.")
    ask(page, "And now?")
    assert [image.name for image in scripted.requests[0].messages[0].attachments] == ["good.png"]
    assert "bad.png" not in texts(page)


@pytest.mark.usefixtures("seeing")
def test_a_question_is_asked_where_it_was_sent(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation, check = page.session_state["conversation"], ScriptRunner._maybe_handle_execution_control_request

    def end_run(_: ScriptRunner) -> None:
        monkeypatch.setattr(ScriptRunner, "_maybe_handle_execution_control_request", check)
        raise StopException

    def read_and_click(name: str, data: bytes) -> Attachment:
        monkeypatch.setattr(ScriptRunner, "_maybe_handle_execution_control_request", end_run)
        return read(name, data)

    monkeypatch.setattr(drawing, "read", read_and_click)
    ask(page, "What is it?", ("cat.png", file()))
    next(button for button in page.button if button.label == "New chat").click().run()
    assert not page.session_state["conversation"].messages
    assert [message.text for message in conversation.messages] == ["What is it?", ""]


@pytest.mark.usefixtures("seeing")
def test_more_files_than_may_be(page: AppTest, scripted: ScriptedProvider) -> None:
    ask(page, "What?", *((f"{number}.png", file()) for number in range(settings.FILES + 1)))
    assert f"{settings.FILES}.png is one too many" in texts(page)
    next(button for button in page.button if button.label == "Remove").click().run()
    scripted.will_say("Four.")
    ask(page, "What?")
    sent = [image.name for image in scripted.requests[0].messages[0].attachments]
    assert sent == [f"{number}.png" for number in range(1, settings.FILES)]


def test_a_model_that_cannot_see_says_so_before(page: AppTest, scripted: ScriptedProvider, serve: Serve) -> None:
    serve(replace(PROVIDER, most_images=0))
    ask(page, "What is it?", ("cat.png", file()))
    assert f"{PROVIDER.model} cannot see images" in texts(page)
    assert not scripted.requests
    assert page.chat_input[0].proto.value == "What is it?"


@pytest.mark.usefixtures("seeing")
def test_a_question_that_is_edited_keeps_its_files(page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.will_say("A cat.")
    scripted.will_say("A black cat.")
    ask(page, "What?", ("cat.png", file()))
    next(button for button in page.button if button.label == "Edit").click().run()
    next(area for area in page.text_area if area.label == "Question").set_value("What colour?")
    next(button for button in page.button if button.label == "Ask").click().run()
    (message,) = scripted.requests[1].messages
    assert (message.text, [image.name for image in message.attachments]) == ("What colour?", ["cat.png"])


def saved(**changes: object) -> str:
    """A saved conversation with an image, whose entry is changed."""
    conversation = Conversation()
    conversation.ask("What?", (read("cat.png", file()),))
    entries = json.loads(to_json(conversation))
    entries["messages"][0]["attachments"][0].update(changes)
    return json.dumps(entries)


def test_a_saved_conversation_has_its_images() -> None:
    assert from_json(saved()).messages[0].attachments == (read("cat.png", file()),)
    assert f"- cat.png ({len(file())} B)" in to_markdown(from_json(saved()))


def test_a_conversation_that_was_saved_before_there_were_any() -> None:
    entries = json.loads(saved())
    del entries["messages"][0]["attachments"]
    assert from_json(json.dumps(entries)).messages[0].attachments == ()


@pytest.mark.parametrize(
    "change", [{"image": "?"}, {"image": "YWJj"}, {"size": "big"}, {"size": 10**18}, {"type": 5, "image": ""}], ids=str
)
def test_what_is_saved_is_checked_as_what_is_sent(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        from_json(saved(**change))


@pytest.mark.usefixtures("seeing")
def test_it_is_said_what_a_model_was_not_shown(page: AppTest, scripted: ScriptedProvider, serve: Serve) -> None:
    scripted.will_say("A cat.")
    scripted.will_say("I cannot see it.")
    ask(page, "What?", ("cat.png", file()))
    serve(replace(PROVIDER, most_images=0))
    next(button for button in page.button if button.label == "Regenerate").click().run()
    assert f"{PROVIDER.model} cannot see images: cat.png." in texts(page)
    assert not scripted.requests[1].messages[0].attachments
