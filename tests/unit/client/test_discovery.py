import pytest
from loop import (
    BIG_ENDIAN,
    CT,
    EXPLICIT,
    IMPLICIT,
    LOCAL,
    MR,
    PATIENT_FIND,
    STUDY_FIND,
    Handler,
    accepting,
    in_loop,
    keep,
    key,
    remote,
    serving,
)
from objects import ROOT, ct_image

from filmroom.client import ProposedContext, associate, kinds_held
from filmroom.dicom import encode_bytes, read_data_set, transfer_syntax
from filmroom.errors import DimseFailure

STUDY, SERIES = f"{ROOT}.1.1", f"{ROOT}.1.1.2"


@pytest.fixture
def filled(archive):
    """A study of two series: CT explicit and implicit, MR in big endian; another study, MR."""
    keep(archive, ct_image(1, 1, 1, 1), ct_image(1, 1, 1, 2))
    keep(archive, ct_image(1, 1, 1, 3), syntax=IMPLICIT)
    keep(archive, ct_image(1, 1, 2, 1, SOPClassUID=MR, Modality="MR"), syntax=BIG_ENDIAN)
    keep(archive, ct_image(1, 2, 1, 1, SOPClassUID=MR, Modality="MR"))
    return archive


async def held(port, identifier, model=STUDY_FIND):
    async with associate(remote(port), LOCAL, [ProposedContext(model, (IMPLICIT,))]) as connection:
        return await kinds_held(connection, model, identifier, timeout=10)


@pytest.mark.parametrize(
    ("model", "identifier", "kinds"),
    [
        (
            PATIENT_FIND,
            key("PATIENT", PatientID="P1"),
            {(CT, EXPLICIT), (CT, IMPLICIT), (MR, BIG_ENDIAN), (MR, EXPLICIT)},
        ),
        (
            PATIENT_FIND,
            key("STUDY", PatientID="P1", StudyInstanceUID=f"{ROOT}.1.2"),
            {(MR, EXPLICIT)},
        ),
        (
            STUDY_FIND,
            key("STUDY", StudyInstanceUID=STUDY),
            {(CT, EXPLICIT), (CT, IMPLICIT), (MR, BIG_ENDIAN)},
        ),
        (
            STUDY_FIND,
            key("STUDY", StudyInstanceUID=[STUDY, f"{ROOT}.1.2"]),
            {(CT, EXPLICIT), (CT, IMPLICIT), (MR, BIG_ENDIAN), (MR, EXPLICIT)},
        ),
        (
            STUDY_FIND,
            key("SERIES", StudyInstanceUID=STUDY, SeriesInstanceUID=SERIES),
            {(MR, BIG_ENDIAN)},
        ),
        (
            STUDY_FIND,
            key(
                "IMAGE",
                StudyInstanceUID=STUDY,
                SeriesInstanceUID=f"{ROOT}.1.1.1",
                SOPInstanceUID=[f"{ROOT}.1.1.1.1", f"{ROOT}.1.1.1.3"],
            ),
            {(CT, EXPLICIT), (CT, IMPLICIT)},
        ),
        (STUDY_FIND, key("STUDY", StudyInstanceUID="1.2.3"), set()),
        (STUDY_FIND, key("STUDY"), set()),
    ],
    ids=[
        *("a patient", "a study of a patient", "a study", "two studies", "a series"),
        *("two images", "an unknown study", "no key at all"),
    ],
)
@in_loop
async def test_each_pair_of_what_is_named_once(filled, model, identifier, kinds):
    async with serving(filled) as server:
        got = await held(server.port, identifier, model)
    assert set(got) == kinds
    assert len(got) == len(kinds)


def image(**values):
    return encode_bytes(key("IMAGE", **values), transfer_syntax(IMPLICIT))


@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        ({"SOPClassUID": CT}, [(CT, "")]),
        ({"SOPClassUID": CT, "AvailableTransferSyntaxUID": "1.2.3.4"}, [(CT, "")]),
        ({"AvailableTransferSyntaxUID": EXPLICIT}, []),
    ],
    ids=["no syntax told", "a syntax that nobody knows", "no class told"],
)
@in_loop
async def test_peers_that_do_not_tell_all(scripted, values, kinds):
    series = encode_bytes(key("SERIES", SeriesInstanceUID=SERIES), transfer_syntax(IMPLICIT))
    peer = scripted(
        [(0xFF00, series, {}), (0, None, {})],
        [(0xFF01, image(**values), {}), (0, None, {})],
    )
    async with accepting(Handler(peer)) as port:
        assert await held(port, key("STUDY", StudyInstanceUID=STUDY)) == kinds
    asked = [read_data_set(data, transfer_syntax(IMPLICIT)) for data in peer.data]
    assert [a.text("QueryRetrieveLevel") for a in asked] == ["SERIES", "IMAGE"]
    assert asked[1].text("StudyInstanceUID") == STUDY  # hierarchical: every key above the level
    assert asked[1].text("SeriesInstanceUID") == SERIES


@in_loop
async def test_a_peer_that_cannot_be_asked(scripted):
    async with accepting(Handler(scripted([(0xA900, None, {})]))) as port:
        with pytest.raises(DimseFailure):
            await held(port, key("STUDY", StudyInstanceUID=STUDY))
