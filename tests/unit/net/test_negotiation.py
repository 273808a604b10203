"""Answers to association requests: who, which contexts, roles, options, identity."""

from dataclasses import replace

import pytest
from joined import CT, EXPLICIT, IMPLICIT, VERIFICATION

from filmroom.errors import NoPresentationContext
from filmroom.net import (
    AAssociateAC,
    AAssociateRJ,
    AbstractSyntaxPolicy,
    AcceptPolicy,
    AsynchronousOperationsWindow,
    IdentityAnswer,
    Negotiated,
    ProposedContext,
    QueryRetrieveExtension,
    RequestParameters,
    RoleSelection,
    SOPClassCommonExtendedNegotiation,
    SOPClassExtendedNegotiation,
    StorageExtension,
    UserIdentityAC,
    UserIdentityRQ,
    negotiate,
)

ANY = AbstractSyntaxPolicy(lambda _uid: True)
PRIVATE = "1.2.999.1"


def proposal(*contexts, **options):
    return RequestParameters(
        "CALLED", "CALLING", tuple(ProposedContext(*c) for c in contexts), **options
    )


def both(parameters, policy):
    """Answer, and what each side makes of it."""
    request = parameters.request()
    answer = negotiate(request, policy)
    assert isinstance(answer, AAssociateAC)
    return (
        answer,
        Negotiated.of(request, answer, requestor=True),
        Negotiated.of(request, answer, requestor=False),
    )


@pytest.mark.parametrize(
    ("change", "policy", "numbers"),
    [
        ({"protocol_version": 2}, AcceptPolicy({}), (1, 2, 2)),
        ({"application_context": "1.2"}, AcceptPolicy({}), (1, 1, 2)),
        ({}, AcceptPolicy({}, ae_titles=frozenset({"X"})), (1, 1, 7)),
        ({}, AcceptPolicy({}, calling_ae_titles=frozenset({"X"})), (1, 1, 3)),
    ],
)
def test_rejections(change, policy, numbers):
    request = replace(proposal((CT, (IMPLICIT,))).request(), **change)
    assert negotiate(request, policy) == AAssociateRJ(*numbers)


def test_results_of_contexts():
    policy = AcceptPolicy(
        {CT: AbstractSyntaxPolicy(frozenset({EXPLICIT})), VERIFICATION: ANY},
        ae_titles=frozenset({"CALLED"}),
        calling_ae_titles=frozenset({"CALLING"}),
    )
    answer, ours, _ = both(
        proposal(
            (CT, (IMPLICIT, EXPLICIT)), (CT, (IMPLICIT,)), (PRIVATE, (IMPLICIT,)),
            (VERIFICATION, (IMPLICIT, EXPLICIT)),
        ),
        policy,
    )  # fmt: skip
    assert [(c.context_id, c.result) for c in answer.presentation_contexts] == [
        (1, 0), (3, 4), (5, 3), (7, 0)
    ]  # fmt: skip
    assert {i: c.transfer_syntax for i, c in ours.contexts.items()} == {1: EXPLICIT, 7: IMPLICIT}
    assert ours.refused == {3: 4, 5: 3}


def test_own_order_of_preference():
    row = replace(ANY, preference=(EXPLICIT,))
    _, ours, _ = both(
        proposal((CT, (IMPLICIT, EXPLICIT)), (CT, (IMPLICIT,))), AcceptPolicy({CT: row})
    )
    assert [c.transfer_syntax for c in ours.contexts.values()] == [EXPLICIT, IMPLICIT]


def test_fallback_and_related_general_class():
    related = SOPClassCommonExtendedNegotiation(PRIVATE, "1.2.840.10008.4.2", (CT,))
    plain, general = (
        proposal((PRIVATE, (IMPLICIT,))),
        proposal((PRIVATE, (IMPLICIT,)), common_extended=(related,)),
    )
    assert both(plain, AcceptPolicy({CT: ANY}))[1].contexts == {}
    assert both(general, AcceptPolicy({CT: ANY}))[1].contexts
    assert both(general, AcceptPolicy({CT: ANY}, use_related_general=False))[1].contexts == {}
    assert both(plain, AcceptPolicy({}, fallback=lambda uid: ANY if uid == PRIVATE else None))[
        1
    ].contexts


