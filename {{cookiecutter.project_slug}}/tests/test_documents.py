"""Documents with a question: what is read of each kind, what is refused, and what the model is sent."""

import io
import json
import sys
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from openpyxl import Workbook
from pptx import Presentation
from pptx.util import Inches
from streamlit.testing.v1 import AppTest

from chat import settings
from chat.conversation.attachments import Attachment, RefusedError, convert
from chat.conversation.attachments.documents import LEFT_OUT, OLD_OFFICE, decoded, shares, with_commas
from chat.conversation.attachments.reading import read
from chat.conversation.export import from_json, to_json
from chat.conversation.messages import Conversation, Message
from chat.conversation.parts import Text
from chat.providers import Request
from chat.replies.attachments import as_sent
from tests.conftest import HANG_SECONDS, ScriptedProvider

PROVIDER = next(iter(settings.PROVIDERS.values()))  # {% if cookiecutter.extra_providers %}
PROVIDER = settings.PROVIDER  # {% if not cookiecutter.extra_providers %}


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document may take its time on a slow machine."""
    monkeypatch.setattr(settings, "DOCUMENT_SECONDS", HANG_SECONDS)


def pdf(text: str, *, encrypted: bool = False, content: bytes = b"") -> bytes:
    """A PDF of one page with this text, perhaps with an unknown password."""
    stream = content or zlib.compress(f"BT /F1 24 Tf 72 700 Td ({text}) Tj ET".encode())
    filters = b"[/FlateDecode /FlateDecode]" if content else b"/FlateDecode"
    objects = [
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>>",
        b"<</Length %d /Filter %s>>\nstream\n%s\nendstream" % (len(stream), filters, stream),
        b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
        b"<</Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s>>>" % (b"11" * 32, b"22" * 32),
    ]
    file, places = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    secret = b"/Encrypt 6 0 R /ID [<00> <00>]" if encrypted else b""
    table = b"xref\n0 7\n0000000000 65535 f \n" + b"".join(places)
    return file + table + b"trailer <</Size 7 /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (secret, len(file))


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return data.getvalue()


def docx(text: str) -> bytes:
    """A Word document with this text."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    package = "http://schemas.openxmlformats.org/package/2006"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body>'
        "</w:document>",
    }
    return archive(files)


def pptx(text: str) -> bytes:
    """A presentation with this text."""
    data, presentation = io.BytesIO(), Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    slide.shapes.add_textbox(*[Inches(1)] * 4).text_frame.text = text
    presentation.save(data)
    return data.getvalue()


def xlsx(text: str) -> bytes:
    """A sheet with this text."""
    data, book = io.BytesIO(), Workbook()
    book.worksheets[0].append(["what", text])
    book.save(data)
    return data.getvalue()


DOCUMENTS = {
    "pdf": pdf("Grand total"),
    "docx": docx("Grand total"),
    "pptx": pptx("Grand total"),
    "xlsx": xlsx("Grand total"),
    "csv": b"what,how much\nGrand total,5\n",
    "html": b"<h1>Grand total</h1><script>alert(1)</script>",
}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_what_a_document_says(kind: str) -> None:
    text = convert.text_of(kind, DOCUMENTS[kind])
    assert "Grand total" in text
    assert "alert" not in text


