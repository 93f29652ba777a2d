"""Takes a file in: a stream of bytes becomes a file of a known kind, wholly on disk, or nothing at all."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import AsyncIterator, BinaryIO, Optional

from attachments.folder import Folder
from attachments.kinds import HEAD, PDF, FileRefused, Kind, check_pdf, kind_of
from attachments.pictures import Pictures
from base.ids import new_id

WRITE = 256 * 1024  # bytes collected before they are written


@dataclass(frozen=True)
class StoredFile:
    """A file on disk. `width` and `height` are a picture's, in pixels."""

    id: str
    media_type: str
    bytes: int
    width: Optional[int] = None
    height: Optional[int] = None


class Intake:
    """What every channel gives files to."""

    def __init__(self, folder: Folder, most_bytes: int) -> None:
        self.folder, self.most_bytes = folder, most_bytes
        self._pictures = Pictures()

    async def take(self, chunks: AsyncIterator[bytes]) -> StoredFile:
        """Store what comes. Whatever happens, nothing is left behind but a complete file.

        Raises:
            FileRefused: it is empty, too big, of no kind we take, or broken.
        """
        draft = await asyncio.to_thread(self.folder.draft)
        try:
            kind = await self._write(draft, chunks)
            return await (self._keep_pdf(draft) if kind is PDF else self._keep_picture(draft, kind))
        finally:
            await asyncio.shield(asyncio.to_thread(draft.unlink, missing_ok=True))

    async def _write(self, draft: Path, chunks: AsyncIterator[bytes]) -> Kind:
        """Write what comes into `draft`, as long as it is a kind that is taken."""
        kind: Optional[Kind] = None
        size, waiting = 0, bytearray()
        with await asyncio.to_thread(_create, draft) as file:
            async for chunk in chunks:
                size += len(chunk)
                waiting += chunk
                if size > self.most_bytes:
                    raise FileRefused("file_too_big")
                if kind is None and len(waiting) >= HEAD:
                    kind = _allowed(waiting)
                if len(waiting) >= WRITE:
                    await asyncio.to_thread(file.write, bytes(waiting))
                    waiting.clear()
            if size == 0:
                raise FileRefused("file_empty")
            kind = kind or _allowed(waiting)
            await asyncio.to_thread(file.write, bytes(waiting))
        return kind

    async def _keep_pdf(self, draft: Path) -> StoredFile:
        await asyncio.to_thread(check_pdf, draft)
        file_id, size = new_id("at"), draft.stat().st_size
        await asyncio.to_thread(self.folder.keep, draft, file_id, PDF.media_type)
        return StoredFile(file_id, PDF.media_type, size)

    async def _keep_picture(self, draft: Path, kind: Kind) -> StoredFile:
        picture, thumb = draft.with_suffix(".new"), draft.with_suffix(".small")
        try:
            drawn = await self._pictures.convert(kind, draft, picture, thumb)
            file_id, size, media_type = new_id("at"), picture.stat().st_size, drawn.kind.media_type
            await asyncio.to_thread(self.folder.keep_thumb, thumb, file_id)
            await asyncio.to_thread(self.folder.keep, picture, file_id, media_type)
            return StoredFile(file_id, media_type, size, drawn.width, drawn.height)
        finally:
            for left in (picture, thumb):
                left.unlink(missing_ok=True)


def _create(draft: Path) -> BinaryIO:
    draft.touch(0o600, exist_ok=False)
    return draft.open("wb")


def _allowed(head: bytearray) -> Kind:
    kind = kind_of(bytes(head[:HEAD]))
    if kind is None:
        raise FileRefused("file_not_allowed")
    return kind
