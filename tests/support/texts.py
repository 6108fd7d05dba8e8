"""Rooms of the catalogues of texts."""

from __future__ import annotations


def of_sentences(room: str) -> bool:
    """Return whether a room has translations of what stands in the code in English."""
    return room in ("", "quoted", "click", "help") or room.startswith("between ")
