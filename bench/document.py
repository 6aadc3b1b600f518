"""docs/performance.md: the figures, how they were measured, and a chart."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bench.table import Row, markdown

FILE = Path(__file__).parent.parent / "docs" / "performance.md"
MARKER = "<!-- What stands below was written by hand; `python3 dev.py bench --write` keeps it. -->"
INTRODUCTION = """# How quick it is

`python3 dev.py bench --write` measured this on {machine}.
Other machines give other figures: the ratios say more than the seconds. Figures for one person are medians of {rounds}
rounds; the crowd and memory are measured once.

The **baseline** is the classic pattern of a Streamlit chat, `bench/classic/streamlit_app.py`: messages in the session's
state, `st.write_stream`, default settings. **Here** is this template's app with OpenAI as its provider. The same local
server answers both, in OpenAI's wire format and in its own process, so the figures contain no network and no model.
Headless Chromium asks, and checks every frame for new words: with both chats, this keeps its main thread busy for half
a second in twenty. In the crowd and the memory figures, each person is a websocket that sends what a page would; in the
crowd, all ask at the same moment. While memory is measured, neither server watches its files, as in the app's image.
Rows for the SDK alone show what reading the same stream costs without Streamlit: with OpenAI's sync client in the
column of the classic pattern, which uses it, and with the async one in the app's column. A row that begins with a dash
belongs to the row without one above it.
"""
CHART = """```mermaid
xychart-beta
    title "The app, in percent of the classic pattern (less is better)"
    x-axis [{names}]
    y-axis "percent" 0 --> {top}
    bar [{percents}]
```"""


def chart(ratios: Mapping[str, float]) -> str:
    """A Mermaid bar chart of ratios, app to classic, by figure."""
    names = ", ".join(f'"{name}"' for name in ratios)
    percents = [100 * ratio for ratio in ratios.values()]
    bars = ", ".join(f"{percent:.1f}" for percent in percents)
    return CHART.format(names=names, percents=bars, top=round(max(100, *percents)))


def write(rows: Iterable[Row], ratios: Mapping[str, float], machine: str, rounds: int) -> None:
    """Rewrite the page, but keep the text below MARKER."""
    before = FILE.read_text("utf-8") if FILE.exists() else ""
    by_hand = before.partition(MARKER)[2] or "\n"
    introduction = INTRODUCTION.format(machine=machine, rounds=rounds)
    page = "\n".join([introduction, markdown(rows), "", chart(ratios), "", MARKER])
    FILE.write_text(page + by_hand, "utf-8", newline="\n")
