"""Answers are data: typed text comes out unchanged, or is refused in one line."""

import ast
import json
import os
import re
import select
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from cookiecutter.exceptions import FailedHookException, UnknownExtension
from cookiecutter.utils import create_env_with_context
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Template
from pytest_cookies.plugin import Cookies

from conftest import QUESTIONS, ROOT, TEMPLATE, Bake, settings_of
from cookiecutter_streamlit_chat.questions import ASKED
from cookiecutter_streamlit_chat.rules import NEEDS

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


def cookiecutter(folder: Path, *arguments: str, template: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run cookiecutter's command in a folder, apart from the settings of whoever runs this."""
    env = {
        **os.environ,
        "HOME": str(folder / "home"),
        "USERPROFILE": str(folder / "home"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "cookiecutter", str(template), "--output-dir", str(folder / "out"), *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL)


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


def assert_refused(done: subprocess.CompletedProcess[str], folder: Path, name: str, said: str) -> None:
    """It ended with one line about this question, and wrote nothing."""
    assert done.returncode == 1
    (line,) = (done.stdout + done.stderr).splitlines()
    assert name in line
    assert said in line
    assert {path.name for path in folder.iterdir()} <= {"home"}


@pytest.mark.parametrize(("answer", "said"), REFUSED, ids=[answer for answer, _ in REFUSED])
def test_what_cannot_be_is_refused_in_one_line(tmp_path: Path, answer: str, said: str) -> None:
    assert_refused(cookiecutter(tmp_path, "--no-input", answer), tmp_path, answer.partition("=")[0], said)


def replayed(answers: dict[str, object]) -> str:
    """A replay file with an answer to every question."""
    defaults = {name: value[0] if isinstance(value, list) else value for name, value in QUESTIONS.items()}
    made = {"project_slug": "here", "model": "any"}
    return json.dumps({"cookiecutter": {name: defaults[name] for name in ASKED} | made | answers})


def bake_through(channel: str, folder: Path, answers: dict[str, object]) -> subprocess.CompletedProcess[str]:
    """Bake with these answers, which reach cookiecutter in one of its ways."""
    home = folder / "home"
    (home / ".cookiecutter_replay").mkdir(parents=True)
    config = json.dumps({"default_context": answers}, ensure_ascii=False)
    written = {
        "--config-file": (home / "config.yaml", config),
        "user defaults": (home / ".cookiecutterrc", config),
        "--replay-file": (home / "answers.json", replayed(answers)),
        "--replay": (home / ".cookiecutter_replay" / f"{ROOT.name}.json", replayed(answers)),
    }
    arguments = {
        "command line": ["--no-input", *(f"{name}={value}" for name, value in answers.items())],
        "user defaults": ["--no-input"],
        "--config-file": ["--no-input", "--config-file", str(home / "config.yaml")],
        "--replay-file": ["--replay-file", str(home / "answers.json")],
        "--replay": ["--replay"],
    }
    if channel in written:
        file, text = written[channel]
        file.write_text(text, "utf-8")
    return cookiecutter(folder, *arguments[channel])


FILES = ("--config-file", "user defaults", "--replay-file", "--replay")


@pytest.mark.parametrize("channel", ["command line", *FILES])
def test_what_was_typed_is_kept_whatever_way_it_comes(tmp_path: Path, channel: str) -> None:
    text = "\n".join([*HOSTILE, "{{cookiecutter.project_slug}}"])
    answers = {"project_slug": "here", "llm_provider": "groq", "model": HOSTILE[0], **dict.fromkeys(TEXTS, text)}
    done = bake_through(channel, tmp_path, answers)
    assert done.returncode == 0, done.stdout + done.stderr
    assert_kept(tmp_path / "out" / "here", text)
    assert settings_of(tmp_path / "out" / "here")["PROVIDER"]["model"] == HOSTILE[0]


@pytest.mark.parametrize("channel", FILES)
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("project_slug", "../escape", "[a-z][a-z0-9-]*"),
        ("project_slug", "{{ cookiecutter.update(project_slug='x') }}", "[a-z][a-z0-9-]*"),
        ("description", None, "is not text"),
        ("project_name", True, "is not text"),
    ],
)
def test_what_cannot_be_is_refused_whatever_way_it_comes(
    tmp_path: Path, channel: str, name: str, value: object, said: str
) -> None:
    assert_refused(bake_through(channel, tmp_path, {name: value}), tmp_path, name, said)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("history", "bogus", "session, database"),
        ("deployment", "kubernetes", "history=database"),
        ("extra_providers", "opnai", "openai_compatible"),
        ("author_name", " ", "at least one letter"),
    ],
)
def test_a_replay_file_is_checked(tmp_path: Path, name: str, value: str, said: str) -> None:
    assert_refused(bake_through("--replay-file", tmp_path, {name: value}), tmp_path, name, said)


def test_a_replay_file_of_another_version_brings_answers_alone(tmp_path: Path) -> None:
    answers = {"_providers": {}, "_copy_without_render": ["*"], "extra_providers": "groq, groq"}
    done = bake_through("--replay-file", tmp_path, answers)
    assert done.returncode == 0, done.stdout + done.stderr
    (project,) = (tmp_path / "out").iterdir()
    assert list(settings_of(project)["PROVIDERS"]) == ["embedded", "groq"]


