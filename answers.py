"""Checks the answers before a file is written, and keeps them from being taken for code.

Cookiecutter loads this Jinja extension from the template itself (`_extensions` in cookiecutter.json), so
that a refusal comes before a folder is made and reads as one line.
"""

import json
import re
import sys
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import click
from cookiecutter.exceptions import FailedHookException
from cookiecutter.prompt import read_user_choice, read_user_variable, render_variable
from jinja2 import Environment, pass_environment
from jinja2.ext import Extension
from slugify import slugify

ROOT = Path(__file__).parent
QUESTIONS = json.loads((ROOT / "cookiecutter.json").read_text("utf-8"))
SLUG_LENGTH = 60
SLUG_RULE = f"[a-z][a-z0-9-]*, at most {SLUG_LENGTH} characters, like my-chat"
# Names that Windows keeps for devices: no folder can have them.
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
# `code  # {% if … %}`: a line that carries its own condition (docs/design.md says why).
CONDITIONAL_LINE = re.compile(r"^(?P<line>.*\S)[ \t]+# \{% if (?P<condition>.+) %\}$", re.MULTILINE)
# Such a line between blank ones, which takes the one before it along.
CONDITIONAL_PARAGRAPH = re.compile(r"(?<=\n)\n(?P<line>.*\S)[ \t]+# \{% if (?P<condition>.+) %\}\n(?=\n)")


def slug(name: str) -> str:
    """The folder name made from a project name; `my-chat` where nothing of the name can be kept."""
    text = slugify(name).strip("-")
    if text[:1].isdigit():
        text = f"chat-{text}"
    text = text[:SLUG_LENGTH].rstrip("-")
    return text if text and not refused_slug(text) else "my-chat"


def escaped(text: str) -> str:
    """The inside of a double-quoted string that means `text` in Python, TOML and JSON alike."""
    inside = json.dumps(text, ensure_ascii=False)[1:-1]
    return re.sub("[\x7f-\x9f\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", inside)


def oneline(text: str) -> str:
    """`text` with every run of white space as one space, for places that hold a single line."""
    return " ".join(text.split())


def plain_markdown(text: str) -> str:
    """One line of Markdown that shows `text` as it was typed."""
    return re.sub(r"([\\`*_\[\]<>#|~$&])", r"\\\1", oneline(text))


@cache
def requirement_names() -> set[str]:
    """The distributions that some bake depends on: a project cannot be called like one of them."""
    chosen = [line for provider in QUESTIONS["_providers"].values() for line in provider["requirements"]]
    fixed = (ROOT / "{{cookiecutter.project_slug}}" / "pyproject.toml").read_text("utf-8")
    return set(re.findall(r'^\s*"([a-z0-9-]+)[=<>\[]', fixed, re.MULTILINE)) | {
        re.split(r"[=<>\[]", line)[0] for line in chosen
    }


def refused_slug(value: str) -> str | None:
    """Why `value` cannot be the project's slug, or None."""
    if len(value) > SLUG_LENGTH or not re.fullmatch(r"[a-z][a-z0-9-]*", value) or value in DEVICES:
        return f"cannot name a folder: use {SLUG_RULE}"
    if value in requirement_names():
        return f"is the name of a package that the app needs: use another ({SLUG_RULE})"
    return None


