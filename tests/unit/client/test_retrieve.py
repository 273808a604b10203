import pytest
from loop import (
    CT,
    EXPLICIT,
    IMPLICIT,
    JPEG,
    LOCAL,
    MR,
    PATIENT_GET,
    STUDY_GET,
    STUDY_MOVE,
    Handler,
    accepting,
    in_loop,
    keep,
    key,
    remote,
    serving,
)
from objects import ROOT, ct_image, encoded

from filmroom import net
from filmroom.client import (
    ProposedContext,
    StoreReceiver,
    associate,
    get,
    move,
    retrieve_contexts,
)
from filmroom.client.association import MAX_CONTEXTS
from filmroom.client.contexts import UNCOMPRESSED
from filmroom.dicom import STORAGE_SOP_CLASSES, DataSet, encode_bytes, transfer_syntax
from filmroom.errors import LocalProtocolError, NoPresentationContext
from filmroom.transport import CollectingSink

MODEL = ProposedContext(STUDY_MOVE, (IMPLICIT,))
ASKED = key("STUDY", StudyInstanceUID=f"{ROOT}.1.1")


def counters(remaining, completed, failed, warning):
    names = ("remaining", "completed", "failed", "warning")
    return {
        f"number_of_{name}_suboperations": count
        for name, count in zip(names, (remaining, completed, failed, warning), strict=True)
    }


# ── contexts of a C-GET ─────────────────────────────────────────────────────────────────────────


def test_what_usually_comes_is_taken_where_nothing_is_known():
    contexts = retrieve_contexts(STUDY_GET)
    assert contexts[0] == ProposedContext(STUDY_GET, UNCOMPRESSED)
    assert len(contexts) <= MAX_CONTEXTS
    taken = {STORAGE_SOP_CLASSES[c.abstract_syntax][0] for c in contexts[1:]}
    assert all(c.as_scp for c in contexts[1:])
    assert len(taken) == len(contexts) - 1
    for usual in (
        *("CTImageStorage", "MRImageStorage", "EnhancedCTImageStorage"),
        *("UltrasoundImageStorage", "SecondaryCaptureImageStorage", "ComprehensiveSRStorage"),
        *("RTStructureSetStorage", "SegmentationStorage", "EncapsulatedPDFStorage"),
        "GrayscaleSoftcopyPresentationStateStorage",
    ):
        assert usual in taken, usual


def test_each_kept_syntax_has_a_context_of_its_own():
    kinds = [(CT, JPEG), (MR, ""), (CT, EXPLICIT)]
    contexts = retrieve_contexts(PATIENT_GET, kinds)
    assert [(c.abstract_syntax, c.transfer_syntaxes, c.as_scp) for c in contexts] == [
        (PATIENT_GET, UNCOMPRESSED, False),
        (CT, (JPEG,), True),
        (CT, (EXPLICIT,), True),
        (CT, UNCOMPRESSED, True),
        (MR, UNCOMPRESSED, True),
    ]


def test_more_kinds_than_an_association_has_room_for():
    kinds = [(uid, EXPLICIT) for uid in list(STORAGE_SOP_CLASSES)[:64]]
    assert len(retrieve_contexts(STUDY_GET, kinds[:63])) == 127
    with pytest.raises(LocalProtocolError, match="129 presentation contexts, 128 fit") as caught:
        retrieve_contexts(STUDY_GET, kinds)
    assert "name the SOP classes" in caught.value.hint


# ── C-MOVE ──────────────────────────────────────────────────────────────────────────────────────


async def moved(port, destination="WS1"):
    async with associate(remote(port), LOCAL, [MODEL]) as connection:
        return [p async for p in move(connection, STUDY_MOVE, ASKED, destination, timeout=10)]


@in_loop
async def test_every_response_of_a_move_is_progress(scripted):
    failed = DataSet()
    failed.set(0x00080058, "UI", ["1.2.3", "1.2.4"])
    peer = scripted(
        [
            (0xFF00, None, counters(2, 1, 0, 0)),
            (0xFF00, None, counters(1, 1, 1, 0)),
            (
                0xB000,
                encode_bytes(failed, transfer_syntax(IMPLICIT)),
                {**counters(None, 1, 2, 0), "error_comment": "disk full"},
            ),
        ]
    )
    async with accepting(Handler(peer)) as port:
        steps = await moved(port)
    assert [(s.status, s.remaining, s.completed, s.failed, s.warning) for s in steps] == [
        (0xFF00, 2, 1, 0, 0),
        (0xFF00, 1, 1, 1, 0),
        (0xB000, None, 1, 2, 0),
    ]
    assert steps[-1].failed_uids == ("1.2.3", "1.2.4")
    assert steps[-1].comment == "disk full"
    (request,) = peer.requests
    assert (type(request), request.move_destination) == (net.CMoveRQ, "WS1")