def test_a_document_is_known_by_its_content() -> None:
    attachment = read("report.docx", pdf("Grand total"))
    assert attachment.type == "application/pdf"
    assert "Grand total" in attachment.text
    assert attachment.size == len(pdf("Grand total"))
    assert not attachment.image


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        *((encoding, "# Grüße\n\n*now*") for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252")),
        ("cp1252", "“Crème brûlée” for two costs about 5 €, bei 100°C"),
        ("gb18030", "第一季度销售收入为三百万元\uff0c利润为五十万元。"),
        ("cp932", "これは日本語のテキストです。"),
        ("cp949", "오늘 회의록입니다. 매출은 삼백만 원입니다."),
        ("big5", "第一季度銷售收入為三百萬元\uff0c利潤為五十萬元。"),
        ("cp1251", "Это отчёт за первый квартал. Выручка выросла."),
        ("koi8_r", "Это отчёт за первый квартал. Выручка выросла."),
        ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy."),
    ],
)
def test_plain_text_is_kept_as_it_is(encoding: str, text: str) -> None:
    assert read("notes.md", text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("encoding", "text", "row"),
    [
        ("utf-8", "city;people\nParis;2,1\nMadrid;3,3\n", "| Paris | 2,1 |"),
        ("utf-8", "city\tpeople\nParis\t2,1\n", "| Paris | 2,1 |"),
        ("utf-8", "city,people,area\nParis,2.1\nRome,2.8,1285,4\n", "| Rome | 2.8 | 1285 | 4 |"),
        ("cp1251", "Город;Население\nМосква;12,6\nКазань;1,3\n", "| Москва | 12,6 |"),  # noqa: RUF001
        ("gb18030", "姓名,城市\n张三,北京\n李四,上海\n", "| 李四 | 上海 |"),
        ("cp932", "名前,都市\n山田,東京\n鈴木,大阪\n", "| 山田 | 東京 |"),
    ],
)
def test_the_cells_of_a_table_are_found(encoding: str, text: str, row: str) -> None:
    commas = with_commas(decoded("table.csv", text.encode(encoding)))
    assert row in convert.text_of("csv", commas.encode())


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", b"", "is empty"),
        ("a.txt", b"\n \n", "contains no text"),
        ("a.txt", "Łódź;Gdańsk\nżółty;2,5".encode("cp1250"), "Save it as UTF-8"),
        ("a.txt", "Привет".encode("cp1251"), "Save it as UTF-8"),
        ("a.txt", b"\xff\xfea", "Save it as UTF-8"),
        ("a.txt", b"\x7fELF" + bytes(100), "not a valid TXT file"),
        ("a.pdf", b"MZ\x90" + bytes(100), "not a valid PDF file"),
        ("a.exe", b"MZ\x90" + bytes(100), "not a supported file type"),
        ("a.pdf", b"%PDF-1.4\nno more", "is damaged"),
        ("a.pdf", pdf("secret", encrypted=True), "password-protected"),
        ("a.docx", OLD_OFFICE + bytes(100), "password-protected"),
        ("a.docx", archive({"virus.exe": b"MZ"}), "not a valid DOCX file"),
        ("a.docx", b"PK\x03\x04 and no more", "is damaged"),
    ],
    ids=[
        *(
            "empty",
            "blank",
            "Hebrew",
            "Russian",
            "half a sign",
            "executable as text",
            "executable as PDF",
            "executable",
            "damaged PDF",
            "encrypted PDF",
        ),
        *("encrypted Word", "other archive", "damaged archive"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason) as refused:
        read(name, data)
    assert str(refused.value).startswith(f"{name} ")
    assert str(refused.value).endswith(".")


def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DOCUMENT_SECONDS", 0)
    with pytest.raises(RefusedError, match="too much time"):
        read("a.pdf", pdf("Grand total"))


def test_an_archive_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "UNPACKED_MEGABYTES", 2)
    with pytest.raises(RefusedError, match="unpacks to more than 2 MB"):
        read("a.docx", archive({"word/document.xml": bytes(3_000_000)}))


def sheet(cells: dict[str, object]) -> bytes:
    """A workbook with these cells."""
    data, book = io.BytesIO(), Workbook()
    page = cast("Any", book.active)
    for place, value in cells.items():
        page[place] = value
    book.save(data)
    return data.getvalue()


def test_a_sheet_is_as_large_as_what_stands_in_it() -> None:
    text = read("a.xlsx", sheet({"A1": "a|b", "A2": "two\nlines", "A3": 4711, "XFD1048576": "far"})).text
    assert text.startswith("## Sheet\n| a\\|b |\n| --- |\n| two lines |\n| 4711 |\n")
    assert text.endswith(" far |")


def test_a_sheet_is_read_until_it_is_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DOCUMENT_CHARACTERS", 40)
    assert len(read("a.xlsx", sheet({f"A{number}": "word" for number in range(1, 5000)})).text) == 40


LINUX = pytest.mark.skipif(sys.platform != "linux", reason="no other system limits the memory of a process")


