"""Whose conversations are shown: those of who has signed in."""

import streamlit as st


def person() -> str:
    """The id of who has signed in: the provider's, which stays the same when a name or an address changes."""
    return str(st.user["sub"])
