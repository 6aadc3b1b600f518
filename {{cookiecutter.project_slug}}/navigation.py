"""The pages of the app, and who sees them."""

import streamlit as st

from chat import settings
from chat.ui import sign_in

pages = [st.Page("page.py", title="Chat", icon=":material/chat:", default=True)]  # where people sign in
if sign_in.may_use():
    pages += map(st.Page, sorted((settings.ROOT / "pages").glob("*.py")))
# {% if cookiecutter.feedback != "none" %}
if sign_in.is_admin():
    pages.append(st.Page("ratings.py", title="Ratings", icon=":material/bar_chart:"))
# {% endif %}
st.navigation(pages).run()
