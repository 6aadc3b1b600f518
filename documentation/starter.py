"""The starter's default page: its code, from a bake."""

from configurator.baking import bake
from cookiecutter_streamlit_chat.questions import STARTER


def text() -> str:
    """The whole page, and the length of the files next to it."""
    files = bake({}, STARTER).files
    page = files["streamlit_app.py"].decode()
    lines = {path: content.count(b"\n") for path, content in files.items()}
    return f"""
The default `streamlit_app.py` in full, {lines["streamlit_app.py"]} lines:

```python
{page}```

Next to it are `provider.py` ({lines["provider.py"]} lines), whose `reply(messages)` streams the reply, and
`tests/test_app.py` ({lines["tests/test_app.py"]} lines), which runs the page without a provider.
"""
