"""Choosing presentation contexts: which to propose for storing, which to use for a message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from filmroom import net
from filmroom.client.association import MAX_CONTEXTS, ProposedContext
from filmroom.dicom import (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    uid_name,
)
from filmroom.errors import NoPresentationContext

__all__ = ["LOSSLESS", "UNCOMPRESSED", "context_for", "storage_contexts"]

UNCOMPRESSED = (ExplicitVRLittleEndian.uid, ImplicitVRLittleEndian.uid)
"""The transfer syntaxes that any data set can be sent in without touching its pixels."""


LOSSLESS = (
    "1.2.840.10008.1.2.4.70",  # JPEG lossless, first-order prediction: the one most receivers know
    "1.2.840.10008.1.2.4.80",  # JPEG-LS
    "1.2.840.10008.1.2.4.90",  # JPEG 2000
    "1.2.840.10008.1.2.5",  # RLE
    "1.2.840.10008.1.2.4.201",  # HTJ2K
    "1.2.840.10008.1.2.4.57",  # JPEG lossless, any prediction
)
"""Transfer syntaxes that we can compress into without loss, for who takes no uncompressed one."""


def context_for(negotiated: net.Negotiated, abstract_syntax: str) -> net.PresentationContext:
    """The first accepted context of ``abstract_syntax``; raises NoPresentationContext."""
    for context in negotiated.contexts_for(abstract_syntax):
        return context
    raise NoPresentationContext(
        f"the peer accepted no presentation context for {uid_name(abstract_syntax)}",
        hint="the peer must support this SOP class",
    )


def storage_contexts(
    instances: Iterable[tuple[str, str]],
) -> Iterator[Sequence[ProposedContext]]:
    """Contexts to propose for instances given as (SOP class UID, transfer syntax UID).

    For each SOP class one context a stored transfer syntax, so that the acceptor can take each as
    it is, one with the uncompressed ones to fall back to, and one with those that we can compress
    into without loss for an acceptor that takes no other. Yields a list an association: a
    second one when the contexts exceed what one association can carry.
    """
    by_class: dict[str, dict[str, None]] = {}
    for sop_class, syntax in instances:
        by_class.setdefault(sop_class, {})[syntax] = None
    batch: list[ProposedContext] = []
    for sop_class, syntaxes in by_class.items():
        contexts = [ProposedContext(sop_class, (syntax,)) for syntax in syntaxes]
        contexts.append(ProposedContext(sop_class, UNCOMPRESSED))
        contexts.append(ProposedContext(sop_class, LOSSLESS))
        if batch and len(batch) + len(contexts) > MAX_CONTEXTS:
            yield batch
            batch = []
        batch.extend(contexts[:MAX_CONTEXTS])
    if batch:
        yield batch
