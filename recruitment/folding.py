"""Small plain letters: the one form in which every spelling of a name meets the others."""

import unicodedata
from functools import lru_cache

#: Letters that no decomposition brings back to their plain form: dotless i and the like.
_PLAIN = str.maketrans(
    {
        **{"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "ŋ": "n", "ŧ": "t"},
        **{"æ": "ae", "œ": "oe", "ß": "ss", "þ": "th"},
        # apostrophes, dashes and spaces of a typesetter
        **dict.fromkeys("\u2018\u2019\u02bc", "'"),
        **dict.fromkeys("\u2010\u2011\u2013", "-"),
        **dict.fromkeys("\u00a0\u202f\u2009", " "),
    }
)
#: Signs that PDF text carries inside words and nobody sees.
_UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


@lru_cache(maxsize=4096)
def fold(letter: str) -> str:
    """Return a letter small and without accents; nothing, or several letters, for some."""
    if letter in _UNSEEN:
        return ""
    apart = unicodedata.normalize("NFKD", letter.casefold().translate(_PLAIN))
    bare = "".join(one for one in apart if not unicodedata.combining(one))
    return bare.translate(_PLAIN).casefold()


def plain(text: str) -> str:
    """Return a text in small letters without accents."""
    return "".join(map(fold, text))
