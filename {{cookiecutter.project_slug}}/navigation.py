"""The pages of the app: the chat, and for administrators the ratings."""

import streamlit as st

from chat.ui.sign_in import is_admin

pages = [st.Page("page.py", title="Chat", icon=":material/chat:", default=True)]
if is_admin():
    pages.append(st.Page("ratings.py", title="Ratings", icon=":material/bar_chart:"))
st.navigation(pages).run()
