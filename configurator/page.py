"""The page: the questions on one side, the resulting project on the other.

The answers are kept only in the page's address, so a link, a second tab and the browser's Back show the right ones.
"""

import html
from itertools import groupby
from pathlib import PurePosixPath

import streamlit as st

from configurator import baking, commands, projects
from configurator.baking import Bake
from configurator.preview import draw_app
from configurator.questions import LONGEST, QUESTIONS, Question, answers_in, groups
from cookiecutter_streamlit_chat.providers import names_of
from cookiecutter_streamlit_chat.questions import FOLDER, ROOT, STARTER
from cookiecutter_streamlit_chat.texts import plain_markdown

INDENT = "\u2003"
TEMPLATES = {"": "The whole app", STARTER: "One page"}
FIRST_FILE = "README.md"
HEIGHT = 560  # pixels
FEW = 5  # answers shown as radio buttons
LANGUAGES = {".md": "markdown", ".py": "python", ".svg": "xml", ".toml": "toml", ".yaml": "yaml", ".yml": "yaml"}
MARKS = {"added": ":green[+ {}]", "removed": ":red[\N{MINUS SIGN} {}]", "changed": ":orange[~ {}]"}


@st.cache_resource(max_entries=200, show_spinner=False)
def bake(answers: tuple[tuple[str, str], ...], directory: str) -> Bake:
    """A bake, shared by everyone with the same answers."""
    return baking.bake(dict(answers), directory)


def say(sentence: str) -> None:
    """Draw a sentence, which may contain typed text, as plain text."""
    st.html(f'<p role="alert" style="border-left: 3px solid #d33; padding-left: 0.7em">{html.escape(sentence)}</p>')


def take_answer(question: Question) -> None:
    """Put the new answer into the address."""
    value = st.session_state[question.name]
    text = ", ".join(value) if question.listed else value
    # Emptying a required field restores its default.
    if text == st.session_state.now.defaults[question.name] or (not text and question.refused(text)):
        st.query_params.pop(question.name, None)
    else:
        st.query_params[question.name] = text


def take_template() -> None:
    """Put the chosen template into the address; all answers stay, even those it does not ask for."""
    if st.session_state.template:
        st.query_params["template"] = st.session_state.template
    else:
        st.query_params.pop("template", None)


def draw_templates(directory: str) -> None:
    """Draw the choice between the templates."""
    st.session_state.template = directory
    labels = {"options": TEMPLATES, "format_func": TEMPLATES.get, "label_visibility": "collapsed"}
    st.segmented_control("Template", key="template", on_change=take_template, required=True, **labels)


def draw_question(question: Question, answers: dict[str, str], refused: str | None) -> None:
    """Draw a question with its answer, and the reason if that is refused."""
    answer = shown = answers[question.name]
    options = [value for value in question.labels if value != answers.get(question.listed)]
    if question.listed:
        shown = [value for value in names_of(answer) if value in options]
    if st.session_state.get(question.name) != shown:
        st.session_state[question.name] = shown
    widget = {
        "label": question.label,
        "help": question.prompt,
        "key": question.name,
        "on_change": take_answer,
        "args": (question,),
    }
    choice = {"options": options, "format_func": question.labels.get}
    if question.listed:
        st.multiselect(**widget, **choice, placeholder="None")
    elif len(question.labels) > FEW:
        st.selectbox(**widget, **choice)
    elif question.labels:
        st.radio(**widget, **choice)
    elif question.long or "\n" in answer:
        st.text_area(**widget, max_chars=LONGEST)
    else:
        st.text_input(**widget, max_chars=LONGEST)
    if refused:
        say(f"This {refused}.")


def draw_figures(before: Bake, now: Bake) -> None:
    """Draw the project's size, and how the last answer changed it."""
    figures = {
        "Files": lambda bake: len(bake.files),
        "Lines of Python": projects.lines,
        "Installed, in MB": lambda bake: round(projects.installed(projects.requirements_of(bake)) / 1e6),
    }
    with st.container(horizontal=True, gap="large"):
        for label, figure in figures.items():
            change = figure(now) - figure(before)
            st.metric(label, f"{figure(now):,}", change or None, delta_color="off", width="content")


def draw_files(before: Bake, now: Bake) -> None:
    """Draw the tree of files, marked with the effect of the last answer, and one file's content."""
    changes = projects.changes(before, now)
    tree, content = st.columns([2, 5])
    paths = sorted(map(PurePosixPath, {*now.files, *changes}), key=lambda path: (path.parent, path.name))
    chosen = st.session_state.get("file")
    if chosen not in map(str, paths):
        chosen = FIRST_FILE
    with tree.container(key="tree", height=HEIGHT, gap=None):
        for folder, files in groupby(paths, key=lambda path: path.parent):
            if folder.name:
                st.markdown(f":small[{plain_markdown(str(folder))}/]")
            for path in files:
                label = MARKS.get(changes.get(str(path)), "{}").format(plain_markdown(path.name))
                label = f"**{label}**" if str(path) == chosen else label
                st.button(
                    INDENT + label if folder.name else label,
                    key=f"file {path}",
                    type="tertiary",
                    on_click=st.session_state.update,
                    kwargs={"file": str(path)},
                )
    with content:
        draw_file(chosen, changes.get(chosen), before, now)


