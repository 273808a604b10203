import pytest
from identifiable import RAW_DATA, SECRET, content_item, ct_image, deidentified, item

from filmroom.deidentification import Action, Deidentifier, Option, Profile, Pseudonyms, Rules
from filmroom.dicom import VR, DataSet, Element, ImplicitVRLittleEndian, read_data_set
from filmroom.dicom.writer import encode_bytes

PSEUDONYMS = Pseudonyms(SECRET)


def test_the_patient_gets_one_pseudonym_for_name_and_id():
    made = deidentified(ct_image())
    assert made["PatientID"] == PSEUDONYMS.identifier("patient", "P-4711\0")
    assert str(made["PatientName"]) == made["PatientID"]


def test_the_same_id_of_another_issuer_is_another_patient():
    one, other = (deidentified(ct_image(IssuerOfPatientID=who)) for who in ("A", "B"))
    assert one["PatientID"] != other["PatientID"]
    assert "IssuerOfPatientID" not in one


def test_without_an_id_the_name_and_birth_date_make_the_patient():
    one, same = (deidentified(ct_image(PatientID=None, SOPInstanceUID=u)) for u in ("1.1", "1.2"))
    other = deidentified(ct_image(PatientID=None, PatientBirthDate="19700101"))
    assert one["PatientName"] == same["PatientName"] != other["PatientName"]


@pytest.mark.parametrize("keyword", ["PatientName", "PatientID", "AccessionNumber", "ContentDate"])
def test_what_is_empty_stays_empty(keyword):
    made = deidentified(ct_image(**{keyword: ""}))
    assert made[keyword] is None


def test_actions_of_the_basic_profile():
    made = deidentified(
        ct_image(
            AccessionNumber="4711",
            InstitutionName="St. Elsewhere",
            OtherPatientIDs="4712",
            ContentDate="20240131",
            ContentTime="1015",
            DeviceSerialNumber="SN1",
            KVP="120",
            SOPClassUID=RAW_DATA,
        )
    )
    assert made["AccessionNumber"] is None
    assert made["StudyDate"] is None
    assert made["InstitutionName"] == made["DeviceSerialNumber"] == "ANONYMIZED"
    assert (made["ContentDate"], made["ContentTime"]) == ("19000101", "000000")
    assert "OtherPatientIDs" not in made
    assert "PatientAge" not in made
    assert "StudyDescription" not in made
    assert made["KVP"] == 120
    assert made["Manufacturer"] == "ACME"


def test_uids_are_replaced_alike_wherever_they_stand():
    reference = item(
        ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.2", ReferencedSOPInstanceUID="1.2.3.4"
    )
    made = deidentified(ct_image(SOPClassUID=RAW_DATA, ReferencedImageSequence=(reference,)))
    (found,) = made["ReferencedImageSequence"]
    assert made["SOPInstanceUID"] == PSEUDONYMS.uid("1.2.3.4")
    assert found["ReferencedSOPInstanceUID"] == made["SOPInstanceUID"]
    assert found["ReferencedSOPClassUID"] == "1.2.840.10008.5.1.4.1.1.2"
    assert made["SOPClassUID"] == RAW_DATA


def test_several_uids_in_one_value_are_replaced_each():
    made = deidentified(ct_image(FailedSOPInstanceUIDList=("1.2.3.4", "1.2.3.5")))
    assert made["FailedSOPInstanceUIDList"] == (
        PSEUDONYMS.uid("1.2.3.4"),
        PSEUDONYMS.uid("1.2.3.5"),
    )


def test_a_uid_that_no_table_names_is_replaced_unless_it_names_a_kind():
    made = deidentified(
        ct_image(MultiFrameSourceSOPInstanceUID="1.2.3.4", CodingSchemeUID="1.2.3.5")
    )
    assert made["MultiFrameSourceSOPInstanceUID"] == PSEUDONYMS.uid("1.2.3.4")
    assert made["CodingSchemeUID"] == "1.2.3.5"


def test_retained_uids_stay():
    made = deidentified(ct_image(), Option.RETAIN_UIDS)
    assert (made["SOPInstanceUID"], made["FrameOfReferenceUID"]) == ("1.2.3.4", "1.2.3.9")


