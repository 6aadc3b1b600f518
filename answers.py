"""Checks the answers before a file is written, keeps them from being taken for code, and tells which files they need.

Cookiecutter loads this Jinja extension from the template itself (`_extensions` in cookiecutter.json), so
that a refusal comes before a folder is made and reads as one line.
"""

import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from pathlib import Path
from types import CodeType
from typing import Any

import click
from cookiecutter.exceptions import FailedHookException
from cookiecutter.prompt import read_user_choice, read_user_variable, render_variable
from jinja2 import Environment, Template, nodes, pass_environment
from jinja2.ext import Extension
from slugify import slugify

ROOT = Path(__file__).parent
FOLDER = "{{cookiecutter.project_slug}}"
QUESTIONS = json.loads((ROOT / "cookiecutter.json").read_text("utf-8"))
ASKED = [name for name in QUESTIONS if not name.startswith("_")]
SLUG_LENGTH = 60
SLUG_RULE = f"[a-z][a-z0-9-]*, at most {SLUG_LENGTH} characters, like my-chat"
# Names that Windows keeps for devices: no folder can have them.
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
# `code  # {% if … %}`: a line that carries its own condition (docs/design.md says why).
CONDITIONAL_LINE = re.compile(r"^(?P<text>.*\S)  # \{% if (?P<condition>.+) %\}\n", re.MULTILINE)
# Such a line between blank ones, which takes the one before it along.
CONDITIONAL_PARAGRAPH = re.compile(r"(?<=\n)(?P<text>\n.*\S)  # \{% if (?P<condition>.+) %\}\n(?=\n)")


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
    fixed = (ROOT / FOLDER / "pyproject.toml").read_text("utf-8")
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
    if "llm_provider" not in answers:  # a replay file with no model: cookiecutter asks for that alone
        return None
    own = QUESTIONS["_providers"][answers["llm_provider"]]
    makers = [other["label"] for other in QUESTIONS["_providers"].values() if other["model"] == answers["model"]]
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
    unknown = [name for name in given if name not in ASKED] if isinstance(given, dict) else []
    if unknown:
        raise FailedHookException(f"There is no question {unknown[0]!r}. The names are: {', '.join(ASKED)}.")


def refused(answers: dict[str, Any], name: str) -> str | None:
    """Why the answer to a question cannot be, or None."""
    value, allowed = answers[name], QUESTIONS[name]
    if isinstance(allowed, list):
        return None if value in allowed else f"is not an answer: use one of {', '.join(allowed)}"
    if not isinstance(value, str):
        return "is not text: put it in quotes"
    return CHECKS[name](value) or (refused_model(answers) if name == "model" else None)


