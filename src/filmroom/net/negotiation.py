"""Which answer an association request gets, and what was agreed: pure functions over values.

PS3.8 §7.1.1, §9.3.3, Table 9-21; PS3.7 Annex D.3.3 (roles, extended negotiation, operations window,
user identity).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from filmroom.dicom.uid import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
from filmroom.errors import NoPresentationContext
from filmroom.net.items import (
    APPLICATION_CONTEXT,
    PresentationContextAC,
    PresentationContextRQ,
)
from filmroom.net.pdu import AAssociateAC, AAssociateRJ, AAssociateRQ
from filmroom.net.reasons import ContextResult, RejectResult, RejectSource
from filmroom.net.user_information import (
    AsynchronousOperationsWindow,
    ImplementationClassUID,
    ImplementationVersionName,
    MaximumLength,
    RoleSelection,
    SOPClassCommonExtendedNegotiation,
    SOPClassExtendedNegotiation,
    UserIdentityAC,
    UserIdentityRQ,
    UserInformation,
    UserItem,
)

__all__ = [
    "DEFAULT_MAX_LENGTH",
    "AbstractSyntaxPolicy",
    "AcceptPolicy",
    "IdentityAnswer",
    "Negotiated",
    "PresentationContext",
    "ProposedContext",
    "RequestParameters",
    "negotiate",
]

DEFAULT_MAX_LENGTH = 131072
"""The longest P-DATA-TF that we announce to take, in bytes."""


@dataclass(frozen=True, slots=True)
class AbstractSyntaxPolicy:
    """How contexts of one abstract syntax are accepted."""

    transfer_syntaxes: frozenset[str] | Callable[[str], bool]
    """Those that are taken, or a predicate over their UID."""
    preference: tuple[str, ...] = ()
    """Our order of choice; empty, or none of it proposed: the requestor's order."""
    requestor_may_be_scu: bool = True
    requestor_may_be_scp: bool = False
    """What a proposed role selection may get (C-GET's storage contexts need SCP)."""
    extended_answer: Callable[[bytes], bytes | None] | None = None
    """From proposed service class application information to the answer; None: no answer."""

    def choose(self, proposed: tuple[str, ...]) -> str | None:
        """The transfer syntax to use of those proposed, or None."""
        taken = self.transfer_syntaxes
        usable = [u for u in proposed if (taken(u) if callable(taken) else u in taken)]
        return next((u for u in self.preference if u in usable), usable[0] if usable else None)


@dataclass(frozen=True, slots=True)
class IdentityAnswer:
    """What the identity hook says; ``response`` is sent back if the requestor asked for it."""

    accepted: bool
    response: bytes = b""


@dataclass(frozen=True, slots=True)
class AcceptPolicy:
    """Whom and what an acceptor accepts."""

    abstract_syntaxes: Mapping[str, AbstractSyntaxPolicy]
    ae_titles: frozenset[str] | None = None
    """Called AE titles that are ours; None: any."""
    calling_ae_titles: frozenset[str] | None = None
    """Calling AE titles that are known; None: any."""
    fallback: Callable[[str], AbstractSyntaxPolicy | None] | None = None
    """For an abstract syntax without a row, such as a private storage class; None refuses it."""
    use_related_general: bool = True
    """Treat an unknown class as the general one that common extended negotiation names."""
    operations_window: tuple[int, int] | None = None
    """Operations that we let the requestor invoke, and perform, at once; 0: any; None: 1, 1."""
    verify_identity: Callable[[UserIdentityRQ], IdentityAnswer] | None = None
    """Asked for every user identity; None ignores identities."""
    max_length: int = DEFAULT_MAX_LENGTH
    implementation_class_uid: str = IMPLEMENTATION_CLASS_UID
    implementation_version_name: str = IMPLEMENTATION_VERSION_NAME

    def for_syntax(
        self, uid: str, common: Mapping[str, SOPClassCommonExtendedNegotiation]
    ) -> AbstractSyntaxPolicy | None:
        """The row for an abstract syntax: its own, its general class's, or the fallback's."""
        row = self.abstract_syntaxes.get(uid)
        if row is None and self.use_related_general and uid in common:
            related = common[uid].related_general_sop_class_uids
            rows = (self.abstract_syntaxes.get(general) for general in related)
            row = next((r for r in rows if r is not None), None)
        if row is None and self.fallback is not None:
            row = self.fallback(uid)
        return row


