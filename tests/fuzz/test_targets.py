"""Each fuzz target over its seeds, and over the same few thousand changed ones every time.

The coverage-guided search for new ones is `make fuzz`.
"""

import importlib
import tracemalloc
from pathlib import Path

import pytest
from mutation import mutated

TARGETS = sorted(path.stem for path in Path(__file__).parent.glob("fuzz_*.py"))
CHANGED = 1000
MOST_MEMORY = 32 << 20


@pytest.mark.parametrize("name", TARGETS)
def test_the_invariant_holds(name):
    target = importlib.import_module(name)
    for data in mutated(target.seeds(), getattr(target, "CHANGED", CHANGED)):
        try:
            target.check(data)
        except BaseException as error:
            error.add_note(f"input: {data.hex()}")
            raise


@pytest.mark.parametrize("name", TARGETS)
def test_memory_is_bounded(name):
    target = importlib.import_module(name)
    inputs = list(mutated(target.seeds(), 200, seed=1))[::10]
    tracemalloc.start()
    try:
        for data in inputs:
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            target.check(data)
            taken = tracemalloc.get_traced_memory()[1] - before
            assert taken < MOST_MEMORY, data.hex()
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", TARGETS)
def test_the_invariant_is_stated(name):
    target = importlib.import_module(name)
    assert "For all bytes" in target.__doc__
    assert target.seeds()
