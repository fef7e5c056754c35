"""A PDF whose end is missing: its table of places is gone, its pages may still be there.

Only what is shown is mended; the file itself is kept as it came.
"""

import re

_CATALOG = re.compile(rb"(\d{1,9}) (\d{1,5}) obj\s{0,9}<<.{0,500}?/Type\s{0,9}/Catalog", re.DOTALL)


def mended(content: bytes) -> bytes | None:
    """Return the file with an end that names its catalog; None when the catalog is not in sight."""
    found = _CATALOG.search(content)
    if found is None:
        return None
    number, generation = (int(one) for one in found.groups())
    return content + b"\nendobj\ntrailer\n<< /Root %d %d R >>\n%%%%EOF\n" % (number, generation)
