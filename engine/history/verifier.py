"""Verify an exported history without Cursus: python verifier.py ARCHIVE.zip [PUBLIC_KEY].

Needs Python 3.11 and nothing else. It recomputes every commitment (SHA-256 of salt and content),
every hash (SHA-256 of 0x00, the hash before, the canonical fields and the commitment), the Merkle
root over all streams (RFC 6962) and the signature of the checkpoint (Ed25519, RFC 8032). A content
that is missing must be named by a later event payload:erased under the same rule, or be marked as
withheld; how many are is said. Last it compares every other file with its SHA-256 in the manifest,
and the manifest with its signature. It exits with 0 when everything holds and with 1 otherwise,
naming the first bad event or file.

Give the public key that the institution published, as text or as the file that holds it: a forger
would put a key of his own into the archive. With a key, an archive without a genuine checkpoint
over its stream does not hold.
"""

import contextlib
import hashlib
import json
import pathlib
import sys
import zipfile
import zlib

NAMES = ("stream", "seq", "at", "actor", "on_behalf_of", "kind", "element", "definition")
SALT_BYTES = 16
#: what damaged or forged files make the readers raise
DAMAGE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)


def canonical(value):
    """Write the fields as RFC 8785 does: strings, integers and null only."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def wrong(event, stream, seq, previous):
    """Say what is wrong with one event, or None."""
    if event["stream"] != stream:
        return f"belongs to the stream {event['stream']}"
    if event["seq"] != seq:
        return f"number {event['seq']} stands where number {seq} belongs"
    if event["previous"] != previous:
        return "does not follow the event before it"
    fields = canonical({name: event[name] for name in NAMES})
    commitment = bytes.fromhex(event["commitment"])
    sealed = hashlib.sha256(b"\x00" + bytes.fromhex(previous) + fields + commitment).hexdigest()
    if sealed != event["hash"] or len(commitment) != 32:
        return "its fields do not give its hash"
    return wrong_content(event, commitment)


def wrong_content(event, commitment):
    """Say what is wrong with the content of one event, or None."""
    if event["payload"] is None and event["salt"] is None and event.get("withheld"):
        return "its content was erased, not withheld" if event["erased_under"] else None
    if event["payload"] is None and event["salt"] is None:
        return None if event["erased_under"] else "its content is missing and no erasure says why"
    if event["payload"] is None or event["salt"] is None:
        return "half of its content is missing"
    if event["erased_under"] is not None:
        return "it is marked as erased but its content is there"
    salt = bytes.fromhex(event["salt"])
    content = hashlib.sha256(salt + event["payload"].encode()).digest()
    if len(salt) != SALT_BYTES or content != commitment:
        return "its content is not what was committed to"
    return None


def explain(event, unexplained):
    """Strike out the erasures that this event records."""
    if event["kind"] != "payload:erased" or event["payload"] is None:
        return
    content = json.loads(event["payload"])
    for number in content["erased"]:
        if unexplained.get(number) == content["under"]:
            del unexplained[number]


def merkle(hashes):
    """Merkle tree hash of leaf hashes (RFC 6962 section 2.1)."""
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + merkle(hashes[:half]) + merkle(hashes[half:])).digest()


# Ed25519 after RFC 8032 section 5.1, for verification only
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(one, two):
    """Add two points in extended coordinates."""
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(factor, point):
    """Multiply a point."""
    total = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = add(total, point)
        point, factor = add(point, point), factor >> 1
    return total


def decompress(data):
    """Read a point, or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(public, message, signature):
    """Say whether the key signed the message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, r, s = decompress(public), decompress(signature[:32]), signature[32:]
    s = int.from_bytes(s, "little")
    if key is None or r is None or s >= L:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(digest, "little") % L
    left, right = times(s, BASE), add(r, times(k, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0


def check_line(line, stream, number, previous):
    """Return (the event, what is wrong with it)."""
    try:
        event = json.loads(line)
        return event, wrong(event, stream, number, previous)
    except DAMAGE as damage:
        return None, f"cannot be read ({type(damage).__name__}: {damage})"


def check_events(lines, manifest, covered):
    """Return (what is wrong with the first bad event, number of erased contents)."""
    stream, previous, unexplained, erased = manifest["stream"], "00" * 32, {}, 0
    for number, line in enumerate(lines, 1):
        event, reason = check_line(line, stream, number, previous)
        if reason is None and covered and covered[1] == number and covered[2] != event["hash"]:
            reason = "differs from the signed checkpoint"
        if reason is None and number > manifest["events"]:
            reason = "stands after the last event of the manifest"
        if reason:
            return f"event {number}: {reason}", erased
        previous = event["hash"]
        if event["payload"] is None and not event.get("withheld"):
            erased, unexplained[number] = erased + 1, event["erased_under"]
        with contextlib.suppress(*DAMAGE):
            explain(event, unexplained)
    return check_end(lines, manifest, covered, previous, unexplained), erased


def check_end(lines, manifest, covered, previous, unexplained):
    """Return what is wrong after the last event, or None."""
    wanted = max(manifest["events"], covered[1] if covered else 0)
    if len(lines) < wanted:
        return f"event {len(lines) + 1}: missing, the stream had {wanted} events"
    if lines and previous != manifest["head"]:
        return f"event {len(lines)}: differs from the head in the manifest"
    if unexplained:
        return f"event {min(unexplained)}: its content is missing and no later event erases it"
    return None


def check_checkpoint(checkpoint, public_key):
    """Return what is wrong with the checkpoint, or None."""
    heads = sorted(checkpoint["heads"], key=lambda head: head[0].encode())
    leaves = [hashlib.sha256(b"\x00" + canonical(head)).digest() for head in heads]
    if (
        checkpoint["size"] != len(leaves)
        or not leaves
        or merkle(leaves).hex() != checkpoint["root"]
    ):
        return "the checkpoint's root does not cover its heads"
    message = canonical({name: checkpoint[name] for name in ("at", "size", "root")})
    key = bytes.fromhex(public_key or checkpoint["public_key"])
    if not is_signed(key, message, bytes.fromhex(checkpoint["signature"])):
        return "the checkpoint's signature is not genuine"
    return None


MEMBERS = ("manifest.json", "manifest.sig.json")
CORE = ("manifest.json", "events.jsonl", "checkpoint.json", "verifier.py")
PURPOSE = b"cursus-manifest-1\n"


def check_files(archive, manifest, public_key):
    """Return (what is wrong with a file or the manifest's signature or None, what to say)."""
    names = archive.namelist()
    if len(names) != len(set(names)):
        return "two files have one name", ""
    wanted = manifest.get("files")
    if wanted is None:
        stranger = min(set(names) - set(CORE), default=None)
        return stranger and f"{stranger}: not in the manifest", ""
    for name in sorted(wanted.keys() | set(names) - set(MEMBERS)):
        if name not in wanted or name not in names:
            return f"{name}: " + ("missing" if name in wanted else "not in the manifest"), ""
        if hashlib.sha256(archive.read(name)).hexdigest() != wanted[name]:
            return f"{name}: differs from the manifest", ""
    if MEMBERS[1] not in names:
        return None, f"; {len(wanted)} files as in the manifest, which is not signed"
    signed = json.loads(archive.read(MEMBERS[1]))
    key = bytes.fromhex(public_key or signed["public_key"])
    if not is_signed(key, PURPOSE + archive.read(MEMBERS[0]), bytes.fromhex(signed["signature"])):
        return "the manifest's signature is not genuine", ""
    asked = "" if public_key else f"; compare the key {signed['public_key']}"
    return None, f"; {len(wanted)} files as in the signed manifest{asked}"


def read(path):
    """Return manifest, lines of events, and the checkpoint or None."""
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        lines = archive.read("events.jsonl").split(b"\n")
        if lines.pop():
            raise ValueError("the last line of events.jsonl has no end")
        if "checkpoint.json" not in archive.namelist():
            return manifest, lines, None
        return manifest, lines, json.loads(archive.read("checkpoint.json"))


def verify(path, public_key=None):
    """Verify an archive; return (is it good, what was found)."""
    try:
        manifest, lines, checkpoint = read(path)
        good, said = judge(manifest, lines, checkpoint, public_key)
        with zipfile.ZipFile(path) as archive:
            bad, more = check_files(archive, manifest, public_key) if good else (None, "")
        return (False, bad) if bad else (good, said + more)
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, *DAMAGE) as damage:
        return False, f"the archive is damaged ({type(damage).__name__}: {damage})"