def draw_file(path: str, change: str | None, before: Bake, now: Bake) -> None:
    """Draw a file's content, or how the last answer changed it."""
    content = projects.text((before if change == "removed" else now).files[path])
    views = ["Changes", "Content"]
    view = None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain_markdown(path)}**")
        if change == "changed":
            view = st.segmented_control("Show", views, default="Changes", required=True, label_visibility="collapsed")
    if content is None:
        st.text("This is not a text file.")
    elif view == "Changes":
        st.code(projects.diff(path, before, now), language="diff", height=HEIGHT)
    else:
        language = LANGUAGES.get(PurePosixPath(path.removesuffix(".example")).suffix)
        st.code(content, language=language, line_numbers=True, height=HEIGHT)


def draw_dependencies(bake: Bake) -> None:
    """Draw the app's dependencies, with their sizes."""
    rows = [
        f"| {requirement} | {projects.installed([requirement]) / 1e6:.1f} | {len(projects.brought(requirement))} |"
        for requirement in projects.requirements_of(bake)
    ]
    st.markdown("\n".join(["| dependency | MB | packages |", "|---|--:|--:|", *rows]))
    st.markdown(
        ":small[Each row includes the packages that the dependency needs; shared ones are in several rows. Measured on "
        f"{projects.SIZES['measured']} with {projects.SIZES['on']}.]"
    )


def draw_command(bake: Bake) -> None:
    """Draw the command that bakes the same project."""
    st.markdown("In a POSIX shell (Linux, macOS, WSL):")
    st.code(commands.command(bake), language="bash", wrap_lines=True)
    st.markdown("In any other shell, with the answers in a file:")
    st.download_button(
        "Download the answers", commands.answers_file(bake), f"{bake.slug}.yaml", "application/yaml", on_click="ignore"
    )
    st.code(commands.command_with_file(bake), language=None, wrap_lines=True)


def bake_or_say(answers: dict[str, str], directory: str) -> Bake | None:
    """The bake of these answers; None if it fails, with the reason on the page."""
    try:
        return bake(tuple(sorted(answers.items())), directory)
    except (baking.Refused, baking.Unavailable) as reason:
        say(str(reason))
        return None


st.set_page_config(page_title="Your own chat", page_icon="💬", layout="wide")
st.html(ROOT / FOLDER / "page.css")  # the app's, for its code colours
st.html(ROOT / "configurator" / "style.css")
st.title("Your own chat")
st.markdown("Answer the questions you care about, see the result at once, and download the app.")
questions_side, project_side = st.columns([1, 2], gap="large")
questions_side = questions_side.container(key="questions")
problems = questions_side.container()

directory = st.query_params.get("template", "")
directory = directory if directory in TEMPLATES else ""
own_groups = groups(directory)
given, lost = answers_in(st.query_params, [question.name for group in own_groups for question in group.questions])
refused = {name: reason for name, value in given.items() if (reason := QUESTIONS[name].refused(value))}
with problems:
    for name in lost:
        say(f"The address had an invalid answer to {name}: the default is used instead.")
    new = bake_or_say({name: value for name, value in given.items() if name not in refused}, directory)
    last = st.session_state.get("now")
    now = new or (last if last and last.directory == directory else None) or bake_or_say({}, directory)
if not now:
    st.stop()
if now != st.session_state.setdefault("now", now):
    st.session_state.before, st.session_state.now = st.session_state.now, now
before = st.session_state.get("before", now)
# The template may have normalised an answer; a refused one stays as given.
answers = now.answers | {name: value for name, value in given.items() if name in refused or not new}

with questions_side:
    draw_templates(directory)
    for tab, group in zip(st.tabs([group.title for group in own_groups]), own_groups, strict=True):
        with tab:
            st.markdown(f":small[{group.help}]")
            for question in group.questions:
                draw_question(question, answers, refused.get(question.name))
    st.button("Start again", icon=":material/restart_alt:", on_click=st.query_params.clear)

with project_side:
    with st.container(horizontal=True):
        st.download_button(
            "Download",
            projects.zipped(now),
            f"{now.slug}.zip",
            "application/zip",
            icon=":material/download:",
            on_click="ignore",
            disabled=bool(refused) or not new,
        )
        with st.popover("Copy command", icon=":material/terminal:", disabled=bool(refused) or not new):
            draw_command(now)
    app, files, dependencies = st.tabs(["The app", "Files", "Dependencies"])
    with app:
        draw_app(now.answers, whole=not directory)
    with files:
        draw_figures(before, now)
        draw_files(before, now)
    with dependencies:
        draw_dependencies(now)
