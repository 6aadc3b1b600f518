"""Loads the pages of apps in one process: each line of input is a folder, each line of output the fault of its page.

Importing Streamlit takes a second, loading a page a tenth of one.
"""

import os
import sys
import tempfile
import threading
from pathlib import Path

import streamlit as st
from streamlit.testing.v1 import AppTest

sys.path.append(str(Path(__file__).parent / "plugins"))
import components_once  # noqa: F401

from waiting import HANG


def load() -> str:
    """The fault of the page in the working folder; empty if typing is possible."""
    page = AppTest.from_file(Path("page.py").resolve(), default_timeout=HANG)
    page.user = {"is_logged_in": True, "sub": "ann"}
    st.set_option("client.showErrorDetails", "full")
    page.run()
    if page.exception or len(page.chat_input) != 1:
        errors = [(error.message, *error.stack_trace) for error in page.exception]
        return f"exceptions {errors}, boxes to type into {page.chat_input}"
    return "" if any("My Chat" in html.value for html in page.get("html")) else "there is no title"


answers, sys.stdout = sys.stdout, sys.stderr  # Streamlit prints errors to standard output
type(st.context).cookies = {"visitor": "a" * 32}  # as from a returning browser
with tempfile.TemporaryDirectory() as folder:
    for number, line in enumerate(sys.stdin):
        os.chdir(line.strip())
        sys.path[0] = line.strip()
        os.environ["DATABASE_URL"] = f"sqlite:///{(Path(folder) / f'{number}.db').as_posix()}"
        print(repr(load()), file=answers, flush=True)
        for thread in threading.enumerate():
            if thread.name == "prepare":  # it may still import modules of this app, which the next must not find
                thread.join(HANG)
        st.cache_resource.clear()
        for name in [name for name in sys.modules if name.partition(".")[0] == "chat"]:
            del sys.modules[name]
