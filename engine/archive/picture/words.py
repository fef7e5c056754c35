"""Breaks a label into lines; widths are estimated, as no font is known here."""

#: Mean width of a letter of a sans-serif font, in parts of its size.
_LETTER = 0.55


def lines(text: str, width: float, *, size: float) -> list[str]:
    """Return the words of a text in lines no wider than `width`, where a word allows it."""
    room = max(int(width / (size * _LETTER)), 4)
    found: list[str] = []
    for word in text.split():
        if found and len(found[-1]) + 1 + len(word) <= room:
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found
