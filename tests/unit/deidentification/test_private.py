import pytest
from identifiable import SECRET, ct_image, deidentified, item

from filmroom.deidentification import Option, Pseudonyms, Rules
from filmroom.deidentification.private import SafePrivate, parse_private_tag
from filmroom.deidentification.table import Action
from filmroom.dicom import VR, DataSet, Element, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from filmroom.dicom.writer import encode_bytes
from filmroom.errors import ConfigurationError

SAFE = Option.RETAIN_SAFE_PRIVATE


def with_private(*elements, **attributes):
    data_set = ct_image(**attributes)
    for tag, vr, value in elements:
        data_set.set(tag, vr, value)
    return data_set


PHILIPS = (
    (0x70530010, VR.LO, "Philips PET Private Group"),
    (0x70531000, VR.DS, "0.5"),
    (0x70531001, VR.LO, "Smith"),
    (0x70530011, VR.LO, "SOMEONE ELSE"),
    (0x70531100, VR.DS, "0.7"),
)


def private(data_set):
    return {int(tag) for tag in data_set.tags() if tag.is_private}


def test_without_the_option_none_stays():
    assert private(deidentified(with_private(*PHILIPS))) == set()


def test_safe_ones_stay_with_their_creator_and_no_other():
    made = deidentified(with_private(*PHILIPS), SAFE)
    assert private(made) == {0x70530010, 0x70531000}
    assert (made[0x70530010], made[0x70531000]) == ("Philips PET Private Group", 0.5)
    (block,) = made["PrivateDataElementCharacteristicsSequence"]
    assert (block["PrivateGroupReference"], block["BlockIdentifyingInformationStatus"]) == (
        0x7053,
        "SAFE",
    )


def test_the_block_may_be_any():
    made = deidentified(
        with_private((0x705300AB, VR.LO, "Philips PET Private Group"), (0x7053AB09, VR.DS, "1")),
        SAFE,
    )
    assert private(made) == {0x705300AB, 0x7053AB09}


def test_a_private_attribute_without_a_creator_goes():
    assert private(deidentified(with_private((0x70531000, VR.DS, "1")), SAFE)) == set()


def test_private_uids_are_replaced():
    made = deidentified(
        with_private((0x00990010, VR.LO, "NQHeader"), (0x00991002, VR.UI, "1.2.3.1")), SAFE
    )
    assert made[0x00991002] == Pseudonyms(SECRET).uid("1.2.3.1")


def test_in_items_too():
    inner = item()
    inner.set(0x20010010, VR.LO, "Philips Imaging DD 001")
    inner.set(0x20011003, VR.FL, 800.0)
    inner.set(0x20011004, VR.CS, "P")
    inner.set(0x20011005, VR.LO, "Smith")
    made = deidentified(ct_image(SharedFunctionalGroupsSequence=(inner,)), SAFE)
    (found,) = made["SharedFunctionalGroupsSequence"]
    assert private(found) == {0x20010010, 0x20011003, 0x20011004}


def test_values_of_vr_un_are_understood_by_the_table():
    given = with_private((0x00990010, VR.LO, "NQHeader"))
    given.add(Element(0x00991002, VR.UN, b"1.2.3.1\0"))
    given.add(Element(0x00991005, VR.UN, "Müller ok".encode("latin_1") + b" "))
    made = deidentified(given, SAFE)
    assert made[0x00991002] == Pseudonyms(SECRET).uid("1.2.3.1")
    assert made[0x00991005] == "ok"


def test_private_sequences_of_vr_un_are_gone_through():
    inner = DataSet(ImplicitVRLittleEndian)
    inner["PatientName"] = "Mueller^Joerg"
    inner["Rows"] = 5
    wrapped = DataSet(ImplicitVRLittleEndian)
    wrapped.set(0x7E011010, VR.SQ, [inner])
    given = with_private((0x7E010010, VR.LO, "HOLOGIC, Inc."))
    given.add(Element(0x7E011010, VR.UN, encode_bytes(wrapped, ImplicitVRLittleEndian)[8:]))
    made = deidentified(given, SAFE)
    (found,) = made[0x7E011010]
    assert found["Rows"] == 5
    assert str(found["PatientName"]).startswith("ANON")


