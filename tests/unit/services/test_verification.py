from loop import BIG_ENDIAN, EXPLICIT, IMPLICIT, VERIFICATION, Peer, in_loop, serving

from filmroom import net


@in_loop
async def test_every_echo_is_answered(archive):
    async with serving(archive) as server:
        for syntax in (IMPLICIT, EXPLICIT, BIG_ENDIAN):
            peer = await Peer.associated(server.port, (VERIFICATION, (syntax,)))
            for number in (1, 2, 0xFFFF):
                peer.send(1, net.CEchoRQ(message_id=number))
                message, data = await peer.message()
                assert message == net.CEchoRSP(
                    message_id_being_responded_to=number,
                    status=0,
                    affected_sop_class_uid=VERIFICATION,
                )
                assert data == b""
            await peer.released()


@in_loop
async def test_other_requests_are_no_operation_of_it(archive):
    async with serving(archive) as server:
        peer = await Peer.associated(server.port, (VERIFICATION, (IMPLICIT,)))
        peer.send(1, net.CFindRQ(message_id=1, affected_sop_class_uid=VERIFICATION), b"")
        message, _ = await peer.message()
        assert (type(message), message.status) == (net.CFindRSP, 0x0211)
        await peer.released()
