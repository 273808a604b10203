import asyncio

import pytest
from loop import (
    CT,
    EXPLICIT,
    IMPLICIT,
    LOCAL,
    STUDY_FIND,
    VERIFICATION,
    Handler,
    accepting,
    in_loop,
    policy,
    remote,
    storage,
)

from filmroom import net
from filmroom.client import LocalEntity, ProposedContext, RemoteEntity, associate
from filmroom.client.association import MAX_CONTEXTS
from filmroom.config import Settings
from filmroom.errors import (
    AssociationAborted,
    AssociationRejected,
    AssociationTimeout,
    ConnectionFailed,
    LocalProtocolError,
    MissingRequiredTag,
)

ECHO = ProposedContext(VERIFICATION, (IMPLICIT,))
IMPATIENT = LocalEntity("TESTER", association_timeout=0.02)


def test_a_peer_is_written_as_people_write_it():
    assert str(RemoteEntity("ct1.example", 104, "CT1")) == "CT1@ct1.example:104"


def test_the_server_calls_others_with_its_own_settings():
    settings = Settings(
        aet="ARCHIVE",
        max_pdu=32768,
        connect_timeout=1,
        association_timeout=2,
        network_timeout=3,
        idle_timeout=4,
        dimse_timeout=5,
    )
    local = LocalEntity.from_settings(settings)
    assert local == LocalEntity("ARCHIVE", 32768, 1, 2, 3, 4, 5)
    assert local.timeouts() == net.Timeouts(artim=2, request=2, release=2, stall=3, idle=4)


def test_the_defaults_of_an_entity_are_those_of_the_settings():
    assert LocalEntity.from_settings(Settings()) == LocalEntity()


@in_loop
async def test_left_in_peace_the_association_is_released():
    handler = Handler()
    async with accepting(handler) as port:
        async with associate(remote(port, "ARCHIVE"), LOCAL, [ECHO]) as connection:
            negotiated = connection.negotiated
            assert (negotiated.called_ae_title, negotiated.calling_ae_title) == (
                "ARCHIVE",
                "TESTER",
            )
        assert connection.error is None
        (acceptor,) = handler.connections
        await acceptor.wait_closed()
    assert acceptor.error is None
    assert connection.association.state is net.State.STA1


@pytest.mark.parametrize(
    ("raised", "seen"),
    [(ZeroDivisionError(), AssociationAborted), (MissingRequiredTag("none"), MissingRequiredTag)],
    ids=["a bug", "an error of ours"],
)
@in_loop
async def test_left_by_an_exception_the_association_is_aborted(raised, seen):
    handler = Handler()
    async with accepting(handler) as port:
        with pytest.raises(type(raised)):
            async with associate(remote(port), LOCAL, [ECHO]) as connection:
                raise raised
        assert isinstance(connection.error, seen)
        (acceptor,) = handler.connections
        await acceptor.wait_closed()
    assert isinstance(acceptor.error, AssociationAborted)
    assert acceptor.error.source == 0  # the service user


@in_loop
async def test_a_cancelled_task_aborts_its_association():
    handler = Handler()
    inside = asyncio.Event()

    async def work(port):
        async with associate(remote(port), LOCAL, [ECHO]):
            inside.set()
            await asyncio.get_running_loop().create_future()

    async with accepting(handler) as port:
        task = asyncio.create_task(work(port))
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await handler.connections[0].wait_closed()
    assert isinstance(handler.connections[0].error, AssociationAborted)


@in_loop
async def test_nobody_listens():
    async with accepting(Handler()) as port:
        pass
    with pytest.raises(ConnectionFailed, match=rf"FILMROOM@127\.0\.0\.1:{port}") as caught:
        async with associate(remote(port), LOCAL, [ECHO]):
            pass
    assert "check host and port" in caught.value.hint


@in_loop
async def test_a_host_that_does_not_answer(monkeypatch):
    """A firewall that drops packets: the connection neither succeeds nor fails."""
    loop = asyncio.get_running_loop()

    async def silence(*_args, **_options):
        await loop.create_future()

    monkeypatch.setattr(loop, "create_connection", silence)
    local = LocalEntity("TESTER", connect_timeout=0.01)
    with pytest.raises(AssociationTimeout, match=r"did not answer within 0\.01 s"):
        async with associate(RemoteEntity("192.0.2.1", 104), local, [ECHO]):
            pass


