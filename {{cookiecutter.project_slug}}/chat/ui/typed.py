"""What somebody typed, on the page: as text, and of a long one the beginning until more of it is asked for."""

import streamlit as st

LONG_CHARACTERS, LONG_LINES = 1_500, 20
# page.css hides what stands below the beginning for as long as this is closed: no run of the page is needed.
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
