"""What the one page looks like: the code of the default, from a bake."""

from configurator.baking import bake
from cookiecutter_streamlit_chat.questions import STARTER


def text() -> str:
    """The whole page, and how long what stands beside it is."""
    files = bake({}, STARTER).files
    page = files["streamlit_app.py"].decode()
    lines = {path: content.count(b"\n") for path, content in files.items()}
    return f"""
The default's `streamlit_app.py`, as a whole, {lines["streamlit_app.py"]} lines:

```python
{page}```

Beside it stand `provider.py`, {lines["provider.py"]} lines, whose `reply(messages)` gives the reply piece by piece, and
`tests/test_app.py`, {lines["tests/test_app.py"]} lines, which runs the page without a provider.
"""
