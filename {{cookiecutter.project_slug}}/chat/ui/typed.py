"""Drawing typed text: as it is, with only the beginning of a long one until "Show more" is clicked."""

import streamlit as st

LONG_CHARACTERS, LONG_LINES = 1_500, 20
# While this is closed, page.css hides all but the beginning; a click needs no rerun.
MORE = """<details class="more"><summary>
<span class="closed">Show more</span><span class="opened">Show less</span>
</summary></details>"""


def draw_typed(text: str) -> None:
    """Draw a text as it was typed."""
    if len(text) <= LONG_CHARACTERS and text.count("\n") < LONG_LINES:
        st.text(text, width="stretch")
        return
    with st.container(gap=None):
        st.text(text)
        st.html(MORE)
