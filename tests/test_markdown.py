"""Text drawn in pieces looks like text drawn whole, and drawn text keeps what was written.

Over all the Markdown that is at hand, cut at random places.
"""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT, Bake

# Run in the folder of a bake, with the files to try.
PIECES = """
import random, sys
from pathlib import Path
from chat.ui.growing import finished_blocks, has_references, open_markdown
from chat.ui.markdown.parser import PARSER
from chat.ui.markdown.safe import parsed, safe_markdown

tried = 0
for name in sys.argv[1:]:
    text = Path(name).read_text("utf-8", errors="replace")[:20_000]
    if has_references(text):
        continue  # drawn whole in the end
    chance = random.Random(Path(name).name)  # the same wherever the file is
    for _ in range(3):
        cuts = sorted(chance.sample(range(len(text)), min(60, len(text) // 4)))
        pieces, finished = [], 0
        for cut in [*cuts, len(text)]:
            for block in finished_blocks(text[finished:cut]):
                pieces.append(block)
                finished += len(block)
            open_markdown(text[finished:cut])  # whatever is cut
        pieces.append(text[finished:])
        assert "".join(pieces) == text, name
        assert "".join(map(PARSER.render, pieces)) == PARSER.render(text), name
        drawn = [safe_markdown(parsed(piece)) for piece in pieces]
        assert "\\n\\n".join(filter(None, drawn)) == safe_markdown(parsed(text)), name
    tried += 1
print(tried)
"""
# What changes when it is drawn is taken away before: links, pictures and tags; and what the page alone reads after.
WHOLE = r"""
import re, sys
from pathlib import Path
from chat.ui.markdown.parser import PARSER
from chat.ui.markdown.safe import parsed, safe_markdown

def look(text):
    return re.sub(r' class="[^"]*"|<br />', "", PARSER.render(text)).replace("\n", " ")

for name in sys.argv[1:]:
    text = Path(name).read_text("utf-8", errors="replace")[:20_000]
    text = re.sub(r"https?:|www\.|\]\(|!\[|\]\[|\]:|<|\[\^", " ", text, flags=re.IGNORECASE) + "\n"
    drawn = safe_markdown(parsed(text))
    drawn = re.sub(r":color\[(.*?)\]\{\}|:shimmer\[\]|\u2060", lambda found: found[1] or "", drawn)
    assert look(drawn) == look(text), name
print(len(sys.argv) - 1)
"""


PARTS = 3


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.thorough) for part in range(1, PARTS))])
@pytest.mark.parametrize(("rich_replies", "code"), [("yes", PIECES), ("no", WHOLE)], ids=["pieces", "whole"])
def test_a_large_corpus(bake: Bake, rich_replies: str, code: str, part: int) -> None:
    packages = Path(sys.executable).parent.parent / "lib"
    found = sorted(path for path in packages.rglob("*.md") if path.stat().st_size > 500)
    corpus = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *random.Random(1).sample(found, min(150, len(found)))]  # noqa: S311
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, *map(str, corpus[part::PARTS])],
        cwd=bake(rich_replies=rich_replies),
        capture_output=True,
        text=True,
        env={"PYTHONPATH": "."},
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 15


@pytest.mark.parametrize(("rich_replies", "what"), [("yes", []), ("no", []), ("yes", ["time"])], ids=str)
def test_what_is_empty_broken_or_endless(bake: Bake, rich_replies: str, what: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-B", Path(__file__).with_name("degenerate.py"), *what],
        cwd=bake(rich_replies=rich_replies, llm_provider="openai"),
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ".", "OPENAI_API_KEY": "any"},
    )
    assert done.returncode == 0, done.stderr
    assert not done.stdout
