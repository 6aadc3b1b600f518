"""Drawing what somebody typed: as text, with the beginning of a long one until they click "Show more"."""

import streamlit as st

LONG_CHARACTERS, LONG_LINES = 1_500, 20
# page.css hides all but the beginning while this is closed, without a run of the page.
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
