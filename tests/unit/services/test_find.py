import asyncio
import threading

import pytest
from loop import (
    CT,
    DEADLOCK,
    EXPLICIT,
    IMPLICIT,
    PATIENT_FIND,
    STUDY_FIND,
    VERIFICATION,
    Peer,
    in_loop,
    keep,
    key,
    serving,
)
from objects import ct_image

from filmroom import net
from filmroom.dicom import encode_bytes, read_data_set, transfer_syntax
from filmroom.net import QueryRetrieveExtension, SOPClassExtendedNegotiation
from filmroom.services import service
from filmroom.services.find import BATCH

STUDIES = 5
DEFLATED = "1.2.840.10008.1.2.1.99"


@pytest.fixture
def filled(archive):
    keep(archive, *(ct_image(1, study) for study in range(1, STUDIES + 1)))
    keep(archive, ct_image(2, 9))
    return archive


async def query(peer, identifier, *, model=STUDY_FIND, number=1, syntax=IMPLICIT):
    """Send the query; the statuses of all responses, and the identifiers of the pending ones."""
    request = net.CFindRQ(message_id=number, affected_sop_class_uid=model)
    if not isinstance(identifier, bytes):
        identifier = encode_bytes(identifier, transfer_syntax(syntax))
    peer.send(1, request, identifier)
    return await responses(peer, number, syntax)


async def responses(peer, number=1, syntax=IMPLICIT):
    found = []
    while True:
        message, data = await peer.message()
        assert isinstance(message, net.CFindRSP)
        assert message.message_id_being_responded_to == number
        if net.is_final(message.status):
            assert data == b""
            return found, message
        found.append((message.status, read_data_set(data, transfer_syntax(syntax))))


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT])
@in_loop
async def test_every_match_is_a_pending_response(filled, syntax):
    async with serving(filled) as server:
        peer = await Peer.associated(server.port, (STUDY_FIND, (syntax,)))
        identifier = key("STUDY", PatientID="P1", StudyInstanceUID=None, StudyDescription=None)
        found, final = await query(peer, identifier, syntax=syntax)
        assert (final.status, final.affected_sop_class_uid) == (0, STUDY_FIND)
        assert {status for status, _ in found} == {0xFF00}
        assert sorted(match["StudyDescription"] for _, match in found) == [
            f"Study {number}" for number in range(1, STUDIES + 1)
        ]
        assert {match["RetrieveAETitle"] for _, match in found} == {"FILMROOM"}
        await peer.released()


@in_loop
async def test_nothing_matches(filled):
    async with serving(filled) as server:
        peer = await Peer.associated(server.port, (PATIENT_FIND, (IMPLICIT,)))
        found, final = await query(peer, key("PATIENT", PatientID="NOBODY"), model=PATIENT_FIND)
        assert (found, final.status) == ([], 0)
        await peer.released()


@in_loop
async def test_keys_that_are_not_supported_are_said_in_the_status(filled):
    async with serving(filled) as server:
        peer = await Peer.associated(server.port, (STUDY_FIND, (IMPLICIT,)))
        found, _ = await query(peer, key("STUDY", PatientID="P2", SeriesNumber=4))
        assert [status for status, _ in found] == [0xFF01]  # a key of a lower level
        identifier = key("STUDY", PatientID="P2", InterpretationText=None)
        found, final = await query(peer, identifier)
        assert [status for status, _ in found] == [0xFF01]
        assert 0x4008010B in found[0][1]
        assert final.status == 0
        await peer.released()


@pytest.mark.parametrize(
    ("identifier", "status"),
    [
        (key("STUDY"), 0),
        (key("PATIENT", PatientID="P1"), 0xA900),  # study root has no patient level
        (key("VOLUME", PatientID="P1"), 0xA900),
        (key("", PatientID="P1"), 0xA900),
        (key("SERIES", Modality="CT"), 0xA900),  # hierarchical, without the study
        (key("STUDY", StudyDate="20240101-2024"), 0xA900),
        (key("STUDY", StudyInstanceUID="1.2.x"), 0xA900),
        (b"", 0xA900),
        (b"\x08\x00\x52\x00\xff\xff\x00\x00abc", 0xA900),
    ],
    ids=[
        *("universal", "level of the other root", "no such level", "empty level"),
        *("upper key missing", "bad date", "bad UID", "empty", "cut"),
    ],
)
@in_loop
async def test_what_an_identifier_must_be(filled, identifier, status):
    async with serving(filled) as server:
        peer = await Peer.associated(server.port, (STUDY_FIND, (IMPLICIT,)))
        found, final = await query(peer, identifier)
        assert f"{final.status:04X}" == f"{status:04X}"
        assert bool(found) == (status == 0)
        assert bool(final.error_comment) == (status != 0)
        found, final = await query(peer, key("STUDY", PatientID="P2"))  # it goes on
        assert (len(found), final.status) == (1, 0)
        await peer.released()


