"""The module that cookiecutter loads. Versions before 2 cannot, and print its name; the package refuses later ones."""

from cookiecutter_streamlit_chat.extension import Answers as Answers
