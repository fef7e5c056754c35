"""Verify an exported history without Cursus: python verifier.py ARCHIVE.zip [PUBLIC_KEY_HEX].

Needs Python 3.11 and nothing else. It recomputes every commitment (SHA-256 of salt and content),
every hash (SHA-256 of 0x00, the hash before, the canonical fields and the commitment), the Merkle
root over all streams (RFC 6962) and the signature of the checkpoint (Ed25519, RFC 8032). It exits
with 0 when everything holds and with 1 otherwise, naming the first bad event.
"""

import hashlib
import json
import sys
import zipfile

NAMES = ("stream", "seq", "at", "actor", "on_behalf_of", "kind", "element", "definition")


def canonical(value):
    """Canonical JSON (RFC 8785) of the fields: strings, integers and null only."""
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
    if sealed != event["hash"]:
        return "its fields do not give its hash"
    if event["payload"] is None or event["salt"] is None:
        return None if event["erased_under"] else "its content is missing and no erasure says why"
    content = bytes.fromhex(event["salt"]) + event["payload"].encode()
    if hashlib.sha256(content).digest() != commitment:
        return "its content is not what was committed to"
    return None


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


def check_events(events, manifest, covered):
    """Return a message about the first bad event, or None."""
    stream, previous = manifest["stream"], "00" * 32
    for number, event in enumerate(events, 1):
        reason = wrong(event, stream, number, previous)
        if reason is None and covered and covered[1] == number and covered[2] != event["hash"]:
            reason = "differs from the signed checkpoint"
        if reason:
            return f"event {number}: {reason}"
        previous = event["hash"]
    wanted = max(manifest["events"], covered[1] if covered else 0)
    if len(events) < wanted:
        return f"event {len(events) + 1}: missing, the stream had {wanted} events"
    if previous != manifest["head"]:
        return f"event {len(events)}: differs from the head in the manifest"
    return None


def check_checkpoint(checkpoint, public_key):
    """Return what is wrong with the checkpoint, or None."""
    heads = sorted(checkpoint["heads"], key=lambda head: head[0].encode())
    leaves = [hashlib.sha256(b"\x00" + canonical(head)).digest() for head in heads]
    if not leaves or merkle(leaves).hex() != checkpoint["root"]:
        return "the checkpoint's root does not cover its heads"
    message = canonical({name: checkpoint[name] for name in ("at", "size", "root")})
    key = bytes.fromhex(public_key or checkpoint["public_key"])
    if not is_signed(key, message, bytes.fromhex(checkpoint["signature"])):
        return "the checkpoint's signature is not genuine"
    return None


def verify(path, public_key=None):
    """Verify an archive; return (is it good, what was found)."""
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        events = [json.loads(line) for line in archive.read("events.jsonl").splitlines()]
        names = archive.namelist()
        checkpoint = (
            json.loads(archive.read("checkpoint.json")) if "checkpoint.json" in names else None
        )
    covered = None
    if checkpoint:
        bad = check_checkpoint(checkpoint, public_key)
        if bad:
            return False, bad
        covered = next((h for h in checkpoint["heads"] if h[0] == manifest["stream"]), None)
    bad = check_events(events, manifest, covered)
    if bad:
        return False, bad
    signed = f", signed to event {covered[1]} at {checkpoint['at']}" if covered else ", not signed"
    return True, f"{manifest['stream']}: {len(events)} events hold{signed}"


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    good, said = verify(*sys.argv[1:])
    print(said)
    sys.exit(0 if good else 1)
