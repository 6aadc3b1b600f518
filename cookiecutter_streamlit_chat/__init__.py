"""The code behind the questions of a template: the rules for answers, and what follows from them.

Each module imports only those before it: `questions`, `providers`, `rules`, `texts`, `conditions`, `files`, and
`extension`, which cookiecutter loads. Python searches the template's folder last, so the package has a unique name.
"""

import re

from cookiecutter import __version__

OLDEST = (2, 2, 3)

if tuple(map(int, re.findall(r"\d+", __version__)[:3])) < OLDEST:
    raise ImportError(
        f"this template needs cookiecutter {'.'.join(map(str, OLDEST))} or later; this is {__version__}. "
        "`uvx cookiecutter` runs the newest."
    )
