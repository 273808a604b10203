"""Objects made quickly and sent without end: what fault tests keep a server busy with."""

import random
import struct
import threading
from collections.abc import Callable
from pathlib import Path

from objects import ROOT, ct_image, data_set_bytes, encoded
from raw import CT_IMAGE_STORAGE, RawPeer, c_store_rq, message
from xxhash import xxh3_128_hexdigest

SMALL, CT, LARGE = 600, 60_000, 4_000_000
"""Bytes of pixel data: a header alone counts, a slice, and one of many PDUs and system calls."""

FIRST = 1_000_000
"""Instances are numbered from here, so that their UIDs are of one length."""


class Series:
    """The objects of one series, each with pixel data of its own."""

    def __init__(self, number: int) -> None:
        self._mark = f"{ROOT}.1.1.{number}.{FIRST}"
        data_set = ct_image(1, 1, number, FIRST)
        del data_set.PixelData
        self._head = encoded(data_set)

    def image(self, number: int, size: int) -> tuple[str, bytes]:
        """SOP Instance UID and data set of the image of that ``number``, from 0 on."""
        uid = f"{self._mark.rpartition('.')[0]}.{FIRST + number}"
        head = self._head.replace(self._mark.encode(), uid.encode())
        pixels = (uid.encode() * (size // len(uid) + 1))[:size]
        return uid, head + struct.pack("<HH2sxxI", 0x7FE0, 0x0010, b"OW", size) + pixels


class Sender(threading.Thread):
    """Stores one object after the other, on a new association whenever the last one is lost.

    ``acknowledged`` gets the digest of each object that was answered with success, by its UID;
    ``refused`` the other statuses. ``again`` says whether a lost association is begun anew.
    """

    def __init__(
        self,
        port: int,
        series: int,
        acknowledged: dict[str, str],
        *,
        size: Callable[[], int] = lambda: CT,
        again: bool = True,
    ) -> None:
        super().__init__(daemon=True)
        self.refused: list[int] = []
        self.failure: BaseException | None = None
        self._stopped = threading.Event()
        self._port = port
        self._series = Series(series)
        self._acknowledged = acknowledged
        self._size = size
        self._again = again
        self._number = 0

    def stop(self) -> None:
        """Ask it to end after the object that it sends."""
        self._stopped.set()

    def run(self) -> None:
        """Send until told to stop, or for good once the server is gone."""
        try:
            while not self._stopped.is_set():
                try:
                    self._associate_and_send()
                except ConnectionError:
                    if not self._again:
                        return
        except BaseException as error:
            self.failure = error

    def _associate_and_send(self) -> None:
        with RawPeer(self._port) as peer:
            peer.associate(CT_IMAGE_STORAGE)
            while not self._stopped.is_set():
                uid, data = self._series.image(self._number, self._size())
                self._number += 1
                peer.send(message(1, c_store_rq(uid), data))
                status = peer.status()
                if status == 0x0000:
                    self._acknowledged[uid] = xxh3_128_hexdigest(data)
                else:
                    self.refused.append(status)


def joined(senders: list[Sender]) -> list[int]:
    """Wait for all of them; what they were refused with. Fails where one failed."""
    for sender in senders:
        sender.stop()
    for sender in senders:
        sender.join(60)
        assert not sender.is_alive(), "a sender waits for an answer that does not come"
        if sender.failure is not None:
            raise sender.failure
    return [status for sender in senders for status in sender.refused]


def kept(files: list[Path]) -> dict[str, str]:
    """The digests of kept objects' data sets by SOP Instance UID, which is the file's name."""
    return {path.stem.partition("~")[0]: xxh3_128_hexdigest(data_set_bytes(path)) for path in files}


def lost(acknowledged: dict[str, str], files: list[Path]) -> list[str]:
    """What was answered with success and is not among ``files`` as it was sent."""
    there = kept(files)
    return [uid for uid, digest in list(acknowledged.items()) if there.get(uid) != digest]


def any_size(chance: random.Random) -> Callable[[], int]:
    """Sizes of a day's work: mostly slices, some structured reports, now and then a large one."""
    return lambda: chance.choices((SMALL, CT, LARGE), (4, 12, 1))[0]