@dataclass(frozen=True, slots=True)
class ProposedContext:
    """An abstract syntax and the transfer syntaxes to propose for it, best first."""

    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequestParameters:
    """What a requestor proposes: up to 128 contexts, which get the IDs 1, 3, 5…"""

    called_ae_title: str
    calling_ae_title: str
    contexts: tuple[ProposedContext, ...]
    roles: tuple[RoleSelection, ...] = ()
    extended: tuple[SOPClassExtendedNegotiation, ...] = ()
    common_extended: tuple[SOPClassCommonExtendedNegotiation, ...] = ()
    operations_window: tuple[int, int] | None = None
    user_identity: UserIdentityRQ | None = None
    max_length: int = DEFAULT_MAX_LENGTH
    implementation_class_uid: str = IMPLEMENTATION_CLASS_UID
    implementation_version_name: str = IMPLEMENTATION_VERSION_NAME

    def request(self) -> AAssociateRQ:
        """The A-ASSOCIATE-RQ that says this."""
        items: list[UserItem] = [
            MaximumLength(self.max_length),
            ImplementationClassUID(self.implementation_class_uid),
        ]
        if self.operations_window is not None:
            items.append(AsynchronousOperationsWindow(*self.operations_window))
        items.extend(self.roles)
        items.append(ImplementationVersionName(self.implementation_version_name))
        items.extend(self.extended)
        items.extend(self.common_extended)
        if self.user_identity is not None:
            items.append(self.user_identity)
        return AAssociateRQ(
            self.called_ae_title,
            self.calling_ae_title,
            tuple(
                PresentationContextRQ(2 * i + 1, c.abstract_syntax, c.transfer_syntaxes)
                for i, c in enumerate(self.contexts)
            ),
            UserInformation(tuple(items)),
        )


@dataclass(frozen=True, slots=True)
class PresentationContext:
    """An accepted context; the roles are ours on this association."""

    context_id: int
    abstract_syntax: str
    transfer_syntax: str
    as_scu: bool
    as_scp: bool


@dataclass(frozen=True, slots=True)
class Negotiated:
    """What both sides agreed on, seen from ours."""

    called_ae_title: str
    calling_ae_title: str
    contexts: Mapping[int, PresentationContext]
    """Accepted contexts by ID."""
    peer_max_length: int
    """The longest P-DATA-TF the peer takes, in bytes; 0: any."""
    peer_implementation_class_uid: str
    peer_implementation_version_name: str
    extended: Mapping[str, bytes] = field(default_factory=dict)
    """The acceptor's service class application information by SOP class."""
    roles: Mapping[str, RoleSelection] = field(default_factory=dict)
    """The acceptor's answers to role selection by SOP class (the requestor's roles)."""
    operations_window: tuple[int, int] = (1, 1)
    """Operations the requestor may have invoked, and performs, at once; 0: any."""
    user_identity: UserIdentityRQ | None = None
    identity_response: bytes | None = None
    refused: Mapping[int, int] = field(default_factory=dict)
    """Result by ID of the contexts that were not accepted (PS3.8 Table 9-18)."""

    def contexts_for(self, abstract_syntax: str) -> tuple[PresentationContext, ...]:
        """The accepted contexts of an abstract syntax, in the order of their IDs."""
        return tuple(c for c in self.contexts.values() if c.abstract_syntax == abstract_syntax)

    def context_for(
        self, abstract_syntax: str, transfer_syntaxes: Iterable[str] = (), *, as_scu: bool = True
    ) -> PresentationContext:
        """The context for a message: the first of ``transfer_syntaxes`` that was accepted.

        Without ``transfer_syntaxes`` any does. Raises :class:`NoPresentationContext`.
        """
        contexts = [
            c for c in self.contexts_for(abstract_syntax) if (c.as_scu if as_scu else c.as_scp)
        ]
        wanted = tuple(transfer_syntaxes)
        for uid in wanted:
            for context in contexts:
                if context.transfer_syntax == uid:
                    return context
        if wanted or not contexts:
            raise NoPresentationContext(f"no accepted context for {abstract_syntax}")
        return contexts[0]

    @classmethod
    def of(cls, request: AAssociateRQ, answer: AAssociateAC, *, requestor: bool) -> Negotiated:
        """What request and answer come to, for the requestor or for the acceptor.

        Contexts in the answer that were not proposed, or with a transfer syntax that was not, do
        not count.
        """
        ours, theirs = request.user_information, answer.user_information
        peer = theirs if requestor else ours
        proposed_roles = {r.sop_class_uid for r in ours.all(RoleSelection)}
        roles = {
            r.sop_class_uid: r
            for r in theirs.all(RoleSelection)
            if r.sop_class_uid in proposed_roles
        }
        proposed = {c.context_id: c for c in request.presentation_contexts}
        contexts: dict[int, PresentationContext] = {}
        refused: dict[int, int] = {}
        for context in sorted(answer.presentation_contexts, key=lambda c: c.context_id):
            asked = proposed.get(context.context_id)
            if asked is None:
                continue
            if not context.accepted:
                refused[context.context_id] = context.result
                continue
            if context.transfer_syntax not in asked.transfer_syntaxes:
                refused[context.context_id] = ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED
                continue
            role = roles.get(asked.abstract_syntax)
            scu, scp = (role.scu, role.scp) if role else (True, False)
            contexts[context.context_id] = PresentationContext(
                context.context_id,
                asked.abstract_syntax,
                context.transfer_syntax,
                as_scu=scu if requestor else scp,
                as_scp=scp if requestor else scu,
            )
        window = theirs.first(AsynchronousOperationsWindow)
        asked_window = ours.first(AsynchronousOperationsWindow)
        identity = theirs.first(UserIdentityAC)
        return cls(
            request.called_ae_title,
            request.calling_ae_title,
            contexts,
            peer.maximum_length,
            peer.implementation_class_uid,
            peer.implementation_version_name,
            {e.sop_class_uid: e.information for e in theirs.all(SOPClassExtendedNegotiation)},
            roles,
            (window.invoked, window.performed) if window and asked_window else (1, 1),
            ours.user_identity,
            identity.server_response if identity else None,
            refused,
        )


