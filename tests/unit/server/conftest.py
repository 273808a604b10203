import pytest

from filmroom.archive import Archive


@pytest.fixture
def archive(tmp_path):
    with Archive.open(tmp_path / "data", durability="relaxed") as opened:
        yield opened
