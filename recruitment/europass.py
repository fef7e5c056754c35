"""What a Europass record inside a PDF says of the person: name and address, nothing more.

Two roots are met: `Europass` (3.x) and `Candidate` (europass.eu/1.0). What it says is shown beside
the mail; nothing is taken over by itself.
"""

from collections.abc import Mapping

from lxml import etree

_ROOTS = frozenset({"Europass", "SkillsPassport", "Candidate"})
_FIRST = frozenset({"FirstName", "GivenName"})
_LAST = frozenset({"Surname", "FamilyName"})
_MOST_TEXT = 120


def read_europass(text: str) -> Mapping[str, object]:
    """Return `name` and `email` as far as the record says them; empty for anything else."""
    if not text:
        return {}
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:
        return {}
    has_doctype = bool(root.getroottree().docinfo.internalDTD)
    if has_doctype or etree.QName(root).localname not in _ROOTS:
        return {}
    first, last, email = _text(root, _FIRST), _text(root, _LAST), _address(root)
    name = " ".join(one for one in (first, last) if one)
    return {key: value for key, value in (("name", name), ("email", email)) if value}


def _text(root: etree._Element, names: frozenset[str]) -> str:
    for one in root.iter(etree.Element):
        if etree.QName(one).localname in names and one.text and one.text.strip():
            return one.text.strip()[:_MOST_TEXT]
    return ""


def _address(root: etree._Element) -> str:
    for one in root.iter(etree.Element):
        text = (one.text or "").strip()
        if "@" in text and " " not in text and len(text) <= _MOST_TEXT:
            return text
    return ""
