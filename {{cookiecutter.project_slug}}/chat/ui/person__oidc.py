"""Whose conversations are shown: those of the person signed in."""

import streamlit as st


def person() -> str:
    """The id of the person signed in: the provider's, which stays the same if a name or address changes."""
    return str(st.user["sub"])
