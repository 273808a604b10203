"""One association over one TCP or TLS connection, driven by asyncio.

The protocol itself is :class:`filmroom.net.Association`, which knows neither sockets nor clocks.
This file moves the bytes: into it what the socket receives, out of it what it wants sent; it keeps
the one timer that :meth:`~filmroom.net.Association.deadline` asks for, matches responses with
requests and hands requests to the :class:`ConnectionHandler`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from typing import Any, NamedTuple, Protocol, cast

from filmroom import net
from filmroom.errors import (
    AssociationAborted,
    AssociationError,
    AssociationRejected,
    AssociationTimeout,
    DimseTimeout,
    FilmroomError,
    InvalidDimseResponse,
    LengthOutOfBounds,
    LocalProtocolError,
)
from filmroom.ops.logging import get_logger
from filmroom.transport.operation import CollectingSink, MessageSink, Operation
from filmroom.transport.workload import Workload

__all__ = ["Connection", "ConnectionHandler", "Payload", "ReceiveBuffer", "Response"]

Payload = bytes | memoryview | Iterable[bytes | memoryview]
"""A data set on its way out: whole, as a view of a file, or piece by piece."""

RECEIVE_BUFFER = 256 * 1024
"""Bytes read from a socket at once: two PDUs of the default size."""

WRITE_HIGH_WATER = 512 * 1024
"""Bytes that may wait for a slow peer before sending pauses."""

MAX_OPERATIONS = 16
"""Requests of one association in work at once; from then on the socket is not read."""

MAX_IN_A_CROWD = 2
"""The same while all connections together have much in work: one, and the next one's beginning."""

MAX_UNREGULATED = 4 * MAX_OPERATIONS
"""The same where reading cannot stop, because an operation (C-GET) waits for responses."""

DUPLICATE_INVOCATION = 0x0210
"""The message ID is that of an operation still in work (PS3.7 §C.5.1)."""

_MAY_AGREE = frozenset({net.State.STA8, net.State.STA9, net.State.STA12})
"""Where the peer's A-RELEASE-RQ can be answered; in STA10 the peer must answer ours first."""

LATE = 1.0
"""Seconds after which a timer came late because we stood still: the silence was not the peer's."""

ABORT_GRACE = 1.0
"""Seconds a peer has to read our A-ABORT and close, when we are stopping."""

_log = get_logger("transport")


class ReceiveBuffer:
    """The buffer that sockets are read into; all connections of one event loop share it.

    What is read is consumed before control returns to the loop, so no two reads overlap and memory
    does not grow with the number of associations.
    """

    __slots__ = ("view",)

    def __init__(self, size: int = RECEIVE_BUFFER) -> None:
        self.view = memoryview(bytearray(size))


class Response(NamedTuple):
    """A response message and its data set (empty bytes where it has none)."""

    message: net.Response
    data: bytes


class ConnectionHandler(Protocol):
    """What a side of the association does with what the peer asks for."""

    def association_requested(
        self, connection: Connection, event: net.AssociationRequested
    ) -> None:
        """Answer with :meth:`Connection.respond` or :meth:`Connection.reject`."""

    def request_received(self, operation: Operation) -> MessageSink | None:
        """A request command has arrived. Return where its data set goes, None to drop it.

        A request without a data set is complete when this is called.
        """

    def connection_closed(self, connection: Connection) -> None:
        """The connection is gone; :attr:`Connection.error` says why, None after a release."""


