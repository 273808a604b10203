import pytest
from loop import (
    EXPLICIT,
    IMPLICIT,
    LOCAL,
    STUDY_FIND,
    VERIFICATION,
    Handler,
    accepting,
    in_loop,
    keep,
    key,
    remote,
    serving,
)
from objects import ct_image

from filmroom import net
from filmroom.client import ProposedContext, associate, find
from filmroom.dicom import encode_bytes, read_data_set, transfer_syntax
from filmroom.errors import DimseFailure, NoPresentationContext
from filmroom.transport import CollectingSink

CONTEXT = ProposedContext(STUDY_FIND, (IMPLICIT,))
ASKED = key("STUDY", PatientID="P1", StudyDescription=None)


def matches(count, *, status=0xFF00, syntax=IMPLICIT):
    """Pending responses for ``count`` studies."""
    return [
        (status, encode_bytes(key("STUDY", StudyID=str(n)), transfer_syntax(syntax)), {})
        for n in range(count)
    ]


SUCCESS = (0x0000, None, {})


async def found(port, syntax=IMPLICIT, **options):
    """What `find` yields, one after the other."""
    context = ProposedContext(STUDY_FIND, (syntax,))
    async with associate(remote(port), LOCAL, [context]) as connection:
        return [m async for m in find(connection, STUDY_FIND, ASKED, timeout=10, **options)]


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT])
@in_loop
async def test_matches_come_in_the_order_of_the_responses(scripted, syntax):
    peer = scripted([*matches(3, syntax=syntax), SUCCESS])
    async with accepting(Handler(peer)) as port:
        assert [m["StudyID"] for m in await found(port, syntax)] == ["0", "1", "2"]
    (request,) = peer.requests
    assert (type(request), request.affected_sop_class_uid) == (net.CFindRQ, STUDY_FIND)
    identifier = read_data_set(peer.data[0], transfer_syntax(syntax))
    assert identifier.text("PatientID") == "P1"
    assert identifier["StudyDescription"] is None


@in_loop
async def test_no_match(scripted):
    async with accepting(Handler(scripted([SUCCESS]))) as port:
        assert await found(port) == []


@in_loop
async def test_unsupported_keys_are_no_failure(scripted):
    peer = scripted([*matches(2, status=0xFF01), SUCCESS])
    async with accepting(Handler(peer)) as port:
        assert len(await found(port)) == 2


@pytest.mark.parametrize(
    ("status", "comment", "told"),
    [
        (0xA700, "", "status A700, Refused: out of resources"),
        (0xA900, "no level", "status A900, Error: identifier does not match SOP class: no level"),
        (0xC001, "", "status C001, Failed: unable to process"),
        (0x0122, "", "status 0122, SOP class not supported"),
    ],
)
@in_loop
async def test_a_failure_is_told_in_the_words_of_c_find(scripted, status, comment, told):
    elements = {"error_comment": comment} if comment else {}
    peer = scripted([*matches(1), (status, None, elements)], [SUCCESS])
    async with (
        accepting(Handler(peer)) as port,
        associate(remote(port), LOCAL, [CONTEXT]) as connection,
    ):
        answers = find(connection, STUDY_FIND, ASKED, timeout=10)
        assert (await anext(answers))["StudyID"] == "0"  # what came before it is handed out
        with pytest.raises(DimseFailure) as caught:
            await anext(answers)
        assert told in str(caught.value)
        assert (caught.value.status, caught.value.comment) == (status, comment)
        # The association goes on.
        assert [m async for m in find(connection, STUDY_FIND, ASKED, timeout=10)] == []


@in_loop
async def test_a_limit_cancels_and_drops_what_still_comes(archive):
    keep(archive, *(ct_image(1, study) for study in range(1, 8)))
    async with serving(archive) as server:
        assert len(await found(server.port, cancel_after=2)) == 2
        assert len(await found(server.port, cancel_after=7)) == 7
        assert len(await found(server.port, cancel_after=100)) == 7


@in_loop
async def test_a_limit_is_told_to_the_peer():
    """The peer waits for C-CANCEL here; what it had ready by then is dropped."""
    operations = []

    def serve(operation):
        async def work():
            for status, data, _ in matches(5):
                await operation.respond(net.response_to(operation.message, status), data)
            await operation._cancelled.wait()
            await operation.respond(net.response_to(operation.message, 0xFE00))

        operations.append(operation)
        return CollectingSink(lambda _data: operation.connection.run(operation, work()))

    async with accepting(Handler(serve)) as port:
        assert [m["StudyID"] for m in await found(port, cancel_after=2)] == ["0", "1"]
    assert operations[0].cancelled


@in_loop
async def test_a_model_that_the_peer_does_not_serve():
    async with (
        accepting(Handler()) as port,
        associate(remote(port), LOCAL, [ProposedContext(VERIFICATION, (IMPLICIT,))]) as connection,
    ):
        with pytest.raises(NoPresentationContext):
            [m async for m in find(connection, STUDY_FIND, ASKED, timeout=10)]
