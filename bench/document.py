"""docs/performance.md: what was measured, how, and a chart of it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bench.table import Row, markdown

FILE = Path(__file__).parent.parent / "docs" / "performance.md"
MARKER = "<!-- What stands below was written by hand; `python3 dev.py bench --write` keeps it. -->"
INTRODUCTION = """# How quick it is

`python3 dev.py bench --write` measured this on {machine}.
Other machines give other figures: the ratios say more than the seconds. Turns of one person are medians of {rounds}
rounds; a crowd, and memory, are measured once.

The **baseline** is the classic pattern of a Streamlit chat, `bench/classic/streamlit_app.py`: messages in the session's
state, `st.write_stream`, default settings. **Here** is the app of this template with OpenAI as its provider. Both are
answered by the same local server, which speaks OpenAI's wire format and runs in a process of its own, so that there is
no network and no model in the figures. A browser (headless Chromium) asks, and says when a word is visible, for which
it looks at every frame: that keeps its main thread busy for half a second in twenty, with both chats. The crowd, and
the sessions that take memory, are websockets that send what a page would; in the crowd all do so at the same moment.
Where memory counts, neither server watches its files, as in the image that the app is deployed with.
Where there are rows for the SDK by itself, they are what reading the same stream costs without Streamlit: OpenAI's sync
client in the column of the classic pattern, which uses that, and the async one in the column of the app. A row that
begins with a dash belongs to the last one above it that does not.
"""
CHART = """```mermaid
xychart-beta
    title "The app, in percent of the classic pattern (less is better)"
    x-axis [{names}]
    y-axis "percent" 0 --> {top}
    bar [{percents}]
```"""


def chart(ratios: Mapping[str, float]) -> str:
    """A bar chart in Mermaid of ratios, app to classic, by what was measured."""
    names = ", ".join(f'"{name}"' for name in ratios)
    percents = [100 * ratio for ratio in ratios.values()]
    bars = ", ".join(f"{percent:.1f}" for percent in percents)
    return CHART.format(names=names, percents=bars, top=round(max(100, *percents)))


def write(rows: Iterable[Row], ratios: Mapping[str, float], machine: str, rounds: int) -> None:
    """Write the page anew; what stands below MARKER is kept."""
    before = FILE.read_text("utf-8") if FILE.exists() else ""
    by_hand = before.partition(MARKER)[2] or "\n"
    introduction = INTRODUCTION.format(machine=machine, rounds=rounds)
    page = "\n".join([introduction, markdown(rows), "", chart(ratios), "", MARKER])
    FILE.write_text(page + by_hand, "utf-8", newline="\n")
