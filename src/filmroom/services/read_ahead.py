"""Kept objects on their way out: the next is opened and read while one is being sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from concurrent.futures import Executor
from types import TracebackType
from typing import Self

from filmroom.archive import Archive, InstanceLocation, StoredObject
from filmroom.errors import FilmroomError

__all__ = ["ReadAhead"]


class ReadAhead:
    """Gives the objects at ``locations`` in their order; an asynchronous context manager.

    No more than one is held ready beside the one in use, and of it no more than its beginning.
    """

    def __init__(
        self, archive: Archive, executor: Executor, locations: Iterable[InstanceLocation]
    ) -> None:
        self._archive = archive
        self._executor = executor
        self._locations = iter(locations)
        self._next: asyncio.Future[StoredObject] | None = None

    async def take(self) -> StoredObject:
        """The next object, open: the caller closes it.

        Raises what opening it raises (ObjectNotFound, ObjectDamaged), and StopAsyncIteration
        after the last.
        """
        opening = self._next or self._begin()
        if opening is None:
            raise StopAsyncIteration
        self._next = self._begin()
        return await opening

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        opening, self._next = self._next, None
        if opening is not None:
            try:
                (await opening).close()
            except FilmroomError:
                pass  # nobody asks for it any more

    def _begin(self) -> asyncio.Future[StoredObject] | None:
        location = next(self._locations, None)
        if location is None:
            return None
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._executor, self._opened, location)

    def _opened(self, location: InstanceLocation) -> StoredObject:
        stored = self._archive.open_object(location)
        stored.read_ahead()
        return stored
