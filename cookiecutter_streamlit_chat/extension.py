"""The Jinja extension: checks the answers before a file is written, and keeps them from being taken for code.

Cookiecutter loads it from the template itself (`_extensions` in cookiecutter.json), so that a refusal comes before a
folder is made and reads as one line.
"""

import re
import sys
from collections.abc import Callable
from functools import cached_property
from inspect import getmembers, isfunction
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import click
from cookiecutter.exceptions import FailedHookException
from cookiecutter.prompt import read_user_choice, read_user_variable, render_variable
from jinja2 import Environment, Template, nodes
from jinja2.ext import Extension

from cookiecutter_streamlit_chat import conditions, texts
from cookiecutter_streamlit_chat.files import unneeded
from cookiecutter_streamlit_chat.providers import chosen, further_providers, usual_model
from cookiecutter_streamlit_chat.questions import FOLDER, ROOT, asked, questions_of
from cookiecutter_streamlit_chat.rules import faults

# `code  # {% if … %}`: a line that carries its own condition (docs/design.md says why).
CONDITIONAL_LINE = re.compile(r"^(?P<text>.*\S)  # \{% if (?P<condition>.+) %\}\n", re.MULTILINE)
# Such a line between blank ones, which takes the one before it along.
CONDITIONAL_PARAGRAPH = re.compile(r"(?<=\n)(?P<text>\n.*\S)  # \{% if (?P<condition>.+) %\}\n(?=\n)")


def functions(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """The functions that a module defines, by their names."""
    return {name: each for name, each in getmembers(module, isfunction) if each.__module__ == module.__name__}


def command_line() -> dict[str, Any]:
    """What cookiecutter's command was given; empty where its Python API was called."""
    context = click.get_current_context(silent=True)
    return context.params if context else {}


def defaults(environment: Environment, questions: dict[str, Any], answers: dict[str, Any]) -> dict[str, str]:
    """The default of every question, where the others are answered like this."""
    raw = {name: questions[name] for name in asked(questions)}
    return {
        name: value[0] if isinstance(value, list) else render_variable(environment, value, answers)
        for name, value in raw.items()
    }


class Answers(Extension):
    """The filters and tests of the templates, and what becomes of answers, of names of files, and of conditions.

    Attributes:
        template: the folder with the cookiecutter.json whose questions these are; another template of the repository
            makes a subclass with its own.
        unneeded: which files of the template some answers do not need.
        answers: all of them, from the moment when the project's folder is named.
        left_out: the files of the template that these do not need.
        held: whether a condition holds, for those that have been met.
        rendered: Jinja's own way of making a template of a text.
    """

    template: Path = ROOT
    unneeded = staticmethod(unneeded)

    def __init__(self, environment: Environment) -> None:
        """Register the filters and the tests."""
        super().__init__(environment)
        # An update renders the old and the new template in one process: let the new one import its own modules.
        package = __name__.partition(".")[0]
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]
        sys.modules.pop(type(self).__module__, None)
        self.answers: dict[str, Any] = {}
        self.left_out: set[str] = set()
        self.held: dict[str, bool] = {}
        self.rendered = environment.from_string
        environment.from_string = self.from_string
        filters = (chosen, self.checked, self.project_folder, self.unneeded, usual_model)
        environment.filters.update({each.__name__: each for each in filters} | functions(texts))
        environment.tests.update(functions(conditions))

    @cached_property
    def questions(self) -> dict[str, Any]:
        """What stands in the template's cookiecutter.json."""
        return questions_of(self.template)

    @cached_property
    def own_strings(self) -> set[str]:
        """Every text that the template itself has rendered without a file name; any other is an answer."""

        def strings(value: object) -> set[str]:
            if isinstance(value, dict):
                return set().union(*map(strings, [*value.keys(), *value.values()]))
            if isinstance(value, list):
                return set().union(*map(strings, value))
            return {str(value)}

        hooks = (path.read_text("utf-8") for path in (self.template / "hooks").glob("*.py"))
        return {text for text in strings(self.questions) | set(hooks) if "{{" in text}

    def from_string(self, source: str | nodes.Template) -> Template:
        """A template without a file. Of an answer, and of the name of a file, it is one that gives just this text."""
        if source == FOLDER:
            return self.rendered("{{ cookiecutter | project_folder }}")
        if not isinstance(source, str) or source in self.own_strings:
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

    def checked(self, answers: dict[str, Any]) -> str:
        """Check the answers given so far; a refused one is asked again where somebody can answer.

        Args:
            answers: cookiecutter's own dict, so that a better answer put into it is kept.

        Raises:
            FailedHookException: with one line; cookiecutter prints it and exits with status 1.
        """
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

    def refuse_unknown_names(self) -> None:
        """Refuse a `name=value` on the command line that is no question: cookiecutter ignores it.

        Raises:
            FailedHookException: with the names that are allowed.
        """
        given, names = command_line().get("extra_context"), asked(self.questions)
        unknown = [name for name in given if name not in names] if isinstance(given, dict) else []
        if unknown:
            raise FailedHookException(f"There is no question {unknown[0]!r}. The names are: {', '.join(names)}.")

    def asked_again(self, answers: dict[str, Any], name: str) -> str:
        """A better answer, from whoever is at the terminal."""
        question, prompts = self.questions[name], self.questions["__prompts__"]
        if isinstance(question, list):
            return read_user_choice(name, question, prompts)
        return read_user_variable(name, render_variable(self.environment, question, answers), prompts)

    def project_folder(self, answers: dict[str, Any]) -> str:
        """The name of the project's folder: the first thing that is rendered when all answers are there.

        Nothing is written yet, so they are checked once more: those of a replay file come unchecked.

        Args:
            answers: cookiecutter's own dict. What is no answer is put right where it is another version's, and files
                that are not needed are not copied.

        Raises:
            FailedHookException: with one line, if an answer cannot be.
        """
        if not answers.keys() >= {*asked(self.questions)}:
            return FOLDER  # somebody's answer, word for word
        for _, sentence in faults(self.questions, answers):
            raise FailedHookException(sentence)
        answers.update({name: value for name, value in self.questions.items() if re.match("_[^_]", name)})
        if "extra_providers" in answers:
            answers["extra_providers"] = ", ".join(further_providers(answers))
        self.answers, self.left_out = answers, self.unneeded(answers)
        answers["_copy_without_render"] = [
            file for file in self.questions.get("_copy_without_render", ()) if file not in self.left_out
        ]
        return answers["project_slug"]
