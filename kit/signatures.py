"""Signatures of devices: ECDSA over P-256 with SHA-256, as browsers make them, and their public keys."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

SIZE = 64  # bytes of a signature: r and s
LONGEST = 400  # characters of a public key in base64


def public_key(text):
    """The P-256 key of a text: base64 of its SPKI form. Raises ValueError where it is none."""
    if len(text) > LONGEST:
        raise ValueError("too long for a P-256 key")
    try:
        key = serialization.load_der_public_key(base64.b64decode(text, validate=True))
    except (binascii.Error, UnsupportedAlgorithm, TypeError) as error:
        raise ValueError("not a public key") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")
    return key


def holds(key, message, signature):
    """Whether a signature (base64 of r and s) over a message (bytes) was made with the key's other half."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    if len(raw) != SIZE:
        return False
    r, s = (int.from_bytes(raw[place : place + 32], "big") for place in (0, 32))
    try:
        key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
