"""What an opaque S/MIME message signs (RFC 5652 SignedData), taken out; nothing is verified.

Mail programs write it with lengths that are known only at the end (BER), so a reader for DER alone
would not open it.
"""

from collections.abc import Iterator

_SIGNED = bytes.fromhex("2a864886f70d010702")
_OID, _OCTETS, _SEQUENCE = 0x06, 0x04, 0x30
_CONSTRUCTED, _EXPLICIT = 0x20, 0xA0
#: The length that says: up to the end mark. A length with this bit says how long it is itself.
_OPEN = 0x80
_DEEP = 6


def signed_content(data: bytes) -> bytes | None:
    """Return the message inside; None when this is no signed message, or a broken one."""
    try:
        (outer,) = list(_elements(data))[:1]
        kind, wrapped = list(_elements(outer[1]))[:2]
        if kind != (_OID, _SIGNED):
            return None
        (signed,) = _elements(wrapped[1])
        inner = next(one for one in _elements(signed[1]) if one[0] == _SEQUENCE)
        content = next(one for one in _elements(inner[1]) if one[0] == _EXPLICIT)
        (octets,) = _elements(content[1])
        return b"".join(_octets(*octets))
    except (ValueError, IndexError, StopIteration):
        return None


def _octets(tag: int, content: bytes, deep: int = 0) -> Iterator[bytes]:
    if tag == _OCTETS:
        yield content
    elif tag == _OCTETS | _CONSTRUCTED and deep < _DEEP:
        for one in _elements(content):
            yield from _octets(*one, deep + 1)
    else:
        raise ValueError("no octet string")


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give tag and content of the elements that stand one after the other."""
    place = 0
    while place < len(data):
        tag, content, place = _element(data, place)
        yield tag, content


def _element(data: bytes, place: int, deep: int = 0) -> tuple[int, bytes, int]:
    tag, size, begins = data[place], data[place + 1], place + 2
    if size == _OPEN:
        return tag, *_open_ended(data, begins, deep)
    if size & _OPEN:
        begins += size & ~_OPEN
        size = int.from_bytes(data[place + 2 : begins])
    if begins + size > len(data):
        raise ValueError("it ends too early")
    return tag, data[begins : begins + size], begins + size


def _open_ended(data: bytes, begins: int, deep: int) -> tuple[bytes, int]:
    """Return the content up to its end mark, and where what follows begins."""
    if deep > 4 * _DEEP:
        raise ValueError("too deep")
    place = begins
    while data[place : place + 2] != b"\0\0":
        _, _, place = _element(data, place, deep + 1)
    return data[begins:place], place + 2
