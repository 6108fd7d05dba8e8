"""Refuses every connection to another machine, where the system cannot take the network away: `.ci/package`."""

import socket
from typing import Any


def _refused(*_: Any) -> None:
    """Say that something asked for the network."""
    raise RuntimeError("the network was asked for")


socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = _refused