def refused_text(value: str) -> str | None:
    """Why `value` cannot be an answer in free text, or None."""
    strange = [c for c in value if unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t"]
    if strange:
        return f"holds the character U+{ord(strange[0]):04X}: use printable text and line breaks"
    return None


def refused_name(value: str) -> str | None:
    """Why `value` cannot be a name, or None."""
    if not value.strip():
        return "is empty: use at least one letter"
    return refused_text(value)


def names_of(extra_providers: str) -> list[str]:
    """The providers in a list with commas between, each once, in the order given."""
    return list(dict.fromkeys(filter(None, (name.strip() for name in extra_providers.split(",")))))


def refused_providers(value: str) -> str | None:
    """Why `value` cannot be the list of further providers, or None."""
    unknown = [name for name in names_of(value) if name not in QUESTIONS["_providers"]]
    if unknown:
        return f"names {unknown[0]!r}: use names of {', '.join(QUESTIONS['_providers'])}, with commas between"
    return None


def refused_model(answers: dict[str, Any]) -> str | None:
    """Why the model cannot be the provider's, or None: of a provider that is changed later, the model stays behind."""
    own = answers["_providers"][answers["llm_provider"]]
    makers = [other["label"] for other in answers["_providers"].values() if other["model"] == answers["model"]]
    # Whoever speaks Chat Completions may serve anybody's models.
    if not makers or own["module"] == "openai_compatible" or answers["model"] in (own["model"], *own["models"]):
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
# An answer that goes only with one other answer, and why.
NEEDS = {
    ("deployment", "kubernetes"): ("history", "database", "its replicas share conversations through it"),
}


def command_line() -> dict[str, Any]:
    """What cookiecutter's command was given; empty where its Python API was called."""
    context = click.get_current_context(silent=True)
    return context.params if context else {}


def refuse_unknown_names() -> None:
    """Refuse a `name=value` on the command line that is no question: cookiecutter ignores it.

    Raises:
        FailedHookException: with the names that are allowed.
    """
    given = command_line().get("extra_context")
    known = [name for name in QUESTIONS if not name.startswith("_")]
    unknown = [name for name in given if name not in known] if isinstance(given, dict) else []
    if unknown:
        raise FailedHookException(f"There is no question {unknown[0]!r}. The names are: {', '.join(known)}.")


@pass_environment
def checked(environment: Environment, answers: dict[str, Any]) -> str:
    """Check the answers given so far; a refused one is asked again where somebody can answer.

    Args:
        environment: renders the default of a question that is asked again.
        answers: cookiecutter's own dict, so that a better answer put into it is kept.

    Raises:
        FailedHookException: with one line; cookiecutter prints it and exits with status 1.
    """
    refuse_unknown_names()
    can_ask = not command_line().get("no_input", True) and sys.stdin.isatty()
    for name, refused in CHECKS.items():
        while (value := answers.get(name)) is not None and (
            reason := refused(value) or (refused_model(answers) if name == "model" else None)
        ):
            shown = value if len(value) <= SLUG_LENGTH else f"{value[:SLUG_LENGTH]}…"
            sentence = f"{name} {shown!r} {reason}."
            if not can_ask:
                raise FailedHookException(sentence)
            print(sentence)
            fallback = render_variable(environment, QUESTIONS[name], answers)
            answers[name] = read_user_variable(name, fallback, QUESTIONS["__prompts__"])
    for (name, value), (other, needed, why) in NEEDS.items():
        while answers.get(name) == value and answers[other] != needed:
            sentence = f"{name}={value} needs {other}={needed}: {why}."
            if not can_ask:
                raise FailedHookException(sentence)
            print(sentence)
            for question in (other, name):
                answers[question] = read_user_choice(question, QUESTIONS[question], QUESTIONS["__prompts__"])
    if "extra_providers" in answers:
        others = [name for name in names_of(answers["extra_providers"]) if name != answers["llm_provider"]]
        answers["extra_providers"] = ", ".join(others)
    return ""


def chosen(answers: dict[str, Any]) -> list[dict[str, Any]]:
    """The facts of each provider that was chosen, the first to answer first, with its name and its models."""
    first = answers["llm_provider"]
    facts = []
    for name in dict.fromkeys([first, *names_of(answers["extra_providers"])]):
        provider = answers["_providers"][name]
        model = answers["model"] if name == first else provider["model"]
        models = list(dict.fromkeys([model, *provider["models"]]))
        facts.append({**provider, "name": name, "model": model, "models": models})
    return facts


def using(answers: dict[str, Any], module: str) -> bool:
    """Whether a provider that was chosen is served by this module."""
    return any(provider["module"] == module for provider in chosen(answers))


def served_by(answers: dict[str, Any], module: str) -> bool:
    """Whether one provider alone was chosen, and is served by this module."""
    return [provider["module"] for provider in chosen(answers)] == [module]


def choosing(answers: dict[str, Any], name: str) -> bool:
    """Whether this provider was chosen."""
    return any(provider["name"] == name for provider in chosen(answers))


def remote(answers: dict[str, Any]) -> bool:
    """Whether some provider is reached over the network."""
    return any(provider["module"] != "embedded" for provider in chosen(answers))


def keyed(answers: dict[str, Any]) -> bool:
    """Whether some provider needs a key."""
    return any(provider["key_page"] for provider in chosen(answers))


def tempered(answers: dict[str, Any]) -> bool:
    """Whether some provider takes a temperature."""
    return any(provider["takes_temperature"] for provider in chosen(answers))


def stored(answers: dict[str, Any]) -> bool:
    """Whether conversations are kept in a database."""
    return answers["history"] == "database"


def visited(answers: dict[str, Any]) -> bool:
    """Whether conversations are listed for people who do not sign in."""
    return answers["history"] == "database" and answers["sign_in"] == "none"


def owned(answers: dict[str, Any]) -> bool:
    """Whether a conversation is somebody's."""
    return answers["history"] == "database" or answers["sign_in"] == "oidc"


def counted(answers: dict[str, Any]) -> bool:
    """Whether it is kept what each person uses."""
    return answers["history"] == "database" and answers["sign_in"] == "oidc"


def overseen(answers: dict[str, Any]) -> bool:
    """Whether there is a page with all ratings, for admins."""
    return answers["sign_in"] == "oidc" and answers["feedback"] != "none"


def deployed(answers: dict[str, Any], history: str | None = None) -> bool:
    """Whether the app runs in a container, and keeps conversations in this way where one is named."""
    return answers["deployment"] != "none" and history in (None, answers["history"])


class Answers(Extension):
    """The filters of the templates, and two rules for what is rendered."""

    def __init__(self, environment: Environment) -> None:
        """Register the filters."""
        super().__init__(environment)
        # An update renders the old and the new template in one process: let the new one import its own module.
        sys.modules.pop(__name__, None)
        environment.filters.update(
            checked=checked,
            chosen=chosen,
            escaped=escaped,
            oneline=oneline,
            plain_markdown=plain_markdown,
            slug=slug,
        )
        tests = (
            choosing,
            counted,
            deployed,
            keyed,
            overseen,
            owned,
            remote,
            served_by,
            stored,
            tempered,
            using,
            visited,
        )
        environment.tests.update({test.__name__: test for test in tests})

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Take an answer as text, and give a line that carries its own condition the usual form."""
        if name is None and source not in own_strings():
            return f"{self.environment.variable_start_string} {source!r} {self.environment.variable_end_string}"
        source = CONDITIONAL_PARAGRAPH.sub(r"# {% if \g<condition> %}\n\n\g<line>\n# {% endif %}\n", source)
        return CONDITIONAL_LINE.sub(r"# {% if \g<condition> %}\n\g<line>\n# {% endif %}", source)


@cache
def own_strings() -> set[str]:
    """Every text that this template itself has rendered without a file name; any other is an answer."""

    def strings(value: object) -> set[str]:
        if isinstance(value, dict):
            return set().union(*map(strings, [*value.keys(), *value.values()]))
        if isinstance(value, list):
            return set().union(*map(strings, value))
        return {str(value)}

    hooks = (path.read_text("utf-8") for path in (ROOT / "hooks").glob("*.py"))
    return strings(QUESTIONS) | set(hooks) | {"{{cookiecutter.project_slug}}"}
