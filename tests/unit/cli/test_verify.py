import pytest
from objects import ROOT, ct_image, write


@pytest.fixture
def kept(command, tmp_path):
    """An archive of three objects; gives their files in the order of their numbers."""
    for number in (1, 2, 3):
        write(ct_image(instance=number), tmp_path / "in" / f"{number}.dcm")
    command("import", "in")
    found = {path.stem[-1]: path for path in (tmp_path / "filmroom-data").rglob("*.dcm")}
    return [found[number] for number in "123"]


def key(path):
    return path.relative_to(path.parents[4]).as_posix()


def damage(path):
    """One bit of the pixels turns round; the size stays."""
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)


def test_all_is_well(command, kept):
    done = command("verify")
    assert (done.code, done.out, done.err) == (0, "3 objects are good, 0 faults\n", "")


def test_json(command, kept):
    assert command("verify", "--json").json() == {
        "good": 3,
        "missing": 0,
        "damaged": 0,
        "unreadable": 0,
        "orphan": 0,
        "faults": [],
    }


def test_every_fault_is_named_with_its_file(command, kept):
    damage(kept[0])
    kept[1].unlink()
    orphan = kept[2].with_name(f"{ROOT}.1.1.1.9.dcm")
    orphan.write_bytes(kept[2].read_bytes())
    done = command("verify")
    assert done.code == 1
    assert sorted(done.out.splitlines()) == sorted(
        [
            f"damaged: {key(kept[0])}",
            f"missing: {key(kept[1])}",
            f"orphan: {key(orphan)}",
            "1 objects are good, 3 faults",
        ]
    )
    record = command("verify", "--json").json()
    assert (record["good"], record["damaged"], record["missing"], record["orphan"]) == (1, 1, 1, 1)
    uids = {fault["kind"]: fault["sop_instance_uid"] for fault in record["faults"]}
    assert uids == {"damaged": f"{ROOT}.1.1.1.1", "missing": f"{ROOT}.1.1.1.2", "orphan": ""}


def test_quick_sees_sizes_but_not_bits(command, kept):
    damage(kept[0])
    assert command("verify", "--quick").code == 0
    kept[0].write_bytes(kept[0].read_bytes()[:-10])
    done = command("verify", "--quick")
    assert (done.code, done.out.splitlines()[0]) == (1, f"damaged: {key(kept[0])}")


def test_nothing_is_changed(command, kept):
    damage(kept[0])
    kept[1].unlink()
    first = command("verify").out
    assert command("verify").out == first
    assert kept[0].exists()
