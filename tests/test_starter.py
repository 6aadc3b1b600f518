"""The small template, starter/: for every answer exactly what it needs, within its limits and working."""

import ast
import re
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from covertable import make
from pytest_cookies.plugin import Cookies
from test_answers import HOSTILE, REFUSED, assert_refused, cookiecutter
from test_bakes import (
    DEFAULTS,
    MODULE_TRACES,
    NO_AVATARS,
    PROVIDER_TRACES,
    SDK_TRACES,
    SDKS,
    TRACES,
    VALUES,
    assert_no_leftovers,
    dependencies,
    facts,
    files,
    matches,
    modules_of,
    texts,
)
from test_combinations import PARSERS, name_of
from test_configurator import words_of

from conftest import FOLDER, PROVIDERS, QUESTIONS, ROOT, TEMPLATE, Bake, output, own_tests, tool
from cookiecutter_streamlit_chat.conditions import LOCAL
from cookiecutter_streamlit_chat.questions import STARTER, asked, questions_of

SMALL = ROOT / STARTER
ASKED = asked(questions_of(SMALL))
FILES = {
    *(".gitignore", ".streamlit/config.toml", ".streamlit/secrets.toml.example", "LICENSE", "README.md"),
    *("provider.py", "pyproject.toml", "streamlit_app.py", "tests/test_app.py"),
}
PICTURES = {"assets/assistant.svg", "assets/user.svg"}
ROWS = [{**row} for row in ({}, *make({name: list(values) for name, values in VALUES.items() if name in ASKED}))]
ROWS = [{name: DEFAULTS[name] for name in VALUES if name in ASKED} | row for row in ROWS]
ROWS = [row for number, row in enumerate(ROWS) if row not in ROWS[:number]]
MOST_LINES = {"streamlit_app.py": 80, "provider.py": 45, "README.md": 70, "tests/test_app.py": 60}


@pytest.fixture(scope="session")
def starter(cookies_session: Cookies) -> Bake:
    """Bake with these answers and give the project's folder; the same answers are baked once."""
    baked: dict[tuple[tuple[str, str], ...], Path] = {}

    def bake(**answers: str) -> Path:
        key = tuple(sorted(answers.items()))
        if key not in baked:
            result = cookies_session.bake(extra_context=answers, template=str(SMALL))
            assert result.exception is None, result.exception
            baked[key] = Path(result.project_path)
        return baked[key]

    return bake


def test_it_asks_what_the_large_one_asks_in_the_same_words() -> None:
    own = questions_of(SMALL)
    names = (
        "project_name project_slug description author_name llm_provider model system_prompt streaming avatars feedback"
    )
    assert [*names.split(), "license"] == ASKED
    checks = {f"__checked_{name}" for name in ASKED} & QUESTIONS.keys()
    for name in {*ASKED, *checks, "_jinja2_env_vars", "_new_lines"}:
        assert own[name] == QUESTIONS[name]
    assert {name: own["__prompts__"][name] for name in ASKED} == own["__prompts__"]
    assert {name: QUESTIONS["__prompts__"][name] for name in ASKED} == own["__prompts__"]
    assert [name for name in own if not re.match("_[^_]", name)] == [
        name for name in QUESTIONS if name in {*ASKED, *checks, "__prompts__"}
    ]
    hook = (SMALL / "hooks" / "post_gen_project.py").read_text("utf-8")
    modules = {provider["module"] for provider in PROVIDERS.values()}
    assert set(ast.literal_eval(re.findall(r"^PROVIDERS = (\{.*\})$", hook, re.MULTILINE)[0])) == modules
    assert {path.stem for path in (SMALL / FOLDER).glob("provider_*.py")} == {f"provider_{name}" for name in modules}


def test_it_needs_what_the_large_one_needs() -> None:
    large, own = ((folder / "pyproject.toml").read_text("utf-8") for folder in (TEMPLATE, SMALL / FOLDER))
    shared = [line for line in re.findall(r'"[a-z0-9-]+(?:[<>=]=?[^"]+)"', own) if "requires-python" not in line]
    assert len(shared) >= 4
    for requirement in shared:
        assert requirement in large, requirement
    assert own[own.index("# {% if") : own.index("[tool.setuptools]")] in large


