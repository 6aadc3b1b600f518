"""Drawing what a model wrote: words, and charts, tables and diagrams in place of their source."""

from itertools import groupby

import streamlit as st
from markdown_it.tree import SyntaxTreeNode
from streamlit.delta_generator import DeltaGenerator

from chat.conversation.charts import drawable
from chat.conversation.visuals import Chart, Image, Table
from chat.ui.markdown.fenced_blocks import check_diagram, figure
from chat.ui.markdown.safe import inert, language_of, parsed, safe_markdown
from chat.ui.undrawable import or_as_text

FIGURES = {"csv", "mermaid", "vega-lite"}
# Only the browser finds out whether a diagram is broken: its code and this note are hidden unless it is.
BROKEN_DIAGRAM = """
<style>
  .stElementContainer:has([data-testid="stMermaidChart"]):not(:has([data-testid="stMermaidError"]))
    + [data-testid="stLayoutWrapper"]:has(.broken-diagram),
  .stElementContainer:has([data-testid="stMermaidError"]):has(+ [data-testid="stLayoutWrapper"] .broken-diagram) {
    display: none;
  }
</style>
<small class="broken-diagram" style="opacity: 0.7">This could not be drawn: it is not Mermaid.</small>
"""


def draw_text(
    text: str,
    slot: DeltaGenerator | None = None,
    sources: dict[int, str] | None = None,  # {% if cookiecutter is stepped %}
) -> None:
    """Draw a text that a model wrote, whole.

    Args:
        text: its Markdown.
        slot: an `st.empty()` to draw it in, instead of the current container.
        sources: the anchors on the page of the sources whose numbers it may name.  # {% if cookiecutter is stepped %}
    """
    with or_as_text(text, slot):
        blocks = parsed(text, sources)  # {% if cookiecutter is stepped %}
        blocks = parsed(text)  # {% if not cookiecutter is stepped %}
        if not any(map(is_figure, blocks)):
            (slot or st).markdown(safe_markdown(blocks))
            return
        with slot.container() if slot else st.container():
            for are_figures, run in groupby(blocks, is_figure):
                if are_figures:
                    for block in run:
                        draw_fence(block)
                else:
                    st.markdown(safe_markdown(run))


def is_figure(block: SyntaxTreeNode) -> bool:
    """Whether a block is a chart, a table or a diagram, or code with an icon's name, which Markdown would change."""
    return block.type == "fence" and (figure_language(block) in FIGURES or ":material/" in block.content)


def figure_language(block: SyntaxTreeNode) -> str:
    """The first word of a fence."""
    return block.info.strip().partition(" ")[0].lower()


def draw_fence(block: SyntaxTreeNode) -> None:
    """Draw a chart, table or diagram from its source; one that cannot be drawn stays code, with a note."""
    try:
        match figure_language(block):
            case "mermaid":
                check_diagram(block.content)
                st.markdown(safe_markdown([block]))
                with st.container():
                    st.code(block.content, None)
                    st.html(BROKEN_DIAGRAM)
            case "csv" | "vega-lite" as language:
                visual, note = figure(language, block.content)
                draw_visual(visual)
                if note:
                    st.caption(note)
            case _:
                st.code(block.content.removesuffix("\n"), language_of(block) or None)
    except ValueError as error:
        st.markdown(safe_markdown([block]))
        st.caption(f"This could not be drawn: {inert(str(error))}.")


def draw_visual(visual: Chart | Table | Image) -> None:
    """Draw a chart, a table or an image."""
    match visual:
        case Chart(spec):
            st.vega_lite_chart(drawable(spec))
        case Table(columns, rows):
            st.dataframe(dict(zip(columns, zip(*rows, strict=True), strict=True)), hide_index=True)
        case Image(data, _, alt):
            try:
                st.image(data, alt=alt)
            except OSError:
                st.caption("This is not a valid image.")