def test_a_name_in_the_place_of_a_retained_uid_does_not_stay():
    made = deidentified(ct_image(FrameOfReferenceUID="JOERG"), Option.RETAIN_UIDS)
    assert made["FrameOfReferenceUID"] == PSEUDONYMS.uid("JOERG")


def test_full_dates_stay_and_what_is_none_does_not():
    made = deidentified(
        ct_image(
            SeriesDate="JOERG", AcquisitionDateTime="20240131101530+0100", SOPClassUID=RAW_DATA
        ),
        Option.RETAIN_FULL_DATES,
    )
    assert (made["StudyDate"], made["StudyTime"]) == ("20240131", "101530.5")
    assert made["AcquisitionDateTime"] == "20240131101530+0100"
    assert made["SeriesDate"] == "19000101"
    assert made["PatientBirthDate"] is None


def test_modified_dates_move_alike_for_one_patient():
    made = deidentified(
        ct_image(SeriesDate="20240201", AcquisitionDateTime="20240131101530"),
        Option.RETAIN_MODIFIED_DATES,
    )
    study, series = made["StudyDate"], made["SeriesDate"]
    assert study < "20240131"
    assert made["StudyTime"] == "101530.5"
    assert made["AcquisitionDateTime"] == f"{study}101530"
    assert int(series[6:]) - int(study[6:]) in (1, 1 - 28, 1 - 29, 1 - 30, 1 - 31)
    assert made["PatientBirthDate"] is None


def test_dates_that_many_patients_share_do_not_tell_by_how_much_others_moved():
    code = item(CodeValue="1", CodingSchemeDesignator="DCM", CodeMeaning="x")
    code["ContextGroupVersion"] = "20020904"
    made = deidentified(
        ct_image(
            DateOfLastCalibration="20240101",
            TimezoneOffsetFromUTC="+0100",
            ProcedureCodeSequence=(code,),
        ),
        Option.RETAIN_MODIFIED_DATES,
    )
    assert "DateOfLastCalibration" not in made
    assert "TimezoneOffsetFromUTC" not in made
    assert made["ProcedureCodeSequence"][0]["ContextGroupVersion"] == "19000101000000"


def test_retained_characteristics_devices_and_institutions():
    given = ct_image(
        PatientSex="F", PatientWeight="70", InstitutionName="St. Elsewhere", StationName="CT1",
        StationAETitle="CT1", Allergies="Iodine contrast, Smith", DeviceSerialNumber="SN1",
    )  # fmt: skip
    made = deidentified(
        given,
        Option.RETAIN_PATIENT_CHARACTERISTICS,
        Option.RETAIN_DEVICE_IDENTITY,
        Option.RETAIN_INSTITUTION_IDENTITY,
    )
    assert (made["PatientSex"], made["PatientWeight"], made["PatientAge"]) == ("F", 70, "063Y")
    assert (made["InstitutionName"], made["StationName"]) == ("St. Elsewhere", "CT1")
    assert made["DeviceSerialNumber"] == "SN1"
    assert made["StationAETitle"] == PSEUDONYMS.identifier("application entity", "CT1")
    assert made["Allergies"] == "Iodine contrast"


def test_cleaned_descriptions_lose_the_words_that_are_names_here():
    given = ct_image(
        StudyDescription="CT hand Dr. Hand", ReferringPhysicianName="Hand^Rita",
        SeriesDescription="Müller", ProtocolName="Müller", SOPClassUID=RAW_DATA,
    )  # fmt: skip
    made = deidentified(given, Option.CLEAN_DESCRIPTORS)
    assert made["StudyDescription"] == "CT"
    assert "SeriesDescription" not in made
    assert made["ProtocolName"] == "ANONYMIZED"


