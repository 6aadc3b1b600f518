"""Tables as text: CSV with any common delimiter."""

import csv
import io
from collections import Counter
from itertools import islice

DELIMITERS = ",;\t|"
LINES_TRIED = 50


def rows_of(text: str, *, strict: bool = False) -> tuple[list[list[str]], str]:
    """The rows of a table without blank lines, and its delimiter; if `strict`, a broken quote is an error.

    Raises:
        csv.Error: if it is not CSV.
    """
    sample = list(islice(io.StringIO(text), LINES_TRIED))
    delimiter = max(DELIMITERS, key=lambda delimiter: agreement(sample, delimiter))
    lines = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True, strict=strict)
    return [row for row in lines if row], delimiter


def agreement(lines: list[str], delimiter: str) -> tuple[int, int]:
    """How many lines have the same number of cells with this delimiter, and how many cells; 0 if they have one each."""
    try:
        widths = Counter(map(len, csv.reader(lines, delimiter=delimiter, skipinitialspace=True)))
    except csv.Error:
        return 0, 0
    return max(((count, width) for width, count in widths.items() if width > 1), default=(0, 0))
