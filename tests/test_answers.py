"""Answers are data: what people type comes out as they typed it, or is refused in one line."""

import ast
import json
import os
import select
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answers import NEEDS
from conftest import QUESTIONS, ROOT, Bake, settings_of

ASKED = [name for name in QUESTIONS if not name.startswith("_")]
HOSTILE = [
    """O'Brien "x" \\ {{7*7}} é 💬""",
    'two\nlines\n\nand """ a third\n',
    "'''",
    '"""',
    "${HOME} $(id) `id` %s %(x)s {0} {x!r}",
    "# {% raw %} {# no #} {% endraw %} }}",
    "x" * 300,
    "שלום עולם, مرحبا بالعالم",
    "<b>&amp;</b> </h1><script>alert(1)</script>",
    "*a* _b_ [c](https://example.com) :smile: $x$ | --- | <- ->",
    "ends with a backslash \\",
    "line\u2028separator and no-break\u00a0space",
]
TEXTS = {
    "project_name": "TITLE",
    "description": "DESCRIPTION",
    "author_name": "AUTHOR",
    "system_prompt": "SYSTEM_PROMPT",
}


def assert_kept(project: Path, text: str) -> None:
    """Every text of the project is `text`, and every file of it parses."""
    baked = settings_of(project)
    assert {name: baked[name] for name in TEXTS.values()} == dict.fromkeys(TEXTS.values(), text)
    for file in project.rglob("*.py"):
        ast.parse(file.read_text("utf-8"))
    metadata = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    assert metadata["description"] == " ".join(text.split())
    assert metadata["authors"] == [{"name": " ".join(text.split())}]
    assert " ".join(text.split()) in (project / "LICENSE").read_text("utf-8")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_awkward_texts_are_kept(bake: Bake, text: str) -> None:
    assert_kept(bake(**dict.fromkeys(TEXTS, text)), text)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t{}%#\\\"'")).filter(str.strip))
def test_any_text_is_kept(bake: Bake, text: str) -> None:
    assert_kept(bake(**dict.fromkeys(TEXTS, text)), text)


@pytest.mark.parametrize("model", ["org/model:tag", "{{ nothing }}", 'a "quoted" \\ id'])
def test_a_model_id_is_kept_as_typed(bake: Bake, model: str) -> None:
    project = bake(model=model, llm_provider="openai")
    assert settings_of(project)["PROVIDER"]["model"] == model


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("My Chat", "my-chat"),
        ("  Ünïcode & more! ", "unicode-more"),
        ("3 wise models", "chat-3-wise-models"),
        ("💬", "my-chat"),
        ("Streamlit", "my-chat"),
        ("CON", "my-chat"),
        ("x" * 300, "x" * 60),
    ],
)
def test_a_slug_is_made_from_any_name(bake: Bake, name: str, slug: str) -> None:
    assert bake(project_name=name).name == slug


def test_further_providers_are_listed_once_each(bake: Bake) -> None:
    project = bake(llm_provider="groq", extra_providers=" mistral,groq, mistral ,,xai")
    assert list(settings_of(project)["PROVIDERS"]) == ["groq", "mistral", "xai"]
    assert "PROVIDERS" not in settings_of(bake(llm_provider="groq", extra_providers=" groq, "))


