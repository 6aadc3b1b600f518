"""Asking rated questions again."""

import sys
from concurrent.futures import ThreadPoolExecutor

from chat.conversation.messages import Message
from chat.conversation.personas import persona_named  # {% if cookiecutter is peopled %}
from chat.history.rated import Rated
from chat.providers import Provider
from chat.replies.apart import ask
from chat.replies.reply import running

WORKERS = 4  # questions asked at once


def ask_again(ratings: list[Rated], provider: Provider, model: str) -> list[Message]:
    """A new reply to each question, a few at a time; a failed one says so, and Ctrl+C ends the unfinished ones."""
    with ThreadPoolExecutor(WORKERS) as pool:
        asked = [pool.submit(reply_to, rated, provider, model) for rated in ratings]
        try:
            for number, one in enumerate(asked, 1):
                print(f"{number} of {len(asked)}: {one.result().error or 'answered'}", file=sys.stderr)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for reply in list(running.values()):
                reply.stop()
    not_asked = Message("assistant", status="waiting", provider=provider.name, model=model)
    return [not_asked if one.cancelled() else one.result() for one in asked]


def reply_to(rated: Rated, provider: Provider, model: str) -> Message:
    """A new reply to a rated question."""
    texts = [*(turn["content"] for turn in rated.context), rated.question]
    # {% if cookiecutter is peopled %}
    return ask(texts, provider=provider, model=model, system_prompt=persona_named(rated.persona).system_prompt)
    # {% else %}
    return ask(texts, provider=provider, model=model)
    # {% endif %}