@LINUX
def test_a_document_that_takes_too_much_memory_is_given_up() -> None:
    bomb = zlib.compress(zlib.compress(bytes(settings.DOCUMENT_MEGABYTES * 1_000_000), 1))
    with pytest.raises(RefusedError, match="too much time or memory"):
        read("a.pdf", pdf("", content=bomb))


@LINUX
def test_addresses_that_are_only_reserved_are_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DOCUMENT_MEGABYTES", 300)
    assert "Grand total" in read("a.pdf", pdf("Grand total")).text


def test_what_reads_a_document_has_no_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "convert.py"
    script.write_text("import os; print(dict(os.environ))", "utf-8")
    monkeypatch.setattr(convert, "__file__", str(script))
    monkeypatch.setenv("ANY_API_KEY", "sk-secret")
    monkeypatch.setenv("ANOTHER_SECRET", "password")
    said = read("a.pdf", pdf("Grand total")).text
    assert "PATH" in said
    assert "sk-secret" not in said
    assert "password" not in said


def test_what_a_document_says_is_not_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    cells = sheet({"A1": 4711})
    with zipfile.ZipFile(io.BytesIO(cells)) as opened:
        files = {name: opened.read(name).replace(b"4711", b"secret words") for name in opened.namelist()}
    with pytest.raises(RefusedError, match="is damaged"):
        read("a.xlsx", archive(files))
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


def document(name: str, text: str) -> Attachment:
    return Attachment(name, "text/plain", len(text), text=text)


def test_what_is_too_long_is_cut_and_short_ones_stay_whole() -> None:
    short, long = document("short.txt", "short"), document("long.txt", "word " * 1000)
    texts = shares((long, short), context_tokens=1000)
    assert texts[short] == "short"
    assert texts[long].endswith(LEFT_OUT)
    assert len(texts[long]) == 995 + len(LEFT_OUT)


def test_a_model_reads_the_documents_before_the_question() -> None:
    question = Message("user", [document('a"b.txt', "Five."), Text("How much?")])
    (message,) = as_sent(Request(PROVIDER, PROVIDER.model, "", max_tokens=100, messages=[question]))
    assert message.text == '<document name="a&quot;b.txt">\nFive.\n</document>\n\nHow much?'
    assert message.attachments == ()


def ask(page: AppTest, text: str, name: str, data: bytes) -> None:
    """Ask a question with this file."""
    page.chat_input[0].set_value(text).upload(name, data, "application/octet-stream").run()
    assert not page.exception


def test_a_document_goes_with_its_question(page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.will_say("Five.")
    ask(page, "How much?", "<b>.txt", b"The grand total is 5.")
    assert "The grand total is 5." in scripted.requests[0].messages[0].text
    assert "&lt;b&gt;.txt (21 B)" in cast("Any", page.chat_message[0].get("html")[0]).value


def test_it_is_said_what_was_cut(page: AppTest, scripted: ScriptedProvider) -> None:
    scripted.will_say("Much.")
    ask(page, "What?", "long.txt", b"word " * (PROVIDER.context_tokens // 4))
    assert "Only the beginning was sent" in page.chat_message[1].text[0].value
    assert "long.txt" in page.chat_message[1].text[0].value


def test_a_document_that_is_refused_loses_nothing(page: AppTest, scripted: ScriptedProvider) -> None:
    ask(page, "How much?", "a.docx", OLD_OFFICE)
    assert not scripted.requests
    assert "a.docx is password-protected" in "\n".join(text.value for text in page.text)
    assert page.chat_input[0].proto.value == "How much?"


@pytest.mark.parametrize("change", [{}, {"type": "text/x-python"}, {"text": ""}, {"text": 5}], ids=str)
def test_a_saved_conversation_has_its_documents(change: dict[str, object]) -> None:
    conversation = Conversation()
    conversation.ask("How much?", (document("a.txt", "Five."),))
    saved = json.loads(to_json(conversation))
    saved["messages"][0]["attachments"][0].update(change)
    if change:
        with pytest.raises(ValueError, match=r"\w"):
            from_json(json.dumps(saved))
    else:
        assert from_json(json.dumps(saved)).messages[0].attachments == (document("a.txt", "Five."),)
