"""Rules about what the object is: UIDs, SOP class and modality, time zone, document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.dictionary import uid_keyword
from filmroom.dicom.validation.finding import Severity
from filmroom.dicom.validation.rules.rule import Fault, Rule, Subject, number

__all__ = ["IDENTITY_RULES", "MODALITIES"]

_SOP_CLASS_UID, _SOP_INSTANCE_UID = 0x00080016, 0x00080018
_STUDY_INSTANCE_UID, _SERIES_INSTANCE_UID = 0x0020000D, 0x0020000E
_FRAME_OF_REFERENCE_UID = 0x00200052
_DISTINCT = (_STUDY_INSTANCE_UID, _SERIES_INSTANCE_UID, _SOP_INSTANCE_UID, _FRAME_OF_REFERENCE_UID)
_MODALITY = 0x00080060
_PRESENTATION_INTENT_TYPE = 0x00080068
_TIMEZONE_OFFSET = 0x00080201
_IMAGE_TYPE = 0x00080008
_EMPTY_VALUE_3 = ("digital-x-ray-image", "digital-intra-oral-x-ray-image")
_ENCAPSULATED_DOCUMENT, _DOCUMENT_LENGTH = 0x00420011, 0x00420015
_MIME_TYPE = 0x00420012
_VERIFICATION_FLAG, _COMPLETION_FLAG = 0x0040A493, 0x0040A491
_OFFSET = re.compile(r"[+-]\d{4}", re.ASCII)

MODALITIES: Mapping[str, tuple[str, ...]] = {
    "computed-radiography-image": ("CR",),
    "ct-image": ("CT",),
    "mr-image": ("MR",),
    "ultrasound-image": ("US", "IVUS"),
    "ultrasound-multi-frame-image": ("US", "IVUS"),
    "nuclear-medicine-image": ("NM",),
    "positron-emission-tomography-image": ("PT",),
    "x-ray-angiographic-image": ("XA",),
    "x-ray-radiofluoroscopic-image": ("RF",),
    "rt-image": ("RTIMAGE",),
    "rt-dose": ("RTDOSE",),
    "rt-structure-set": ("RTSTRUCT",),
    "rt-plan": ("RTPLAN",),
    "segmentation": ("SEG",),
}
"""Modality by IOD where no specialised series module says it (PS3.3 §C.7.3.1.1.1)."""

_INTENTS = {"ForPresentation": "FOR PRESENTATION", "ForProcessing": "FOR PROCESSING"}
_DOCUMENT_TYPES = {
    "encapsulated-pdf": "application/pdf",
    "encapsulated-cda": "text/XML",
    "encapsulated-stl": "model/stl",
    "encapsulated-obj": "model/obj",
    "encapsulated-mtl": "model/mtl",
}
_PDF_MAGIC = b"%PDF-"


def _uids(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    seen: set[str] = set()
    for tag in _DISTINCT:
        uid = data_set.text(tag)
        if uid and uid in seen:
            yield tag, "the same UID names something else as well"
        seen.add(uid)


def _registered(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    # A SOP Instance UID may be: colour palettes and the like are well-known instances.
    for tag in (_STUDY_INSTANCE_UID, _SERIES_INSTANCE_UID):
        if uid_keyword(data_set.text(tag)):
            yield tag, "a UID that the standard itself registers"


def _modality(data_set: DataSet, subject: Subject) -> Iterator[Fault]:
    allowed, modality = MODALITIES.get(subject.iod), data_set.text(_MODALITY)
    if allowed and modality and modality not in allowed:
        yield _MODALITY, f"the SOP class makes it {' or '.join(allowed)}"


def _intent(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    intent = data_set.text(_PRESENTATION_INTENT_TYPE)
    keyword = uid_keyword(data_set.text(_SOP_CLASS_UID))
    for ending, expected in _INTENTS.items():
        if intent and keyword.endswith(ending) and intent != expected:
            yield _PRESENTATION_INTENT_TYPE, f"the SOP class makes it {expected}"


def _image_type(data_set: DataSet, subject: Subject) -> Iterator[Fault]:
    values = data_set.values_of(_IMAGE_TYPE)
    if subject.iod in _EMPTY_VALUE_3 and values and (len(values) < 3 or values[2]):
        yield _IMAGE_TYPE, "value 3 is not there, or not empty"


def _time_zone(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    offset = data_set.text(_TIMEZONE_OFFSET)
    if offset and (
        not _OFFSET.fullmatch(offset)
        or offset == "-0000"
        or not -1200 <= int(offset) <= 1400
        or int(offset[3:]) >= 60
    ):
        yield _TIMEZONE_OFFSET, "not an offset from UTC, -1200 to +1400"


def _document(data_set: DataSet, subject: Subject) -> Iterator[Fault]:
    expected, given = _DOCUMENT_TYPES.get(subject.iod), data_set.text(_MIME_TYPE)
    if expected and given and given.lower() != expected.lower():
        yield _MIME_TYPE, f"the SOP class makes it {expected}"
    raw = data_set.raw(_ENCAPSULATED_DOCUMENT)
    if not raw:
        return
    if subject.iod == "encapsulated-pdf" and bytes(raw[: len(_PDF_MAGIC)]) != _PDF_MAGIC:
        yield _ENCAPSULATED_DOCUMENT, "does not begin as a PDF file does"
    length = number(data_set, _DOCUMENT_LENGTH)
    if length is not None and not len(raw) - 1 <= length <= len(raw):
        yield _DOCUMENT_LENGTH, f"{length} bytes, but the document has {len(raw)} with padding"


def _verified(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    if data_set.text(_VERIFICATION_FLAG) == "VERIFIED" and (
        data_set.text(_COMPLETION_FLAG) == "PARTIAL"
    ):
        yield _VERIFICATION_FLAG, "verified, but not complete"


IDENTITY_RULES = (
    Rule("UIDs of their own", "PS3.5 §9", _uids),
    Rule("registered UIDs", "PS3.5 §9", _registered),
    Rule("modality of the SOP class", "PS3.3 §C.7.3.1.1.1", _modality, severity=Severity.WARNING),
    Rule("intent of the SOP class", "PS3.3 §C.8.11.1.1.1", _intent),
    Rule("image type of DX", "PS3.3 §C.8.11.3.1.1", _image_type),
    Rule("time zone", "PS3.3 §C.12.1", _time_zone),
    Rule("encapsulated document", "PS3.3 §C.24.2", _document),
    Rule("verification", "PS3.3 §C.17.2", _verified),
)
