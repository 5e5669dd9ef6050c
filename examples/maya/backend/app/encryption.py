"""Encryption of stored messages with AES-256-GCM."""

import base64
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.config import get_settings


def encrypt(text: str) -> str:
    nonce = os.urandom(12)
    key = base64.b64decode(get_settings().encryption_key)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, text.encode(), None)).decode()


def decrypt(token: str) -> str:
    raw = base64.b64decode(token)
    key = base64.b64decode(get_settings().encryption_key)
    return AESGCM(key).decrypt(raw[:12], raw[12:], None).decode()
