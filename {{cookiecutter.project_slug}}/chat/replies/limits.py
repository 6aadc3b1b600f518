"""Usage limits per person: questions per hour and tokens per day, by the settings."""

import time
from collections.abc import Iterable
from math import ceil

from chat import settings

HOUR, DAY = 60 * 60, 24 * 60 * 60
ON = settings.MESSAGES_AN_HOUR is not None or settings.TOKENS_A_DAY is not None


def reached(uses: Iterable[tuple[float, int]]) -> str | None:
    """What to tell a person who has reached a limit, else None.

    Args:
        uses: the person's replies: when each began (in seconds since 1970), and its tokens.
    """
    now = time.time()
    today = sorted(use for use in uses if use[0] > now - DAY)
    in_an_hour = [begun for begun, _ in today if begun > now - HOUR]
    if settings.MESSAGES_AN_HOUR is not None and len(in_an_hour) >= settings.MESSAGES_AN_HOUR:
        minutes = ceil((in_an_hour[-settings.MESSAGES_AN_HOUR] + HOUR - now) / 60) if in_an_hour else 60
        had = f"You have had {len(in_an_hour)} replies within an hour and reached the limit."
        return f"{had} Try again in {minutes} min."
    tokens = sum(tokens for _, tokens in today)
    if settings.TOKENS_A_DAY is not None and tokens >= settings.TOKENS_A_DAY:
        return f"You have used {tokens:,} tokens within a day and reached the limit. Try again tomorrow."
    return None
