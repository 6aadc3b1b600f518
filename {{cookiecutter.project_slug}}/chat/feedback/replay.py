"""Asking rated questions again."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import cast

from chat.conversation.messages import (
    Message,
    Role,
    new_id,  # {% if cookiecutter is using("custom") %}
)
from chat.conversation.personas import persona_named  # {% if cookiecutter is peopled %}
from chat.history.rated import Rated
from chat.providers import Request
from chat.replies.answering import answer
from chat.replies.reply import Reply, running

WORKERS = 4  # questions asked at once


def ask_again(ratings: list[Rated], options: Request) -> list[Message]:
    """A new reply to each question, a few at a time; a failed one says so, and Ctrl+C ends the unfinished ones.

    Args:
        ratings: the rated replies.
        options: the provider and options; its messages are ignored.
    """
    provider, model = options.provider.name, options.model
    replies = [Message("assistant", status="waiting", provider=provider, model=model) for _ in ratings]
    with ThreadPoolExecutor(WORKERS) as pool:
        asked = [pool.submit(ask, *pair, options) for pair in zip(ratings, replies, strict=True)]
        try:
            for number, (one, reply) in enumerate(zip(asked, replies, strict=True), 1):
                one.result()
                print(f"{number} of {len(asked)}: {reply.error or 'answered'}", file=sys.stderr)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for reply in list(running.values()):
                reply.stop()
    return replies


def ask(rated: Rated, reply: Message, options: Request) -> None:
    """Fill a reply, and wait until it ends."""
    messages = [Message.saying(cast("Role", turn["role"]), turn["content"]) for turn in rated.context]
    request = replace(options, messages=[*messages, Message.saying("user", rated.question)])
    # {% if cookiecutter is using("custom") %}
    request = replace(request, conversation=new_id())  # no memory of another conversation may help
    # {% endif %}
    told = persona_named(rated.persona).system_prompt  # {% if cookiecutter is peopled %}
    request = replace(request, system_prompt=told)  # {% if cookiecutter is peopled %}
    again = Reply(reply, answer(request), save=lambda _: None)
    for _ in again.follow():
        pass
