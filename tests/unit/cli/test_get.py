import pytest
from loop import BIG_ENDIAN, EXPLICIT, JPEG, keep
from objects import ROOT, by_instance, ct_image, encoded

from filmroom import net
from filmroom.dicom import read_file

STUDY = ("-k", f"StudyInstanceUID={ROOT}.1.1")


@pytest.fixture
def filled(archive):
    keep(archive, *(ct_image(1, 1, 1, number) for number in (1, 2)), ct_image(2))
    return archive


def test_files_hold_what_was_sent(command, filled, served, tmp_path):
    with served(aet="ARCHIVE") as address:
        done = command("get", *address, "--called", "ARCHIVE", "--out", "new/out", *STUDY)
    assert (done.code, done.out) == (0, "2 fetched, 0 failed, 0 with a warning\n")
    files = sorted((tmp_path / "new" / "out").iterdir())
    uids = [f"{ROOT}.1.1.1.{number}" for number in (1, 2)]
    assert [file.name for file in files] == [f"{uid}.dcm" for uid in uids]
    assert by_instance(files) == {
        uid: encoded(ct_image(1, 1, 1, number)) for number, uid in enumerate(uids, 1)
    }
    assert read_file(files[0]).meta.text("SourceApplicationEntityTitle") == "ARCHIVE"


def test_json(command, filled, served):
    with served() as address:
        record = command("get", *address, "--out", "out", *STUDY, "--json").json()
    assert (record["status"], record["completed"], record["failed_uids"]) == (0, 2, [])


@pytest.mark.parametrize("syntax", [BIG_ENDIAN, JPEG])
def test_the_kept_transfer_syntax_is_taken_as_it_is(command, archive, served, tmp_path, syntax):
    """Because the peer is asked first what it holds."""
    if syntax == JPEG:
        data = encoded(ct_image())
        incoming = archive.receive("1.2.840.10008.5.1.4.1.1.2", ct_image().SOPInstanceUID, JPEG)
        incoming.write(memoryview(data))
        incoming.finish().result()
    else:
        keep(archive, ct_image(), syntax=syntax)
    with served() as address:
        assert command("get", *address, "--out", "out", *STUDY).code == 0
    (file,) = (tmp_path / "out").iterdir()
    assert read_file(file).transfer_syntax.uid == syntax


def test_what_is_taken_can_be_named(command, archive, served, tmp_path):
    keep(archive, ct_image(), syntax=BIG_ENDIAN)
    take = ("--sop-class", "CTImageStorage")
    with served() as address:
        for arguments, syntax in (
            (take, EXPLICIT),  # uncompressed as usual
            ((*take, "--syntax", "ExplicitVRBigEndian"), BIG_ENDIAN),
            ((*take, "--syntax", JPEG), EXPLICIT),
        ):
            assert command("get", *address, "--out", "out", *STUDY, *arguments).code == 0
            (file,) = (tmp_path / "out").iterdir()
            assert read_file(file).transfer_syntax.uid == syntax
        done = command("get", *address, "--out", "mr", *STUDY, "--sop-class", "MRImageStorage")
    assert (done.code, done.out) == (1, "0 fetched, 1 failed, 0 with a warning\n")
    assert f"not sent: {ROOT}.1.1.1.1" in done.err
    assert list((tmp_path / "mr").iterdir()) == []


def test_a_file_that_cannot_be_written_fails_and_the_others_do_not(
    command, filled, served, tmp_path
):
    (tmp_path / "out" / f"{ROOT}.1.1.1.1.dcm").mkdir(parents=True)
    with served() as address:
        done = command("get", *address, "--out", "out", *STUDY)
    assert (done.code, done.out) == (1, "1 fetched, 1 failed, 0 with a warning\n")
    assert f"not sent: {ROOT}.1.1.1.1" in done.err
    files = [path.name for path in (tmp_path / "out").iterdir() if path.is_file()]
    assert files == [f"{ROOT}.1.1.1.2.dcm"]


def test_nothing_matches(command, filled, served, tmp_path):
    with served() as address:
        done = command("get", *address, "--out", "out", "-k", "StudyInstanceUID=1.2.3")
    assert (done.code, done.out) == (0, "0 fetched, 0 failed, 0 with a warning\n")


def test_a_key_that_is_no_unique_one(command, filled, served):
    with served() as address:
        done = command("get", *address, "--out", "out", "-k", "PatientName=Patient*")
    assert done.code == 1
    assert "status A900" in done.err


def stores(*uids, cut=False):
    """Serves a C-GET by storing empty objects of these UIDs; ``cut`` ends in the middle."""

    def serve(operation):
        async def work():
            connection = operation.connection
            (context,) = [c for c in connection.negotiated.contexts.values() if c.as_scu][-1:]
            statuses = []
            for uid in uids:
                request = net.CStoreRQ(
                    message_id=connection.next_message_id(),
                    affected_sop_class_uid=context.abstract_syntax,
                    affected_sop_instance_uid=uid,
                )
                if cut:
                    parts = connection.association.send_message(
                        context.context_id, request, 0, bytes(300_000)
                    )
                    connection._transport.writelines(next(parts))
                    connection._transport.close()
                    return
                answer = await connection.request_one(
                    context.context_id, request, b"data", timeout=10
                )
                statuses.append(answer.message.status)
            failed = sum(1 for status in statuses if status)
            await operation.respond(
                net.response_to(
                    operation.message,
                    0xB000 if failed else 0,
                    number_of_completed_suboperations=len(uids) - failed,
                    number_of_failed_suboperations=failed,
                    number_of_warning_suboperations=0,
                )
            )

        return work()

    return serve


TAKE = ("--sop-class", "CTImageStorage")


def test_a_uid_that_is_a_path_writes_nothing(command, peer, tmp_path):
    with peer(stores("../../evil", "1.2.3")) as address:
        done = command("get", *address, "--out", "deep/out", *STUDY, *TAKE)
    assert (done.code, done.out) == (1, "1 fetched, 1 failed, 0 with a warning\n")
    written = [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()]
    assert written == ["deep/out/1.2.3.dcm"]


def test_a_peer_that_leaves_in_the_middle_leaves_no_half_file(command, peer, tmp_path):
    with peer(stores("1.2.3", cut=True)) as address:
        done = command("get", *address, "--out", "out", *STUDY, *TAKE)
    assert done.code == 1
    assert "[-821]" in done.err
    assert list((tmp_path / "out").iterdir()) == []


def test_a_peer_that_cannot_be_asked_gets_the_usual_classes_proposed(command, peer, tmp_path):
    refuses = [(0xA900, None, {})]
    with peer(refuses, stores("1.2.3")) as address:
        done = command("get", *address, "--out", "out", *STUDY)
    assert (done.code, done.out) == (0, "1 fetched, 0 failed, 0 with a warning\n")
    assert "the peer does not say what it holds, the usual is asked for" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("127.0.0.1", "104"),
        ("127.0.0.1", "104", "--out", "x", "--sop-class", "Nonsense"),
        ("127.0.0.1", "104", "--out", "x", "--sop-class", "CTImageStorage", "--syntax", "JPEG"),
    ],
)
def test_wrong_use(command, arguments):
    assert command("get", *arguments).code == 2
