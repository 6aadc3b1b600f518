"""What stands behind the questions of a template: the rules of answers, and what follows from them.

The modules, each of which imports only those before it: `questions`, `providers`, `rules`, `texts`, `conditions`,
`files`, and `extension`, which cookiecutter loads. Python looks for it in the template's folder last, so it has a name
that nothing else has.
"""

import re

from cookiecutter import __version__

OLDEST = (2, 2, 3)

if tuple(map(int, re.findall(r"\d+", __version__)[:3])) < OLDEST:
    raise ImportError(
        f"this template needs cookiecutter {'.'.join(map(str, OLDEST))} or later, and this is {__version__}. "
        "`uvx cookiecutter` takes the newest."
    )