def traces(project: Path, answers: dict[str, str]) -> list[str]:
    """Where a bake has words of what was not chosen."""
    provider, (module,) = answers["llm_provider"], modules_of(answers)
    forbidden = [pattern for answer, pattern in TRACES.items() if answers.get(answer[0], answer[1]) != answer[1]]
    forbidden += [pattern for name, pattern in PROVIDER_TRACES.items() if name != provider]
    forbidden += [pattern for name, pattern in MODULE_TRACES.items() if name != module]
    forbidden += [SDK_TRACES["openai"]] if module not in {"openai", "openai_compatible"} else []
    forbidden += [NO_AVATARS] if answers["avatars"] == "none" else []
    forbidden += [r"feedback|\brat(e|ed|ing|ings)\b"] if answers["feedback"] == "none" else []
    forbidden += [r"provider_\w|\bspinner\b" if answers["streaming"] == "tokens" else r"provider_\w|shimmer"]
    forbidden += [r"api_key\b.*environ|load_if_toml"] if module in LOCAL else []
    own = sorted(facts(PROVIDERS[provider]), key=len, reverse=True)
    own_facts = re.compile("|".join(map(re.escape, own)))
    return matches(forbidden, {name: own_facts.sub("", without_command(text)) for name, text in texts(project).items()})


