"""What becomes of ratings: `python -m chat.feedback export`, and `python -m chat.feedback replay`."""

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
from chat.providers import Request
from chat.replies.answering import api

BAD = settings.RATINGS[: len(settings.RATINGS) // 2]  # the ratings of a reply that should have been another
REPORT = settings.ROOT / "data" / "report.html"


def main(words: Sequence[str] | None = None) -> None:
    """Do what the words of the command line say; without any, those of this process."""
    parser = argparse.ArgumentParser("python -m chat.feedback", description="What becomes of ratings.")
    commands = parser.add_subparsers(metavar="export | replay", required=True)
    choice = argparse.ArgumentParser(add_help=False)
    choice.add_argument(
        "--rating",
        type=ratings_in,
        metavar="RATING,…",
        help=f"replies with these ratings alone, of {', '.join(map(str, settings.RATINGS))}",
    )

    command = commands.add_parser("export", parents=[choice], help="write rated replies as lines of JSON")
    command.add_argument("--chat", action="store_true", help="as a list of messages alone, for fine-tuning")
    command.add_argument("--out", type=Path, metavar="FILE", help="where to, else to the screen")
    command.set_defaults(act=export)

    command = commands.add_parser("replay", parents=[choice], help="ask the model again, and compare")
    # {% if cookiecutter.extra_providers %}
    command.add_argument("--provider", choices=settings.PROVIDERS, default=next(iter(settings.PROVIDERS)))
    # {% endif %}
    command.add_argument("--model", help="which model, else the settings'")
    command.add_argument("--out", type=Path, default=REPORT, metavar="FILE", help="the report, else data/report.html")
    command.set_defaults(act=replay)

    options = parser.parse_args(words)
    try:
        options.act(options)
    except OSError as error:
        sys.exit(f"This could not be read or written: {error}")


def ratings_in(text: str) -> tuple[str | int, ...]:
    """The ratings in a list with commas between."""
    known = {str(rating): rating for rating in settings.RATINGS}
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in known:
            raise argparse.ArgumentTypeError(f"{name!r} is no rating; there are {', '.join(known)}")
    return tuple(known[name] for name in names)


def chosen(ratings: Sequence[str | int]) -> list[Rated]:
    """The replies with these ratings, in the order in which they were rated; ends the program where there is none."""
    found = sorted((entry for entry in rated() if entry.rating in ratings), key=lambda entry: entry.time)
    if not found:
        sys.exit(f"No reply is rated {' or '.join(map(str, ratings))} yet.")
    return found


def export(options: argparse.Namespace) -> None:
    """Write rated replies as lines of JSON."""
    ratings = chosen(options.rating or settings.RATINGS)
    entries = [in_chat(entry) for entry in ratings if entry.reply] if options.chat else [*map(in_fields, ratings)]
    text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text, encoding="utf-8", newline="\n")
    else:
        sys.stdout.buffer.write(text.encode())


def in_fields(entry: Rated) -> dict[str, object]:
    """A rated reply without the id of its conversation: whoever has it can read that."""
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
    """Ask again for what was rated, and write a report."""
    provider = settings.PROVIDERS[options.provider]  # {% if cookiecutter.extra_providers %}
    provider = settings.PROVIDER  # {% if not cookiecutter.extra_providers %}
    ratings = chosen(options.rating or BAD)
    api.prepare(provider)
    if problem := api.problem(provider):
        sys.exit(problem)
    model = options.model or provider.model
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.touch()  # which fails before anything is asked, where it does
    replies = ask_again(ratings, Request(provider, model, settings.SYSTEM_PROMPT, provider.max_tokens))
    options.out.write_text(report(ratings, replies), encoding="utf-8")
    print(f"The report is in {options.out}.")


if __name__ == "__main__":
    main()