def read_key(given):
    """Return the 64 characters of a key, given as such or as a file; None if it is neither."""
    path = pathlib.Path(given)
    text = (path.read_text("utf-8") if path.is_file() else given).strip().lower()
    return text if len(text) == 64 and set(text) <= set("0123456789abcdef") else None


def judge(manifest, lines, checkpoint, public_key):
    """Verify what the archive holds; return (is it good, what was found)."""
    heads = checkpoint["heads"] if checkpoint else []
    covered = next((head for head in heads if head[0] == manifest["stream"]), None)
    bad, erased = check_events(lines, manifest, covered)
    bad = bad or (check_checkpoint(checkpoint, public_key) if checkpoint else None)
    if not bad and public_key and not covered:
        bad = "no checkpoint covers this stream: a cut tail would not show"
    if bad:
        return False, bad
    return (
        True,
        f"{manifest['stream']}: {len(lines)} events hold{withheld(lines)}"
        + notes(covered, checkpoint, erased)
        + ("" if public_key or not covered else f"; compare the key {checkpoint['public_key']}"),
    )


def withheld(lines):
    """Say how many contents were left out; what they committed to is sealed all the same."""
    number = sum(bool(json.loads(line).get("withheld")) for line in lines)
    return f", {number} contents withheld" if number else ""


def notes(covered, checkpoint, erased):
    """Say how far the signature reaches and what was erased."""
    gone = f", {erased} contents erased under a rule" if erased else ""
    if not covered:
        return f"{gone}; not signed: a cut tail would not show"
    return f"{gone}; signed up to event {covered[1]} at {checkpoint['at']}"


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        print(__doc__)
        sys.exit(2)
    key = read_key(sys.argv[2]) if len(sys.argv) == 3 else None
    if len(sys.argv) == 3 and key is None:
        print(f"{sys.argv[2]} is no public key: give its 64 characters, or the file with them")
        sys.exit(2)
    good, said = verify(sys.argv[1], key)
    print(said)
    sys.exit(0 if good else 1)
