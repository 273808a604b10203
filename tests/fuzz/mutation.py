"""Changes to bytes as a fuzzer makes them, the same ones for the same seed: for the test suite."""

import random
from collections.abc import Iterator, Sequence

TOKENS = (
    b"\xff\xff\xff\xff",
    b"\xfe\xff\x00\xe0",
    b"\xfe\xff\x0d\xe0",
    b"\xfe\xff\xdd\xe0",
    b"\xff\xfe\xe0\x00",
    b"\0\0\0\0",
    b"\xff\xff\xff\x7f",
    b"SQ\0\0",
    b"UN\0\0",
    b"OB\0\0",
    b"PN",
    b"DS",
    b"\\",
    b"\x1b$B",
    b"ISO 2022 IR 87",
    b"DICM",
)
"""What a change of a single byte would take long to come upon."""

MOST_CHANGES = 5


def mutated(seeds: Sequence[bytes], count: int, seed: int = 0) -> Iterator[bytes]:
    """The seeds as they are, then ``count`` changed ones."""
    yield from seeds
    source = random.Random(seed)
    for _ in range(count):
        data = bytearray(source.choice(seeds))
        for _ in range(source.randint(1, MOST_CHANGES)):
            _change(data, source, seeds)
        yield bytes(data)


def _change(data: bytearray, source: random.Random, seeds: Sequence[bytes]) -> None:
    at = source.randint(0, len(data))
    match source.randrange(7):
        case 0 if at < len(data):
            data[at] ^= 1 << source.randrange(8)
        case 1 if at < len(data):
            data[at] = source.choice((0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF, source.randrange(256)))
        case 2:
            token = source.choice(TOKENS)
            data[at : at + len(token)] = token
        case 3:
            data[at:at] = source.choice(TOKENS)
        case 4:
            del data[at : at + source.randint(1, 12)]
        case 5:
            data[at:at] = data[max(0, at - source.randint(1, 60)) : at]
        case _:
            other = source.choice(seeds)
            del data[at:]
            data += other[source.randint(0, len(other)) :]
