"""Fingerprints of what was signed: the same content always gives the same digest."""

import hashlib
import json


def canonical(content):
    """The one way in which a content is written before its digest is taken."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(content):
    """SHA-256 of a content, in hexadecimal digits."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()