def without_command(text: str) -> str:
    """A README without the command that bakes the large app."""
    return re.sub(r"^(`{3,})sh\nuvx cookiecutter.*?\n\1$", "`", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_it_has_exactly_what_it_needs(starter: Bake, row: dict[str, str]) -> None:
    project = starter(**row)
    assert files(project).keys() == FILES | (PICTURES if row["avatars"] == "images" else set())
    assert {path.name for path in project.rglob("*") if path.is_dir()} == {".streamlit", "tests"} | (
        {"assets"} if row["avatars"] == "images" else set()
    )
    (module,) = modules_of(row)
    assert dependencies(project) == {"streamlit", *SDKS[module].split()}
    assert not traces(project, row)
    baked = texts(project)
    for name, most in MOST_LINES.items():
        lines = baked[name].count("\n")
        assert lines <= (60 if (name, module) == ("provider.py", "embedded") else most), f"{name}: {lines}"
    python = baked["streamlit_app.py"].count("\n") + baked["provider.py"].count("\n")
    assert python <= (140 if row == ROWS[0] else 150)
    for name, text in baked.items():
        if Path(name).suffix in PARSERS:
            PARSERS[Path(name).suffix](text)
    facts_of = PROVIDERS[row["llm_provider"]]
    for fact in ("key", "key_page", "base_url"):
        if fact != "base_url" or facts_of["module"] == "openai_compatible":
            assert facts_of[fact] in baked["provider.py"]


@pytest.fixture(scope="module")
def every(starter: Bake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every bake, beside each other, so that one process can look at them all."""
    folder = tmp_path_factory.mktemp("every")
    for row in ROWS:
        shutil.copytree(starter(**row), folder / name_of(row))
    return folder


def test_every_bake_is_clean(every: Path) -> None:
    for command in (["check"], ["format", "--check"]):
        output(tool("ruff"), *command, "--no-cache", ".", cwd=every)
    for project in every.iterdir():
        readme = project / "README.md"
        readme.write_text(without_command(readme.read_text("utf-8")), "utf-8", newline="\n")
        assert_no_leftovers(project)


def test_the_types_of_every_bake_hold(every: Path, tmp_path: Path) -> None:
    """What two bakes have in common is looked at once; what a page asks of a provider is the same in all."""
    seen: set[str] = set()
    for number, project in enumerate(every.iterdir()):
        for name in ("provider.py", "streamlit_app.py", "tests/test_app.py"):
            text = (project / name).read_text("utf-8")
            if text not in seen:
                (tmp_path / f"{Path(name).stem}_{number}.py").write_text(text, "utf-8")
            seen.add(text)
    shutil.copy(every / "defaults" / "provider.py", tmp_path)
    assert len(seen) > 40
    pyrefly = (tool("pyrefly"), "check", "--preset", "default", "--python-interpreter-path", sys.executable)
    output(*pyrefly, ".", cwd=tmp_path)


ONE_OF_EACH_MODULE = [next(row for row in ROWS if modules_of(row) == {module}) for module in SDKS]


@pytest.mark.parametrize("row", ONE_OF_EACH_MODULE, ids=name_of)
def test_it_has_no_dead_code_and_no_idle_dependency(starter: Bake, row: dict[str, str]) -> None:
    read = "api_keys,n_ctx,n_parallel,n_threads,path,penalty_repeat,ui,verbosity,warmup"  # by llama.cpp
    output(tool("deptry"), ".", cwd=starter(**row))
    output(tool("vulture"), ".", "--exclude", "tests", "--ignore-names", read, cwd=starter(**row))


@pytest.mark.parametrize("row", [ROWS[0], *(ROWS[n] for n in (1, 2))], ids=name_of)
def test_its_own_tests_pass(starter: Bake, row: dict[str, str]) -> None:
    own_tests(starter(**row))


# -- what people type


def constants(project: Path) -> dict[str, Any]:
    """The texts of the page and of the provider: constants, and the first argument of each call of Streamlit."""
    found: dict[str, Any] = {}
    for name in ("provider.py", "streamlit_app.py"):
        for node in ast.walk(ast.parse((project / name).read_text("utf-8"))):
            match node:
                case ast.Assign([ast.Name(constant)], ast.Constant(value)):
                    found[constant] = value
                case ast.Call(ast.Attribute(ast.Name("st"), call), arguments, keywords):
                    values = [*arguments, *(keyword.value for keyword in keywords)]
                    found.setdefault(call, []).extend(each.value for each in values if isinstance(each, ast.Constant))
    return found


def assert_kept(project: Path, text: str, model: str) -> None:
    """Every text of the project is `text`, and its model this one."""
    baked = constants(project)
    assert baked["SYSTEM_PROMPT"] == text
    assert baked["MODEL"] == model
    assert baked["set_page_config"][0] == text
    assert baked["text"] == [text, f"Made by {text}"]
    assert re.sub(r"\\(.)", r"\1", baked["title"][0]) == " ".join(text.split())
    metadata = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    assert metadata["description"] == " ".join(text.split())
    assert metadata["authors"] == [{"name": " ".join(text.split())}]
    assert " ".join(text.split()) in (project / "LICENSE").read_text("utf-8")


TEXTS = ("project_name", "description", "author_name", "system_prompt")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_awkward_texts_are_kept(starter: Bake, text: str) -> None:
    answers = {**dict.fromkeys(TEXTS, text), "llm_provider": "openai", "model": text}
    project = starter(**answers)
    assert_kept(project, text, text)
    for path in project.rglob("*.py"):
        ast.parse(path.read_text("utf-8"))
    readme = (project / "README.md").read_text("utf-8")
    (command,) = re.findall(r"^(`{3,})sh\n(uvx cookiecutter.*?)\n\1$", readme, re.MULTILINE | re.DOTALL)
    words = words_of(command[1])
    assert words[:3] == ["cookiecutter", "gh:OWNER/cookiecutter-streamlit-chat", "--no-input"]
    assert dict(word.split("=", 1) for word in words if "=" in word) == answers


def test_the_command_of_the_readme_bakes_the_whole_app(starter: Bake, bake: Bake) -> None:
    """With the same answers: the command names those that are not the default."""
    answers = {"llm_provider": "groq", "streaming": "off", "feedback": "none", "project_name": "Night Desk"}
    readme = (starter(**answers) / "README.md").read_text("utf-8")
    words = words_of(readme[readme.index("uvx cookiecutter") :].partition("\n```")[0])
    given = dict(word.split("=", 1) for word in words if "=" in word)
    assert given == answers
    assert "OPENAI" not in (bake(**given) / "chat" / "settings.py").read_text("utf-8")


ASKED_FOR = [(answer, said) for answer, said in REFUSED if answer.partition("=")[0] in {*ASKED, "llm_provdier"}]


@pytest.mark.parametrize(("answer", "said"), ASKED_FOR, ids=[answer for answer, _ in ASKED_FOR])
def test_what_cannot_be_is_refused_in_one_line(tmp_path: Path, answer: str, said: str) -> None:
    done = cookiecutter(tmp_path, "--directory", STARTER, "--no-input", answer)
    assert_refused(done, tmp_path, answer.partition("=")[0], said)


def test_a_question_of_the_large_one_alone_is_refused(tmp_path: Path) -> None:
    done = cookiecutter(tmp_path, "--directory", STARTER, "--no-input", "history=database")
    assert_refused(done, tmp_path, "history", "project_name")


def test_the_hook_removes_nothing_of_ones_own(tmp_path: Path) -> None:
    """Baked over a project in which somebody has put more, and changed what was there."""
    again = ("--directory", STARTER, "--no-input", "--overwrite-if-exists")
    assert cookiecutter(tmp_path, *again, "avatars=images").returncode == 0
    project = tmp_path / "out" / "my-chat"
    own = {"assets/logo.svg", "assets/user.svg", "provider_gemini.py", "provider_of_mine.py", "tests/test_mine.py"}
    for name in {*own, "provider.py"}:
        (project / name).write_text("mine\n", "utf-8")
    assert cookiecutter(tmp_path, *again, "--skip-if-file-exists", "llm_provider=groq").returncode == 0
    assert files(project).keys() == FILES | PICTURES | own
    assert {(project / name).read_text("utf-8") for name in {*own, "provider.py"}} == {"mine\n"}
    done = cookiecutter(tmp_path, *again, "llm_provider=groq")
    assert "README.md" in done.stdout
    assert files(project).keys() == FILES | PICTURES | own
    assert "GROQ_API_KEY" in (project / "provider.py").read_text("utf-8")


def test_without_hooks_there_is_nothing_that_was_not_chosen(starter: Bake, tmp_path: Path) -> None:
    assert cookiecutter(tmp_path, "--directory", STARTER, "--no-input", "--accept-hooks", "no").returncode == 0
    assert texts(tmp_path / "out" / "my-chat") == texts(starter())
