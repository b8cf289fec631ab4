"""The hash chain of a session: each row's hash covers the row and the hash before it.

SQLite's own check misses damage inside a row's text; the chain finds it, and rows that are missing or moved.
It is no protection against someone who wants to forge a log.
"""

from __future__ import annotations

import hashlib

from maos_desktop.model.ids import SessionId


def first_hash(session_id: SessionId) -> bytes:
    """Returns what stands before a session's first row, 32 bytes."""
    return hashlib.sha256(session_id.encode()).digest()


def next_hash(
    before: bytes, seq: int, at: int, kind: str, agent_id: str | None, previous: int | None, payload: bytes
) -> bytes:
    """Returns the hash of a row, 32 bytes.

    JSON has no raw line break, so what is hashed can be cut into its fields in one way only.
    """
    columns = f"{seq} {at} {kind} {previous} {'' if agent_id is None else '@'}{agent_id}\n"
    return hashlib.sha256(before + columns.encode() + payload).digest()
