"""What is looked at in a mail and its file: each check with the rule it follows and its verdict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

#: accept; flag: accept, marked; sort: an officer says which call; ask: a person asks to send it
#: again; quarantine: a scanner named what it holds; none: no application. None excludes anybody.
Verdict = Literal["accept", "flag", "sort", "ask", "quarantine", "none"]

#: The graver verdict of two counts.
_GRAVITY: Mapping[str, int] = {
    name: place
    for place, name in enumerate(("accept", "flag", "sort", "ask", "quarantine", "none"))
}

CALL = "Call, How to express your interest"
ISO = "ISO 32000-2"

#: The rule behind each check, and what it says in English (the case keeps this wording).
RULES: Mapping[str, tuple[str, str]] = {
    # the receipt
    "receipt-line": ("RFC 5321, 4.4", "the receipt is stamped by our own server"),
    "receipt-delivery": ("RFC 5321, 4.4", "no line of our own server: the delivery counts"),
    "receipt-said": ("RFC 5321, 4.4", "no line of our own server: an officer named the instant"),
    "receipt-differs": ("RFC 5321, 4.4", "our server's line and the delivery differ"),
    "date-missing": ("RFC 5322, 3.6.1", "the Date line is missing"),
    "date-differs": ("RFC 5322, 3.6.1", "the Date line says something else than the receipt"),
    # the call
    "reference-subject": (CALL, "the reference is in the subject"),
    "reference-inner": (CALL, "the reference is in the subject of the forwarded mail"),
    "reference-none": (CALL, "no reference in the subject"),
    "reference-body": (CALL, "the reference is in the text only"),
    "reference-unknown": (CALL, "the subject names a call that is not known"),
    "reference-several": (CALL, "the subject names several calls"),
    "reference-other": (CALL, "subject and text name different calls"),
    # the message
    "unreadable": ("RFC 5322", "the mail cannot be read"),
    "too-large": ("RFC 5321, 4.5.3", "the mail is too large to be taken over"),
    "same-id": ("RFC 5322, 3.6.4", "another mail has the same Message-ID"),
    "forwarded": ("RFC 2046, 5.2.1", "forwarded as a message of its own: unwrapped"),
    "signed": ("RFC 8551", "signed: unwrapped; the signature is not verified"),
    "encrypted": ("RFC 8551", "the mail is encrypted"),
    "images": ("RFC 2387", "images in the text are left out"),
    "automatic": ("RFC 3834", "an automatic reply"),
    "report": ("RFC 3464", "a delivery report"),
    "report-ours": ("RFC 3464", "a delivery report about a letter of ours"),
    # the file
    "files-one": (CALL, "one file"),
    "files-none": (CALL, "no file came with the mail"),
    "files-several": (CALL, "several files came with the mail"),
    "file-outlook": ("RFC 2046", "the file is a winmail.dat container"),
    "file-type": ("RFC 2046, 4.5.1", "the file is not called a PDF, but is one"),
    "pdf-empty": (CALL, "the file is empty"),
    "pdf-large": ("Rule of the house: size", "the file is too large"),
    "pdf-not": (f"{ISO}, 7.5.2", "the file is not a PDF"),
    "pdf-locked": (f"{ISO}, 7.6", "the file is locked with a password"),
    "pdf-restricted": (f"{ISO}, 7.6", "the file is encrypted, but opens without a password"),
    "pdf-unreadable": (f"{ISO}, 7.5", "the file cannot be read"),
    "pdf-slow": ("Rule of the house: time", "reading the file takes too much time or memory"),
    "pdf-pages": ("Rule of the house: pages", "the file has too many pages"),
    "pdf-no-page": (f"{ISO}, 7.7.3", "the file has no page"),
    "pdf-opens": (f"{ISO}, 7.5", "two programs read it alike"),
    "pdf-disagree": (f"{ISO}, 7.5", "two programs read it differently"),
    "pdf-script": (f"{ISO}, 12.6.4.17", "a script runs on opening"),
    "pdf-launch": (f"{ISO}, 12.6.4.6", "it starts a program"),
    "pdf-xfa": (f"{ISO}, 12.7.8", "it is an XFA form"),
    "pdf-portfolio": (f"{ISO}, 12.3.5", "it is a portfolio of several files"),
    "pdf-image": (CALL, "the first pages hold images only"),
    "pdf-attached": (f"{ISO}, 7.11.4", "files are attached inside"),
    "pdf-before": (f"{ISO}, 7.5.2", "there are bytes before the header"),
    "pdf-after": (f"{ISO}, 7.5.5", "there are bytes after the end"),
    "pdf-signed": (f"{ISO}, 12.8", "it is signed; kept as it is"),
    "pdf-archive": ("ISO 19005", "it says that it is a PDF/A"),
    "europass": ("Europass", "a Europass record is inside"),
    # the scanner
    "scan-clean": ("Rule of the house: scanner", "the scanner found nothing"),
    "scan-found": ("Rule of the house: scanner", "the scanner found something"),
    "scan-none": ("Rule of the house: scanner", "not scanned: no scanner is configured"),
    "scan-failed": ("Rule of the house: scanner", "not scanned: the scanner did not answer"),
}


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked at; `code` is a key of RULES."""

    code: str
    verdict: Verdict
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def rule(self) -> str:
        """The rule that it follows."""
        return RULES[self.code][0]

    @property
    def english(self) -> str:
        """What it says, with its facts."""
        said = ", ".join(str(one) for one in self.facts.values())
        return f"{RULES[self.code][1]}: {said}" if said else RULES[self.code][1]

    def as_json(self) -> dict[str, object]:
        """Return it as plain values."""
        return {"code": self.code, "verdict": self.verdict, "facts": dict(self.facts)}


def gravest(checks: Iterable[Check]) -> Verdict:
    """Return the gravest verdict; nothing looked at is accepted."""
    verdicts: list[Verdict] = [one.verdict for one in checks]
    return max(verdicts, key=lambda one: _GRAVITY[one], default="accept")
