"""The configurator, without a browser: its questions, its commands, and that it leaves nothing behind."""

import io
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from cookiecutter.cli import main as cookiecutter
from streamlit.testing.v1 import AppTest
from test_answers import HOSTILE, TEXTS
from test_combinations import combinations, name_of

from configurator import baking, commands, preview, projects, questions, sizes
from configurator.questions import QUESTIONS, Question
from conftest import PROVIDERS, ROOT, Bake, settings_of
from conftest import QUESTIONS as FACTS
from cookiecutter_streamlit_chat.questions import STARTER, questions_of
from documentation import pictures
from waiting import HANG

# Every bake that the page is held to: awkward texts, and every pair of answers, of which a part is enough at times.
SAMPLE = [
    *(dict(zip(TEXTS, HOSTILE[n:], strict=False)) for n in range(0, len(HOSTILE), len(TEXTS))),
    {"description": "", "system_prompt": "", "llm_provider": "groq", "model": 'a "quoted" $id', "project_slug": "mine"},
    *combinations(2),
]
OFTEN = 16  # so many are tried in every run


def page(**link: str) -> AppTest:
    """The page at an address with this query string."""
    test = AppTest.from_file(str(ROOT / "configurator" / "page.py"), default_timeout=HANG)
    test.query_params.update(link)
    test.run()
    assert not test.exception
    return test


def given(test: AppTest) -> dict[str, str]:
    """The answers in the address of the page."""
    return {name: value if isinstance(value, str) else value[0] for name, value in test.query_params.items()}


def command(test: AppTest) -> str:
    """The command on the page."""
    return next(code.value for code in test.code if code.value.startswith("uvx") and "--default-config" in code.value)


def words_of(line: str) -> list[str]:
    """What a real shell makes of a command."""
    done = subprocess.run(
        ["sh", "-c", f"uvx() {{ printf '%s\\0' \"$@\"; }}\n{line}"], capture_output=True, encoding="utf-8"
    )
    return done.stdout.split("\0")[:-1]


def sentences(test: AppTest) -> list[str]:
    """What the page says about answers that it cannot take."""
    return [block.proto.body for block in test.get("html") if 'role="alert"' in block.proto.body]


def tree(project: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in project.rglob("*") if path.is_file()}


def test_every_question_is_asked_in_the_same_words() -> None:
    test = page()
    defaults = baking.bake({}).answers
    for name, facts in FACTS.items():
        if name.startswith("_"):
            continue
        widget = test.get_by_key(name)
        prompt = FACTS["__prompts__"][name]
        assert widget.label == QUESTIONS[name].label
        if isinstance(facts, list):
            assert widget.help == prompt["__prompt__"]
            assert list(widget.options) == [prompt[value] for value in facts]
        else:
            assert widget.help == prompt
        assert widget.value == ([] if name == "extra_providers" else defaults[name])
    assert command(test).split("\\\n")[1:] == ["  --no-input --default-config"]


