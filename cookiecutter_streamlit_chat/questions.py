"""The questions of a template, as its cookiecutter.json asks them."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
FOLDER = "{{cookiecutter.project_slug}}"
STARTER = "starter"  # the folder of the small template


def questions_of(template: Path) -> dict[str, Any]:
    """The content of a template's cookiecutter.json.

    Args:
        template: the folder with that file: the repository's, or one in the repository.
    """
    return json.loads((template / "cookiecutter.json").read_text("utf-8"))


def asked(questions: dict[str, Any]) -> list[str]:
    """The names of the questions, in the order they are asked."""
    return [name for name in questions if not name.startswith("_")]


QUESTIONS = questions_of(ROOT)
ASKED = asked(QUESTIONS)