def test_codes_of_cleaned_sequences_stay_only_from_public_schemes():
    public = item(CodeValue="C34", CodingSchemeDesignator="I10", CodeMeaning="lung cancer, Smith")
    local = item(CodeValue="SMITH", CodingSchemeDesignator="99X", CodeMeaning="Smith")
    made = deidentified(
        ct_image(AdmittingDiagnosesCodeSequence=(public, local)), Option.CLEAN_DESCRIPTORS
    )
    first, second = made["AdmittingDiagnosesCodeSequence"]
    assert (first["CodeValue"], first["CodeMeaning"]) == ("C34", "lung cancer")
    assert (second["CodeValue"], second["CodeMeaning"]) == ("ANONYMIZED", "ANONYMIZED")


def test_names_of_the_persons_are_cut_out_of_all_text_that_stays():
    given = ct_image(
        Manufacturer="ACME for Jörg MÜLLER", ManufacturerModelName="X P-4711", ScanOptions="RITA",
        Modality="CT", BodyPartExamined="CHEST", SoftwareVersions="Müller",
    )  # fmt: skip
    made = deidentified(given)
    assert made["Manufacturer"] == "ACME for"
    assert made["ManufacturerModelName"] == "X"
    assert made["ScanOptions"] is None
    assert made["BodyPartExamined"] == "CHEST"
    assert made["SoftwareVersions"] == "ANONYMIZED"


def test_a_patient_called_like_a_term_leaves_the_terms_alone():
    made = deidentified(ct_image(PatientName="Chest^Axial", BodyPartExamined="CHEST"))
    assert made["BodyPartExamined"] == "CHEST"


def test_a_patient_called_like_what_rules_the_object_does_not_break_it():
    given = ct_image(PatientName="Iso^Palette", PhotometricInterpretation="PALETTE COLOR")
    made = deidentified(given)
    assert made["SpecificCharacterSet"] == "ISO_IR 100"
    assert made["PhotometricInterpretation"] == "PALETTE COLOR"


def test_what_stands_behind_a_nul_or_is_no_number_goes():
    given = ct_image()
    given.add(Element(0x00080070, VR.LO, b"ACME\0left over memory"))
    given.add(Element(0x0008010C, VR.UI, b"1.2.3\0left over \xff memory"))
    given.add(Element(0x00180060, VR.DS, b"SMITH "))
    made = deidentified(given)
    assert made["CodingSchemeUID"] == "1.2.3"
    assert made["Manufacturer"] == "ACME"
    assert made["KVP"] is None


def test_text_keeps_its_bytes_where_nothing_is_cut_out():
    given = ct_image()
    given.add(Element(0x00080070, VR.LO, "Röntgen ".encode("latin_1")))
    assert bytes(deidentified(given).raw("Manufacturer")) == "Röntgen ".encode("latin_1")


def test_items_keep_the_character_set_of_their_surroundings():
    code = item(CodeMeaning="Oberschenkel früh")
    made = deidentified(ct_image(AnatomicRegionSequence=(code,)))
    assert made["AnatomicRegionSequence"][0]["CodeMeaning"] == "Oberschenkel früh"


@pytest.mark.parametrize("tag", [0x00081234, 0x00020010, 0x00040010, 0x00000100])
def test_attributes_that_nobody_knows_or_that_do_not_belong_go(tag):
    given = ct_image()
    given.set(tag, VR.LO if tag != 0x00000100 else VR.US, 1 if tag == 0x00000100 else "1.2.3")
    deidentifier = Deidentifier(secret=SECRET)
    result = deidentifier.apply(given)
    assert tag not in result.data_set


def test_overlays_and_curves_go():
    given = ct_image()
    for tag, vr in ((0x60003000, VR.OW), (0x60020010, VR.US), (0x50003000, VR.OW)):
        given.set(tag, vr, 1 if vr is VR.US else b"\1\2")
    given.set(0x60004000, VR.LT, "Smith")
    assert not [tag for tag in deidentified(given).tags() if tag >> 24 in (0x50, 0x60)]


