import asyncio
import errno
import socket

import pytest
from loop import in_loop
from structlog.testing import capture_logs

from filmroom.errors import ConfigurationError
from filmroom.server import listener as module
from filmroom.server.listener import Listener


class Taken:
    """Keeps what is accepted."""

    def __init__(self):
        self.sockets = []

    def __call__(self, connected):
        self.sockets.append(connected)

    async def until(self, count):
        while len(self.sockets) < count:
            await asyncio.sleep(0)
        return self.sockets

    def close(self):
        for connected in self.sockets:
            connected.close()


@in_loop
async def test_each_connection_is_handed_on_ready_for_the_loop():
    taken = Taken()
    listening = Listener("127.0.0.1", 0, taken)
    with socket.create_connection(("127.0.0.1", listening.port)) as client:
        (connected,) = await taken.until(1)
        assert connected.getpeername() == client.getsockname()
        assert connected.gettimeout() == 0  # does not block
        assert connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    taken.close()
    listening.close()


@in_loop
async def test_more_than_are_taken_in_one_turn():
    taken = Taken()
    listening = Listener("127.0.0.1", 0, taken)
    clients = [
        socket.create_connection(("127.0.0.1", listening.port)) for _ in range(module._AT_ONCE + 10)
    ]
    await taken.until(len(clients))
    for client in clients:
        client.close()
    taken.close()
    listening.close()


@in_loop
async def test_a_name_may_mean_addresses_of_both_families():
    families = {info[0] for info in socket.getaddrinfo("localhost", 0, type=socket.SOCK_STREAM)}
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("no IPv6 here")
    taken = Taken()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    listening = Listener("localhost", port, taken)
    hosts = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}
    for family in families:
        socket.create_connection((hosts[family], port)).close()
    await taken.until(len(families))
    taken.close()
    listening.close()


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
@in_loop
async def test_what_cannot_be_listened_on(host):
    with pytest.raises(ConfigurationError, match=f"cannot listen on {host}:0") as caught:
        Listener(host, 0, Taken())
    assert caught.value.setting == "dicom_port"


@in_loop
async def test_closed_it_refuses_and_closing_again_does_nothing():
    listening = Listener("127.0.0.1", 0, Taken())
    port = listening.port
    listening.close()
    listening.close()
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED


class Exhausted:
    """A listening socket of a process that has no descriptor left, until the test gives some."""

    def __init__(self, real):
        self._real = real
        self.full = True

    def accept(self):
        if self.full:
            raise OSError(errno.EMFILE, "Too many open files")
        return self._real.accept()

    def __getattr__(self, name):
        return getattr(self._real, name)


@in_loop
async def test_without_descriptors_it_pauses_and_goes_on(monkeypatch):
    monkeypatch.setattr(module, "_PAUSE", 0.01)
    taken = Taken()
    listening = Listener("127.0.0.1", 0, taken)
    (real,) = listening._sockets
    listening._loop.remove_reader(real)
    exhausted = Exhausted(real)
    listening._sockets = [exhausted]
    with capture_logs() as logs:
        listening._resume()
        with socket.create_connection(("127.0.0.1", listening.port)):
            while not logs:
                await asyncio.sleep(0)
            assert logs[0]["event"] == "cannot_accept"
            assert taken.sockets == []
            exhausted.full = False
            await taken.until(1)  # nobody was lost
    assert {line["event"] for line in logs} == {"cannot_accept"}
    taken.close()
    listening.close()
