"""Read XML that strangers have written: bounded, without DOCTYPE, entities or network."""

from lxml import etree

from engine.errors import DocumentRefused

#: Largest file read, in bytes.
MAX_BYTES = 5_000_000
#: Deepest nesting accepted: real diagrams stay below 15.
MAX_DEPTH = 50
#: Most elements in one file: 5 MB of empty elements would be over a million objects.
MAX_ELEMENTS = 100_000


def read_xml(data: bytes, *, name: str) -> etree._Element:
    """Return the root element of a document, or refuse it naming file and line.

    Raises DocumentRefused for anything that is not well-formed XML without a DOCTYPE of at most
    5 MB, 50 levels and 100 000 elements.
    """
    if len(data) > MAX_BYTES:
        raise DocumentRefused(
            f"the file has {len(data)} bytes, more than {MAX_BYTES}",
            where=name,
            remedy="split it into several files",
        )
    root = _parse(data, name=name)
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentRefused(
            "the file has a DOCTYPE", where=f"{name}:1", remedy="delete the DOCTYPE declaration"
        )
    _measure(root, name=name)
    return root


def _parse(data: bytes, *, name: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise DocumentRefused(
            f"this is not well-formed XML: {error.msg}",
            where=f"{name}:{error.lineno or 1}",
            remedy="open the file in an editor and save it again",
        ) from None
    except ValueError as error:
        raise DocumentRefused(f"this is not XML: {error}", where=name) from None


def _measure(root: etree._Element, *, name: str) -> None:
    depth = elements = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if depth > MAX_DEPTH or elements > MAX_ELEMENTS:
            what = f"{MAX_DEPTH} levels" if depth > MAX_DEPTH else f"{MAX_ELEMENTS} elements"
            raise DocumentRefused(
                f"the file has more than {what}", where=f"{name}:{element.sourceline}"
            )
