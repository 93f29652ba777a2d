"""Asks a process of this machine, over HTTP, how it is."""

import asyncio
import json
from typing import Optional
from urllib.parse import urlsplit


async def ask(url: str, timeout: float) -> Optional[bool]:
    """Whether what runs at `url` can work; `None` when nothing answers within `timeout` seconds.

    Any HTTP answer shows that the process is there; 200, with `ready` not false in its JSON, that it can work.
    """
    try:
        answer = await asyncio.wait_for(_get(url), timeout)
    except (OSError, asyncio.TimeoutError):
        return None
    head, _, body = answer.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2]
    if not status:
        return None
    return status == [b"200"] and _says_ready(body)


def _says_ready(body: bytes) -> bool:
    try:
        said = json.loads(body)
    except ValueError:
        return True
    return said.get("ready", True) is True if isinstance(said, dict) else True


async def _get(url: str) -> bytes:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        # HTTP/1.0: no chunks, and the other side closes.
        writer.write(f"GET {address.path or '/'} HTTP/1.0\r\nHost: {address.netloc}\r\n\r\n".encode())
        await writer.drain()
        return await reader.read()
    finally:
        writer.close()
