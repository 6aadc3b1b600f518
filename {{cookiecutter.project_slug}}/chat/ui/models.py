"""The models to choose from."""

import asyncio
from concurrent.futures import Future

import streamlit as st

from chat.providers import Provider
from chat.replies.answering import api
from chat.replies.reply import background_loop


def model_ids(provider: Provider) -> list[str]:
    """The provider's own model first, then those that it lists; the settings' as long as it has not."""
    ids = provider.models
    if not api.problem(provider):
        listed = listing(provider.name, provider)
        if listed.done() and not listed.exception():
            ids = tuple(listed.result())
    return list(dict.fromkeys([provider.model, *ids]))


@st.cache_resource(ttl=600, show_spinner=False)  # in seconds: to read "10m", Streamlit would import pandas
def listing(name: str, _provider: Provider) -> Future[list[str]]:
    """The list of the provider with this name, on its way: the page does not wait for it."""
    return asyncio.run_coroutine_threadsafe(api.models(_provider), background_loop())