@in_loop
async def test_counters_that_a_peer_leaves_out_are_zero(scripted):
    async with accepting(Handler(scripted([(0x0000, None, {})]))) as port:
        (only,) = await moved(port)
    assert (only.remaining, only.completed, only.failed, only.warning) == (None, 0, 0, 0)
    assert (only.failed_uids, only.comment) == ((), "")


@in_loop
async def test_a_failure_is_the_last_step_and_no_exception(scripted):
    peer = scripted([(0xA801, None, {"error_comment": "NOWHERE"})])
    async with accepting(Handler(peer)) as port:
        (only,) = await moved(port, "NOWHERE")
    assert (only.status, only.comment) == (0xA801, "NOWHERE")


@in_loop
async def test_a_move_that_the_peer_does_not_serve():
    async with (
        accepting(Handler()) as port,
        associate(remote(port), LOCAL, retrieve_contexts(STUDY_GET)) as connection,
    ):
        with pytest.raises(NoPresentationContext):
            [p async for p in move(connection, STUDY_MOVE, ASKED, "WS1", timeout=10)]


# ── C-GET ───────────────────────────────────────────────────────────────────────────────────────


class Receiver:
    """Takes instances as a StoreReceiver wants it, and answers each with the same status."""

    def __init__(self, status=0):
        self.status = status
        self.got = {}

    def __call__(self, operation):
        def whole(data):
            self.got[operation.message.affected_sop_instance_uid] = data
            response = net.response_to(operation.message, self.status)
            operation.connection.run(operation, operation.respond(response))

        return CollectingSink(whole)


async def fetched(port, receiver, kinds=((CT, EXPLICIT),)):
    contexts = retrieve_contexts(STUDY_GET, kinds)
    handler = StoreReceiver(receiver)
    async with associate(remote(port), LOCAL, contexts, handler=handler) as connection:
        return [p async for p in get(connection, STUDY_GET, ASKED, timeout=10)]


@in_loop
async def test_instances_come_on_the_association_that_asked(archive):
    images = [ct_image(instance=number) for number in (1, 2, 3)]
    keep(archive, *images, ct_image(2))
    receiver = Receiver()
    async with serving(archive) as server:
        steps = await fetched(server.port, receiver)
    assert receiver.got == {image.SOPInstanceUID: encoded(image) for image in images}
    assert [(s.status, s.remaining, s.completed) for s in steps] == [
        (0xFF00, 2, 1),
        (0xFF00, 1, 2),
        (0x0000, None, 3),
    ]


@in_loop
async def test_instances_that_we_refuse_are_counted_as_failed(archive):
    keep(archive, ct_image(instance=1), ct_image(instance=2))
    async with serving(archive) as server:
        steps = await fetched(server.port, Receiver(status=0xA700))
    assert (steps[-1].status, steps[-1].completed, steps[-1].failed) == (0xA702, 0, 2)
    assert set(steps[-1].failed_uids) == {f"{ROOT}.1.1.1.1", f"{ROOT}.1.1.1.2"}


@in_loop
async def test_instances_that_no_context_carries_are_not_sent(archive):
    keep(archive, ct_image())
    receiver = Receiver()
    async with serving(archive) as server:
        steps = await fetched(server.port, receiver, [(MR, EXPLICIT)])
    assert receiver.got == {}
    assert (steps[-1].status, steps[-1].failed) == (0xA702, 1)


@in_loop
async def test_a_receiver_serves_nothing_but_c_store(scripted):
    statuses = []

    def asks(operation):
        async def work():
            connection = operation.connection
            for request in (
                net.CEchoRQ(message_id=connection.next_message_id()),
                net.NDeleteRQ(
                    message_id=connection.next_message_id() + 1,
                    requested_sop_class_uid=CT,
                    requested_sop_instance_uid="1.2.3",
                ),
            ):
                answer = await connection.request_one(1, request, timeout=10)
                statuses.append(answer.message.status)
            await operation.respond(net.response_to(operation.message, 0))

        return CollectingSink(lambda _data: operation.connection.run(operation, work()))

    receiver = Receiver()
    async with accepting(Handler(asks)) as port:
        await fetched(port, receiver)
    assert statuses == [0x0211, 0x0211]
    assert receiver.got == {}


def test_a_receiver_is_not_asked_for_an_association():
    with pytest.raises(LocalProtocolError):
        StoreReceiver(Receiver()).association_requested(None, None)
