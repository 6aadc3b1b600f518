"""Measures the template and its app: `python -m bench`, from the folder above.

The bake is compared with `cookiecutter --version`, and the app with the classic pattern of a Streamlit chat
(`classic/streamlit_app.py`). A headless browser asks both chats, and the same local server answers both.
`python -m bench --peers` compares the app with Chainlit and Gradio too (`peers/`), without a browser.
"""
