"""Coverage-guided fuzzing with atheris: ``python tests/fuzz [--seconds 60] [TARGET ...]``.

Each target is a module `fuzz_TARGET.py` that says its invariant at its head, with `check(data)` and
`seeds()`. A target runs in a process of its own; what it learnt is kept under `build/fuzz/TARGET`
for the next time. An input that breaks the invariant is written there as `crash-…`, one that takes
longer than ten seconds as `timeout-…`, one that takes over 1 GB as `oom-…`, and the exit code is 1.
"""

import argparse
import importlib
import subprocess
import sys
from pathlib import Path

from mutation import TOKENS

HERE = Path(__file__).parent
WORK = HERE.parent.parent / "build" / "fuzz"
TARGETS = sorted(path.stem.removeprefix("fuzz_") for path in HERE.glob("fuzz_*.py"))
SECONDS_AN_INPUT = 10
MOST_MEMORY_MB = 1024
LONGEST_INPUT = 4096


def fuzz(target: str, seconds: int) -> None:
    """Fuzz in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["filmroom"], enable_loader_override=False):
        module = importlib.import_module(f"fuzz_{target}")
    work = WORK / target
    seeds, learnt = work / "seeds", work / "learnt"
    for folder in (seeds, learnt):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(module.seeds()):
        (seeds / f"{number:04}").write_bytes(seed)
    words = work / "words"
    words.write_text("".join(f'"{quoted(token)}"\n' for token in TOKENS))
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={SECONDS_AN_INPUT}",
        f"-rss_limit_mb={MOST_MEMORY_MB}",
        f"-max_len={getattr(module, 'LONGEST_INPUT', LONGEST_INPUT)}",
        f"-dict={words}",
        f"-artifact_prefix={work}/",
        "-print_final_stats=1",
        str(learnt),
        str(seeds),
    ]
    atheris.Setup([sys.argv[0], *options], module.check)
    atheris.Fuzz()


def quoted(token: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}")
    parser.add_argument("--seconds", type=int, default=60, help="time for each target")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    targets = chosen.targets or TARGETS
    if unknown := set(targets) - set(TARGETS):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    if chosen.here:
        fuzz(targets[0], chosen.seconds)
    failed = []
    for target in targets:
        print(f"--- {target}", flush=True)
        command = [sys.executable, str(HERE), "--here", "--seconds", str(chosen.seconds), target]
        if subprocess.run(command, check=False).returncode:
            failed.append(target)
    if failed:
        print(f"The invariant of {', '.join(failed)} does not hold: see {WORK}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
