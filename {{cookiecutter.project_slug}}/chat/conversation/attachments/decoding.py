"""Decodes a text, whatever its encoding."""

import re

from charset_normalizer import CharsetMatch, from_bytes

MULTIBYTE = {"gb18030", "big5", "cp932", "euc_jp", "cp949"}
SINGLE_BYTE = {"cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r"}
SAMPLE = 50_000  # bytes, to detect an encoding by
ENOUGH = 1_000  # bytes
# A symbol between two letters, as in no Western European word.
SIGN_IN_WORD = re.compile(r"[^\W\d_][\u0080-\u00bf\u00d7\u00f7][^\W\d_]")


def text_in(data: bytes) -> str:
    """The text in a file.

    Raises:
        ValueError: if its encoding cannot be detected.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(encoding_of(data[:SAMPLE].rpartition(b"\n")[0] if len(data) > SAMPLE else data))


def encoding_of(data: bytes) -> str:
    """The encoding of a text that is not Unicode.

    Raises:
        ValueError: if it cannot be detected.
    """
    if is_western(data):
        return "cp1252"
    # Too few words to detect a language by: they are repeated.
    enough = data if len(data) > ENOUGH else (data + b"\n") * (ENOUGH // len(data) + 1)
    found = list(from_bytes(enough, cp_isolation=sorted(MULTIBYTE | SINGLE_BYTE)))
    if not found or SIGN_IN_WORD.search(str(found[0])):
        raise ValueError("it is in no known encoding")
    first, *others = found
    equal = {first.encoding, *(match.encoding for match in others if rank(match) == rank(first))}
    if len(equal) > 1 and not equal <= MULTIBYTE:
        raise ValueError(f"its encoding may be any of {', '.join(sorted(equal))}")
    return first.encoding


def is_western(data: bytes) -> bool:
    """Whether bytes beyond ASCII are rare, like accents, and form words in cp1252."""
    beyond = re.findall(rb"[\x80-\xff]+", data)
    letters = len(re.findall(rb"[A-Za-z]", data))
    few = sum(map(len, beyond)) * 3 <= max(letters, 3) and all(len(run) <= 2 for run in beyond)
    return few and not SIGN_IN_WORD.search(data.decode("cp1252", errors="replace"))


def rank(match: CharsetMatch) -> tuple[float, float]:
    """How well an encoding fits: how much of the text is noise, and how much is a language."""
    return round(match.chaos, 2), round(match.coherence, 2)
