"""The bake: how long it takes, and an app to measure."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
COOKIECUTTER = [sys.executable, "-m", "cookiecutter"]
# The most files and lines: a provider for each module, and the largest answer to every other question.
LARGEST = [
    "llm_provider=embedded",
    "extra_providers=openai, anthropic, gemini, bedrock, mistral",
    "avatars=images",
    "attachments=images_and_documents",
    "history=database",
    "sign_in=oidc",
    "deployment=kubernetes",
    "telemetry=opentelemetry",
]


def cookiecutter(*arguments: str | Path, settings: Path) -> float:
    """Run cookiecutter in the template's folder; return the wall time, in seconds.

    Args:
        arguments: those of the command.
        settings: a folder used instead of the user's configuration and replay files.
    """
    config = settings / "cookiecutter.yaml"
    config.write_text(f'replay_dir: "{settings.as_posix()}"\n', "utf-8")
    environment = os.environ | {"COOKIECUTTER_CONFIG": str(config)}
    began = time.perf_counter()
    subprocess.run([*COOKIECUTTER, *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def measure_bake(folder: Path, runs: int) -> dict[str, list[float]]:
    """Wall times of `cookiecutter --version` and three bakes, taken in turn, in seconds."""
    bakes = {"bake": [], "largest bake": LARGEST, "one page": ["--directory", "starter"]}
    figures: dict[str, list[float]] = {name: [] for name in ("version", *bakes)}
    for run in range(runs):
        figures["version"].append(cookiecutter("--version", settings=folder))
        for name, arguments in bakes.items():
            out = folder / f"{name} {run}"
            figures[name].append(cookiecutter(".", "--no-input", "-o", out, *arguments, settings=folder))
    return figures


def bake_app(folder: Path) -> Path:
    """Bake the app with OpenAI as its provider; return its folder."""
    cookiecutter(".", "--no-input", "-o", folder, "llm_provider=openai", "project_slug=app", settings=folder)
    return folder / "app"
