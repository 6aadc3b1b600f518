"""The template as people fetch it: a clone through uvx, a zip; the same app, and little to fetch."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from test_windows import names

from conftest import ROOT, output, tool

MEGABYTE = 1_000_000
LARGE = ["history=database", "deployment=kubernetes", "avatars=images", "attachments=images", "extra_providers=groq"]
SMALL = ["--directory", "starter", "avatars=images", "llm_provider=groq"]
Tree = dict[str, tuple[bytes, bool]]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What stands here, committed to a repository of its own."""
    repository = tmp_path_factory.mktemp("upstream") / "cookiecutter-streamlit-chat"
    for name in names():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, repository / name)
    author = [word for key in ("user.name", "user.email") for word in ("-c", f"{key}=Ada")]
    output("git", "init", "--quiet", cwd=repository)
    output("git", "add", ".", cwd=repository)
    output("git", *author, "commit", "--quiet", "--message", "Now", cwd=repository)
    return repository


def baked(folder: Path, answers: list[str], *command: str | Path, cwd: Path) -> Tree:
    """What a command of cookiecutter bakes, apart from the settings of whoever runs this: contents, and who may run."""
    config = folder / "config.yaml"
    config.write_text(f'replay_dir: "{folder.as_posix()}"\ncookiecutters_dir: "{folder.as_posix()}"\n', "utf-8")
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    arguments = ["--no-input", "--output-dir", folder / "out", "--config-file", config, *answers]
    output(*command, *arguments, cwd=cwd, env=env)
    project = folder / "out" / "my-chat"
    paths = [path for path in project.rglob("*") if path.is_file()]
    return {path.relative_to(project).as_posix(): (path.read_bytes(), os.access(path, os.X_OK)) for path in paths}


@pytest.fixture(scope="module", params=[LARGE, SMALL], ids=["large", "small"])
def answers(request: pytest.FixtureRequest) -> list[str]:
    """What cookiecutter is told of the template and its answers."""
    return request.param


@pytest.fixture(scope="module")
def here(answers: list[str], tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """What `cookiecutter .` bakes in this folder."""
    return baked(tmp_path_factory.mktemp("here"), answers, tool("cookiecutter"), ".", cwd=ROOT)


def test_a_clone_through_uvx_bakes_the_same(repository: Path, answers: list[str], here: Tree, tmp_path: Path) -> None:
    output("git", "clone", "--quiet", repository, "clone", cwd=tmp_path)
    uvx = [tool("uvx"), "--python", sys.executable, "cookiecutter"]
    assert baked(tmp_path, answers, *uvx, "clone", cwd=tmp_path) == here


def test_a_zip_bakes_the_same(repository: Path, answers: list[str], here: Tree, tmp_path: Path) -> None:
    """As GitHub packs it, with one folder on top."""
    archive = tmp_path / "main.zip"
    output("git", "archive", "--prefix=chat-main/", f"--output={archive}", "HEAD", cwd=repository)
    assert baked(tmp_path, answers, tool("cookiecutter"), archive, cwd=tmp_path) == here


def test_there_is_little_to_fetch(tmp_path: Path) -> None:
    # What is here has no history where the checkout is shallow: then the files count.
    output("git", "clone", "--quiet", "--bare", "--no-local", "--single-branch", ROOT, "history", cwd=tmp_path)
    history = sum(path.stat().st_size for path in (tmp_path / "history" / "objects").rglob("*") if path.is_file())
    files = {name: (ROOT / name).stat().st_size for name in names()}
    assert max(history, sum(files.values())) < 5 * MEGABYTE
    pictures = [size for name, size in files.items() if name.endswith((".png", ".webp", ".jpg", ".gif"))]
    assert 0 < sum(pictures) < MEGABYTE
    assert len(pictures) <= 30