def test_what_a_dummy_sequence_holds_is_conformant():
    given = ct_image(
        SOPClassUID=RAW_DATA,
        ContentSequence=(content_item("TEXT", "121106", TextValue="Smith"),),
        OperatorIdentificationSequence=(item(InstitutionName="X"),),
        GraphicAnnotationSequence=(item(GraphicLayer="LAYER1"),),
        VerifyingObserverSequence=(item(VerifyingOrganization="X", VerifyingObserverName="Y"),),
    )
    made = deidentified(given)
    (content,) = made["ContentSequence"]
    assert (content["ValueType"], content["TextValue"]) == ("TEXT", "ANONYMIZED")
    (operator,) = made["OperatorIdentificationSequence"]
    assert operator["PersonIdentificationCodeSequence"][0]["CodeMeaning"] == "Anonymized"
    (annotation,) = made["GraphicAnnotationSequence"]
    assert annotation["GraphicLayer"] == "LAYER1"
    (observer,) = made["VerifyingObserverSequence"]
    assert observer["VerifyingOrganization"] == str(observer["VerifyingObserverName"])


def test_an_encapsulated_document_becomes_an_empty_one():
    made = deidentified(
        ct_image(
            MIMETypeOfEncapsulatedDocument="application/pdf",
            EncapsulatedDocument=b"%PDF-1.4 Smith",
            EncapsulatedDocumentLength=14,
            DocumentTitle="Report on Smith",
        )
    )
    document = bytes(made.raw("EncapsulatedDocument"))
    assert document.startswith(b"%PDF")
    assert b"Smith" not in document
    assert made["EncapsulatedDocumentLength"] == len(document.rstrip(b"\0"))
    assert made["EncapsulatedDocumentLength"] > 300
    assert made["DocumentTitle"] is None


def test_pixels_in_items_go():
    nested = item(PixelData=b"\1\2", Rows=1)
    made = deidentified(ct_image(AnatomicRegionSequence=(nested,)))
    assert list(made["AnatomicRegionSequence"][0].tags()) == [0x00280010]


def test_sequences_written_as_un_are_gone_through():
    inner = item(PatientName="Mueller^Joerg", ReferencedSOPInstanceUID="1.2.3.4")
    wrapped = DataSet(ImplicitVRLittleEndian)
    wrapped["AnatomicRegionSequence"] = (inner,)
    raw = encode_bytes(wrapped, ImplicitVRLittleEndian)[8:]
    given = ct_image()
    given.add(Element(0x00082218, VR.UN, raw))
    (found,) = deidentified(given)["AnatomicRegionSequence"]
    assert found["ReferencedSOPInstanceUID"] == PSEUDONYMS.uid("1.2.3.4")
    assert str(found["PatientName"]).startswith("ANON")


def test_the_data_set_given_stays_as_it_is():
    given = ct_image()
    before = encode_bytes(given, given.transfer_syntax)
    Deidentifier(secret=SECRET).apply(given)
    assert encode_bytes(given, given.transfer_syntax) == before


def test_actions_of_the_house_go_before_those_of_the_profile():
    rules = Rules(actions={0x00081030: Action.K, 0x00080070: Action.X, 0x00080060: Action.D})
    made = deidentified(ct_image(), rules=rules)
    assert made["StudyDescription"] == "CT Thorax Dr. Hand"
    assert "Manufacturer" not in made
    assert made["Modality"] == "ANONYMIZED"
    assert made.values_of("DeidentificationMethod")[0].endswith("with local actions")


def test_actions_are_counted():
    given = ct_image()
    given.set(0x00091001, VR.LO, "x")
    given.set(0x00081234, VR.LO, "x")
    result = Deidentifier(Profile.basic(Option.RETAIN_FULL_DATES), secret=SECRET).apply(given)
    assert result.actions == {
        "U": 4, "K": 2, "Z": 4, "X": 2, "private": 1, "unknown": 1,
    }  # fmt: skip


def test_values_cut_off_at_the_end_of_a_sequence_do_not_come_along():
    """A sequence of defined length with bytes behind its last item."""
    items = bytes.fromhex("feff00e0 00000000") + b"Smith!"
    raw = bytes.fromhex("08001822 53510000") + len(items).to_bytes(4, "little") + items
    source = read_data_set(raw, ct_image().transfer_syntax)
    result = Deidentifier(secret=SECRET).apply(source)
    assert b"Smith" not in encode_bytes(result.data_set, result.transfer_syntax)
