"""Personal values at rest: AES-256-GCM under a key per data subject, itself under FIELD_KEY.

Deleting the row of a subject's key makes every copy of its values unreadable, also in the field
history, in the trail and in old backups, without rewriting any of them.
"""

import base64
import hashlib
import hmac
import json
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12


class Erased(Exception):
    """The key of this subject is gone, or the value was not written with it."""


@lru_cache(maxsize=1)
def _master():
    key = base64.b64decode(settings.FIELD_KEY)
    if len(key) != 32:
        raise ValueError("FIELD_KEY must be 32 bytes in base64")
    return AESGCM(key), hashlib.sha256(b"index" + key).digest()


def new_key():
    """A fresh wrapped key for one data subject, ready to be stored."""
    nonce = os.urandom(NONCE)
    return nonce + _master()[0].encrypt(nonce, AESGCM.generate_key(256), b"subject")


@lru_cache(maxsize=4096)
def _unwrap(wrapped):
    try:
        return AESGCM(_master()[0].decrypt(wrapped[:NONCE], wrapped[NONCE:], b"subject"))
    except InvalidTag as error:
        raise Erased from error


def seal(wrapped, value):
    """Encrypt a JSON-able value under the subject's wrapped key; returns bytes."""
    return seal_bytes(wrapped, json.dumps(value).encode())


def seal_bytes(wrapped, data):
    """Encrypt bytes, as of a file, under the subject's wrapped key."""
    nonce = os.urandom(NONCE)
    return nonce + _unwrap(bytes(wrapped)).encrypt(nonce, data, None)


def unseal(wrapped, sealed):
    """The value written by `seal`. Raises Erased when the key is gone or does not fit."""
    return json.loads(unseal_bytes(wrapped, sealed))


def unseal_bytes(wrapped, sealed):
    """The bytes written by `seal_bytes`. Raises Erased when the key is gone or does not fit."""
    if not wrapped:
        raise Erased
    sealed = bytes(sealed)
    try:
        return _unwrap(bytes(wrapped)).decrypt(sealed[:NONCE], sealed[NONCE:], None)
    except InvalidTag as error:
        raise Erased from error


def blind_index(value):
    """Keyed hash by which an encrypted value can be found by equality and by nothing else."""
    return hmac.new(_master()[1], value.encode(), hashlib.sha256).digest()[:16]
