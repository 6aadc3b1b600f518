"""The rules for answers: which are refused, and why, as the end of a sentence that says what to do."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from cookiecutter_streamlit_chat.providers import PROVIDERS, names_of
from cookiecutter_streamlit_chat.questions import FOLDER, ROOT, asked

SLUG_LENGTH = 60
SLUG_RULE = f"[a-z][a-z0-9-]*, at most {SLUG_LENGTH} characters, like my-chat"
# Names that Windows reserves for devices: no folder can have them.
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}

# What may serve any maker's models: a Chat Completions server, and your own code.
ANYBODYS = {"custom", "openai_compatible"}


@cache
def requirement_names() -> set[str]:
    """The distributions that any bake may depend on: a project cannot have the name of one."""
    chosen = [line for provider in PROVIDERS.values() for line in provider["requirements"]]
    fixed = (ROOT / FOLDER / "pyproject.toml").read_text("utf-8")
    return set(re.findall(r'^\s*"([a-z0-9-]+)[=<>\[]', fixed, re.MULTILINE)) | {
        re.split(r"[=<>\[]", line)[0] for line in chosen
    }


def refused_slug(value: str) -> str | None:
    """Why `value` is refused as the project's slug, or None."""
    if len(value) > SLUG_LENGTH or not re.fullmatch(r"[a-z][a-z0-9-]*", value) or value in DEVICES:
        return f"cannot name a folder: use {SLUG_RULE}"
    if value in requirement_names():
        return f"is the name of a package that the app needs: use another ({SLUG_RULE})"
    return None


def refused_text(value: str) -> str | None:
    """Why `value` is refused as free text, or None."""
    strange = [c for c in value if unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t"]
    if strange:
        return f"contains the character U+{ord(strange[0]):04X}: use printable text and line breaks"
    return None


def refused_name(value: str) -> str | None:
    """Why `value` is refused as a name, or None."""
    if not value.strip():
        return "is empty: use at least one letter"
    return refused_text(value)


def refused_providers(value: str) -> str | None:
    """Why `value` is refused as the list of further providers, or None."""
    unknown = [name for name in names_of(value) if name not in PROVIDERS]
    if unknown:
        return f"names {unknown[0]!r}: use names of {', '.join(PROVIDERS)}, separated by commas"
    return None


def refused_model(answers: dict[str, Any]) -> str | None:
    """Why the model is not the provider's, or None: it may be left over from an earlier choice of provider."""
    if "llm_provider" not in answers:  # a replay file without a model: cookiecutter asks only for that
        return None
    own = PROVIDERS[answers["llm_provider"]]
    makers = [other["label"] for other in PROVIDERS.values() if other["model"] == answers["model"]]
    if not makers or own["module"] in ANYBODYS or answers["model"] in (own["model"], *own["models"]):
        return None
    return f"is a model of {makers[0]}: with llm_provider={answers['llm_provider']} use another, like {own['model']}"


CHECKS: dict[str, Callable[[str], str | None]] = {
    "project_name": refused_name,
    "project_slug": refused_slug,
    "description": refused_text,
    "author_name": refused_name,
    "model": refused_name,
    "extra_providers": refused_providers,
    "system_prompt": refused_text,
}
# Answers that need one other answer, and why.
NEEDS = {
    ("deployment", "kubernetes"): ("history", "database", "its replicas share conversations through it"),
}


def refused(questions: dict[str, Any], answers: dict[str, Any], name: str) -> str | None:
    """Why the answer to a question is refused, or None."""
    value, allowed = answers[name], questions[name]
    if isinstance(allowed, list):
        return None if value in allowed else f"is not an answer: use one of {', '.join(allowed)}"
    if not isinstance(value, str):
        return "is not text: put it in quotes"
    return CHECKS[name](value) or (refused_model(answers) if name == "model" else None)


def faults(questions: dict[str, Any], answers: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with the answers given so far.

    Args:
        questions: the content of the template's cookiecutter.json.
        answers: any number of answers, by question.

    Yields:
        The names of the questions to ask again, and a sentence.
    """
    for name in asked(questions):
        if name in answers and (reason := refused(questions, answers, name)):
            value = answers[name]
            shown = f"{value[:SLUG_LENGTH]}…" if isinstance(value, str) and len(value) > SLUG_LENGTH else value
            yield (name,), f"{name} {shown!r} {reason}."
    for (name, value), (other, needed, why) in NEEDS.items():
        if answers.get(name) == value and answers.get(other, needed) != needed:
            yield (other, name), f"{name}={value} needs {other}={needed}: {why}."
