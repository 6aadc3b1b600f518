"""The table of files: which answers each file needs, and which alternative replaces which file."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from pathlib import Path, PurePosixPath
from typing import Any

from cookiecutter_streamlit_chat.conditions import (
    counted,
    deployed,
    listing,
    overseen,
    owned,
    remote,
    stepped,
    stored,
    tooled,
    using,
)

Answers = dict[str, Any]
Condition = Callable[[Answers], bool]


def given(question: str, *values: str) -> Condition:
    """Whether the answer to a question is one of these."""
    return lambda answers: answers[question] in values


def anything_but(question: str, value: str) -> Condition:
    """Whether the answer to a question is not this one."""
    return lambda answers: answers[question] != value


def served(*modules: str) -> Condition:
    """Whether one of these modules serves a chosen provider."""
    return lambda answers: using(answers, *modules)


def reads_tables(answers: Answers) -> bool:
    """Whether a reply or a document may contain delimited text."""
    return answers["rich_replies"] == "yes" or answers["attachments"] == "images_and_documents"


# Each row: a condition, and the files needed only if it holds. A path that ends in a slash is a folder and all its
# contents. A file in several rows needs all their conditions; one in no row is always needed.
FILES: Sequence[tuple[Condition, str]] = [
    (served("embedded"), "chat/providers/embedded.py chat/providers/llama.py"),
    (served("openai"), "chat/providers/openai.py"),
    (served("anthropic"), "chat/providers/anthropic.py"),
    (served("gemini"), "chat/providers/gemini.py"),
    (served("bedrock"), "chat/providers/bedrock.py"),
    (
        served("openai_compatible"),
        "chat/providers/openai_compatible.py chat/providers/thinking.py tests/test_thinking.py",
    ),
    (served("custom"), "chat/conversation/files.py chat/providers/custom.py docs/recipes.md my_reply.py"),
    (served("custom"), "tests/test_custom.py"),
    (served("custom", "embedded", "bedrock"), "chat/providers/threads.py"),
    (remote, "chat/providers/errors.py chat/providers/keys.py chat/replies/retries.py"),
    (listing, "chat/ui/models.py"),
    (remote, "tests/test_errors.py tests/test_keys.py tests/test_retries.py"),
    (
        served("openai", "anthropic", "gemini", "bedrock", "openai_compatible"),
        "chat/providers/calls.py chat/providers/sources.py tests/test_calls.py tests/test_sources.py",
    ),
    (stepped, "chat/providers/sources.py tests/test_sources.py"),
    (tooled, "chat/providers/calls.py tests/test_calls.py"),
    (anything_but("extra_providers", ""), "chat/providers/switch.py chat/replies/fallback.py tests/test_fallback.py"),
    (anything_but("streaming", "off"), "chat/ui/growing.py tests/test_markdown.py"),
    (given("personas", "one"), "assets/assistant.svg"),
    (given("personas", "several"), "chat/conversation/personas.py chat/ui/personas.py tests/test_personas.py"),
    (given("personas", "several"), "chat/history/migrations/versions/personas_0001.py"),
    (given("avatars", "images"), "assets/"),
    (
        anything_but("attachments", "none"),
        "chat/conversation/attachments/ chat/replies/attachments.py chat/ui/attachments.py tests/test_attachments.py",
    ),
    (anything_but("attachments", "none"), "chat/history/attachments.py"),
    (anything_but("attachments", "none"), "chat/history/migrations/versions/attachments_0001.py"),
    (
        given("attachments", "images_and_documents"),
        "chat/conversation/attachments/convert.py chat/conversation/attachments/documents.py",
    ),
    (given("attachments", "images_and_documents"), "chat/conversation/attachments/decoding.py tests/test_documents.py"),
    (tooled, "chat/conversation/calls.py chat/replies/calls.py chat/replies/tools.py chat/tools/ chat/ui/calls.py"),
    (tooled, "tests/test_tools.py"),
    (given("tools", "mcp"), "chat/tools/servers.py tests/test_servers.py"),
    (anything_but("feedback", "none"), "chat/history/migrations/versions/ratings_0001.py chat/history/ratings.py"),
    (anything_but("feedback", "none"), "chat/feedback/ chat/history/rated.py chat/ui/rating.py"),
    (anything_but("feedback", "none"), "tests/test_feedback.py tests/test_ratings.py tests/test_replay.py"),
    (lambda answers: stored(answers) or overseen(answers), "chat/feedback/ chat/history/rated.py"),
    (overseen, "chat/feedback/overview.py ratings.py tests/test_overview.py"),
    (stored, "chat/history/__main__.py chat/history/attachments.py"),
    (stored, "chat/history/engine.py chat/history/listing.py chat/history/migrations/ chat/history/tables.py"),
    (
        stored,
        "chat/feedback/__main__.py chat/feedback/replay.py chat/feedback/report.py",
    ),
    (stored, "chat/ui/conversation_list.py chat/ui/failures.py tests/test_replay.py"),
    (stored, "tests/test_conversation_list.py tests/test_database.py tests/test_listing.py"),
    (counted, "chat/history/migrations/versions/uses_0001.py chat/history/uses.py chat/replies/limits.py"),
    (counted, "tests/test_limits.py"),
    (owned, "chat/ui/person.py"),
    (given("sign_in", "oidc"), "chat/ui/sign_in.py navigation.py tests/test_sign_in.py"),
    (deployed, ".dockerignore Dockerfile chat/server/draining.py compose.yaml tests/test_draining.py"),
    (partial(deployed, history="database"), ".env.example chat/server/health.py tests/test_readiness.py"),
    (given("deployment", "kubernetes"), "kubernetes/"),
    (given("telemetry", "opentelemetry"), "chat/replies/telemetry.py tests/collector.py tests/test_telemetry.py"),
    (given("ci", "github"), ".github/ .pre-commit-config.yaml AGENTS.md"),
    (stepped, "chat/conversation/steps.py chat/ui/markdown/citations.py chat/ui/steps.py tests/test_steps.py"),
    (given("rich_replies", "yes"), "chat/conversation/charts.py chat/conversation/visuals.py"),
    (given("rich_replies", "yes"), "chat/ui/markdown/fenced_blocks.py chat/ui/markdown/mathematics.py"),
    (given("rich_replies", "yes"), "tests/test_mathematics.py tests/test_rich.py"),
    (reads_tables, "chat/conversation/delimited.py"),
]

# Alternatives under one name. If `streaming` is `typewriter`, `stream__typewriter.py` replaces `stream.py`; an answer
# without such a file keeps `stream.py`, which is linted in the template. So an import names one module, whatever was
# chosen. Each row: the file, and what gives the suffix of the alternative.
ALTERNATIVES: Mapping[str, Callable[[Answers], str]] = {
    "chat/history/conversations.py": itemgetter("history"),
    "chat/history/ratings.py": itemgetter("history"),
    "chat/ui/parts.py": lambda answers: "stepped" if stepped(answers) else "plain",
    "chat/ui/person.py": itemgetter("sign_in"),
    "chat/ui/stream.py": itemgetter("streaming"),
    "chat/ui/text.py": lambda answers: "rich" if answers["rich_replies"] == "yes" else "plain",
    "tests/test_ratings.py": itemgetter("history"),
}


@dataclass(frozen=True)
class Table:
    """What happens to a template's files. They are named by their paths in it, with slashes.

    Attributes:
        files: conditions, and the files needed only if each holds.
        alternatives: files that have alternatives, and what gives the suffix of the chosen one.
    """

    files: Sequence[tuple[Condition, str]] = ()
    alternatives: Mapping[str, Callable[[Answers], str]] = field(default_factory=dict)

    def unneeded(self, files: set[str], answers: Answers) -> set[str]:
        """Which of these files the answers do not need."""
        false = [entry for holds, entries in self.files if not holds(answers) for entry in entries.split()]
        folders = tuple(entry for entry in false if entry.endswith("/"))
        renamed = self.renamed(files, answers)
        return {
            file
            for file in files
            if (name := self.place(file)) in false or name.startswith(folders) or (name != file and file not in renamed)
        }

    def renamed(self, files: set[str], answers: Answers) -> dict[str, str]:
        """Which of these files replace another, and which one each replaces."""
        chosen = {}
        for name, added in self.alternatives.items():
            path = PurePosixPath(name)
            chosen[path.with_stem(f"{path.stem}__{added(answers)}").as_posix()] = name
        return {file: name for file, name in chosen.items() if file in files}

    def place(self, file: str) -> str:
        """A file's name in a project, if it is there."""
        path = PurePosixPath(file)
        name = path.with_stem(path.stem.rpartition("__")[0] or path.stem).as_posix()
        return name if name in self.alternatives else file


TABLE = Table(FILES, ALTERNATIVES)


def files_of(folder: Path) -> set[str]:
    """The files below a folder, as paths relative to it."""
    every = [Path(parent, name) for parent, _, names in os.walk(folder) for name in names]
    return {path.relative_to(folder).as_posix() for path in every if "__pycache__" not in path.parts}