def negotiate(request: AAssociateRQ, policy: AcceptPolicy) -> AAssociateAC | AAssociateRJ:
    """The acceptor's answer to ``request`` under ``policy``.

    A request none of whose contexts can be accepted is accepted all the same, with every context
    refused, as PS3.8 §7.1.1.14 lets it.
    """
    permanent, user = RejectResult.PERMANENT, RejectSource.SERVICE_USER
    if not request.protocol_version & 1:
        return AAssociateRJ(permanent, RejectSource.SERVICE_PROVIDER_ACSE, 2)
    if request.application_context != APPLICATION_CONTEXT:
        return AAssociateRJ(permanent, user, 2)
    if policy.ae_titles is not None and request.called_ae_title not in policy.ae_titles:
        return AAssociateRJ(permanent, user, 7)
    if (
        policy.calling_ae_titles is not None
        and request.calling_ae_title not in policy.calling_ae_titles
    ):
        return AAssociateRJ(permanent, user, 3)
    asked = request.user_information
    items: list[UserItem] = [
        MaximumLength(policy.max_length),
        ImplementationClassUID(policy.implementation_class_uid),
    ]
    window = asked.first(AsynchronousOperationsWindow)
    if window is not None and policy.operations_window is not None:
        invoked, performed = policy.operations_window
        items.append(
            AsynchronousOperationsWindow(
                _least(window.invoked, invoked), _least(window.performed, performed)
            )
        )
    common = {c.sop_class_uid: c for c in asked.all(SOPClassCommonExtendedNegotiation)}
    rows = {
        uid: policy.for_syntax(uid, common)
        for uid in {c.abstract_syntax for c in request.presentation_contexts}
    }
    roles: dict[str, RoleSelection] = {}
    for role in asked.all(RoleSelection):
        row = rows.get(role.sop_class_uid)
        if row is not None:
            roles[role.sop_class_uid] = RoleSelection(
                role.sop_class_uid,
                role.scu and row.requestor_may_be_scu,
                role.scp and row.requestor_may_be_scp,
            )
    items.extend(roles.values())
    items.append(ImplementationVersionName(policy.implementation_version_name))
    for extended in asked.all(SOPClassExtendedNegotiation):
        row = rows.get(extended.sop_class_uid)
        if row is not None and row.extended_answer is not None:
            information = row.extended_answer(extended.information)
            if information is not None:
                items.append(SOPClassExtendedNegotiation(extended.sop_class_uid, information))
    identity = asked.user_identity
    if identity is not None and policy.verify_identity is not None:
        verdict = policy.verify_identity(identity)
        if not verdict.accepted:
            return AAssociateRJ(permanent, user, 1)
        if identity.positive_response_requested:
            items.append(UserIdentityAC(verdict.response))
    return AAssociateAC(
        request.called_ae_title,
        request.calling_ae_title,
        tuple(
            _answer(context, rows[context.abstract_syntax], roles.get(context.abstract_syntax))
            for context in request.presentation_contexts
        ),
        UserInformation(tuple(items)),
    )


def _least(asked: int, allowed: int) -> int:
    return min(asked, allowed) if asked and allowed else asked or allowed


def _answer(
    context: PresentationContextRQ, row: AbstractSyntaxPolicy | None, role: RoleSelection | None
) -> PresentationContextAC:
    syntax = context.transfer_syntaxes[0]
    if row is None:
        result = ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED
    elif role is not None and not (role.scu or role.scp):
        result = ContextResult.USER_REJECTION
    else:
        chosen = row.choose(context.transfer_syntaxes)
        if chosen is None:
            result = ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED
        else:
            result, syntax = ContextResult.ACCEPTANCE, chosen
    return PresentationContextAC(context.context_id, result, syntax)
