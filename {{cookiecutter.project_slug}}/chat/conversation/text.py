"""Text as it enters: well-formed from then on, wherever it came from."""

import codecs


class Door:
    """Where a text enters in pieces: what is inside can be stored, sent and drawn.

    NUL is left out. Halves of a character (UTF-16's surrogates) are joined, also where one piece ends with the first
    and the next begins with the second; one that stays alone is replaced.
    """

    def __init__(self) -> None:
        """Nothing has come yet."""
        self._decoder = codecs.getincrementaldecoder("utf-16-le")("replace")

    def take(self, piece: str, *, last: bool = False) -> str:
        """The next piece, well-formed; a half at its end is held until the next one, or the last."""
        return self._decoder.decode(piece.replace("\0", "").encode("utf-16-le", "surrogatepass"), last)


def well_formed(text: str) -> str:
    """A text that came whole, as a `Door` lets it in."""
    return Door().take(text, last=True)
