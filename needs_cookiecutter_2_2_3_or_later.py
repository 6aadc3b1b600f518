"""What cookiecutter loads. Versions before 2 look for it in vain, and say its name; of others the package tells."""

from cookiecutter_streamlit_chat.extension import Answers as Answers
