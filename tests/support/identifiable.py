"""Objects that tell who they are of, for the tests of de-identification."""

from filmroom.deidentification import Deidentifier, Profile
from filmroom.dicom import DataSet, ExplicitVRLittleEndian, encode_bytes, read_data_set

SECRET = bytes(range(32))
CT = "1.2.840.10008.5.1.4.1.1.2"
RAW_DATA = "1.2.840.10008.5.1.4.1.1.66"
"""A class whose attributes have types that are not known here."""
ULTRASOUND = "1.2.840.10008.5.1.4.1.1.6.1"


def item(**attributes):
    """A data set of ``attributes``; None leaves one out."""
    data_set = DataSet()
    for keyword, value in attributes.items():
        if value is not None:
            data_set[keyword] = value
    return data_set


def ct_image(**attributes):
    """A small CT image without pixels; ``attributes`` replace its own."""
    return item(
        **{
            "SpecificCharacterSet": "ISO_IR 100",
            "SOPClassUID": CT,
            "SOPInstanceUID": "1.2.3.4",
            "StudyDate": "20240131",
            "StudyTime": "101530.5",
            "Modality": "CT",
            "Manufacturer": "ACME",
            "ReferringPhysicianName": "Referrer^Rita",
            "StudyDescription": "CT Thorax Dr. Hand",
            "PatientName": "Müller^Jörg",
            "PatientID": "P-4711",
            "PatientBirthDate": "19600229",
            "PatientAge": "063Y",
            "StudyInstanceUID": "1.2.3",
            "SeriesInstanceUID": "1.2.3.1",
            "FrameOfReferenceUID": "1.2.3.9",
            **attributes,
        }
    )


def pixels(rows=8, columns=8, frames=1, samples=1, bits=8, stored=None, value=None, **attributes):
    """The attributes of an image with pixel data, 0x55 in every byte unless ``value`` is given."""
    stored = bits if stored is None else stored
    length = (rows * columns * frames * samples * bits + 7) // 8
    return {
        "SamplesPerPixel": samples,
        "PhotometricInterpretation": "RGB" if samples == 3 else "MONOCHROME2",
        "PlanarConfiguration": 0 if samples == 3 else None,
        "NumberOfFrames": frames,
        "Rows": rows,
        "Columns": columns,
        "BitsAllocated": bits,
        "BitsStored": stored,
        "HighBit": stored - 1,
        "PixelRepresentation": 0,
        "PixelData": b"\x55" * length if value is None else value,
        **attributes,
    }


def content_item(value_type, concept, scheme="DCM", **attributes):
    """A content item of a structured report."""
    code = item(CodeValue=concept, CodingSchemeDesignator=scheme, CodeMeaning="Concept")
    return item(
        RelationshipType="CONTAINS",
        ValueType=value_type,
        ConceptNameCodeSequence=(code,),
        **attributes,
    )


def reread(data_set, syntax=ExplicitVRLittleEndian):
    """``data_set`` as it is read from its bytes."""
    return read_data_set(encode_bytes(data_set, syntax), syntax)


def deidentified(data_set, *options, rules=None, **settings):
    """What comes of ``data_set``, written and read once more."""
    profile = Profile.basic(*options, rules=rules)
    result = Deidentifier(profile, secret=SECRET, **settings).apply(reread(data_set))
    return reread(result.data_set, result.transfer_syntax)
