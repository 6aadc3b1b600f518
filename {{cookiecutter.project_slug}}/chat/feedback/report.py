"""The report of a replay: rated replies next to new ones, as one self-contained HTML page."""

from collections import Counter
from datetime import UTC, datetime
from html import escape

from chat import settings
from chat.conversation.messages import Message
from chat.history.rated import Rated

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
h2, h3 { font-size: 1rem; }
h3, summary, th { font-weight: 600; }
table { border-collapse: collapse; }
th, td { border-bottom: 1px solid GrayText; padding: 0.25rem 1rem 0.25rem 0; text-align: start; }
article { border-top: 1px solid GrayText; margin-top: 2rem; }
.text { overflow-wrap: anywhere; white-space: pre-wrap; }
.pair { display: grid; gap: 1rem; margin-top: 1rem; }
.pair { grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
.pair > section { border: 1px solid GrayText; border-radius: 0.5rem; padding: 0 1rem 1rem; }
.failed { border-inline-start: 0.25rem solid; padding-inline-start: 0.75rem; }
"""


def report(ratings: list[Rated], replies: list[Message]) -> str:
    """A page with each rated reply (at least one) next to the new reply to its question, and the counts."""
    pairs = list(zip(ratings, replies, strict=True))
    title = f"{settings.TITLE}: rated and new replies"
    answered = sum(reply.status == "complete" for reply in replies)
    asked = f"{replies[0].model} was asked again on {datetime.now(UTC):%Y-%m-%d at %H:%M} UTC"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{escape(title)}</h1>
<p>{escape(asked)}: {answered} of {len(pairs)} questions have a new reply, and {len(pairs) - answered} have none.</p>
{counts(pairs)}
{"".join(article(number, *pair) for number, pair in enumerate(pairs, 1))}
</body>
</html>
"""


def counts(pairs: list[tuple[Rated, Message]]) -> str:
    """For each model and rating: the number of replies, and of those with a new one."""
    rated = Counter((entry.model, entry.rating) for entry, _ in pairs)
    answered = Counter((entry.model, entry.rating) for entry, reply in pairs if reply.status == "complete")
    rows = (
        f"<tr><td>{escape(model)}</td><td>{escape(str(rating))}</td><td>{number}</td>"
        f"<td>{answered[model, rating]}</td></tr>"
        for (model, rating), number in sorted(rated.items(), key=str)
    )
    heads = "".join(f"<th>{head}</th>" for head in ("Model", "Rating", "Replies", "With a new reply"))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def article(number: int, rated: Rated, reply: Message) -> str:
    """A question with both replies."""
    heads = {"user": "Question", "assistant": "Reply"}
    earlier = "".join(f"<h3>{heads[turn['role']]}</h3>{text(turn['content'])}" for turn in rated.context)
    cut_off = "" if reply.status == "complete" else "The question was not asked, or the reply was cut off."
    problem = reply.error or cut_off
    return f"""
<article>
<h2>Question {number}</h2>
{text(rated.question)}
{f"<details><summary>{len(rated.context)} messages before it</summary>{earlier}</details>" if earlier else ""}
{f"<h3>Comment</h3>{text(rated.comment)}" if rated.comment else ""}
<div class="pair">
<section>
<h3>{escape(rated.model)}, rated {escape(str(rated.rating))} on {rated.time:%Y-%m-%d}</h3>
{text(rated.reply)}
</section>
<section>
<h3>{escape(reply.model)}, now</h3>
{f'<p class="failed">{escape(problem)}</p>' if problem else ""}
{text(reply.text)}
</section>
</div>
</article>
"""


def text(words: str) -> str:
    """A text of a person or a model, escaped."""
    return f'<div class="text" dir="auto">{escape(words)}</div>'
