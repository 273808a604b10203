import pytest
from loop import IMPLICIT, STUDY_MOVE, Handler, Peer, accepting, in_loop, keep, key
from loop import serving as serving_archive
from objects import ROOT, ct_image

from filmroom import net
from filmroom.config import Destination
from filmroom.dicom import encode_bytes, read_data_set, transfer_syntax
from filmroom.transport import CollectingSink


@pytest.fixture
def filled(archive):
    keep(archive, *(ct_image(1, 1, 1, number) for number in (1, 2, 3)))
    return archive


async def moved(server, **keys):
    """The final response of a C-MOVE to DEST, and the UIDs of the instances that failed."""
    peer = await Peer.associated(server.port, (STUDY_MOVE, (IMPLICIT,)))
    request = net.CMoveRQ(message_id=1, affected_sop_class_uid=STUDY_MOVE, move_destination="DEST")
    peer.send(1, request, encode_bytes(key("STUDY", **keys), transfer_syntax(IMPLICIT)))
    message, data = await peer.message()
    while not net.is_final(message.status):
        message, data = await peer.message()
    await peer.released()
    failed = read_data_set(data, transfer_syntax(IMPLICIT)) if data else None
    return message, [] if failed is None else failed.values_of(0x00080058)


@in_loop
async def test_a_destination_that_falls_silent_fails_every_instance_that_is_left(filled):
    """One is answered; then comes no response, until dimse_timeout."""

    def take_the_first(operation):
        taken.append(operation.message.affected_sop_instance_uid)

        def answer(_data):
            if len(taken) == 1:
                response = net.response_to(operation.message, 0x0000)
                operation.connection.run(operation, operation.respond(response))

        return CollectingSink(answer)

    taken = []
    async with accepting(Handler(take_the_first)) as port:
        destinations = {"DEST": Destination(host="127.0.0.1", port=port)}
        async with serving_archive(filled, destinations=destinations, dimse_timeout=0.2) as server:
            final, failed = await moved(server, StudyInstanceUID=f"{ROOT}.1.1")
    assert final.status == 0xB000
    assert final.number_of_completed_suboperations == 1
    assert final.number_of_failed_suboperations == 2
    assert len(failed) == 2
    assert taken[0] not in failed
    assert "-841" in final.error_comment
