"""Which call a mail is for: what its subject says, never a guess."""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

from recruitment.checks import Check
from recruitment.mailbox.message import Mail

#: What references of calls look like, known or not.
_LIKE = re.compile(r"\b[A-Z][A-Z-]{1,15}/\d{4}/[A-Z0-9.-]{1,20}/\d{1,8}\b", re.IGNORECASE)
_SPACES = re.compile(r"\s+")


def named(text: str, known: Collection[str]) -> list[str]:
    """Return the known references that a text names, however blanks and letters are written."""
    return [one for one in known if _pattern(one).search(text)]


@lru_cache(maxsize=1024)
def _pattern(reference: str) -> re.Pattern[str]:
    """Find it whole: 000001 is not named by 0000012."""
    spaced = r"\s{0,3}".join(re.escape(one) for one in _SPACES.sub("", reference))
    return re.compile(rf"(?<![A-Za-z0-9]){spaced}(?!\d)", re.IGNORECASE)


def call_of(mail: Mail, known: Mapping[str, str]) -> tuple[str | None, Check]:
    """Return the id of the call that the subject names and what was found.

    `known` gives the id of a call by its reference. Where the subject names none, or several, an
    officer says which call it is.
    """
    outer = named(mail.writer.subject, known)
    inner = named(mail.inner.subject, known) if mail.inner and not outer else []
    code, found = ("reference-inner", inner) if inner else ("reference-subject", outer)
    if len(found) > 1:
        facts = {"references": ", ".join(sorted(found))}
        return None, Check(code="reference-several", verdict="sort", facts=facts)
    in_text = named(mail.text, known)
    if not found:
        return None, _missing(mail, in_text)
    others = [one for one in in_text if one != found[0]]
    if others and found[0] not in in_text:
        facts = {"subject": found[0], "text": ", ".join(sorted(others))}
        return None, Check(code="reference-other", verdict="sort", facts=facts)
    return known[found[0]], Check(code=code, verdict="accept", facts={"reference": found[0]})


def _missing(mail: Mail, in_text: list[str]) -> Check:
    like = _LIKE.search(mail.writer.subject)
    if like:
        facts = {"reference": like.group()}
        return Check(code="reference-unknown", verdict="sort", facts=facts)
    if in_text:
        facts = {"references": ", ".join(sorted(in_text))}
        return Check(code="reference-body", verdict="sort", facts=facts)
    return Check(code="reference-none", verdict="sort")