def test_a_cookiecutter_that_would_run_answers_is_refused(cookies: Cookies, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a later release might, it renders them by another way than the one that is known."""
    monkeypatch.setattr(
        "cookiecutter.prompt.render_variable",
        lambda environment, raw, answers: Template.from_code(
            environment, environment.compile(str(raw)), environment.make_globals(None)
        ).render(cookiecutter=answers),
    )
    result = cookies.bake(template=str(ROOT))
    assert isinstance(result.exception, FailedHookException)
    assert re.fullmatch("With cookiecutter .* could run as code: .*", str(result.exception))
    assert result.project_path is None


def test_a_cookiecutter_that_is_too_old_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("cookiecutter_streamlit_chat")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("cookiecutter.__version__", "2.1.1")
    with pytest.raises(UnknownExtension, match=r"needs cookiecutter 2\.2\.3 or later; this is 2\.1\.1"):
        create_env_with_context({"cookiecutter": QUESTIONS})


@pytest.mark.parametrize(("answer", "said"), [({"project_slug": "../escape"}, "[a-z]"), ({"model": None}, "not text")])
def test_the_python_api_refuses_in_a_sentence(cookies: Cookies, answer: dict[str, str | None], said: str) -> None:
    result = cookies.bake(extra_context=answer, template=str(ROOT))
    assert isinstance(result.exception, FailedHookException)
    assert said in str(result.exception)
    assert "\n" not in str(result.exception)
    assert result.project_path is None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a project, before it is baked."""
    folder = tmp_path / "out" / "my-chat"
    folder.mkdir(parents=True)
    return folder


def write(folder: Path, names: Iterable[str], text: str) -> None:
    """Write the same text into files of a folder."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


LEAST = ["deployment=none", "ci=none", "streaming=off", "feedback=none", "rich_replies=no"]


@pytest.mark.parametrize("option", ["--overwrite-if-exists", "--skip-if-file-exists"])
def test_what_was_there_and_is_not_needed_stays(tmp_path: Path, folder: Path, option: str) -> None:
    assert cookiecutter(tmp_path, "--no-input", *LEAST, "project_slug=new").returncode == 0
    every = {path.relative_to(TEMPLATE).as_posix() for path in TEMPLATE.rglob("*") if path.is_file()}
    own = {name for name in every if not (tmp_path / "out" / "new" / name).exists() and "assets" not in name}
    assert {"AGENTS.md", "Dockerfile", ".github/workflows/tests.yml", "chat/history/engine.py"} <= own
    write(folder, {*own, "kubernetes/own.yaml"}, "Mine.\n")
    (folder / "assets").mkdir()
    assert cookiecutter(tmp_path, "--no-input", *LEAST, "--overwrite-if-exists", option).returncode == 0
    assert {name for name in own if (folder / name).read_text("utf-8") == "Mine.\n"} == own
    assert (folder / "assets").is_dir()
    assert (folder / "page.py").is_file()


def test_with_skip_no_edit_is_lost(tmp_path: Path, folder: Path, bake: Bake) -> None:
    answers = {"streaming": "typewriter", "avatars": "images"}
    names = {path.relative_to(bake(**answers)).as_posix() for path in bake(**answers).rglob("*") if path.is_file()}
    write(folder, names, "Mine.\n")
    options = ["--overwrite-if-exists", "--skip-if-file-exists"]
    assert cookiecutter(tmp_path, "--no-input", *options, *map("=".join, answers.items())).returncode == 0
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == names
    assert {(folder / name).read_text("utf-8") for name in names} == {"Mine.\n"}


def test_a_template_with_other_line_ends_and_no_right_to_write(tmp_path: Path, bake: Bake) -> None:
    template = tmp_path / "template"
    shutil.copytree(ROOT, template, ignore=shutil.ignore_patterns(".dev", ".git", "__pycache__", "docs", "tests"))
    shutil.copytree(TEMPLATE, template / TEMPLATE.name, dirs_exist_ok=True)
    for path in [path for path in template.rglob("*") if path.is_file()]:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        path.chmod(0o444)
    done = cookiecutter(tmp_path, "--no-input", template=template)
    assert done.returncode == 0, done.stdout + done.stderr
    project = tmp_path / "out" / "my-chat"
    for path in [path for path in bake().rglob("*") if path.is_file()]:
        copy = project / path.relative_to(bake())
        assert copy.read_bytes() == path.read_bytes()
        assert copy.stat().st_mode & 0o200, path


def test_without_hooks_there_is_nothing_that_was_not_chosen(bake: Bake, tmp_path: Path) -> None:
    assert cookiecutter(tmp_path, "--no-input", "--accept-hooks", "no").returncode == 0

    def names(project: Path) -> set[str]:
        return {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()}

    assert names(tmp_path / "out" / "my-chat") == names(bake())


def test_a_module_of_ones_own_is_not_run(tmp_path: Path) -> None:
    """Python looks in the current folder first."""
    for name in ("answers", *(path.stem for path in (ROOT / "cookiecutter_streamlit_chat").glob("[a-z]*.py"))):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('This was run.')\n", "utf-8")
    assert cookiecutter(tmp_path, "--no-input").returncode == 0


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
    typed = " ".join(text for text in HOSTILE if "\n" not in text)
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
            terminal.answer(typed if question in TEXTS else "")
    assert "better" in terminal.read_until("uv run streamlit run")
    assert terminal.process.wait(20) == 0
    baked = settings_of(tmp_path / "out" / "better")
    assert baked["TITLE"] == "{{7*7}} chat"
    assert baked["DESCRIPTION"] == baked["AUTHOR"] == baked["SYSTEM_PROMPT"] == typed
    assert (tmp_path / "out" / "better" / "kubernetes").exists()
