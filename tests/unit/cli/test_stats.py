from objects import ct_image, write


def test_what_is_kept_is_counted(command, tmp_path):
    for place in ((1, 1, 1, 1), (1, 1, 1, 2), (1, 1, 2, 1), (1, 2, 1, 1), (2, 3, 1, 1)):
        write(ct_image(*place), tmp_path / "in" / f"{place}.dcm")
    command("import", "in")
    done = command("stats")
    assert done.code == 0
    size = sum(file.stat().st_size for file in (tmp_path / "in").iterdir())
    assert done.out.splitlines() == [
        "  patients  2",
        "   studies  3",
        "    series  4",
        " instances  5",
        f"      size  {size:,} bytes",
        "    faults  0",
    ]
    assert command("stats", "--json").json() == {
        "patients": 2,
        "studies": 3,
        "series": 4,
        "instances": 5,
        "size": size,
        "faults": 0,
    }


def test_no_archive_is_made_by_looking(command, tmp_path):
    done = command("stats", "--data", "missing")
    assert (done.code, done.out) == (1, "")
    assert done.err == "filmroom: [-860] no archive in missing (name its folder with --data DIR)\n"
    assert not (tmp_path / "missing").exists()


def test_a_folder_that_is_a_file(command, tmp_path):
    (tmp_path / "file").write_text("no folder")
    assert command("stats", "--data", "file").code == 1


def test_an_index_that_is_none(command, tmp_path):
    (tmp_path / "filmroom-data").mkdir()
    (tmp_path / "filmroom-data" / "index.sqlite").write_bytes(b"no database" * 1000)
    done = command("stats")
    assert done.code == 1
    assert "the index is damaged" in done.err
    assert "filmroom reindex" in done.err
