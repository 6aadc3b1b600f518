"""The models to choose from."""

import asyncio
import logging
from concurrent.futures import Future

import streamlit as st

from chat.conversation.text import well_formed
from chat.log import about
from chat.providers import Provider
from chat.replies.answering import api
from chat.replies.reply import background_loop

log = logging.getLogger(__name__)

REMEMBERED_SECONDS, AGAIN_SECONDS = 600, 60  # a list; after which a list that failed is asked for again


def model_ids(provider: Provider) -> list[str]:
    """The provider's own model first, then those that it lists; the settings' as long as it has not."""
    ids = provider.models
    if not api.problem(provider):
        listed = listing(provider.name, provider)
        if listed.done() and not listed.exception():
            ids = tuple(map(well_formed, listed.result()))
    return list(dict.fromkeys([provider.model, *ids]))


# In seconds: to read "10m", Streamlit would import pandas.
@st.cache_resource(ttl=REMEMBERED_SECONDS, show_spinner=False)
def listing(name: str, _provider: Provider) -> Future[list[str]]:
    """The list of the provider with this name, on its way: the page does not wait for it."""
    return asyncio.run_coroutine_threadsafe(models_of(_provider), background_loop)


async def models_of(provider: Provider) -> list[str]:
    """The list of a provider; asked for again as long as it fails, and as long as it is remembered."""
    for _ in range(REMEMBERED_SECONDS // AGAIN_SECONDS):
        try:
            return await api.models(provider)
        except Exception as error:
            log.warning("models not listed", extra=about(provider=provider.name, kind=type(error).__name__))
        await asyncio.sleep(AGAIN_SECONDS)
    return []
