"""Built-in functions on contexts, DMN 1.3 section 10.3.4.7 and what DMN 1.4 adds."""

from feel.signatures import Table, signature


def _get_value(m: dict[str, object], key: str) -> object:
    return m.get(key)


def _get_entries(m: dict[str, object]) -> list[object]:
    return [{"key": key, "value": value} for key, value in m.items()]


def _context(entries: list[object]) -> dict[str, object] | None:
    made: dict[str, object] = {}
    for entry in entries:
        key = entry.get("key") if isinstance(entry, dict) else None
        if not isinstance(key, str) or key in made or "value" not in entry:  # type: ignore[operator]
            return None
        made[key] = entry["value"]  # type: ignore[index]
    return made


def _context_put(context: dict[str, object], key: object, value: object) -> object:
    """Set an entry; a list of keys leads into inner contexts."""
    first, *others = key if isinstance(key, list) and key else [key]
    if not isinstance(first, str):
        return None
    if not others:
        return {**context, first: value}
    below = context.get(first, {})
    changed = _context_put(below, others, value) if isinstance(below, dict) else None
    return None if changed is None else {**context, first: changed}


def _context_merge(contexts: list[object]) -> dict[str, object] | None:
    merged: dict[str, object] = {}
    for context in contexts:
        if not isinstance(context, dict):
            return None
        merged |= context
    return merged


TABLE: Table = {
    "get value": signature("m:ctx, key:str", _get_value),
    "get entries": signature("m:ctx", _get_entries),
    "context": signature("entries:list", _context),
    "context put": signature("context:ctx, key:str|list, value", _context_put)
    + signature("context:ctx, keys:list, value", _context_put),
    "context merge": signature("contexts:list", _context_merge)
    + signature("context*", _context_merge),
}
