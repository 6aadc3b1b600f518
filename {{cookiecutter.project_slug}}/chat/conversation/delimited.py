"""Tables in lines of text: CSV, with whatever stands between its cells."""

import csv
import io
from collections import Counter
from itertools import islice

DELIMITERS = ",;\t|"
LINES_TRIED = 50


def rows_of(text: str, *, strict: bool = False) -> tuple[list[list[str]], str]:
    """The rows of a table in text, without blank lines, and what stands between its cells.

    Args:
        text: its lines.
        strict: whether a broken quote is an error.

    Raises:
        csv.Error: if it is no CSV.
    """
    sample = list(islice(io.StringIO(text), LINES_TRIED))
    delimiter = max(DELIMITERS, key=lambda delimiter: agreement(sample, delimiter))
    lines = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True, strict=strict)
    return [row for row in lines if row], delimiter


def agreement(lines: list[str], delimiter: str) -> tuple[int, int]:
    """How many lines have the same number of cells, and how many cells, with this delimiter; nothing with one each."""
    try:
        widths = Counter(map(len, csv.reader(lines, delimiter=delimiter, skipinitialspace=True)))
    except csv.Error:
        return 0, 0
    return max(((count, width) for width, count in widths.items() if width > 1), default=(0, 0))
