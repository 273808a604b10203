"""What ``filmroom move`` and ``filmroom get`` share: following the responses, and the result."""

from __future__ import annotations

from collections.abc import AsyncIterator

import typer

from filmroom import net
from filmroom.cli.local import progress
from filmroom.cli.remote import print_json, tell
from filmroom.client import Progress
from filmroom.errors import InvalidDimseResponse

__all__ = ["follow", "report"]


async def follow(responses: AsyncIterator[Progress], description: str) -> Progress:
    """Show each response as progress and return the final one."""
    last: Progress | None = None
    with progress() as bar:
        task = bar.add_task(description, total=None)
        async for last in responses:
            done = last.completed + last.failed + last.warning
            bar.update(task, completed=done, total=done + (last.remaining or 0))
    if last is None:
        raise InvalidDimseResponse("the peer ended the operation without a response")
    return last


def report(service: str, verb: str, final: Progress, as_json: bool) -> None:
    """Print the result and leave with the exit code that it is: 1 unless all were sent.

    ``service`` is C-MOVE or C-GET, ``verb`` what was done to the instances.
    """
    kind = net.category(final.status)
    if as_json:
        print_json(
            {
                "status": final.status,
                "completed": final.completed,
                "failed": final.failed,
                "warning": final.warning,
                "failed_uids": list(final.failed_uids),
                "comment": final.comment,
            }
        )
    else:
        if kind is not net.Category.SUCCESS:
            meaning = net.meaning(final.status, service)
            tell(f"status {final.status:04X}, {meaning} {final.comment}".strip())
        for uid in final.failed_uids:
            tell(f"not sent: {uid}")
        print(  # noqa: T201
            f"{final.completed} {verb}, {final.failed} failed, {final.warning} with a warning"
        )
    bad = kind in (net.Category.FAILURE, net.Category.CANCEL) or final.failed
    raise typer.Exit(1 if bad else 0)
