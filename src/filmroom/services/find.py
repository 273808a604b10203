"""Query SCP: C-FIND of the Patient Root and Study Root models (PS3.4 §C.4.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from concurrent.futures import Executor
from itertools import islice, takewhile

from filmroom import net
from filmroom.archive import Archive, Query
from filmroom.dicom import DataSet, encode_bytes, transfer_syntax
from filmroom.errors import OperationCancelled, TooManyMatches
from filmroom.services.models import QUERY_MODELS, negotiated_extensions
from filmroom.services.service import answer, collect_identifier
from filmroom.transport import MessageSink, Operation

__all__ = ["FindService"]

BATCH = 64
"""Matches fetched per trip to a worker thread. The first trip fetches one, to answer early, or as
many as tell whether `max_matches` is passed."""


class FindService:
    """Streams matches from the index as pending responses."""

    def __init__(
        self,
        archive: Archive,
        executor: Executor,
        *,
        aet: str,
        max_matches: int,
        relational: bool,
    ) -> None:
        self._archive = archive
        self._executor = executor
        self._aet = aet
        self._max_matches = max_matches
        self._relational = relational

    def request_received(self, operation: Operation) -> MessageSink | None:
        """Receive the identifier, then search."""
        return collect_identifier(operation, self._find)

    async def _find(self, operation: Operation, identifier: DataSet) -> None:
        syntax = transfer_syntax(operation.context.transfer_syntax)
        loop = asyncio.get_running_loop()
        matches: Generator[DataSet, None, None] | None = None

        def fetch(count: int) -> list[bytes]:
            assert matches is not None
            # A C-CANCEL need not wait for the rest of a large first trip.
            wanted = takewhile(lambda _: not operation.cancelled, islice(matches, count))
            return [encode_bytes(match, syntax) for match in wanted]

        def begin() -> tuple[int, list[bytes]]:
            nonlocal matches
            query = self._query(operation, identifier)
            matches = self._archive.find(
                query, retrieve_ae_title=self._aet, cancelled=lambda: operation.cancelled
            )
            status = net.PENDING_WARNING if query.unsupported else net.PENDING
            return status, fetch(self._max_matches + 1)

        try:
            status, batch = await loop.run_in_executor(self._executor, begin)
            if self._max_matches and len(batch) > self._max_matches:
                raise TooManyMatches(
                    f"over {self._max_matches} matches",
                    hint="narrow the query, or raise max_matches",
                )
            while batch and not operation.cancelled:
                for number, match in enumerate(batch, 1):
                    if operation.cancelled:
                        break
                    await operation.respond(net.response_to(operation.message, status), match)
                    if number % BATCH == 0:
                        # Sending need not wait: the loop's turn, for a C-CANCEL and for others.
                        await asyncio.sleep(0)
                else:
                    batch = await loop.run_in_executor(self._executor, fetch, BATCH)
            await answer(operation, net.CANCEL if operation.cancelled else 0x0000)
        except OperationCancelled:
            await answer(operation, net.CANCEL)
        finally:
            if matches is not None:
                await loop.run_in_executor(self._executor, matches.close)

    def _query(self, operation: Operation, identifier: DataSet) -> Query:
        extensions = negotiated_extensions(operation)
        return Query.from_identifier(
            identifier,
            QUERY_MODELS[operation.context.abstract_syntax].root,
            relational=self._relational or extensions.relational,
            combined_datetime=extensions.combined_datetime,
        )
