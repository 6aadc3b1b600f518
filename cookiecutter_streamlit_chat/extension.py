"""The Jinja extension: checks the answers before a file is written, and keeps them from being run as code.

Cookiecutter loads it from the template itself (`_extensions` in cookiecutter.json), so a refusal is one line and comes
before a folder is created. Only this module uses cookiecutter's internals.
"""

import os
import re
import stat
import sys
from collections.abc import Callable, Iterable
from functools import cache, cached_property
from inspect import getmembers, isfunction
from pathlib import Path, PurePath, PurePosixPath
from types import CodeType, ModuleType
from typing import Any

import click
from cookiecutter import __version__
from cookiecutter.exceptions import FailedHookException
from cookiecutter.prompt import read_user_choice, read_user_variable, render_variable
from jinja2 import Environment, Template, nodes
from jinja2.ext import Extension

from cookiecutter_streamlit_chat import conditions, texts
from cookiecutter_streamlit_chat.files import TABLE, Table, files_of
from cookiecutter_streamlit_chat.providers import chosen, further_providers, usual_model
from cookiecutter_streamlit_chat.questions import FOLDER, ROOT, asked, questions_of
from cookiecutter_streamlit_chat.rules import faults

# `code  # {% if … %}`: a line with its own condition (docs/design.md says why).
CONDITIONAL_LINE = re.compile(r"^(?P<text>.*\S)  # \{% if (?P<condition>.+) %\}\n", re.MULTILINE)
# Such a line between blank lines: the one before it goes with it.
CONDITIONAL_PARAGRAPH = re.compile(r"(?<=\n)(?P<text>\n.*\S)  # \{% if (?P<condition>.+) %\}\n(?=\n)")
# Brackets with one item per line. A line that had a condition is marked, whether kept or dropped.
MARK = "\0"
LISTED = re.compile(
    r"^(?P<indent> *)(?P<start>.*[(\[{])\n"
    r"(?P<items>(?:\0*(?P=indent)    [^\n#\0]*,\n)+\0*)"
    r"(?P=indent)(?P<end>[)\]}].*)$",
    re.MULTILINE,
)
LINE_LENGTH = 120


