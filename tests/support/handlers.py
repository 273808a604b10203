"""Handlers of a connection that do with requests what a test wants."""

import asyncio

from loop import CT, EXPLICIT, IMPLICIT, VERIFICATION, Handler

from filmroom import net

ECHO = (VERIFICATION, (IMPLICIT,))
IMAGES = (CT, (EXPLICIT,))
STORE = net.CStoreRQ(message_id=1, affected_sop_class_uid=CT, affected_sop_instance_uid="1.2.3")


class Sink:
    """Keeps what it gets, then answers."""

    def __init__(self, operation):
        self.operation = operation
        self.data = b""
        self.fragments = 0
        self.abandoned = asyncio.Event()

    def write(self, data):
        self.data += data
        self.fragments += 1

    def complete(self):
        self.operation.connection.run(self.operation, respond(self.operation))

    def abandon(self):
        self.abandoned.set()


async def respond(operation, status=0):
    await operation.respond(net.response_to(operation.message, status))


class Keeping(Handler):
    """Gives every request a Sink; one without data set is answered at once."""

    def __init__(self):
        super().__init__()
        self.sinks = []
        self.came = asyncio.Event()

    def request_received(self, operation):
        sink = Sink(operation)
        self.sinks.append(sink)
        self.came.set()
        if not operation.message.has_data_set:
            sink.complete()
        return sink


class Holding(Handler):
    """Holds every request until the test lets it go."""

    def __init__(self):
        super().__init__()
        self.operations = []
        self.gates = []
        self.came = asyncio.Condition()

    def request_received(self, operation):
        gate = asyncio.Event()
        self.operations.append(operation)
        self.gates.append(gate)
        operation.connection.run(operation, self._work(operation, gate))

    async def _work(self, operation, gate):
        async with self.came:
            self.came.notify_all()
        await gate.wait()
        await respond(operation, 0xFE00 if operation.cancelled else 0)

    async def until(self, count):
        async with self.came:
            await self.came.wait_for(lambda: len(self.operations) >= count)


async def turns(count=20):
    """Let the loop go round: what would happen at once has happened then."""
    for _ in range(count):
        await asyncio.sleep(0)
