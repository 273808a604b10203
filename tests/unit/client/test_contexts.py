import pytest
from loop import (
    BIG_ENDIAN,
    CT,
    EXPLICIT,
    IMPLICIT,
    JPEG,
    MR,
    STUDY_FIND,
    VERIFICATION,
    Handler,
    accepting,
    in_loop,
)

from filmroom import net
from filmroom.client import LocalEntity, ProposedContext, RemoteEntity, associate
from filmroom.client.association import MAX_CONTEXTS
from filmroom.client.contexts import LOSSLESS, UNCOMPRESSED, context_for, storage_contexts
from filmroom.dicom import STORAGE_SOP_CLASSES, transfer_syntax
from filmroom.errors import NoPresentationContext
from filmroom.pixels import can_transcode


def context(number, abstract_syntax, syntax, *, as_scu=True, as_scp=False):
    return net.PresentationContext(number, abstract_syntax, syntax, as_scu, as_scp)


def negotiated(*contexts):
    by_id = {c.context_id: c for c in contexts}
    return net.Negotiated("CALLED", "CALLING", by_id, 0, "", "")


def proposed(contexts):
    return [(c.abstract_syntax, c.transfer_syntaxes) for c in contexts]


def test_the_first_accepted_context_serves():
    agreed = negotiated(
        context(1, VERIFICATION, IMPLICIT),
        context(5, STUDY_FIND, EXPLICIT),
        context(7, STUDY_FIND, IMPLICIT),
    )
    assert context_for(agreed, STUDY_FIND).context_id == 5


def test_no_accepted_context_is_told_by_its_name():
    with pytest.raises(NoPresentationContext, match="Study Root"):
        context_for(negotiated(context(1, VERIFICATION, IMPLICIT)), STUDY_FIND)


def test_one_context_for_each_kept_syntax_and_two_to_fall_back_to():
    (batch,) = storage_contexts([(CT, JPEG), (MR, IMPLICIT), (CT, EXPLICIT), (CT, JPEG)])
    assert proposed(batch) == [
        (CT, (JPEG,)),
        (CT, (EXPLICIT,)),
        (CT, UNCOMPRESSED),
        (CT, LOSSLESS),
        (MR, (IMPLICIT,)),
        (MR, UNCOMPRESSED),
        (MR, LOSSLESS),
    ]
    assert not any(c.as_scp for c in batch)


def test_nothing_to_send_needs_no_association():
    assert list(storage_contexts([])) == []


def test_a_class_is_never_torn_between_two_associations():
    classes = list(STORAGE_SOP_CLASSES)[:60]
    kinds = [(uid, syntax) for uid in classes for syntax in (EXPLICIT, BIG_ENDIAN)]
    batches = list(storage_contexts(kinds))
    assert [len(batch) for batch in batches] == [128, 112]  # four contexts a class
    assert all(len(batch) <= MAX_CONTEXTS for batch in batches)
    of_batches = [{c.abstract_syntax for c in batch} for batch in batches]
    assert not of_batches[0] & of_batches[1]
    assert of_batches[0] | of_batches[1] == set(classes)


def test_as_many_classes_as_fit_go_into_one_association():
    kinds = [(uid, EXPLICIT) for uid in list(STORAGE_SOP_CLASSES)[: MAX_CONTEXTS // 3]]
    (batch,) = storage_contexts(kinds)
    assert len(batch) == MAX_CONTEXTS // 3 * 3


def test_a_class_in_more_syntaxes_than_contexts_gets_as_many_as_fit():
    kinds = [(CT, f"1.2.3.{number}") for number in range(200)]
    (batch,) = storage_contexts(kinds)
    assert len(batch) == MAX_CONTEXTS


@in_loop
async def test_an_acceptor_can_take_each_instance_as_it_is_kept():
    (batch,) = storage_contexts([(CT, JPEG), (CT, IMPLICIT)])
    async with (
        accepting(Handler()) as port,
        associate(RemoteEntity("127.0.0.1", port), LocalEntity(), batch) as connection,
    ):
        accepted = connection.negotiated.contexts_for(CT)
        assert [c.transfer_syntax for c in accepted] == [JPEG, IMPLICIT, EXPLICIT, LOSSLESS[0]]


def test_what_is_offered_without_loss_is_what_we_can_make():
    explicit = transfer_syntax(EXPLICIT)
    assert all(can_transcode(explicit, transfer_syntax(uid)) for uid in LOSSLESS)


def test_a_context_proposes_no_role_and_no_extension_unless_asked_to():
    plain = ProposedContext(CT, (EXPLICIT,))
    assert (plain.as_scp, plain.extended_negotiation) == (False, b"")
