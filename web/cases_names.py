"""Technical names as people read them."""


def readable(name: str) -> str:
    """Write a technical name as words, leaving those of people as they are."""
    plain = name.replace("_", " ")
    return plain[:1].upper() + plain[1:]