@in_loop
async def test_relational_queries_where_negotiated(filled):
    extension = SOPClassExtendedNegotiation(
        STUDY_FIND, QueryRetrieveExtension(relational=True).encode_find()
    )
    async with serving(filled) as server:
        peer = await Peer.associated(server.port, (STUDY_FIND, (IMPLICIT,)), extended=(extension,))
        found, final = await query(peer, key("SERIES", Modality="CT", SeriesInstanceUID=None))
        assert (len(found), final.status) == (STUDIES + 1, 0)
        await peer.released()


@in_loop
async def test_relational_queries_by_setting(filled):
    async with serving(filled, relational_queries=True) as server:
        peer = await Peer.associated(server.port, (STUDY_FIND, (IMPLICIT,)))
        found, final = await query(peer, key("SERIES", Modality="CT"))
        assert (len(found), final.status) == (STUDIES + 1, 0)
        await peer.released()


@pytest.mark.parametrize(("limit", "status"), [(STUDIES, 0), (STUDIES - 1, 0xA700), (1, 0xA700)])
@in_loop
async def test_more_matches_than_allowed(filled, limit, status):
    async with serving(filled, max_matches=limit) as server:
        peer = await Peer.associated(server.port, (STUDY_FIND, (IMPLICIT,)))
        found, final = await query(peer, key("STUDY", PatientID="P1"))
        assert final.status == status
        assert len(found) == (STUDIES if status == 0 else 0)
        await peer.released()


class Endless:
    """Stands for the matches of a large archive; knows how many were taken and whether closed."""

    def __init__(self):
        self.taken = 0
        self.closed = False

    def __iter__(self):
        return self

    def __next__(self):
        self.taken += 1
        return key("STUDY", StudyInstanceUID=f"1.2.{self.taken}")

    def close(self):
        self.closed = True


@pytest.fixture
def endless(archive, monkeypatch):
    matches = Endless()
    monkeypatch.setattr(archive, "find", lambda _query, **_options: matches)
    return matches


@in_loop
async def test_c_cancel_ends_it_with_fe00(archive, endless):
    async with serving(archive) as server:
        peer = await Peer.associated(server.port, (STUDY_FIND, (IMPLICIT,)))
        request = net.CFindRQ(message_id=3, affected_sop_class_uid=STUDY_FIND)
        peer.send(1, request, encode_bytes(key("STUDY"), transfer_syntax(IMPLICIT)))
        message, _ = await peer.message()
        assert message.status == 0xFF00
        peer.send(1, net.CCancelRQ(message_id_being_responded_to=3))
        _, final = await responses(peer, 3)
        assert final.status == 0xFE00
        await peer.released()
    assert endless.closed


@in_loop
async def test_matches_are_fetched_as_the_peer_takes_them(archive, endless):
    """A peer that does not read must not make us collect the archive in memory."""
    async with serving(archive) as server:
        peer = await Peer.associated(server.port, (STUDY_FIND, (IMPLICIT,)))
        peer.writer.transport.pause_reading()
        request = net.CFindRQ(message_id=3, affected_sop_class_uid=STUDY_FIND)
        peer.send(1, request, encode_bytes(key("STUDY"), transfer_syntax(IMPLICIT)))
        (connection,) = server._connections
        while connection._writable is None:
            await asyncio.sleep(0)
        taken = endless.taken
        for _ in range(1000):
            await asyncio.sleep(0)
        assert endless.taken == taken
        peer.writer.transport.abort()
        await connection.wait_closed()
        while connection.operations:
            await asyncio.sleep(0)
    assert endless.closed


