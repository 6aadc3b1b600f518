"""What Windows and a case-insensitive disk would refuse, found without them."""

import ast
import re

from conftest import QUESTIONS, ROOT, TEMPLATE, output, tool
from cookiecutter_streamlit_chat.rules import DEVICES, SLUG_LENGTH

LONGEST = 200
FOLDER = r"C:\Users\firstname.lastname\Documents\projects" + "\\"
PACKAGES = ("configurator", "cookiecutter_streamlit_chat", "documentation")
OURS = (*PACKAGES, "dev.py", "hooks", "starter", "templates", "tests", TEMPLATE.name)


def names() -> list[str]:
    """The path of every file of this repository that is fetched with it, from the repository on."""
    left_out = {".dev", ".git", ".hypothesis", ".pytest_cache", ".ruff_cache", ".venv", "__pycache__"}
    paths = [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file()]
    return [path.as_posix() for path in paths if not left_out & {*path.parts}]


def test_no_name_is_refused() -> None:
    every = names()
    assert len(every) > 150
    for name in every:
        for part in name.split("/"):
            assert not re.search(r'[<>:"|?*\\\x00-\x1f]|[. ]$', part), name
            assert part.partition(".")[0].lower() not in DEVICES, name
    assert len({name.lower() for name in every}) == len(every)


def test_no_path_is_too_long() -> None:
    baked = [name.replace(TEMPLATE.name, "x" * SLUG_LENGTH) for name in names() if name.startswith(TEMPLATE.name)]
    cloned = [f"cookiecutter-streamlit-chat/{name}" for name in names()]
    assert max(len(FOLDER + name) for name in [*baked, *cloned]) <= LONGEST


def test_line_endings_are_kept() -> None:
    assert (ROOT / ".gitattributes").read_text("utf-8").startswith("* text=auto eol=lf\n")
    assert QUESTIONS["_new_lines"] == "\n"
    for name in names():
        content = (ROOT / name).read_bytes()
        assert b"\0" in content or b"\r" not in content, name


def test_paths_are_those_of_pathlib_and_texts_are_utf_8() -> None:
    """Windows has other separators, and another encoding unless it is named."""
    rules = ["--isolated", "--preview", "--select", "PTH,PLW1514"]
    # Half of the time of the starter's hook would be that of pathlib; its names have slashes, which Windows takes too.
    starter = "starter/hooks/post_gen_project.py"
    output(tool("ruff"), "check", "--no-cache", *rules, "--per-file-ignores", f"{starter}:PTH", *OURS, cwd=ROOT)
    for hook in (*(ROOT / "hooks").iterdir(), *(ROOT / "starter" / "hooks").iterdir()):
        tree = ast.parse(hook.read_text("utf-8"))
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert (hook.suffix, imported) == (".py", {"os"} if hook == ROOT / starter else {"pathlib"})
