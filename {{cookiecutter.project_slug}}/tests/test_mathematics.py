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
        ("\\[\na\n\nb\n\\]\nc", "$$\na\nb\n$$\n\nc"),
        ("\\[ a\n= b \\].", "$$\na\n= b.\n$$"),
        ("\\[\na\n\nb", "```latex\n\\[\na\n\nb\n```"),
        ("\\[ a\nb\n\nc", "\\[ a\\\nb\n\nc"),
        ("\\begin{align}\na &= b \\\\\n\n\\end{align}", "$$\n\\begin{align}\na &= b \\\\\n\\end{align}\n$$"),
        ("\\begin{tabular}\na \\\\\n\\end{tabular}", "```latex\n\\begin{tabular}\na \\\\\n\\end{tabular}\n```"),
        (r"the \begin{pmatrix} a \\ b \end{pmatrix} is", r"the $$ \begin{pmatrix} a \\ b \end{pmatrix} $$ is"),
        (r"so \boxed{\frac{1}{2}}, \ce{H2O} and \boxed{", r"so $$ \boxed{\frac{1}{2}} $$, `\ce{H2O}` and \\boxed{"),
        ("Revenue ($M) and profit ($M)", r"Revenue (\$M) and profit (\$M)"),
        ("Price ($) and cost ($)", r"Price (\$) and cost (\$)"),
        ("$HOME/bin:$PATH, $US dollars and AU$", r"\$HOME/bin\:\$PATH, \$US dollars and AU\$"),
        ("$/kg or $/lb and $$ to $$$", r"\$/kg or \$/lb and \$\$ to \$\$\$"),
        ("the $n$th of $[0, 1)$ and $f(x) = 5$", "the $$ n $$th of $$ [0, 1) $$ and $$ f(x) = 5 $$"),
        (r"$\text{if even}$ or $\sin xy$", r"$$ \text{if even} $$ or $$ \sin xy $$"),
    ],
)
def test_mathematics(text: str, drawn: str) -> None:
    assert safe_markdown(parsed(text)) == drawn