class Connection(asyncio.BufferedProtocol):
    """Moves bytes between an association and its socket; see the module's docstring."""

    def __init__(
        self,
        association: net.Association,
        handler: ConnectionHandler,
        buffer: ReceiveBuffer,
        *,
        network_timeout: float,
        workload: Workload | None = None,
    ) -> None:
        """``buffer`` and ``workload`` are those of all connections of the event loop."""
        self.association = association
        self.handler = handler
        self.error: FilmroomError | None = None
        self.peer = ""
        self.operations: set[Operation] = set()
        self._loop = asyncio.get_running_loop()
        self._buffer = buffer.view
        self._network_timeout = network_timeout
        self._workload = workload or Workload()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._linger: asyncio.TimerHandle | None = None
        self._established: asyncio.Future[net.Negotiated] = self._loop.create_future()
        self._closed: asyncio.Future[None] = self._loop.create_future()
        self._writable: asyncio.Future[None] | None = None
        self._send_lock = asyncio.Lock()
        self._sink: MessageSink | None = None
        self._receiving: Operation | None = None
        self._exchanges: dict[int, asyncio.Queue[Response | FilmroomError]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._message_id = 0
        self._reading_paused = False
        self._excused = False
        self._release_asked = False
        self._ending = False

    # ── what the owner calls ────────────────────────────────────────────────────────────────

    @property
    def negotiated(self) -> net.Negotiated:
        """What both sides agreed on; raises LocalProtocolError before the association stands."""
        return self.association.negotiated

    async def established(self) -> net.Negotiated:
        """Wait until the association stands; raises AssociationError when it does not."""
        return await asyncio.shield(self._established)

    async def wait_closed(self) -> None:
        """Wait until the connection is gone."""
        await asyncio.shield(self._closed)

    def respond(self) -> None:
        """Answer the A-ASSOCIATE-RQ as the policy does, which may be a rejection."""
        self.association.respond(self._loop.time())

    def reject(self, result: int, source: int, reason: int) -> None:
        """Answer the A-ASSOCIATE-RQ with A-ASSOCIATE-RJ (PS3.8 Table 9-21)."""
        self.association.reject(result, source, reason, self._loop.time())

    def abort(self, error: FilmroomError | None = None) -> None:
        """Send A-ABORT as the service user; ``error`` becomes the reason that waiters see."""
        if self._transport is None or self._transport.is_closing():
            return
        if self.association.state is net.State.STA13:
            return  # it has ended already; the peer has until ARTIM to close
        self.error = self.error or error or AssociationAborted("the association was aborted by us")
        self.association.abort(self._loop.time())
        self._pump()
        if self._ending:
            # Who stops does not wait for ARTIM until the peer has closed its side (STA13).
            self._loop.call_later(ABORT_GRACE, self._transport.abort)

    def end_when_idle(self) -> None:
        """Abort once no operation runs: at once, or when the last one has responded."""
        self._ending = True
        self._end_if_idle()

    async def release(self) -> None:
        """Release the association and wait for the connection to end."""
        async with self._send_lock:
            # Where the peer asked first, or it ended otherwise, there is nothing left to ask for.
            if self.association.state is net.State.STA6:
                self.association.release(self._loop.time())
                self._pump()
        await self.wait_closed()

    def next_message_id(self) -> int:
        """A message ID that no request of ours uses at the moment (PS3.7 §9.1.1.1.1)."""
        while True:
            self._message_id = self._message_id % 0xFFFF + 1
            if self._message_id not in self._exchanges:
                return self._message_id

    async def send(
        self, context_id: int, message: net.Message, data: Payload | None = None
    ) -> None:
        """Send one message whole; messages of several tasks do not interleave.

        Raises AssociationError when the association has ended or the peer stops reading.
        """
        async with self._send_lock:
            self._check_open()
            transport = cast(asyncio.Transport, self._transport)
            now = self._loop.time()
            try:
                for buffers in self.association.send_message(context_id, message, now, data):
                    transport.writelines(buffers)
                    if self._writable is not None:
                        await self._drained()
                        self._check_open()
            except BaseException:
                # A message cut short cannot be taken back: the peer would wait for its rest.
                self.abort()
                raise
            self.association.waiting(self._loop.time())

    async def request(
        self,
        context_id: int,
        message: net.Request,
        data: Payload | None = None,
        *,
        timeout: float,
    ) -> AsyncIterator[Response]:
        """Send a request and yield its responses, the last one being final.

        ``timeout`` is the longest silence, in seconds, between responses: then DimseTimeout is
        raised, and the association aborted, since nothing else may be asked while an answer is
        outstanding. Raises AssociationError when the association ends first.
        """
        self._check_open()
        answers: asyncio.Queue[Response | FilmroomError] = asyncio.Queue()
        self._exchanges[message.message_id] = answers
        self._regulate_reading()
        try:
            await self.send(context_id, message, data)
            while True:
                try:
                    async with asyncio.timeout(timeout):
                        answer = await answers.get()
                except TimeoutError:
                    error = DimseTimeout(
                        f"no response within {timeout:g} s", hint="raise dimse_timeout"
                    )
                    self.abort(error)
                    raise error from None
                if isinstance(answer, FilmroomError):
                    raise answer
                yield answer
                if net.is_final(answer.message.status):
                    return
        finally:
            self._exchanges.pop(message.message_id, None)
            self._regulate_reading()

    async def request_one(
        self,
        context_id: int,
        message: net.Request,
        data: Payload | None = None,
        *,
        timeout: float,
    ) -> Response:
        """Send a request that has exactly one response, and return it."""
        answers = [r async for r in self.request(context_id, message, data, timeout=timeout)]
        return answers[-1]

    def answer(self, operation: Operation, response: net.Response) -> None:
        """Send the final ``response`` of an operation that runs no task, and be done with it.

        At once where nothing else is being sent, which spares a task; else as soon as may be.
        """
        if self._send_lock.locked() or self._writable is not None:
            self.run(operation, operation.respond(response))
            return
        operation.answered = True
        try:
            self._check_open()
            parts = self.association.send_message(
                operation.context.context_id, response, self._loop.time()
            )
            for buffers in parts:
                cast(asyncio.Transport, self._transport).writelines(buffers)
        except FilmroomError as error:
            _log.info("operation_lost", peer=self.peer, fault=str(error))
        self._operation_ended(operation)

    def run(self, operation: Operation, work: Coroutine[Any, Any, None]) -> None:
        """Work on ``operation`` in a task of its own until it has responded."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(lambda task: self._operation_done(operation, task))

    # ── asyncio's side ──────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is connected: EVT2 for a requestor, EVT5 for an acceptor."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=WRITE_HIGH_WATER)
        address = transport.get_extra_info("peername")
        self.peer = f"{address[0]}:{address[1]}" if address else "?"
        try:
            self.association.connection_made(self._loop.time())
        except LocalProtocolError as error:  # an AE title or a UID that cannot be sent
            self.error = error
            self._transport.abort()
            return
        self._pump()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the loop may put what it receives."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """``nbytes`` have been received into the buffer."""
        events = self.association.receive(self._buffer[:nbytes], self._loop.time())
        for event in events:
            if type(event) is net.DataFragment:
                sink = self._sink
                if sink is not None:
                    sink.write(event.data)
                    if event.last:
                        self._sink = self._receiving = None
                        sink.complete()
            else:
                self._handle(event)
        self._pump()

    def eof_received(self) -> bool:
        """The peer closed its side; let asyncio close ours, if need be without sending all."""
        transport = self._transport
        if transport is not None:
            # One that shut down its side but stays, reading nothing, must not keep the socket.
            self._linger = self._loop.call_later(self._network_timeout, transport.abort)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is gone: EVT17."""
        for event in self.association.connection_lost(self._loop.time()):
            self._handle(event)
        for timer in (self._timer, self._linger):
            if timer is not None:
                timer.cancel()
        error = self.error
        if self._sink is not None:
            self._sink.abandon()
            self._sink = None
        ended = error or AssociationAborted("the association has been released")
        if not self._established.done():
            self._established.set_exception(ended)
            self._established.exception()  # seen: nobody need wait for it
        for answers in self._exchanges.values():
            answers.put_nowait(ended)
        for operation in self.operations:
            operation.cancel()
        if self._receiving is not None:
            self._forget(self._receiving)  # nobody works on it who would end it
        self.resume_writing()
        self._closed.set_result(None)
        self.handler.connection_closed(self)

    def pause_writing(self) -> None:
        """The peer reads slower than we send."""
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        """The peer has caught up."""
        waiter, self._writable = self._writable, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    # ── the inside ──────────────────────────────────────────────────────────────────────────

    def _handle(self, event: net.Event) -> None:
        match event:
            case net.CommandReceived():
                self._command(event)
            case net.DataFragment():
                pass  # handled in buffer_updated
            case net.AssociationRequested():
                self.handler.association_requested(self, event)
            case net.AssociationAccepted():
                self._established.set_result(event.negotiated)
            case net.AssociationRejected():
                self.error = AssociationRejected(
                    f"the peer rejected the association: {event}",
                    result=event.result,
                    source=event.source,
                    reason=event.reason,
                )
            case net.ReleaseRequested():
                self._release_asked = True
                self._release_when_idle()
            case net.ReleaseConfirmed():
                # The state machine closes, or, where both sides asked, awaits our own yes.
                self._release_when_idle()
            case net.Aborted():
                self.error = self.error or AssociationAborted(
                    f"the peer aborted the association: {event}",
                    source=event.source,
                    reason=event.reason,
                )
            case net.ConnectionClosed():
                self.error = self.error or AssociationAborted("the peer closed the connection")
            case net.TimedOut():
                self.error = self.error or event.error
            case net.ProtocolError():
                self.error = self.error or event.error
                _log.warning(
                    "protocol_error",
                    peer=self.peer,
                    offset=event.error.offset,
                    reason=event.error.reason,
                    fault=event.error.message,
                )

    def _command(self, event: net.CommandReceived) -> None:
        message = event.message
        if isinstance(message, net.Response):
            self._sink = self._response_sink(message)
            return
        if isinstance(message, net.CCancelRQ):
            running = self._running(message.message_id_being_responded_to)
            if running is not None:
                running.cancel()
            return
        operation = Operation(self, self.negotiated.contexts[event.context_id], message)
        is_duplicate = self._running(message.message_id) is not None
        self.operations.add(operation)
        self._workload.in_work += 1
        if is_duplicate:
            refusal = net.response_to(message, DUPLICATE_INVOCATION)
            self.run(operation, operation.respond(refusal))
        else:
            self._sink = self.handler.request_received(operation)
            self._receiving = operation if self._sink is not None else None
        self._regulate_reading()

    def _running(self, message_id: int) -> Operation | None:
        """The operation of that message ID that still owes its final response."""
        for operation in self.operations:
            if operation.message.message_id == message_id and not operation.answered:
                return operation
        return None

    def _regulate_reading(self) -> None:
        """Stop reading while enough is in work, unless that work waits for the peer's responses."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        limit = MAX_IN_A_CROWD if self._workload.is_high else MAX_OPERATIONS
        enough = len(self.operations) >= limit
        if enough and self._exchanges and len(self.operations) > MAX_UNREGULATED:
            self.abort(AssociationAborted(f"over {MAX_UNREGULATED} requests at once"))
        pause = enough and not self._exchanges
        if pause == self._reading_paused:
            return
        self._reading_paused = pause
        if pause:
            transport.pause_reading()
        else:
            self.association.waiting(self._loop.time())  # the silence was ours
            transport.resume_reading()

    def _response_sink(self, message: net.Response) -> MessageSink | None:
        answers = self._exchanges.get(message.message_id_being_responded_to)
        if answers is None:
            _log.warning("unasked_response", peer=self.peer, response=type(message).__name__)
            return None

        def done(data: bytes | LengthOutOfBounds) -> None:
            if isinstance(data, LengthOutOfBounds):
                answers.put_nowait(InvalidDimseResponse(data.message))
            else:
                answers.put_nowait(Response(message, data))

        if message.has_data_set:
            return CollectingSink(done)
        done(b"")
        return None

    def _operation_done(self, operation: Operation, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            if isinstance(error, (AssociationError, DimseTimeout)):
                _log.info("operation_lost", peer=self.peer, fault=str(error))
            else:
                _log.error("operation_failed", peer=self.peer, exc_info=error)
                self.abort()
        self._operation_ended(operation)

    def _operation_ended(self, operation: Operation) -> None:
        self._forget(operation)
        self._regulate_reading()
        self._release_when_idle()
        self._end_if_idle()
        self._pump()  # now idle, it may have a deadline again

    def _forget(self, operation: Operation) -> None:
        if operation in self.operations:
            self.operations.remove(operation)
            self._workload.in_work -= 1

    def _end_if_idle(self) -> None:
        if self._ending and not self.operations:
            self.abort()

    def _release_when_idle(self) -> None:
        if self._release_asked and not self.operations and self.association.state in _MAY_AGREE:
            self._release_asked = False
            self.association.respond_release(self._loop.time())
            self._pump()

    def _pump(self) -> None:
        """Send what the state machine has queued, close if it says so, keep its timer."""
        transport = self._transport
        if transport is None or self._closed.done():
            return
        out = self.association.data_to_send()
        if out and not transport.is_closing():
            transport.writelines(out)
        if self.association.wants_close:
            # What a peer has not taken by now it need not have: closing would wait for it.
            if transport.get_write_buffer_size():
                transport.abort()
            else:
                transport.close()
        deadline = self.association.deadline()
        if deadline is not None and (self._timer is None or deadline < self._timer.when()):
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(deadline, self._timer_fired)

    def _timer_fired(self) -> None:
        timer, self._timer = self._timer, None
        now = self._loop.time()
        late = timer is not None and now - timer.when() > LATE
        self._excused = late and not self._excused
        if self._reading_paused or self._excused:
            self.association.waiting(now)
        if self._excused:
            # What the peer sent meanwhile has not been read yet.
            self._timer = self._loop.call_later(LATE, self._timer_fired)
            return
        deadline = self.association.deadline()
        if deadline is not None and deadline <= now:
            for event in self.association.handle_timeout(now):
                self._handle(event)
        self._pump()

    async def _drained(self) -> None:
        """Wait until the peer has caught up; one that takes nothing at all is given up."""
        transport = cast(asyncio.Transport, self._transport)
        while (caught_up := self._writable) is not None:
            left = transport.get_write_buffer_size()
            latest = self._loop.time() + self._network_timeout + LATE
            done, _ = await asyncio.wait((caught_up,), timeout=self._network_timeout)
            nothing_taken = transport.get_write_buffer_size() >= left
            if not done and nothing_taken and self._loop.time() <= latest:
                error = AssociationTimeout(
                    f"the peer took nothing for {self._network_timeout:g} s", hint="is it alive?"
                )
                self.error = self.error or error
                transport.abort()  # it would not take an A-ABORT either
                raise error

    def _check_open(self) -> None:
        if self._closed.done() or self._transport is None or self._transport.is_closing():
            raise self.error or AssociationAborted("the association has ended")
