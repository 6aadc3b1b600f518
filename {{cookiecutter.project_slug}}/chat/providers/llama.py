"""The llama.cpp engine with one model.

Run as a program (`python chat/providers/llama.py MODEL.gguf`), it tries a model: on an unsupported processor, loading
one kills the process, which must not be the app's.
"""

import os
import secrets
import sys
from typing import Any


def load(path: str, context_tokens: int) -> Any:
    """An engine with the model at `path` (a GGUF file) and room for `context_tokens`, ready to answer.

    Raises:
        ImportError: if a system library is missing.
        RuntimeError: if the engine does not support the file.
    """
    # The engine's waiting threads must sleep: spinning ones take the cores from working ones. Read on import.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import xllamacpp  # type: ignore[import-untyped]

    threads = max(1, (os.cpu_count() or 2) - 1)
    params = xllamacpp.CommonParams()  # type: ignore[attr-defined]
    params.model.path = path
    params.n_ctx = context_tokens
    params.n_parallel = 1  # they share the context
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.sampling.penalty_repeat = 1.05  # otherwise a small model repeats itself
    params.verbosity = -1
    params.warmup = params.ui = False
    # The engine also opens a local port; nobody knows its key.
    params.api_keys = [secrets.token_hex()]
    return xllamacpp.Server(params)  # type: ignore[attr-defined]


if __name__ == "__main__":
    hello = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 1}
    load(sys.argv[1], context_tokens=256).handle_chat_completions(hello)