def cookiecutter(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run cookiecutter's command in a folder, apart from the settings of whoever runs this."""
    env = {
        **os.environ,
        "HOME": str(folder / "home"),
        "USERPROFILE": str(folder / "home"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "cookiecutter", str(ROOT), "--output-dir", str(folder / "out"), *arguments]
    return subprocess.run(command, env=env, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL)


REFUSED = [
    ("project_slug=My_Chat", "[a-z][a-z0-9-]*"),
    ("project_slug=../escape", "[a-z][a-z0-9-]*"),
    ("project_slug=", "[a-z][a-z0-9-]*"),
    ("project_slug=con", "[a-z][a-z0-9-]*"),
    ("project_slug=streamlit", "package"),
    (f"project_slug={'x' * 61}", "60 characters"),
    ("project_name=", "at least one letter"),
    ("project_name=bell \a", "U+0007"),
    ("author_name= \n ", "at least one letter"),
    ("model=", "at least one letter"),
    ("model=gpt-6-luna", "use another, like SmolLM2-135M-Instruct"),
    ("extra_providers=groq, opnai", "openai_compatible"),
    ("llm_provdier=openai", "llm_provider"),
    *(("=".join(answer), "=".join(needed)) for answer, (*needed, _) in NEEDS.items()),
]


@pytest.mark.parametrize(("answer", "said"), REFUSED, ids=[answer for answer, _ in REFUSED])
def test_what_cannot_be_is_refused_in_one_line(tmp_path: Path, answer: str, said: str) -> None:
    done = cookiecutter(tmp_path, "--no-input", answer)
    assert done.returncode == 1
    (line,) = (done.stdout + done.stderr).splitlines()
    assert answer.partition("=")[0] in line
    assert said in line
    assert not (tmp_path / "out").exists()


def test_the_command_line_keeps_what_was_typed(tmp_path: Path) -> None:
    text = HOSTILE[0]
    done = cookiecutter(tmp_path, "--no-input", "project_slug=here", *(f"{name}={text}" for name in TEXTS))
    assert done.returncode == 0, done.stderr
    assert_kept(tmp_path / "out" / "here", text)


def test_a_config_file_keeps_what_was_typed(tmp_path: Path) -> None:
    text = HOSTILE[0]
    config = tmp_path / "config.yaml"
    answers = {"project_slug": "here", **dict.fromkeys(TEXTS, text)}
    config.write_text(json.dumps({"default_context": answers}, ensure_ascii=False), "utf-8")
    done = cookiecutter(tmp_path, "--no-input", "--config-file", str(config))
    assert done.returncode == 0, done.stderr
    assert_kept(tmp_path / "out" / "here", text)


def test_the_next_steps_are_said(tmp_path: Path) -> None:
    said = cookiecutter(tmp_path, "--no-input", "llm_provider=anthropic", "project_slug=here").stdout
    assert "cd here" in said
    assert "uv run streamlit run" in said
    assert "ANTHROPIC_API_KEY" in said


class Terminal:
    """Cookiecutter's command in a terminal, with somebody at it."""

    def __init__(self, folder: Path) -> None:
        """Start it."""
        import pty  # which Windows has not

        master, slave = pty.openpty()
        env = {**os.environ, "HOME": str(folder), "TERM": "dumb", "COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "cookiecutter", str(ROOT), "--output-dir", str(folder / "out")]
        self.process = subprocess.Popen(command, env=env, stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        self.terminal = master

    def read_until(self, *words: str) -> str:
        """What it prints, up to one of these words."""
        seen = ""
        while not any(word in seen for word in words):
            assert select.select([self.terminal], [], [], 20)[0], f"nothing came after: {seen}"
            seen += os.read(self.terminal, 4096).decode(errors="replace")
        return seen

    def answer(self, text: str = "") -> None:
        """Type an answer and press Enter."""
        os.write(self.terminal, f"{text}\n".encode())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_in_a_terminal_a_refused_answer_is_asked_again(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.read_until("(My Chat):")
    terminal.answer("{{7*7}} chat")
    terminal.read_until("(7-7-chat):", "(chat-7-7-chat):")
    terminal.answer("Not A Slug")
    said = terminal.read_until("(chat-7-7-chat):")
    assert "[a-z][a-z0-9-]*" in said
    terminal.answer("better")
    for question in ASKED[ASKED.index("project_slug") + 1 :]:
        terminal.read_until("): ")
        if question == "model":
            terminal.answer("gpt-6-luna")
            terminal.read_until("is a model of OpenAI", "(SmolLM2-135M-Instruct):")
            terminal.answer()
        elif question == "deployment":
            terminal.answer("3")
            terminal.read_until("deployment=kubernetes needs history=database", "): ")
            terminal.answer("2")
            terminal.read_until("): ")
            terminal.answer("3")
        else:
            terminal.answer()
    assert "better" in terminal.read_until("uv run streamlit run")
    assert terminal.process.wait(20) == 0
    assert settings_of(tmp_path / "out" / "better")["TITLE"] == "{{7*7}} chat"
    assert (tmp_path / "out" / "better" / "kubernetes").exists()