@in_loop
async def test_a_peer_gone_in_the_middle_ends_the_search(archive, endless):
    async with serving(archive) as server:
        peer = await Peer.associated(server.port, (STUDY_FIND, (IMPLICIT,)), (CT, (EXPLICIT,)))
        request = net.CFindRQ(message_id=3, affected_sop_class_uid=STUDY_FIND)
        peer.send(1, request, encode_bytes(key("STUDY"), transfer_syntax(IMPLICIT)))
        await peer.message()
        (connection,) = server._connections
        peer.writer.transport.abort()
        await connection.wait_closed()
        while connection.operations:
            await asyncio.sleep(0)
    assert endless.closed


@in_loop
async def test_c_cancel_is_heard_while_the_matches_are_counted(archive, endless):
    """With a limit the first trip to the index fetches up to that many."""
    async with serving(archive, max_matches=10**9) as server:
        contexts = ((STUDY_FIND, (IMPLICIT,)), (VERIFICATION, (IMPLICIT,)))
        peer = await Peer.associated(server.port, *contexts)
        request = net.CFindRQ(message_id=3, affected_sop_class_uid=STUDY_FIND)
        peer.send(1, request, encode_bytes(key("STUDY"), transfer_syntax(IMPLICIT)))
        peer.send(1, net.CCancelRQ(message_id_being_responded_to=3))
        found, final = await responses(peer, 3)
        assert (found, final.status) == ([], 0xFE00)
        await peer.released()
    assert endless.closed


@in_loop
async def test_c_cancel_is_heard_while_what_was_counted_is_sent(archive, monkeypatch):
    many = 50 * BATCH
    matches = (match for match, _ in zip(Endless(), range(many), strict=False))
    monkeypatch.setattr(archive, "find", lambda _query, **_options: matches)
    async with serving(archive, max_matches=many) as server:
        peer = await Peer.associated(server.port, (STUDY_FIND, (IMPLICIT,)))
        request = net.CFindRQ(message_id=3, affected_sop_class_uid=STUDY_FIND)
        peer.send(1, request, encode_bytes(key("STUDY"), transfer_syntax(IMPLICIT)))
        await peer.message()
        peer.send(1, net.CCancelRQ(message_id_being_responded_to=3))
        found, final = await responses(peer, 3)
        assert final.status == 0xFE00
        assert len(found) < many - 1
        await peer.released()


@in_loop
async def test_an_identifier_that_takes_long_to_read_holds_nobody_up(filled, monkeypatch):
    """It is read and understood in threads: others are served meanwhile."""

    def read(*arguments, **options):
        assert released.wait(DEADLOCK)
        return read_data_set(*arguments, **options)

    released = threading.Event()
    monkeypatch.setattr(service, "read_data_set", read)
    async with serving(filled) as server:
        slow = await Peer.associated(server.port, (STUDY_FIND, (IMPLICIT,)))
        request = net.CFindRQ(message_id=1, affected_sop_class_uid=STUDY_FIND)
        many = key("STUDY", StudyInstanceUID="\\".join(f"1.2.{n}" for n in range(2000)))
        slow.send(1, request, encode_bytes(many, transfer_syntax(IMPLICIT)))
        await slow.writer.drain()
        other = await Peer.associated(server.port, (VERIFICATION, (IMPLICIT,)))
        other.send(1, net.CEchoRQ(message_id=1))
        message, _ = await other.message()
        assert message.status == 0
        released.set()
        assert (await responses(slow))[1].status == 0
        await other.released()
        await slow.released()


@pytest.mark.parametrize("syntax", [IMPLICIT, DEFLATED])
@in_loop
async def test_an_identifier_beyond_its_bound_is_refused(filled, syntax):
    """Also one that is small until it is inflated."""
    identifier = key("STUDY", PatientComments="x" * service.MAX_IDENTIFIER)
    async with serving(filled) as server:
        peer = await Peer.associated(server.port, (STUDY_FIND, (syntax,)))
        found, final = await query(peer, identifier, syntax=syntax)
        assert found == []
        assert final.status & 0xF000 in (0xA000, 0xC000)
        assert "-805" in final.error_comment
        await peer.released()
