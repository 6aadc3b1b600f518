"""Mathematics is told from money and from code."""

import pytest

from chat.ui.markdown.safe import parsed, safe_markdown


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        (r"so \(x^2\) is", "so $$ x^2 $$ is"),
        (r"so \[x^2\] is", "so $$ x^2 $$ is"),
        ("so $x$ and $$y$$ are", "so $$ x $$ and $$ y $$ are"),
        (r"\(a_1*b*c\)", "$$ a_1*b*c $$"),
        (r"\(\text{\$5}\)", r"$$ \text{\$5} $$"),
        ("\\[\na\n+ b\n\\]", "$$\na\n+ b\n$$"),
        ("that is\n$$\na\n= b\n$$\nas said", "that is\n\n$$\na\n= b\n$$\n\nas said"),
        ("- \\[\n  a\n  \\]", "- $$\n  a\n  $$"),
        ("> \\[\n> a\n> \\]", "> $$\n> a\n> $$"),
        ("$5 and $10", r"\$5 and \$10"),
        ("from $5 to 10$ or so", r"from \$5 to 10\$ or so"),
        ("US$5 and a$", r"US\$5 and a\$"),
        (r"`\(x\)` and `$x$`", r"`\(x\)` and `$x$`"),
        ("```\n\\[\na\n\\]\n```", "```\n\\[\na\n\\]\n```"),
        ("\\[\na\n\nb", "\\\\\\[\na\n\nb".replace("\\\\", "", 1)),
    ],
)
def test_mathematics(text: str, drawn: str) -> None:
    assert safe_markdown(parsed(text)) == drawn
