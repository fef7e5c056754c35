"""Where the product finds its database, its key and its data: environment variables only."""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one process."""

    #: the folder of the embedded server and of the signing key
    data: Path
    host: str
    port: int
    workers: int


def read() -> Config:
    """Read CURSUS_DATA, CURSUS_HOST, CURSUS_PORT and CURSUS_WEB_WORKERS."""
    return Config(
        data=Path(os.environ.get("CURSUS_DATA", "var")).resolve(),
        host=os.environ.get("CURSUS_HOST", "127.0.0.1"),
        port=int(os.environ.get("CURSUS_PORT", "8000")),
        workers=int(os.environ.get("CURSUS_WEB_WORKERS", "2")),
    )


def signing_key(config: Config) -> bytes:
    """Return the raw Ed25519 key of CURSUS_SIGNING_KEY_FILE, drawn at first use."""
    configured = os.environ.get("CURSUS_SIGNING_KEY_FILE")
    path = Path(configured) if configured else config.data / "signing.key"
    if not path.exists():
        _draw_key(path)
    return path.read_bytes()


def _draw_key(path: Path) -> None:
    """Write a new key, whole or not at all; the first of several processes wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp gives the file to its owner alone
    descriptor, drawn = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(Ed25519PrivateKey.generate().private_bytes_raw())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(drawn, path)
    finally:
        Path(drawn).unlink()


def public_key(config: Config) -> bytes:
    """Return the raw public key that belongs to the house's signing key."""
    private = Ed25519PrivateKey.from_private_bytes(signing_key(config))
    return private.public_key().public_bytes_raw()