ANSWERS = {
    **{name: question.labels for name, question in QUESTIONS.items() if question.labels and not question.listed},
    **{name: ["Some text"] for name, question in QUESTIONS.items() if not question.labels},
    "project_slug": ["some-text"],
    "extra_providers": [["groq", "mistral"]],
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_can_be_answered(name: str) -> None:
    *_, value = ANSWERS[name]
    test = page(llm_provider="openai", history="database")
    test.get_by_key(name).set_value(value).run()
    assert not test.exception
    assert not sentences(test)
    assert test.get_by_key(name).value == value
    text = ", ".join(value) if isinstance(value, list) else value
    assert given(test)[name] == text
    assert f"{name}={text}" in words_of(command(test))


def test_answers_that_follow_others_follow_until_they_are_given() -> None:
    test = page()
    test.get_by_key("llm_provider").set_value("groq").run()
    assert test.get_by_key("model").value == PROVIDERS["groq"]["model"]
    test.get_by_key("model").set_value("another").run()
    test.get_by_key("project_name").set_value("Night Desk").run()
    assert test.get_by_key("project_slug").value == "night-desk"
    assert given(test) == {"llm_provider": "groq", "model": "another", "project_name": "Night Desk"}
    test.get_by_key("model").set_value("").run()
    assert test.get_by_key("model").value == PROVIDERS["groq"]["model"]
    test.get_by_key("description").set_value("").run()
    assert given(test) == {"llm_provider": "groq", "project_name": "Night Desk", "description": ""}
    next(button for button in test.button if button.label == "Start again").click().run()
    assert given(test) == {}
    assert test.get_by_key("project_name").value == "My Chat"


def test_an_answer_that_is_refused_stays_and_is_explained() -> None:
    test = page(feedback="stars")
    test.get_by_key("project_slug").set_value("My <b>Chat").run()
    (sentence,) = sentences(test)
    assert "[a-z][a-z0-9-]*" in sentence
    assert test.get_by_key("project_slug").value == "My <b>Chat"
    assert given(test) == {"feedback": "stars", "project_slug": "My <b>Chat"}
    assert all(button.proto.disabled for button in test.get("download_button") if button.proto.label == "Download")
    test.get_by_key("project_slug").set_value("mine").run()
    assert not sentences(test)


def test_answers_that_do_not_go_together_stay_and_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    bake = baking.bake

    def refuse_some(answers: dict[str, str], directory: str) -> baking.Bake:
        if answers == {"avatars": "none", "feedback": "faces"}:
            raise baking.Refused("avatars=none <b> does not go with feedback=faces.")
        return bake(answers, directory)

    monkeypatch.setattr(baking, "bake", refuse_some)
    test = page(avatars="none")
    test.get_by_key("feedback").set_value("faces").run()
    assert "&lt;b&gt; does not go with" in sentences(test)[0]
    assert (test.get_by_key("avatars").value, test.get_by_key("feedback").value) == ("none", "faces")
    assert all(button.proto.disabled for button in test.get("download_button") if button.proto.label == "Download")
    test.get_by_key("avatars").set_value("emoji").run()
    assert not sentences(test)
    assert given(test) == {"avatars": "emoji", "feedback": "faces"}


def test_a_link_is_taken_as_data() -> None:
    hostile = """</p><script>alert(1)</script> {{7*7}} '; touch /tmp/x; ' $(id) ![](http://a/b)"""
    test = page(project_name=hostile, description=hostile, utm_source="mail", _extensions="os", __class__="x")
    assert test.get_by_key("description").value == hostile
    assert words_of(command(test))[4:] == [f"project_name={hostile}", f"description={hostile}"]
    test = page(streaming="<b>bogus", description="x" * 5000, extra_providers="groq, nobody", feedback="stars")
    said = " ".join(sentences(test))
    assert all(name in said for name in ("streaming", "description", "extra_providers"))
    assert "bogus" not in said
    assert words_of(command(test))[-1:] == ["feedback=stars"]
    test = page(project_name="bell \a <img src=x>")
    assert "U+0007" in sentences(test)[0]
    assert "<img" not in sentences(test)[0]


def test_a_file_shows_its_content_and_what_changed() -> None:
    test = page()
    test.get_by_key("file chat/ui/stream.py").click().run()
    assert any(code.language == "python" and "def draw_reply" in code.value for code in test.code)
    test.get_by_key("streaming").set_value("typewriter").run()
    labels = {button.key: button.label for button in test.button}
    assert "orange" in labels["file chat/ui/stream.py"]
    (diff,) = [code.value for code in test.code if code.language == "diff"]
    assert '-"""A reply that appears as it is written."""' in diff
    assert '+"""A reply that is revealed word by word, once it is complete."""' in diff
    test.get_by_key("streaming").set_value("off").run()
    labels = {button.key: button.label for button in test.button}
    assert "red" in labels["file chat/ui/growing.py"]
    test.get_by_key("streaming").set_value("tokens").run()
    labels = {button.key: button.label for button in test.button}
    assert "green" in labels["file chat/ui/growing.py"]


def test_the_app_is_drawn_with_the_answers() -> None:
    test = page(
        project_name="*Night* <b>Desk",
        description="For *us*.",
        feedback="stars",
        history="database",
        llm_provider="openai",
    )
    assert any("*Night* &lt;b&gt;Desk</h2>" in block.proto.body for block in test.get("html"))
    assert "For *us*." in [text.value for text in test.text]
    assert test.feedback[0].key == "app-stars"
    assert "app-Rain in Rome" in [button.key for button in test.button]
    assert len(test.get("vega_lite_chart")) == 1
    assert not test.status
    assert "gpt" in test.get_by_key("app-model").value
    test = page(feedback="none", rich_replies="no", sign_in="oidc", personas="several", tools="functions")
    assert len(test.status) == 1
    assert ":material/school: Tutor" in [caption.value for caption in test.caption]
    assert not test.feedback
    assert not test.get("vega_lite_chart")
    assert "Sign out" in [button.label for button in test.button]


@pytest.mark.parametrize("avatars", ["material", "emoji"])
def test_the_avatars_are_those_of_the_app(avatars: str, bake: Bake) -> None:
    assert preview.AVATARS[avatars] == settings_of(bake(avatars=avatars))["AVATARS"]


def test_the_page_has_the_theme_of_the_app(bake: Bake) -> None:
    own, apps = (
        tomllib.loads((folder / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
        for folder in (ROOT / "configurator", bake())
    )
    assert own == apps


def test_the_one_page_is_offered_with_the_same_questions() -> None:
    test = page(feedback="stars", history="database")
    test.get_by_key("template").set_value("starter").run()
    assert not test.exception
    assert given(test) == {"template": "starter", "feedback": "stars", "history": "database"}
    asked = [name for name in QUESTIONS if any(element.key == name for element in test.main if hasattr(element, "key"))]
    assert asked == [name for name in questions_of(ROOT / "starter") if not name.startswith("_")]
    words = words_of(command(test))
    assert words[2:] == ["--directory", "starter", "--no-input", "--default-config", "feedback=stars"]
    labels = {button.key: button.label for button in test.button}
    assert "green" in labels["file provider.py"]
    assert "red" in labels["file page.py"]
    test.get_by_key("template").set_value("").run()
    assert given(test) == {"feedback": "stars", "history": "database"}
    assert test.get_by_key("history").value == "database"
    test = page(template="<b>bogus")
    assert not test.exception
    assert test.get_by_key("template").value == ""


def test_a_question_that_is_new_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [group.title for group in questions.groups()].count("More") == (
        1 if {*QUESTIONS} - {name for group in questions.ARRANGEMENT["groups"] for name in group["questions"]} else 0
    )
    monkeypatch.setitem(QUESTIONS, "new", Question("new", "New", "Is it new?", {"yes": "Yes", "no": "No"}))
    last = questions.groups()[-1]
    assert last.title == "More"
    assert QUESTIONS["new"] in last.questions


@pytest.mark.parametrize(
    "answers",
    [*SAMPLE[:OFTEN], *(pytest.param(answers, marks=pytest.mark.thorough) for answers in SAMPLE[OFTEN:])],
    ids=[name_of(answers)[:40] for answers in SAMPLE],
)
def test_the_command_gives_the_same_tree(answers: dict[str, str], tmp_path: Path) -> None:
    baked = baking.bake(answers)
    program, template, *arguments = words_of(commands.command(baked))
    assert (program, template) == ("cookiecutter", commands.TEMPLATE)
    done = CliRunner().invoke(cookiecutter, [str(ROOT), *arguments, "--output-dir", str(tmp_path)])
    assert done.exit_code == 0, done.output
    (project,) = tmp_path.iterdir()
    assert project.name == baked.slug
    assert tree(project) == baked.files


def shell(folder: Path, line: str) -> Path:
    """Run a command of the page in a real shell, in a folder; uvx is a script that finds cookiecutter here."""
    uvx = folder / "uvx"
    uvx.write_text(f'#!/bin/sh\nshift 2\nexec "{sys.executable}" -m cookiecutter "{ROOT}" "$@"\n', "utf-8")
    uvx.chmod(0o755)
    env = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "HOME": str(folder / "home")}
    done = subprocess.run(["sh", "-c", line], cwd=folder, env=env, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    (project,) = [path.parent for path in folder.glob("*/page.py")]
    return project


def test_the_command_gives_the_same_page(tmp_path: Path) -> None:
    baked = baking.bake({"avatars": "images", "project_name": "A 'page'"}, STARTER)
    _, template, *arguments = words_of(commands.command(baked))
    assert template == commands.TEMPLATE
    done = CliRunner().invoke(cookiecutter, [str(ROOT), *arguments, "--output-dir", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert tree(tmp_path / baked.slug) == baked.files
    assert "streamlit_app.py" in baked.files
    with ZipFile(io.BytesIO(projects.zipped(baked))) as archive:
        assert {name.removeprefix(f"{baked.slug}/") for name in archive.namelist()} == baked.files.keys()


def test_a_shell_keeps_what_was_typed(tmp_path: Path) -> None:
    text = " ".join([*HOSTILE, "! !! -x ~ * \t'\\'"])
    baked = baking.bake({"description": text, "system_prompt": text, "feedback": "none", "rich_replies": "no"})
    (tmp_path / "one").mkdir()
    assert tree(shell(tmp_path / "one", commands.command(baked))) == baked.files
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / f"{baked.slug}.yaml").write_text(commands.answers_file(baked), "utf-8")
    assert tree(shell(tmp_path / "two", commands.command_with_file(baked))) == baked.files


def test_the_zip_has_the_same_bytes_and_all_files() -> None:
    answers = {"avatars": "images", "project_name": "Zip"}
    baked = baking.bake(answers)
    zipped = projects.zipped(baked)
    assert zipped == projects.zipped(baking.bake(answers))
    with ZipFile(io.BytesIO(zipped)) as archive:
        assert {f"zip/{path}": content for path, content in baked.files.items()} == {
            name: archive.read(name) for name in archive.namelist()
        }


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    baking.bake({})
    with pytest.raises(baking.Refused, match="project_slug 'No!' cannot name a folder"):
        baking.bake({"project_slug": "No!"})
    with pytest.raises(baking.Unavailable, match="log"):
        baking.bake({"streaming": "bogus"})
    monkeypatch.setattr(baking, "LONGEST_BAKE", 0.01)
    with pytest.raises(baking.Unavailable, match="too long"):
        baking.bake({})
    assert not list(tmp_path.iterdir())
    monkeypatch.undo()
    assert baking.bake({}).files


def test_the_sizes_of_all_dependencies_are_known() -> None:
    """After a new dependency: `.dev/environment/bin/python -m configurator.sizes`."""
    assert sizes.every_requirement() <= projects.SIZES["brings"].keys()
    assert {name for names in projects.SIZES["brings"].values() for name in names} <= projects.SIZES["bytes"].keys()


def test_its_own_requirements_are_those_of_the_project() -> None:
    lines = (ROOT / "configurator" / "requirements.txt").read_text("utf-8").splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    known = {re.sub(r"\[.*\]", "", line) for line in project["dependencies"]}
    assert {line for line in lines if not line.startswith("#")} <= known


def test_the_readme_names_the_template_alike() -> None:
    assert f"uvx cookiecutter {commands.TEMPLATE}\n" in (ROOT / "README.md").read_text("utf-8")


def test_the_gallery_shows_every_avatar_and_every_rating() -> None:
    shown = re.findall(r"!\[.*?\]\(images/gallery/(.*?)\)", pictures.GALLERY.read_text("utf-8"))
    choices = [f"{name}-{answer}" for name in ("avatars", "feedback") for answer in FACTS[name]]
    names = [*pictures.WHOLES, *choices]
    assert set(shown) == {f"{name}-{scheme}.png" for name in names for scheme in ("light", "dark")}
    files = {file.name: file.stat().st_size for file in pictures.FOLDER.iterdir()}
    assert set(files) == set(shown)
    assert sum(files.values()) < 400_000
    assert pictures.GALLERY.read_text("utf-8").startswith(pictures.gallery())
