"""The questions of cookiecutter.json, and which answers a link may bring."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from cookiecutter_streamlit_chat.questions import ASKED, ROOT, questions_of
from cookiecutter_streamlit_chat.questions import QUESTIONS as FACTS
from cookiecutter_streamlit_chat.rules import CHECKS

LONGEST = 2000  # characters of a text; the address of the page holds them all
PROMPTS = FACTS["__prompts__"]
ARRANGEMENT = tomllib.loads((Path(__file__).parent / "groups.toml").read_text("utf-8"))
REST = {"title": "More", "help": "What else can be chosen.", "questions": []}


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        name: as the command line has it.
        label: what it is about, in a word or two.
        prompt: the sentence that asks it.
        labels: the label of each answer to choose from, the default first; empty where any text is an answer.
        listed: the question whose answers this one lists, with commas between; empty where it does not.
        long: whether its text takes more than a line to write.
    """

    name: str
    label: str
    prompt: str
    labels: dict[str, str]
    listed: str = ""
    long: bool = False

    def refused(self, value: str) -> str | None:
        """Why this cannot be the answer, as the end of a sentence; None where it can."""
        if self.labels and not self.listed:
            return None if value in self.labels else f"is not one of {', '.join(self.labels)}"
        if len(value) > LONGEST:
            return f"is too long: use at most {LONGEST} characters"
        return CHECKS[self.name](value) if self.name in CHECKS else None


def labels(name: str) -> dict[str, str]:
    """The label of each answer that a question lets choose from."""
    return {value: PROMPTS[name][value] for value in FACTS[name]} if isinstance(FACTS[name], list) else {}


def question(name: str) -> Question:
    """The question of this name."""
    prompt = PROMPTS[name]["__prompt__"] if isinstance(PROMPTS[name], dict) else PROMPTS[name]
    listed = ARRANGEMENT["several"].get(name, "")
    label = ARRANGEMENT["labels"].get(name, name.replace("_", " ").capitalize())
    return Question(name, label, prompt, labels(listed or name), listed, name in ARRANGEMENT["long"]["questions"])


QUESTIONS = {name: question(name) for name in ASKED}


@dataclass(frozen=True)
class Group:
    """Questions that stand together, under a title and a line of help."""

    title: str
    help: str
    questions: list[Question]


def groups(directory: str = "") -> list[Group]:
    """Every question that the template in this folder of the repository asks, in its group."""
    arranged = {name for group in ARRANGEMENT["groups"] for name in group["questions"]}
    rest = REST | {"questions": [name for name in QUESTIONS if name not in arranged]}
    own = questions_of(ROOT / directory) if directory else QUESTIONS
    each = [
        Group(group["title"], group["help"], [QUESTIONS[name] for name in group["questions"] if name in own])
        for group in (*ARRANGEMENT["groups"], rest)
    ]
    return [group for group in each if group.questions]


def answers_in(link: Mapping[str, str], asked: Collection[str] = QUESTIONS) -> tuple[dict[str, str], list[str]]:
    """What a query string answers, of the questions with these names.

    Returns:
        The answers, by the names of their questions; a text among them may be one that is refused. And the names of
        the questions whose answer there cannot even be shown: too long, or none of those to choose from.
    """
    given = {name: value for name, value in link.items() if name in asked}
    lost = [
        name
        for name, value in given.items()
        if len(value) > LONGEST or (QUESTIONS[name].labels and QUESTIONS[name].refused(value))
    ]
    return {name: value for name, value in given.items() if name not in lost}, lost