@in_loop
async def test_a_peer_that_connects_and_says_nothing():
    class Silent(Handler):
        def association_requested(self, connection, event):
            self.connections.append(connection)

    async with accepting(Silent()) as port:
        with pytest.raises(AssociationTimeout, match="no answer to A-ASSOCIATE-RQ"):
            async with associate(remote(port), IMPATIENT, [ECHO]):
                pass


@in_loop
async def test_a_peer_that_rejects():
    refusing = policy(ae_titles=frozenset({"ANOTHER"}))
    async with accepting(Handler(), refusing) as port:
        with pytest.raises(AssociationRejected, match="called AE title not recognized") as caught:
            async with associate(remote(port), LOCAL, [ECHO]):
                pass
    assert (caught.value.result, caught.value.source, caught.value.reason) == (1, 1, 7)


@in_loop
async def test_a_peer_that_aborts_instead_of_answering():
    class Aborting(Handler):
        def association_requested(self, connection, event):
            connection.association.abort(0, net.AbortSource.SERVICE_PROVIDER, 1)

    async with accepting(Aborting()) as port:
        with pytest.raises(AssociationAborted, match="unrecognized PDU") as caught:
            async with associate(remote(port), LOCAL, [ECHO]):
                pass
    assert (caught.value.source, caught.value.reason) == (2, 1)


@in_loop
async def test_a_peer_that_hangs_up_instead_of_answering():
    class HangingUp(Handler):
        def association_requested(self, connection, event):
            connection._transport.abort()

    async with accepting(HangingUp()) as port:
        with pytest.raises(AssociationAborted):
            async with associate(remote(port), LOCAL, [ECHO]):
                pass


@in_loop
async def test_more_contexts_than_an_association_has_room_for():
    contexts = [ProposedContext(f"1.2.{number}", (IMPLICIT,)) for number in range(MAX_CONTEXTS)]
    async with accepting(Handler()) as port:
        async with associate(remote(port), LOCAL, contexts) as connection:
            assert sorted(connection.negotiated.contexts) == list(range(1, 256, 2))
        with pytest.raises(LocalProtocolError, match="129 presentation contexts, 128 at most"):
            async with associate(remote(port), LOCAL, [*contexts, ECHO]):
                pass


@in_loop
async def test_roles_are_proposed_once_for_each_class_that_we_take():
    contexts = [ECHO, storage(EXPLICIT, as_scp=True), storage(IMPLICIT, as_scp=True)]
    handler = Handler()
    async with (
        accepting(handler) as port,
        associate(remote(port), LOCAL, contexts) as connection,
    ):
        negotiated = connection.negotiated
        assert {c.as_scp for c in negotiated.contexts_for(CT)} == {True}
        assert {c.as_scp for c in negotiated.contexts_for(VERIFICATION)} == {False}
        request = handler.connections[0].association.request
        roles = request.user_information.all(net.RoleSelection)
        assert [(r.sop_class_uid, r.scu, r.scp) for r in roles] == [(CT, True, True)]


@in_loop
async def test_extended_negotiation_goes_with_its_class():
    extension = net.QueryRetrieveExtension(relational=True)
    answering = policy()
    row = net.AbstractSyntaxPolicy(lambda _uid: True, extended_answer=extension.answer_find)
    answering = net.AcceptPolicy({STUDY_FIND: row, VERIFICATION: row})
    context = ProposedContext(STUDY_FIND, (IMPLICIT,), extended_negotiation=extension.encode_find())
    async with (
        accepting(Handler(), answering) as port,
        associate(remote(port), LOCAL, [context, ECHO]) as connection,
    ):
        assert connection.negotiated.extended == {STUDY_FIND: extension.encode_find()}


@in_loop
async def test_the_longest_pdu_that_we_take_is_announced():
    handler = Handler()
    local = LocalEntity("TESTER", max_pdu=16384)
    async with accepting(handler) as port, associate(remote(port), local, [ECHO]):
        assert handler.connections[0].negotiated.peer_max_length == 16384


@in_loop
async def test_what_a_peer_asks_of_a_requestor_is_refused():
    """Without a handler of our own nothing is served: the answer is "unrecognized operation"."""
    async with accepting(handler := Handler()) as port, associate(remote(port), LOCAL, [ECHO]):
        (acceptor,) = handler.connections
        request = net.CEchoRQ(message_id=1)
        response = await acceptor.request_one(1, request, timeout=10)
        assert response.message.status == 0x0211
