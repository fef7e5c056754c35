"""The gate: everything that is wrong with diagrams, before anybody relies on them."""

from engine.kernel.gate.checking import check

__all__ = ["check"]
