import pytest
from loop import IMPLICIT, LOCAL, STUDY_FIND, Handler, accepting, in_loop, remote, serving

from filmroom import net
from filmroom.client import VERIFICATION_CONTEXT, ProposedContext, associate, echo
from filmroom.errors import NoPresentationContext


@pytest.mark.parametrize("status", [0x0000, 0x0122, 0x0211])
@in_loop
async def test_the_status_is_given_back_whatever_it_is(scripted, status):
    peer = scripted([(status, None, {})])
    async with (
        accepting(Handler(peer)) as port,
        associate(remote(port), LOCAL, [VERIFICATION_CONTEXT]) as connection,
    ):
        assert await echo(connection, timeout=10) == status
    (request,) = peer.requests
    assert isinstance(request, net.CEchoRQ)
    assert request.affected_sop_class_uid == "1.2.840.10008.1.1"


@in_loop
async def test_each_echo_has_a_message_id_of_its_own(scripted):
    peer = scripted(*[[(0, None, {})]] * 3)
    async with (
        accepting(Handler(peer)) as port,
        associate(remote(port), LOCAL, [VERIFICATION_CONTEXT]) as connection,
    ):
        for _ in range(3):
            assert await echo(connection, timeout=10) == 0
    assert [request.message_id for request in peer.requests] == [1, 2, 3]


@in_loop
async def test_a_peer_that_accepted_other_contexts_only():
    async with (
        accepting(Handler()) as port,
        associate(remote(port), LOCAL, [ProposedContext(STUDY_FIND, (IMPLICIT,))]) as connection,
    ):
        with pytest.raises(NoPresentationContext, match="Verification"):
            await echo(connection, timeout=10)


@in_loop
async def test_our_own_server_answers(archive):
    async with (
        serving(archive) as server,
        associate(remote(server.port), LOCAL, [VERIFICATION_CONTEXT]) as connection,
    ):
        assert await echo(connection, timeout=10) == 0
