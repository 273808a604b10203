import json

import pytest
from loop import IMPLICIT, keep, key
from objects import ROOT, ct_image

from filmroom import net
from filmroom.dicom import encode_bytes, transfer_syntax


@pytest.fixture
def filled(archive):
    keep(archive, *(ct_image(1, study, 1, 1) for study in (1, 2, 3)))
    keep(
        archive, ct_image(2, 9, 1, 1, PatientName="Müller^Jörg", SpecificCharacterSet="ISO_IR 100")
    )
    return archive


def test_each_match_is_shown_with_its_keywords(command, filled, served):
    with served() as address:
        done = command("find", *address, "-k", "PatientName=müller*", "-k", "StudyDescription")
    assert done.code == 0
    assert done.out.splitlines() == [
        "                 RetrieveAETitle  FILMROOM",
        "                StudyDescription  Study 9",
        "                     PatientName  Müller^Jörg",
        f"                StudyInstanceUID  {ROOT}.2.9",
        "",
        "1 match",
    ]


def test_no_match_is_no_failure(command, filled, served):
    with served() as address:
        done = command("find", *address, "-k", "PatientID=NOBODY")
    assert (done.code, done.out) == (0, "0 matches\n")


def test_json_is_a_line_a_match(command, filled, served):
    with served() as address:
        done = command("find", *address, "-k", "PatientID=P1", "-k", "StudyID", "--json")
    records = [json.loads(line) for line in done.out.splitlines()]
    assert sorted(record["StudyID"] for record in records) == ["1", "2", "3"]
    assert records[0]["QueryRetrieveLevel"] == "STUDY"


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (("--level", "study"), 4),
        (("--level", "series", "--relational"), 4),
        (("--level", "image", "--relational"), 4),
        (("--level", "patient", "--root", "patient"), 2),
        (("--level", "study", "--root", "patient", "-k", "PatientID=P1"), 3),
        (("--level", "study", "--limit", "2"), 2),
    ],
)
def test_levels_roots_and_limits(command, filled, served, arguments, count):
    with served() as address:
        done = command("find", *address, *arguments, "--json")
    assert (done.code, len(done.out.splitlines())) == (0, count)


def test_a_failure_is_told(command, filled, served):
    with served() as address:
        done = command("find", *address, "--level", "series")
    assert (done.code, done.out) == (1, "")
    told = done.err.splitlines()[-1]  # the server's own warning, in this process too, is before it
    assert told.startswith("filmroom: [-840] C-FIND failed with status A900")


def test_sequences_are_counted_for_people_and_whole_in_json(command, archive, served):
    from pydicom.dataset import Dataset

    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "CTHEAD", "99LOCAL", "Head"
    keep(archive, ct_image(ProcedureCodeSequence=[item]))
    with served() as address:
        text = command("find", *address, "-k", "ProcedureCodeSequence").out
        record = command("find", *address, "-k", "ProcedureCodeSequence", "--json").json()
    assert "ProcedureCodeSequence  1 items" in text
    assert record["ProcedureCodeSequence"][0]["CodeMeaning"] == "Head"


def test_numbers_are_numbers_in_json(command, filled, served):
    with served() as address:
        record = command(
            *("find", *address, "--level", "image", "--relational", "-k", "PatientID=P2"),
            *("-k", "InstanceNumber", "-k", "Rows", "--json"),
        ).json()
    assert (record["InstanceNumber"], record["Rows"]) == (1, 16)


def test_a_warning_of_the_protocol_does_not_disturb_the_output(command, peer):
    """A response that nobody asked for comes first: logged, on standard error."""
    match = encode_bytes(key("STUDY", StudyID="1"), transfer_syntax(IMPLICIT))

    def confused(operation):
        async def work():
            stray = net.CEchoRSP(message_id_being_responded_to=77, status=0)
            await operation.connection.send(operation.context.context_id, stray)
            for status, data in ((0xFF00, match), (0, None)):
                await operation.respond(net.response_to(operation.message, status), data)

        return work()

    with peer(confused) as address:
        done = command("find", *address, "--json")
    assert done.json()["StudyID"] == "1"
    assert "unasked_response" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        *((), ("127.0.0.1", "104", "--level", "volume"), ("127.0.0.1", "104", "--root", "series")),
        *(("127.0.0.1", "104", "-k", "Nonsense"), ("127.0.0.1", "104", "--limit", "0")),
    ],
)
def test_wrong_use(command, arguments):
    done = command("find", *arguments)
    assert done.code == 2
    assert "Traceback" not in done.err