def test_copies_of_the_pixels_go_where_pixels_are_cleaned():
    given = with_private(
        (0x7E010010, VR.LO, "HOLOGIC, Inc."),
        (0x7E011001, VR.LO, "1.0"),
        (0x7E011012, VR.OB, b"\1\2"),
    )
    assert private(deidentified(given, SAFE)) == {0x7E010010, 0x7E011001, 0x7E011012}
    made = deidentified(given, SAFE, Option.CLEAN_PIXEL_DATA)
    assert private(made) == {0x7E010010, 0x7E011001}


def test_the_user_may_know_more():
    rules = Rules(private={"SOMEONE ELSE": frozenset({0x70530000})})
    made = deidentified(with_private(*PHILIPS), SAFE, rules=rules)
    assert private(made) == {0x70530010, 0x70530011, 0x70531000, 0x70531100}


def characteristics(**attributes):
    return item(PrivateGroupReference=0x0011, PrivateCreatorReference="ACME", **attributes)


ACME = (
    (0x00110010, VR.LO, "ACME"),
    (0x00111001, VR.LO, "fast"),
    (0x00111002, VR.UI, "1.2.3"),
    (0x00111003, VR.LO, "Smith"),
)


@pytest.mark.parametrize(
    ("declared", "kept"),
    [
        (characteristics(BlockIdentifyingInformationStatus="SAFE"), {1, 2, 3}),
        (characteristics(BlockIdentifyingInformationStatus="UNSAFE"), set()),
        (
            characteristics(
                BlockIdentifyingInformationStatus="MIXED", NonidentifyingPrivateElements=(1,)
            ),
            {1},
        ),
        (
            characteristics(
                BlockIdentifyingInformationStatus="SAFE",
                DeidentificationActionSequence=(
                    item(IdentifyingPrivateElements=(2,), DeidentificationAction="U"),
                    item(IdentifyingPrivateElements=(3,), DeidentificationAction="X"),
                ),
            ),
            {1, 2},
        ),
    ],
)
def test_what_the_object_declares_of_its_own_blocks(declared, kept):
    given = with_private(*ACME, PrivateDataElementCharacteristicsSequence=(declared,))
    made = deidentified(given, SAFE)
    wanted = {0x00111000 + element for element in kept}
    assert private(made) == (wanted | {0x00110010} if wanted else set())
    if kept == {1, 2}:
        assert made[0x00111002] == Pseudonyms(SECRET).uid("1.2.3")


def test_an_implicit_object_keeps_its_safe_ones():
    given = with_private(*PHILIPS)
    from filmroom.deidentification import Deidentifier, Profile
    from filmroom.dicom import read_data_set

    raw = encode_bytes(given, ImplicitVRLittleEndian)
    source = read_data_set(raw, ImplicitVRLittleEndian)
    result = Deidentifier(Profile.basic(SAFE), secret=SECRET).apply(source)
    again = read_data_set(
        encode_bytes(result.data_set, ExplicitVRLittleEndian), ExplicitVRLittleEndian
    )
    assert again[0x70531000] == 0.5


def test_a_private_tag_is_written_with_xx_for_the_block():
    for text in ("7053,xx09", "(7053,xx09)", "7053XX09"):
        assert parse_private_tag(text) == 0x70530009


@pytest.mark.parametrize("text", ["7053,1009", "0028,xx10", "7053,xx", "KVP", "705G,xx09"])
def test_anything_else_is_refused(text):
    with pytest.raises(ConfigurationError, match="names no private attribute"):
        parse_private_tag(text)


def test_an_unknown_creator_is_unsafe():
    assert SafePrivate().of("NOBODY", 0x00091001).action is Action.X
