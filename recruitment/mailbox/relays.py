"""Addresses that stand for no person: relays and shared boxes."""

from functools import cache
from importlib import resources

import yaml


@cache
def _listed() -> tuple[frozenset[str], frozenset[str]]:
    text = (resources.files("recruitment.mailbox") / "relays.yaml").read_text("utf-8")
    found = yaml.safe_load(text)
    return frozenset(found["domains"]), frozenset(found["boxes"])


def is_shared(address: str) -> bool:
    """Say whether an address is a relay or a shared box, so that it names nobody."""
    box, _, domain = address.lower().partition("@")
    domains, boxes = _listed()
    labels = domain.split(".")
    above = {".".join(labels[place:]) for place in range(len(labels))}
    return box.partition("+")[0] in boxes or bool(above & domains)


def takes_no_answer(address: str) -> bool:
    """Say whether an address is one that nobody reads answers at."""
    box = address.lower().partition("@")[0].replace("-", "").replace("_", "")
    return not address or box in {"noreply", "donotreply", "mailerdaemon", "postmaster"}
