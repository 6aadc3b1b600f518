"""The page of ratings, for administrators: over time, by model, and the comments."""

import streamlit as st

from chat import settings
from chat.feedback.lines import rated  # {% if cookiecutter.history == "session" %}
from chat.feedback.overview import by_day, by_model, to_table
from chat.feedback.rows import rated  # {% if cookiecutter.history == "database" %}

st.set_page_config(page_title=f"Ratings: {settings.TITLE}", page_icon="💬", layout="wide")
st.title("Ratings")
table = to_table(rated())
if table.empty:
    st.info("Nobody has rated a reply yet.")
    st.stop()

comments = table[table["comment"] != ""]
st.text(f"Rated replies: {len(table):,}. With a comment: {len(comments):,}.")
st.subheader("By day")
st.bar_chart(by_day(table), x_label="", y_label="Ratings")
st.subheader("By model")
st.bar_chart(by_model(table), x_label="Ratings", y_label="", horizontal=True)
st.subheader("Comments")
st.dataframe(comments, hide_index=True)
