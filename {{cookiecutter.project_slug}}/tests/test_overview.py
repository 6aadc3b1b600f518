"""The page of ratings: what it counts, and who gets to see it."""

from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from chat import settings
from chat.feedback.overview import by_day, by_model, to_table
from chat.history.rated import Rated, Rating
from chat.ui import sign_in
from tests.conftest import HANG_SECONDS, PAGE, ScriptedProvider

NAVIGATION = PAGE.with_name("navigation.py")
WORST, BEST = settings.RATINGS[0], settings.RATINGS[-1]


def rating(day: int, model: str, rating: Rating, comment: str = "") -> Rated:
    """A rating on this day of November."""
    time = datetime(2026, 11, day, 23, 59, tzinfo=UTC)
    ids = {"conversation": "c", "message": f"{day}-{model}-{rating}"}
    return Rated(
        time=time, question="?", reply=".", provider="some", model=model, rating=rating, comment=comment, **ids
    )


TABLE = to_table([rating(2, "b", WORST, "Why?"), rating(5, "a", BEST), rating(2, "a", BEST), rating(2, "b", BEST)])


def test_ratings_are_counted_by_day_also_days_without_one() -> None:
    days = by_day(TABLE)
    assert [day.day for day in days.index] == [2, 3, 4, 5]
    assert list(days.columns) == [str(value) for value in settings.RATINGS]
    assert list(days[str(BEST)]) == [2, 0, 0, 1]
    assert list(days[str(WORST)]) == [1, 0, 0, 0]


def test_ratings_are_counted_by_model() -> None:
    models = by_model(TABLE)
    assert list(models.index) == ["a", "b"]
    assert list(models[str(BEST)]) == [2, 1]
    assert list(models[str(WORST)]) == [0, 1]


def test_the_newest_rating_comes_first() -> None:
    assert [time.day for time in TABLE["time"]] == [5, 2, 2, 2]


def test_the_page_shows_counts_and_comments(page: AppTest, scripted: ScriptedProvider) -> None:
    ratings = AppTest.from_file(str(PAGE.with_name("ratings.py")), default_timeout=HANG_SECONDS)
    assert "No ratings" in ratings.run().info[0].value
    scripted.will_say("Paris.")
    page.chat_input[0].set_value("Capital of France?").run()
    page.feedback[0].set_value(0).run()
    next(area for area in page.text_area if area.label == "Comment").set_value("Too *short*.")
    next(button for button in page.button if button.label == "Send").click().run()
    assert not ratings.run().exception
    assert ratings.text[0].value == "Rated replies: 1. With a comment: 1."
    assert list(ratings.dataframe[0].value["Comment"]) == ["Too *short*."]


def test_administrators_find_it(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "is_admin", lambda: True)
    app = AppTest.from_file(str(NAVIGATION), default_timeout=HANG_SECONDS).run()
    assert not app.switch_page("ratings.py").run().exception
    assert app.title[0].value == "Ratings"


def test_for_others_there_is_none(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "is_admin", lambda: False)
    app = AppTest.from_file(str(NAVIGATION), default_timeout=HANG_SECONDS).run()
    assert not app.exception
    with pytest.raises(ValueError, match=r"ratings\.py"):
        app.switch_page("ratings.py")
