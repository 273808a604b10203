"""A C-STORE sender that costs as little as it can: ``python bench/fast_sender.py PORT FOLDER…``.

One association a folder, one thread each. The PDUs of every object are laid out before the clock
starts, so that while it runs there is one vectored write of mapped pages an object and one read of
its response. Prints as JSON how many objects were sent, how many succeeded, and the seconds from
the first byte to the last response.
"""

import json
import mmap
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from filmroom import net
from filmroom.dicom import read_preamble_and_meta
from filmroom.net.command import encode_command
from filmroom.net.fragmentation import fragment

_IOV = min(os.sysconf("SC_IOV_MAX"), 1024)
STATUS = b"\x00\x00\x00\x09\x02\x00\x00\x00"


class Sender(threading.Thread):
    """Sends one folder on one association."""

    def __init__(self, port: int, paths: list[Path], begin: threading.Event) -> None:
        super().__init__()
        self.succeeded = 0
        self.ready = threading.Event()
        self._begin = begin
        self._files = [self._mapped(path) for path in paths]
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @staticmethod
    def _mapped(path: Path) -> tuple[str, str, str, memoryview]:
        with path.open("rb") as file:
            view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        meta, offset, syntax = read_preamble_and_meta(view)
        return meta.text(0x00020002), meta.text(0x00020003), syntax.uid, view[offset:]

    def run(self) -> None:
        negotiated = self._associate()
        contexts = {c.abstract_syntax: c.context_id for c in negotiated.contexts.values()}
        size = negotiated.peer_max_length
        messages = [
            list(self._laid_out(contexts[of], uid, data, size)) for of, uid, _, data in self._files
        ]
        self.ready.set()
        self._begin.wait()
        for buffers in messages:
            self._write(buffers)
            if self._succeeds():
                self.succeeded += 1
        self._socket.close()

    def _associate(self) -> net.Negotiated:
        kinds = dict.fromkeys((of, syntax) for of, _, syntax, _ in self._files)
        proposed = tuple(net.ProposedContext(of, (syntax,)) for of, syntax in kinds)
        request = net.RequestParameters("ANY-SCP", "FAST", proposed, max_length=131_072)
        association = net.Association.requestor(request)
        association.connection_made(0)
        while True:
            for data in association.data_to_send():
                self._socket.sendall(data)
            for event in association.receive(memoryview(self._socket.recv(65_536)), 0):
                if isinstance(event, net.AssociationAccepted):
                    return event.negotiated
                raise SystemExit(f"no association: {event}")

    @staticmethod
    def _laid_out(
        context: int, uid: str, data: memoryview, size: int
    ) -> Iterator[bytes | memoryview]:
        request = net.CStoreRQ(
            message_id=1,
            affected_sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
            affected_sop_instance_uid=uid,
        )
        for buffers in fragment(context, encode_command(request, True), data, size):
            yield from buffers

    def _write(self, buffers: list[bytes | memoryview]) -> None:
        for at in range(0, len(buffers), _IOV):
            part = buffers[at : at + _IOV]
            while part:
                sent = self._socket.sendmsg(part)
                while part and sent >= len(part[0]):
                    sent -= len(part.pop(0))
                if sent:
                    part[0] = memoryview(part[0])[sent:]

    def _succeeds(self) -> bool:
        head = self._exactly(6)
        body = self._exactly(struct.unpack(">I", head[2:])[0])
        at = body.find(STATUS)
        return body[at + 8 : at + 10] == b"\0\0"

    def _exactly(self, count: int) -> bytes:
        got = b""
        while len(got) < count:
            more = self._socket.recv(count - len(got))
            if not more:
                raise SystemExit("the server closed the connection")
            got += more
        return got


def main() -> None:
    begin = threading.Event()
    port = int(sys.argv[1])
    senders = [Sender(port, sorted(Path(folder).iterdir()), begin) for folder in sys.argv[2:]]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.ready.wait()
    began = time.perf_counter()
    begin.set()
    for sender in senders:
        sender.join()
    seconds = time.perf_counter() - began
    sent = sum(len(sender._files) for sender in senders)
    print(
        json.dumps(
            {"sent": sent, "succeeded": sum(s.succeeded for s in senders), "seconds": seconds}
        )
    )


if __name__ == "__main__":
    main()
