"""The questions of cookiecutter.json, and the answers that a link may contain."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from cookiecutter_streamlit_chat.questions import ASKED, ROOT, questions_of
from cookiecutter_streamlit_chat.questions import QUESTIONS as FACTS
from cookiecutter_streamlit_chat.rules import CHECKS

LONGEST = 2000  # characters of a text; the page's address contains all texts
PROMPTS = FACTS["__prompts__"]
ARRANGEMENT = tomllib.loads((Path(__file__).parent / "groups.toml").read_text("utf-8"))
REST = {"title": "More", "help": "Other choices.", "questions": []}


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        name: its name on the command line.
        label: its subject, in a word or two.
        prompt: the sentence that asks it.
        labels: the label of each possible answer, the default first; empty if any text is an answer.
        listed: the question whose answers this one lists, separated by commas; empty if none.
        long: whether its text needs more than one line.
    """

    name: str
    label: str
    prompt: str
    labels: dict[str, str]
    listed: str = ""
    long: bool = False

    def refused(self, value: str) -> str | None:
        """Why this answer is refused, as the end of a sentence, or None."""
        if self.labels and not self.listed:
            return None if value in self.labels else f"is not one of {', '.join(self.labels)}"
        if len(value) > LONGEST:
            return f"is too long: use at most {LONGEST} characters"
        return CHECKS[self.name](value) if self.name in CHECKS else None


def labels(name: str) -> dict[str, str]:
    """The label of each of a question's possible answers."""
    return {value: PROMPTS[name][value] for value in FACTS[name]} if isinstance(FACTS[name], list) else {}


def question(name: str) -> Question:
    """The question with this name."""
    prompt = PROMPTS[name]["__prompt__"] if isinstance(PROMPTS[name], dict) else PROMPTS[name]
    listed = ARRANGEMENT["several"].get(name, "")
    label = ARRANGEMENT["labels"].get(name, name.replace("_", " ").capitalize())
    return Question(name, label, prompt, labels(listed or name), listed, name in ARRANGEMENT["long"]["questions"])


QUESTIONS = {name: question(name) for name in ASKED}


@dataclass(frozen=True)
class Group:
    """Questions under one title and a line of help."""

    title: str
    help: str
    questions: list[Question]


def groups(directory: str = "") -> list[Group]:
    """The groups of the questions that the template in this folder of the repository asks."""
    arranged = {name for group in ARRANGEMENT["groups"] for name in group["questions"]}
    rest = REST | {"questions": [name for name in QUESTIONS if name not in arranged]}
    own = questions_of(ROOT / directory) if directory else QUESTIONS
    each = [
        Group(group["title"], group["help"], [QUESTIONS[name] for name in group["questions"] if name in own])
        for group in (*ARRANGEMENT["groups"], rest)
    ]
    return [group for group in each if group.questions]


def answers_in(link: Mapping[str, str], asked: Collection[str] = QUESTIONS) -> tuple[dict[str, str], list[str]]:
    """The answers in a query string to the questions with these names.

    Returns:
        The answers, by question; a text among them may still be refused. And the questions whose answer cannot be
        shown at all: too long, or not one of the choices.
    """
    given = {name: value for name, value in link.items() if name in asked}
    lost = [
        name
        for name, value in given.items()
        if len(value) > LONGEST or (QUESTIONS[name].labels and QUESTIONS[name].refused(value))
    ]
    return {name: value for name, value in given.items() if name not in lost}, lost
