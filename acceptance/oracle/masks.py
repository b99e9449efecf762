"""What masks make of values, under the one key that tests have."""

from __future__ import annotations

import hashlib
import hmac

HASH_KEY = "a key that masks nothing but what tests make up"


def hashed(text: str) -> str:
    """The mask ``hash``: HMAC-SHA-256 of the text, in hexadecimal."""
    return hmac.new(HASH_KEY.encode("utf-8"), text.encode("utf-8"), hashlib.sha256).hexdigest()


def hashed_payload(payload: bytes) -> bytes:
    """What stands in the quarantine of a contract with masks."""
    digest = hmac.new(HASH_KEY.encode("utf-8"), payload, hashlib.sha256).hexdigest()
    return f"hmac-sha256:{digest}".encode() if payload else b""
