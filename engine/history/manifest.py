"""The signature under the list of an archive's files."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

#: Stands before the bytes that are signed, so that no checkpoint can pass for a manifest.
PURPOSE = b"cursus-manifest-1\n"


def sign_manifest(data: bytes, *, private_key: bytes) -> dict[str, str]:
    """Sign the bytes of a manifest with a raw Ed25519 key; return public key and signature."""
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    return {
        "public_key": key.public_key().public_bytes_raw().hex(),
        "signature": key.sign(PURPOSE + data).hex(),
    }
