"""docs/new-option.md: the cost of another question, counted on the page's own example."""

import json
import re
import shutil
import subprocess
import sys
from difflib import ndiff
from pathlib import Path

import pytest

from conftest import ROOT, TEMPLATE, output

PAGE = (ROOT / "docs" / "new-option.md").read_text("utf-8")
APP = TEMPLATE.name
GREETING = '''"""A greeting above the conversation."""

import streamlit as st


def draw_greeting() -> None:
    """Draw a card that greets whoever opens the page."""
    st.info("Welcome.")
'''
OWN = {
    f"{APP}/chat/greeting.py": GREETING,
    f"{APP}/tests/test_greeting.py": '"""The greeting."""\n',
}
TABLE = "cookiecutter_streamlit_chat/files.py"
QUESTION = "cookiecutter.json"


def said(pattern: str) -> str:
    """What the page says, at the one place where it says something like this."""
    (found,) = re.findall(pattern, PAGE)
    return str(found)


def edits() -> dict[str, list[tuple[str, str]]]:
    """By file: each text that a line is put in front of, and that line."""
    labels = {"__prompt__": "Is somebody who opens the page greeted?", "none": "No", "card": "By a card"}
    importing, calling = map(said, (r" +(from chat.greeting.*%}\n)", r" +(draw_greeting\(.*%}\n)"))
    question, row = said(r'`("greeting": .*?)`'), said(r'`(\(given\("greeting".*?\),)`')
    return {
        QUESTION: [
            ('  "license": [', f"  {question},\n"),
            ('    "license": {', f'    "greeting": {json.dumps(labels)},\n'),
        ],
        TABLE: [("]\n\n# Alternatives", f"    {row}\n")],
        f"{APP}/page.py": [("from chat.history", importing), ("begin_next(", calling)],
        "tests/test_bakes.py": [('    ("license", "MIT")', '    ("greeting", "card"): r"greeting|Welcome",\n')],
        "README.md": [("| `license` |", "| `greeting` | `none`, `card` | who opens the page is greeted |\n")],
        "configurator/groups.toml": [('title = "The page"', "")],  # its name joins the questions of a group
    }


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template, with one more question."""
    template = tmp_path_factory.mktemp("new") / "template"
    shutil.copytree(ROOT, template, ignore=shutil.ignore_patterns(".dev", ".git", "__pycache__", "node_modules"))
    for name, text in OWN.items():
        (template / name).write_text(text, "utf-8")
    for name, lines in edits().items():
        text = (template / name).read_text("utf-8")
        for place, line in lines:
            assert text.count(f"\n{place}") == 1 or place == "]\n\n# Alternatives", f"{name}: {place}"
            text = text.replace(place, line + place, 1)
        if name.endswith("groups.toml"):
            text = text.replace('"rich_replies"', '"greeting", "rich_replies"')
        (template / name).write_text(text, "utf-8", newline="\n")
    return template


def test_a_question_touches_its_own_files_a_row_of_the_table_and_five_lines(template: Path) -> None:
    added = {
        name: sum(line[:1] == "+" for line in ndiff(*(text.splitlines() for text in texts)))
        for name in edits()
        for texts in [[(folder / name).read_text("utf-8") for folder in (ROOT, template)]]
    }
    assert added.pop(QUESTION) == 2
    assert added.pop(TABLE) == 1
    assert 0 < sum(added.values()) <= 5, added


def test_these_lines_are_enough(template: Path, tmp_path: Path) -> None:
    """The app has the question's files, or no trace of it; and the tests of the table and of the questions pass."""
    bakes = {}
    for source, greeting in ((ROOT, []), (template, ["greeting=none"]), (template, ["greeting=card"])):
        out = tmp_path / str(len(bakes))
        command = [sys.executable, "-B", "-m", "cookiecutter", source, "--no-input", "--output-dir", out, *greeting]
        output(*command, cwd=tmp_path)
        files = [path for path in out.rglob("*") if path.is_file()]
        bakes[out.name] = {path.relative_to(out / "my-chat").as_posix(): path.read_bytes() for path in files}
    before, without, card = bakes.values()
    assert without == before
    assert card.keys() - before.keys() == {name.removeprefix(f"{APP}/") for name in OWN}
    assert b"\ndraw_greeting()\n" in card["page.py"]
    proofs = ["test_files.py", "test_table.py", "test_configurator.py"]
    tests = [sys.executable, "-B", "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider"]
    chosen = "every_entry or every_file or table_is_complete or group"
    command = [*tests, "-k", chosen, *(f"tests/{name}" for name in proofs)]
    done = subprocess.run(command, cwd=template, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
