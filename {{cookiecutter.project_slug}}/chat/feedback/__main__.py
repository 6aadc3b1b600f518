"""Exports and replays rated replies: `python -m chat.feedback export` and `python -m chat.feedback replay`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from chat import settings
from chat.conversation.personas import persona_named  # {% if cookiecutter is peopled %}
from chat.feedback.replay import ask_again
from chat.feedback.report import report
from chat.history.rated import Rated
from chat.history.ratings import rated
from chat.replies.answering import api

BAD = settings.RATINGS[: len(settings.RATINGS) // 2]  # the ratings of poor replies
REPORT = settings.ROOT / "data" / "report.html"


def main(words: Sequence[str] | None = None) -> None:
    """Run the command in `words`, by default this process's arguments."""
    parser = argparse.ArgumentParser("python -m chat.feedback", description="Export or replay rated replies.")
    commands = parser.add_subparsers(metavar="export | replay", required=True)
    choice = argparse.ArgumentParser(add_help=False)
    choice.add_argument(
        "--rating",
        type=ratings_in,
        metavar="RATING,…",
        help=f"only replies with these ratings, out of {', '.join(map(str, settings.RATINGS))}",
    )

    command = commands.add_parser("export", parents=[choice], help="write rated replies as JSON Lines")
    command.add_argument("--chat", action="store_true", help="only lists of messages, for fine-tuning")
    command.add_argument("--out", type=Path, metavar="FILE", help="the file to write; default: standard output")
    command.set_defaults(act=export)

    command = commands.add_parser("replay", parents=[choice], help="ask the model again, and compare")
    # {% if cookiecutter.extra_providers %}
    command.add_argument("--provider", choices=settings.PROVIDERS, default=next(iter(settings.PROVIDERS)))
    # {% endif %}
    command.add_argument("--model", help="the model; default: that of the settings")
    command.add_argument("--out", type=Path, default=REPORT, metavar="FILE", help="default: data/report.html")
    command.set_defaults(act=replay)

    options = parser.parse_args(words)
    try:
        options.act(options)
    except OSError as error:
        sys.exit(f"Reading or writing failed: {error}")


def ratings_in(text: str) -> tuple[str | int, ...]:
    """The ratings in a comma-separated list."""
    known = {str(rating): rating for rating in settings.RATINGS}
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in known:
            raise argparse.ArgumentTypeError(f"{name!r} is not a rating; use {', '.join(known)}")
    return tuple(known[name] for name in names)


def chosen(ratings: Sequence[str | int]) -> list[Rated]:
    """The replies with these ratings, in the order they were rated; exits if there are none."""
    found = sorted((entry for entry in rated() if entry.rating in ratings), key=lambda entry: entry.time)
    if not found:
        sys.exit(f"No reply is rated {' or '.join(map(str, ratings))} yet.")
    return found


def export(options: argparse.Namespace) -> None:
    """Write rated replies as JSON Lines."""
    ratings = chosen(options.rating or settings.RATINGS)
    entries = [in_chat(entry) for entry in ratings if entry.reply] if options.chat else [*map(in_fields, ratings)]
    text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text, encoding="utf-8", newline="\n")
    else:
        sys.stdout.buffer.write(text.encode())


def in_fields(entry: Rated) -> dict[str, object]:
    """A rated reply without its conversation's id, which would let anyone read that."""
    names = ["question", "context", "reply", "provider", "model", "rating", "comment"]
    names.append("trace_id")  # {% if cookiecutter.telemetry != "none" %}
    names.append("persona")  # {% if cookiecutter is peopled %}
    return {**{name: getattr(entry, name) for name in names}, "time": entry.time.isoformat()}


def in_chat(entry: Rated) -> dict[str, object]:
    """A rated reply as the end of a chat."""
    told = settings.SYSTEM_PROMPT  # {% if not cookiecutter is peopled %}
    told = persona_named(entry.persona).system_prompt  # {% if cookiecutter is peopled %}
    system = [{"role": "system", "content": told}] if told else []
    turn = [{"role": "user", "content": entry.question}, {"role": "assistant", "content": entry.reply}]
    return {"messages": [*system, *entry.context, *turn]}


def replay(options: argparse.Namespace) -> None:
    """Ask rated questions again, and write a report."""
    provider = settings.PROVIDERS[options.provider]  # {% if cookiecutter.extra_providers %}
    provider = settings.PROVIDER  # {% if not cookiecutter.extra_providers %}
    ratings = chosen(options.rating or BAD)
    api.prepare(provider)
    if problem := api.problem(provider):
        sys.exit(problem)
    model = options.model or provider.model
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.touch()  # fails now rather than after all questions
    replies = ask_again(ratings, provider, model)
    options.out.write_text(report(ratings, replies), encoding="utf-8")
    print(f"The report is in {options.out}.")


if __name__ == "__main__":
    main()