@pytest.mark.parametrize(
    ("asked", "may", "requestor_roles"),
    [
        (None, (True, True), (True, False)),
        ((True, True), (True, True), (True, True)),
        ((True, True), (True, False), (True, False)),
        ((False, True), (True, True), (False, True)),
        ((False, True), (True, False), None),
    ],
)
def test_roles(asked, may, requestor_roles):
    row = replace(ANY, requestor_may_be_scu=may[0], requestor_may_be_scp=may[1])
    roles = (RoleSelection(CT, *asked),) if asked else ()
    answer, ours, theirs = both(proposal((CT, (IMPLICIT,)), roles=roles), AcceptPolicy({CT: row}))
    if requestor_roles is None:
        assert answer.presentation_contexts[0].result == 1
        return
    assert (ours.contexts[1].as_scu, ours.contexts[1].as_scp) == requestor_roles
    assert (theirs.contexts[1].as_scp, theirs.contexts[1].as_scu) == requestor_roles


@pytest.mark.parametrize(
    ("asked", "allowed", "agreed"),
    [
        (None, (4, 4), (1, 1)),
        ((8, 2), None, (1, 1)),
        ((8, 2), (4, 4), (4, 2)),
        ((0, 0), (4, 4), (4, 4)),
        ((8, 2), (0, 0), (8, 2)),
        ((0, 0), (0, 0), (0, 0)),
    ],
)
def test_operations_window(asked, allowed, agreed):
    answer, ours, theirs = both(
        proposal((CT, (IMPLICIT,)), operations_window=asked),
        AcceptPolicy({CT: ANY}, operations_window=allowed),
    )
    assert ours.operations_window == theirs.operations_window == agreed
    said = answer.user_information.first(AsynchronousOperationsWindow)
    assert (said is None) == (asked is None or allowed is None)


def test_extended_negotiation():
    find = QueryRetrieveExtension(relational=True, combined_datetime=True)
    rows = {
        CT: replace(ANY, extended_answer=StorageExtension().answer),
        PRIVATE: replace(ANY, extended_answer=find.answer_find),
    }
    asked = (
        SOPClassExtendedNegotiation(CT, bytes(6)),
        SOPClassExtendedNegotiation(PRIVATE, b"\1\0\1"),
        SOPClassExtendedNegotiation(VERIFICATION, b"\1"),
    )
    _, ours, _ = both(
        proposal((CT, (IMPLICIT,)), (PRIVATE, (IMPLICIT,)), extended=asked), AcceptPolicy(rows)
    )
    assert ours.extended == {CT: b"\2\0\3\0\0\0", PRIVATE: b"\1\0\0"}
    assert QueryRetrieveExtension.decode_find(ours.extended[PRIVATE]) == QueryRetrieveExtension(
        relational=True
    )
    assert StorageExtension.decode(ours.extended[CT]) == StorageExtension()


@pytest.mark.parametrize("wanted", [True, False])
def test_user_identity(wanted):
    identity = UserIdentityRQ(2, b"me", b"secret", positive_response_requested=wanted)
    parameters = proposal((CT, (IMPLICIT,)), user_identity=identity)
    seen = []

    def verify(got):
        seen.append(got)
        return IdentityAnswer(accepted=got.secondary == b"secret", response=b"hello")

    policy = AcceptPolicy({CT: ANY}, verify_identity=verify)
    answer, ours, theirs = both(parameters, policy)
    assert seen == [identity]
    assert theirs.user_identity == identity
    assert ours.identity_response == (b"hello" if wanted else None)
    assert (answer.user_information.first(UserIdentityAC) is not None) == wanted
    wrong = replace(parameters, user_identity=replace(identity, secondary=b"x"))
    assert negotiate(wrong.request(), policy) == AAssociateRJ(1, 1, 1)


def test_an_answer_beyond_what_was_asked_does_not_count():
    request = proposal((CT, (IMPLICIT,))).request()
    other = negotiate(
        proposal((CT, (EXPLICIT,)), (VERIFICATION, (IMPLICIT,))).request(),
        AcceptPolicy({CT: ANY, VERIFICATION: ANY}),
    )
    assert isinstance(other, AAssociateAC)
    assert Negotiated.of(request, other, requestor=True).contexts == {}


def test_choosing_a_context():
    _, ours, theirs = both(proposal((CT, (IMPLICIT,)), (CT, (EXPLICIT,))), AcceptPolicy({CT: ANY}))
    assert ours.context_for(CT).context_id == 1
    assert ours.context_for(CT, (EXPLICIT, IMPLICIT)).context_id == 3
    assert theirs.context_for(CT, as_scu=False).context_id == 1
    for call in (
        lambda: ours.context_for(VERIFICATION),
        lambda: ours.context_for(CT, ("1.2.3",)),
        lambda: theirs.context_for(CT),
    ):
        with pytest.raises(NoPresentationContext):
            call()
