"""Text from anywhere, made well-formed."""

import codecs


class Door:
    """Where text enters in pieces, to be stored, sent and drawn safely.

    NUL is left out. Halves of a character (UTF-16's surrogates) are joined, also across two pieces; a lone one is
    replaced.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-16-le")("replace")

    def take(self, piece: str, *, last: bool = False) -> str:
        """The next piece, well-formed; half a character at its end waits for the next one, unless this is the last."""
        return self._decoder.decode(piece.replace("\0", "").encode("utf-16-le", "surrogatepass"), last)


def well_formed(text: str) -> str:
    """A whole text, well-formed."""
    return Door().take(text, last=True)