def functions(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """A module's own functions, by name."""
    return {name: each for name, each in getmembers(module, isfunction) if each.__module__ == module.__name__}


def command_line() -> dict[str, Any]:
    """The parameters of cookiecutter's command; empty if its Python API was called."""
    context = click.get_current_context(silent=True)
    return context.params if context else {}


def with_folders(files: Iterable[str]) -> set[str]:
    """Files, and every folder that contains one of them."""
    return {path.as_posix() for file in map(PurePosixPath, files) for path in (file, *file.parents[:-1])}


def defaults(environment: Environment, questions: dict[str, Any], answers: dict[str, Any]) -> dict[str, str]:
    """The default of each question, given these answers to the others."""
    raw = {name: questions[name] for name in asked(questions)}
    return {
        name: value[0] if isinstance(value, list) else render_variable(environment, value, answers)
        for name, value in raw.items()
    }


def in_one_line(brackets: re.Match[str]) -> str:
    """Brackets that had conditional lines, in one line if they fit, so that nothing shows what was not chosen."""
    start, end = brackets["start"], brackets["end"]
    items = [line.strip(f"{MARK} ").removesuffix(",") for line in brackets["items"].strip(MARK).splitlines()]
    if start.endswith(" import ("):
        start, end = start.removesuffix("("), end.removeprefix(")")
    elif len(items) == 1 and re.search(r"(^|[\s(\[{])\($", start):  # a tuple of one needs its comma
        end = f",{end}"
    line = f"{brackets['indent']}{start}{', '.join(items)}{end}"
    fits = MARK in brackets["items"] and len(line) <= LINE_LENGTH and "{{" not in line
    return line if fits else brackets[0]


class Answers(Extension):
    """The templates' filters and tests, and what happens to answers, file names and conditions.

    Another template of the repository subclasses it, with its own folder and table.

    Attributes:
        template: the folder with the cookiecutter.json that asks the questions.
        table: which of the template's files the answers need.
        answers: cookiecutter's own dict of all answers, once the project's folder has its name.
        project: that folder, once the first folder in it has its name.
        unneeded: the template's files that these answers do not need.
        names: files whose name in the project differs from that in the template; an empty name means no file.
        held: the conditions met so far, and whether each holds.
        rendered: Jinja's own `from_string`, cached.
    """

    template: Path = ROOT
    table: Table = TABLE

    def __init__(self, environment: Environment) -> None:
        """Register the filters and the tests."""
        super().__init__(environment)
        # An update renders the old and the new template in one process: let the new one import its own modules.
        for name in [name for name in sys.modules if name.startswith((__package__, "needs_cookiecutter_"))]:
            del sys.modules[name]
        self.answers: dict[str, Any] = {}
        self.project: Path | None = None
        self.unneeded: set[str] = set()
        self.names: dict[str, str] = {}
        self.held: dict[str, bool] = {}
        self.rendered = cache(environment.from_string)  # the same check follows most questions
        environment.from_string = self.from_string
        filters = (chosen, usual_model, self.checked, self.project_folder, self.read_only, self.removed)
        environment.filters.update({each.__name__: each for each in filters} | functions(texts))
        environment.tests.update(functions(conditions))

    @cached_property
    def questions(self) -> dict[str, Any]:
        """The content of the template's cookiecutter.json."""
        return questions_of(self.template)

    @cached_property
    def own_texts(self) -> set[str]:
        """Every text of the template itself that is rendered without a file name; any other is an answer."""

        def strings(value: object) -> set[str]:
            if isinstance(value, dict):
                return set().union(*map(strings, [*value.keys(), *value.values()]))
            if isinstance(value, list):
                return set().union(*map(strings, value))
            return {str(value)}

        hooks = (path.read_text("utf-8") for path in (self.template / "hooks").glob("*.py"))
        return {text for text in strings(self.questions) | set(hooks) if "{{" in text}

    def from_string(self, source: str | nodes.Template) -> Template:
        """A template without a file; for an answer or a file name, one that gives exactly this text."""
        if source == FOLDER:
            return self.rendered("{{ cookiecutter | project_folder }}")
        if not isinstance(source, str) or source in self.own_texts:
            return self.rendered(source)
        path = PurePath(source)
        if self.answers and path.is_absolute() and not self.project:  # the first folder, created before any file
            self.project = Path(path.parent)
            self.leave_alone()
        text = self.names.get(path.as_posix(), source)
        return Template.from_code(self.environment, self.verbatim, {"text": text})

    @cached_property
    def verbatim(self) -> CodeType:
        """The one template for all such texts: no answer is ever compiled."""
        return self.environment.compile("{{ text }}")

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Keep or drop each line of a file that has its own condition.

        Files that the hook will remove become empty: Jinja's compiling takes half the time of a bake.
        """
        if name in self.unneeded:
            return ""
        if not name or "# {% if" not in source:
            return source
        text = CONDITIONAL_LINE.sub(self.kept, CONDITIONAL_PARAGRAPH.sub(self.kept, source))
        if name.endswith(".py"):
            text = LISTED.sub(in_one_line, text)
        return text.replace(MARK, "")

    def kept(self, line: re.Match[str]) -> str:
        """What is left of a line with its own condition, marked; each condition is compiled once."""
        condition = line["condition"]
        if condition not in self.held:
            self.held[condition] = self.environment.compile_expression(condition)(cookiecutter=self.answers)
        return f"{MARK}{line['text']}\n" if self.held[condition] else MARK

    def checked(self, answers: dict[str, Any]) -> str:
        """Check the answers given so far; in a terminal, ask again for a refused one.

        Args:
            answers: cookiecutter's own dict, which receives the new answer.

        Raises:
            FailedHookException: with one line; cookiecutter prints it and exits with status 1.
        """
        self.refuse_code()
        self.refuse_unknown_names()
        can_ask = not command_line().get("no_input", True) and sys.stdin.isatty()
        while fault := next(faults(self.questions, answers), None):
            names, sentence = fault
            if not can_ask:
                raise FailedHookException(sentence)
            print(sentence)
            for name in names:
                answers[name] = self.asked_again(answers, name)
        if {"llm_provider", "extra_providers"} <= answers.keys():
            answers["extra_providers"] = ", ".join(further_providers(answers))
        return ""

    def refuse_code(self) -> None:
        """Refuse a version of cookiecutter that does not use `from_string`, and could run an answer as code.

        Raises:
            FailedHookException: names the version.
        """
        if render_variable(self.environment, "{{ 7 * 7 }}", {}) != "{{ 7 * 7 }}":
            raise FailedHookException(f"With cookiecutter {__version__} answers could run as code: use an older one.")

    def refuse_unknown_names(self) -> None:
        """Refuse a `name=value` on the command line that answers no question: cookiecutter would ignore it.

        Raises:
            FailedHookException: lists the names of the questions.
        """
        given, names = command_line().get("extra_context"), asked(self.questions)
        unknown = [name for name in given if name not in names] if isinstance(given, dict) else []
        if unknown:
            raise FailedHookException(f"There is no question {unknown[0]!r}. The names are: {', '.join(names)}.")

    def asked_again(self, answers: dict[str, Any], name: str) -> str:
        """Another answer, from the person at the terminal."""
        question, prompts = self.questions[name], self.questions["__prompts__"]
        if isinstance(question, list):
            return read_user_choice(name, question, prompts)
        return read_user_variable(name, render_variable(self.environment, question, answers), prompts)

    def project_folder(self, answers: dict[str, Any]) -> str:
        """The name of the project's folder: the first thing rendered after all answers are given.

        Nothing is written yet, so the answers are checked once more: those of a replay file are still unchecked.

        Args:
            answers: cookiecutter's own dict. Private variables of another version are corrected.

        Raises:
            FailedHookException: with one line, if an answer is refused.
        """
        if not answers.keys() >= {*asked(self.questions)}:
            return FOLDER  # an answer of exactly this text
        self.refuse_code()
        for _, sentence in faults(self.questions, answers):
            raise FailedHookException(sentence)
        answers.pop("_copy_without_render", None)
        answers.update({name: value for name, value in self.questions.items() if re.match("_[^_]", name)})
        if "extra_providers" in answers:
            answers["extra_providers"] = ", ".join(further_providers(answers))
        self.answers = answers
        files = files_of(self.template / FOLDER)
        self.unneeded = self.table.unneeded(files, answers)
        renamed = self.table.renamed(files - self.unneeded, answers)
        self.names = dict.fromkeys(renamed.values(), "") | renamed
        if command_line().get("accept_hooks") == "no":
            self.names |= dict.fromkeys(self.unneeded, "")
        return answers["project_slug"]

    def leave_alone(self) -> None:
        """Keep existing files in the project's folder from being overwritten and then removed by the hook."""
        there = {path for path in with_folders(self.unneeded) if os.path.lexists(self.project / path)}
        self.names |= dict.fromkeys(there & self.unneeded, "")
        if there:
            self.answers["_there"] = sorted(there)

    def read_only(self, _: dict[str, Any]) -> list[str]:
        """The files without write permission: cookiecutter copies the template's permissions."""
        folder = self.template / FOLDER
        files = {file for file in files_of(folder) if not (folder / file).stat().st_mode & stat.S_IWUSR}
        return sorted(files | {*map(self.table.place, files)})

    def removed(self, answers: dict[str, Any]) -> list[str]:
        """What the hook removes: the files that the answers do not need, and their folders if these become empty.

        Nothing that existed before the bake is included. A folder comes after its contents.
        """
        unneeded = self.table.unneeded(files_of(self.template / FOLDER), answers)
        return sorted(with_folders(unneeded) - {*answers.get("_there", ())}, reverse=True)
