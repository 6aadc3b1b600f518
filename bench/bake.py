"""The bake: how long it takes, and a bake to measure the app in."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
COOKIECUTTER = [sys.executable, "-m", "cookiecutter"]
# As many files and lines as any answers give: a provider of each module, and what is longest of everything else.
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
    """Run cookiecutter in the template's folder; return the wall time in seconds.

    Args:
        arguments: of the command.
        settings: a folder that takes the place of the user's settings and replay files.
    """
    config = settings / "cookiecutter.yaml"
    config.write_text(f'replay_dir: "{settings.as_posix()}"\n', "utf-8")
    environment = os.environ | {"COOKIECUTTER_CONFIG": str(config)}
    began = time.perf_counter()
    subprocess.run([*COOKIECUTTER, *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def measure_bake(folder: Path, runs: int) -> dict[str, list[float]]:
    """Wall times of `cookiecutter --version` and of three bakes, in turn, in seconds."""
    bakes = {"bake": [], "largest bake": LARGEST, "one page": ["--directory", "starter"]}
    figures: dict[str, list[float]] = {name: [] for name in ("version", *bakes)}
    for run in range(runs):
        figures["version"].append(cookiecutter("--version", settings=folder))
        for name, arguments in bakes.items():
            out = folder / f"{name} {run}"
            figures[name].append(cookiecutter(".", "--no-input", "-o", out, *arguments, settings=folder))
    return figures


def bake_app(folder: Path) -> Path:
    """Bake the app that OpenAI answers; return its folder."""
    cookiecutter(".", "--no-input", "-o", folder, "llm_provider=openai", "project_slug=app", settings=folder)
    return folder / "app"
