"""The page of ratings, for administrators: over time, by model, and the comments."""

import streamlit as st

from chat import settings
from chat.feedback.overview import by_day, by_model, to_table
from chat.history.ratings import rated

COLOURS = ["#c6404a", "#3b7dc4"]  # from the worst to the best  # {% if cookiecutter.feedback == "thumbs" %}
# {% if cookiecutter.feedback != "thumbs" %}
COLOURS = ["#c6404a", "#e58e73", "#a3a3a3", "#76a9da", "#3b7dc4"]  # from the worst to the best
# {% endif %}

st.set_page_config(page_title=f"Ratings: {settings.TITLE}", page_icon="💬", layout="wide")
st.title("Ratings")
table = to_table(rated())
if table.empty:
    st.info("No ratings yet.")
    st.stop()

comments = table[table["comment"] != ""]
st.text(f"Rated replies: {len(table):,}. With a comment: {len(comments):,}.")
st.subheader("By day")
st.bar_chart(by_day(table), x_label="", y_label="Ratings", color=[*COLOURS])
st.subheader("By model")
st.bar_chart(by_model(table), x_label="", y_label="Ratings", color=[*COLOURS], horizontal=True)
st.subheader("Comments")
st.dataframe(
    comments.rename(columns=str.capitalize),
    hide_index=True,
    column_config={"Time": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm")},
)
