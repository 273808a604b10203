"""The command line: one command a file, all of them under ``filmroom``.

Exit codes: 0 done, 1 the work failed, 2 wrong use.
"""

from filmroom.cli.main import main

__all__ = ["main"]
