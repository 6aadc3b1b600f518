"""A table of figures: the baseline, this template, their ratio and the goal."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


def seconds(value: float) -> str:
    """In the most readable unit: 1.23 s, 45 ms."""
    return f"{value:.2f} s" if abs(value) >= 1 else f"{1000 * value:.0f} ms"


def megabytes(value: float) -> str:
    """Bytes in units of 10^6, to three digits: 26.1 MB, 0.113 MB."""
    return f"{value / 1e6:.3g} MB"


def kilobytes(value: float) -> str:
    """Bytes in units of 10^3, to two digits: 5.2 kB."""
    return f"{value / 1e3:.2g} kB"


def times(ratio: float) -> str:
    """A ratio: 1.23, or 1/217 if it is small."""
    return f"1/{1 / ratio:.0f}" if 0 < ratio <= 0.5 else f"{ratio:.2f}"


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        name: what was measured.
        baseline: the figure to compare with, if any.
        ours: the figure of this template or its app.
        unit: turns a figure into text.
        most: the goal, if any: a maximum of the figure.
        most_ratio: the goal, if any: a maximum of `ours / baseline`.
    """

    name: str
    baseline: float | None
    ours: float
    unit: Callable[[float], str] = seconds
    most: float | None = None
    most_ratio: float | None = None

    def cells(self) -> tuple[str, ...]:
        """The values in the columns of `HEADER`."""
        ratio = self.ours / self.baseline if self.baseline else None
        goal = met = ""
        if self.most is not None:
            goal, met = f"at most {self.unit(self.most)}", "yes" if self.ours <= self.most else "no"
        if self.most_ratio is not None and ratio is not None:
            goal, met = f"ratio at most {times(self.most_ratio)}", "yes" if ratio <= self.most_ratio else "no"
        baseline = "-" if self.baseline is None else self.unit(self.baseline)
        return self.name, baseline, self.unit(self.ours), "" if ratio is None else times(ratio), goal, met


HEADER = ("", "baseline", "here", "ratio", "goal", "met")


def markdown(rows: Iterable[Row]) -> str:
    """The table in Markdown, with aligned columns."""
    return aligned([HEADER, *(row.cells() for row in rows)])


def aligned(lines: list[tuple[str, ...]]) -> str:
    """These lines as a Markdown table with aligned columns; the first is its header."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    header, *others = lines
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |"
        for line in (header, tuple("-" * width for width in widths), *others)
    )
