"""Ratings in summary, as tables."""

from collections.abc import Iterable

import pandas as pd

from chat import settings
from chat.history.rated import Rated


def to_table(ratings: Iterable[Rated]) -> pd.DataFrame:
    """A row for each rating, newest first."""
    columns = ["time", "rating", "comment", "question", "reply", "model", "provider"]
    columns.append("persona")  # {% if cookiecutter is peopled %}
    rows = sorted(ratings, key=lambda entry: entry.time, reverse=True)
    return pd.DataFrame([[getattr(entry, name) for name in columns] for entry in rows], columns=columns)


def by_day(table: pd.DataFrame) -> pd.DataFrame:
    """The number of each rating on each day (UTC), from the first day to the last."""
    counts = counted(table, table["time"].dt.tz_localize(None).dt.floor("D"))
    return counts.asfreq("D", fill_value=0)


def by_model(table: pd.DataFrame) -> pd.DataFrame:
    """The number of each rating for each model."""
    return counted(table, table["model"])


def counted(table: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """The number of ratings: a row for each group, and a column for each of settings.RATINGS, as text."""
    counts = pd.crosstab(groups, table["rating"]).reindex(columns=list(settings.RATINGS), fill_value=0)
    return counts.rename(columns=str)
