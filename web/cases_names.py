"""Technical names as people read them."""

from collections.abc import Iterator, Mapping

from web.language import in_words, label


def readable(name: str) -> str:
    """Write a technical name as words, leaving those of people as they are."""
    return label(in_words(name))


def keys(value: object) -> Iterator[str]:
    """Yield the names in a value and in what it holds."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            yield from keys(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from keys(inner)