def faults(answers: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with the answers given so far: the questions to ask again, and a sentence."""
    for name in ASKED:
        if name in answers and (reason := refused(answers, name)):
            value = answers[name]
            shown = f"{value[:SLUG_LENGTH]}…" if isinstance(value, str) and len(value) > SLUG_LENGTH else value
            yield (name,), f"{name} {shown!r} {reason}."
    for (name, value), (other, needed, why) in NEEDS.items():
        if answers.get(name) == value and answers.get(other, needed) != needed:
            yield (other, name), f"{name}={value} needs {other}={needed}: {why}."


def asked_again(environment: Environment, answers: dict[str, Any], name: str) -> str:
    """A better answer, from whoever is at the terminal."""
    if isinstance(QUESTIONS[name], list):
        return read_user_choice(name, QUESTIONS[name], QUESTIONS["__prompts__"])
    default = render_variable(environment, QUESTIONS[name], answers)
    return read_user_variable(name, default, QUESTIONS["__prompts__"])


def further_providers(answers: dict[str, Any]) -> list[str]:
    """The providers besides the first, each once."""
    return [name for name in names_of(answers["extra_providers"]) if name != answers["llm_provider"]]


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
    while fault := next(faults(answers), None):
        names, sentence = fault
        if not can_ask:
            raise FailedHookException(sentence)
        print(sentence)
        for name in names:
            answers[name] = asked_again(environment, answers, name)
    if {"llm_provider", "extra_providers"} <= answers.keys():
        answers["extra_providers"] = ", ".join(further_providers(answers))
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


DRAWN_IN_BLOCKS = {"chat/markdown.py", "tests/test_markdown.py"}
CONTAINED = {".dockerignore", "Dockerfile", "compose.yaml"}
RATED = {
    *("chat/feedback/__init__.py", "chat/feedback/__main__.py", "chat/feedback/drawing.py"),
    *("chat/feedback/replay.py", "chat/feedback/report.py", "tests/test_feedback.py", "tests/test_replay.py"),
}
ATTACHING = {
    *("chat/attachments/__init__.py", "chat/attachments/drawing.py", "chat/attachments/images.py"),
    *("chat/attachments/reading.py", "chat/attachments/saving.py", "chat/attachments/sending.py"),
    "tests/test_attachments.py",
}
RICH = {
    *("chat/charts.py", "chat/figures.py", "chat/mathematics.py", "chat/parts.py", "chat/rich.py"),
    *("tests/test_mathematics.py", "tests/test_rich.py"),
}
IN_THREADS = {"chat/providers/threads.py"}
REMOTE = {
    *("chat/models.py", "chat/providers/errors.py", "chat/providers/keys.py", "chat/retries.py"),
    *("tests/test_errors.py", "tests/test_keys.py", "tests/test_retries.py"),
}
STORED = {
    *("chat/conversation_list.py", "chat/failures.py"),
    *("tests/test_conversation_list.py", "tests/test_database.py", "tests/test_listing.py"),
    *(f"chat/database/{name}.py" for name in ("__init__", "__main__", "conversations", "engine", "listing", "tables")),
    "chat/database/migrations/env.py",
    *(f"chat/database/migrations/versions/conversations_{number}.py" for number in ("0001", "0002")),
}
SIGNED_IN = {"chat/sign_in.py", "tests/test_sign_in.py"}

# The files that some answers need and others do not; every other file is in every project.
FILES = {
    "module": {
        "embedded": {"chat/providers/embedded.py", "chat/providers/llama.py", *IN_THREADS},
        "openai": {"chat/providers/openai.py", *REMOTE},
        "anthropic": {"chat/providers/anthropic.py", *REMOTE},
        "gemini": {"chat/providers/gemini.py", *REMOTE},
        "bedrock": {"chat/providers/bedrock.py", *IN_THREADS, *REMOTE},
        "openai_compatible": {"chat/providers/openai_compatible.py", *REMOTE},
    },
    "several": {"yes": {"chat/fallback.py", "chat/providers/switch.py", "tests/test_fallback.py"}},
    "streaming": {
        "tokens": {"chat/live.py", *DRAWN_IN_BLOCKS},
        "typewriter": {"chat/typewriter.py", *DRAWN_IN_BLOCKS},
        "off": {"chat/at_once.py"},
    },
    "avatars": {"images": {"assets/assistant.svg", "assets/user.svg"}},
    "attachments": {
        "images": ATTACHING,
        "images_and_documents": {
            *("chat/attachments/convert.py", "chat/attachments/documents.py", "tests/test_documents.py"),
            *ATTACHING,
        },
    },
    "feedback": {"thumbs": RATED, "stars": RATED, "faces": RATED},
    "history": {"session": {"chat/conversations.py"}, "database": STORED},
    "sign_in": {"oidc": SIGNED_IN},
    "visitors": {"cookie": {"chat/visitors.py"}},
    "stored_attachments": {
        "yes": {"chat/database/attachments.py", "chat/database/migrations/versions/attachments_0001.py"},
    },
    "uses": {
        "session": {"chat/uses.py"},
        "database": {"chat/database/uses.py", "chat/database/migrations/versions/uses_0001.py"},
    },
    "deployment": {
        "docker": CONTAINED,
        "kubernetes": {
            *CONTAINED,
            *("kubernetes/autoscaler.yaml", "kubernetes/deployment.yaml", "kubernetes/disruptions.yaml"),
            *("kubernetes/ingress.yaml", "kubernetes/kustomization.yaml", "kubernetes/migration.yaml"),
            *("kubernetes/secret.example.yaml", "kubernetes/service.yaml"),
        },
    },
    "ci": {
        "github": {
            *(".github/dependabot.yml", ".github/workflows/tests.yml", ".pre-commit-config.yaml", "AGENTS.md"),
        },
    },
    "contained_database": {"yes": {".env.example", "chat/readiness.py", "tests/test_readiness.py"}},
    "ratings": {
        "session": {"chat/feedback/lines.py", "tests/test_lines.py"},
        "database": {
            *("chat/database/migrations/versions/ratings_0001.py", "chat/feedback/rows.py", "tests/test_rows.py"),
        },
        "oidc": {"chat/feedback/overview.py", "navigation.py", "ratings.py", "tests/test_overview.py"},
    },
    "rich_replies": {"yes": RICH, "no": {"chat/plain.py"}},
}


def unneeded(answers: dict[str, Any]) -> set[str]:
    """The files that these answers do not need, by their paths in the project."""
    given = {
        **{name: {answers[name]} for name in FILES if name in answers},
        "module": {provider["module"] for provider in chosen(answers)},
        "several": {"yes"} if answers["extra_providers"] else set(),
        "visitors": {"cookie"} if visited(answers) else set(),
        "stored_attachments": {"yes"} if stored(answers) and answers["attachments"] != "none" else set(),
        "uses": {"database" if counted(answers) else "session"},
        "contained_database": {"yes"} if deployed(answers, "database") else set(),
        "ratings": {answers["history"], answers["sign_in"]} if answers["feedback"] != "none" else set(),
    }
    every = {file for by_answer in FILES.values() for files in by_answer.values() for file in files}
    needed = {file for name, by_answer in FILES.items() for answer in given[name] for file in by_answer.get(answer, ())}
    return every - needed


class Answers(Extension):
    """The filters of the templates, and what becomes of answers, of names of files, and of lines with a condition.

    Attributes:
        answers: all of them, from the moment when the project's folder is named.
        left_out: the files of the template that these do not need.
        held: whether a condition holds, for those that have been met.
        rendered: Jinja's own way of making a template of a text.
    """

    def __init__(self, environment: Environment) -> None:
        """Register the filters."""
        super().__init__(environment)
        # An update renders the old and the new template in one process: let the new one import its own module.
        sys.modules.pop(__name__, None)
        self.answers: dict[str, Any] = {}
        self.left_out: set[str] = set()
        self.held: dict[str, bool] = {}
        self.rendered = environment.from_string
        environment.from_string = self.from_string
        filters = (checked, chosen, escaped, oneline, plain_markdown, self.project_folder, slug, unneeded)
        environment.filters.update({each.__name__: each for each in filters})
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

    def from_string(self, source: str | nodes.Template) -> Template:
        """A template without a file. Of an answer, and of the name of a file, it is one that gives just this text."""
        if source == FOLDER:
            return self.rendered("{{ cookiecutter | project_folder }}")
        if not isinstance(source, str) or source in own_strings():
            return self.rendered(source)
        # Cookiecutter makes no file without a name.
        text = "" if Path(source).as_posix() in self.left_out else source
        return Template.from_code(self.environment, self.verbatim, {"text": text})

    @cached_property
    def verbatim(self) -> CodeType:
        """The one template that every such text fills: no answer is ever compiled."""
        return self.environment.compile("{{ text }}")

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Keep or drop each line of a file that carries its own condition."""
        return CONDITIONAL_LINE.sub(self.kept, CONDITIONAL_PARAGRAPH.sub(self.kept, source)) if name else source

    def kept(self, line: re.Match[str]) -> str:
        """What stays of a line that carries its own condition."""
        condition = line["condition"]
        if condition not in self.held:
            expression = self.environment.compile_expression(condition)
            self.held[condition] = expression(cookiecutter=self.answers)
        return f"{line['text']}\n" if self.held[condition] else ""

    def project_folder(self, answers: dict[str, Any]) -> str:
        """The name of the project's folder: the first thing that is rendered when all answers are there.

        Nothing is written yet, so they are checked once more: those of a replay file come unchecked.

        Args:
            answers: cookiecutter's own dict. What is no answer is put right where it is another version's, and files
                that are not needed are not copied.

        Raises:
            FailedHookException: with one line, if an answer cannot be.
        """
        if not answers.keys() >= {*ASKED}:
            return FOLDER  # somebody's answer, word for word
        for _, sentence in faults(answers):
            raise FailedHookException(sentence)
        answers.update({name: value for name, value in QUESTIONS.items() if re.match("_[^_]", name)})
        answers["extra_providers"] = ", ".join(further_providers(answers))
        self.answers, self.left_out = answers, unneeded(answers)
        answers["_copy_without_render"] = [
            file for file in QUESTIONS["_copy_without_render"] if file not in self.left_out
        ]
        return answers["project_slug"]


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
    return {text for text in strings(QUESTIONS) | set(hooks) if "{{" in text}
