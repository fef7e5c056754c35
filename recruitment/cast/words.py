"""The words of an extract: function groups, languages and their levels, diplomas."""

#: The lowest first: a pass counts for its group and those before it.
GROUPS = ("I", "II", "III", "IV")
#: Common European Framework of Reference for Languages, the lowest first.
LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")
#: The 24 languages of the Union, ISO 639-1 in capitals.
LANGUAGES = (
    "BG", "CS", "DA", "DE", "EL", "EN", "ES", "ET", "FI", "FR", "GA", "HR", "HU", "IT", "LT",
    "LV", "MT", "NL", "PL", "PT", "RO", "SK", "SL", "SV",
)  # fmt: skip
#: As the form `register_application` names them (CEOS Art. 82(2)), the lowest first.
DIPLOMAS = (
    "none",
    "compulsory",
    "secondary",
    "secondary_access",
    "post_secondary",
    "university",
)


def at_least(lowest: str, scale: tuple[str, ...]) -> tuple[str, ...]:
    """Return a value of a scale and all that are higher."""
    return scale[scale.index(lowest) :]


def up_to(highest: str, scale: tuple[str, ...]) -> tuple[str, ...]:
    """Return a value of a scale and all that are lower."""
    return scale[: scale.index(highest) + 1]
