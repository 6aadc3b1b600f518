"""A newcomer types what the READMEs say."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from conftest import ROOT, Bake, output, tool
from waiting import HANG


@pytest.mark.parametrize(
    "provider",
    [
        "embedded",
        *(
            pytest.param(name, marks=pytest.mark.thorough)
            for name in ("openai", "anthropic", "gemini", "bedrock", "groq")
        ),
    ],
)
def test_a_bake_in_an_environment_of_its_own(bake: Bake, tmp_path: Path, provider: str) -> None:
    """What its pyproject.toml names is all it needs: uv installs that, and its tests pass."""
    project = tmp_path / "app"
    shutil.copytree(bake(llm_provider=provider), project)
    env = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"}}
    said = output(tool("uv"), "run", "--python", sys.executable, "pytest", "-q", cwd=project, env=env)
    assert " passed" in said
    lock = (project / "uv.lock").read_text("utf-8")
    own = {"embedded": "xllamacpp", "gemini": "google-genai", "bedrock": "boto3", "groq": "openai"}.get(
        provider, provider
    )
    others = {"openai", "anthropic", "google-genai", "boto3", "xllamacpp", "llama-cpp-python", "llm"} - {own}
    assert not [name for name in others if f'name = "{name}"' in lock]


@pytest.mark.parametrize("arguments", [[], ["--starter"]], ids=["the whole app", "one page"])
def test_demo_bakes_and_serves_twice_in_a_row(arguments: list[str]) -> None:
    """`python3 dev.py demo`, here on a port of its own; the second time it keeps what people put into the app."""
    env = {**os.environ, "STREAMLIT_SERVER_PORT": "0", "STREAMLIT_SERVER_HEADLESS": "true"}
    app = ROOT / ".dev" / ("demo-starter" if arguments else "demo") / "demo-under-test"
    for _ in range(2):
        command = [sys.executable, str(ROOT / "dev.py"), "demo", *arguments, "project_name=Demo under test"]
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert process.stdout
        said = []
        for line in process.stdout:
            said.append(line)
            if "URL:" in line:
                break
        address = said[-1].split()[-1]
        with urlopen(address) as response:
            assert response.status == 200
            policy = response.headers.get("Content-Security-Policy", "")
            assert ("default-src 'self'" in policy) == (not arguments)
        process.terminate()
        process.communicate(timeout=HANG)
        assert [line for line in said if line.startswith("* ")]
        assert not [line for line in said if line.startswith(" + ")]  # each package that is installed
        (app / "data").mkdir(exist_ok=True)
        (app / "data" / "feedback.jsonl").touch()
    assert (app / "data" / "feedback.jsonl").exists()
    shutil.rmtree(app)
