"""What an image says of itself once it was compressed with loss (PS3.3 §C.7.6.1.1.5)."""

from __future__ import annotations

from filmroom.dicom import VR, DataSet, TransferSyntax, generate_uid

__all__ = ["LOSSY_METHODS", "mark_as_derived"]

_PREFIX = "1.2.840.10008.1.2.4."
_IMAGE_TYPE = 0x00080008
_SOP_CLASS_UID = 0x00080016
_SOP_INSTANCE_UID = 0x00080018
_CODE_VALUE, _CODING_SCHEME, _CODE_MEANING = 0x00080100, 0x00080102, 0x00080104
_REFERENCED_SOP_CLASS_UID, _REFERENCED_SOP_INSTANCE_UID = 0x00081150, 0x00081155
_DERIVATION_DESCRIPTION = 0x00082111
_SOURCE_IMAGES = 0x00082112
_DERIVATION_CODE = 0x00089215
_PURPOSE_OF_REFERENCE = 0x0040A170
_LOSSY, _RATIO, _METHOD = 0x00282110, 0x00282112, 0x00282114

LOSSY_METHODS: dict[str, str] = {
    f"{_PREFIX}50": "ISO_10918_1",
    f"{_PREFIX}51": "ISO_10918_1",
    f"{_PREFIX}81": "ISO_14495_1",
    f"{_PREFIX}91": "ISO_15444_1",
    f"{_PREFIX}112": "ISO_18181_1",
    f"{_PREFIX}203": "ISO_15444_15",
}
"""Defined terms of Lossy Image Compression Method by transfer syntax (PS3.3 §C.7.6.1.1.5.1)."""


def mark_as_derived(data_set: DataSet, syntax: TransferSyntax, ratio: float) -> None:
    """Make ``data_set`` a new instance, derived from what it was by lossy compression.

    ``ratio`` is that of the bytes before to the bytes after. Earlier losses stay listed.
    """
    source = DataSet()
    source.set(_REFERENCED_SOP_CLASS_UID, VR.UI, data_set.text(_SOP_CLASS_UID))
    source.set(_REFERENCED_SOP_INSTANCE_UID, VR.UI, data_set.text(_SOP_INSTANCE_UID))
    purpose = _code("121320", "Uncompressed predecessor")  # CID 7202
    source.set(_PURPOSE_OF_REFERENCE, VR.SQ, [purpose])
    data_set.set(_SOURCE_IMAGES, VR.SQ, [*data_set.sequence(_SOURCE_IMAGES), source])
    derivation = _code("113040", "Lossy Compression")  # CID 7203
    data_set.set(_DERIVATION_CODE, VR.SQ, [*data_set.sequence(_DERIVATION_CODE), derivation])
    described = data_set.text(_DERIVATION_DESCRIPTION)
    told = f"Lossy compression, {syntax.name}"
    data_set.set(_DERIVATION_DESCRIPTION, VR.ST, f"{described}; {told}" if described else told)
    kinds = list(data_set.values_of(_IMAGE_TYPE)) or ["", "PRIMARY"]
    data_set.set(_IMAGE_TYPE, VR.CS, ["DERIVED", *kinds[1:]])
    data_set.set(_LOSSY, VR.CS, "01")
    data_set.set(_RATIO, VR.DS, [*data_set.values_of(_RATIO), round(ratio, 3)])
    data_set.set(_METHOD, VR.CS, [*data_set.values_of(_METHOD), LOSSY_METHODS[syntax.uid]])
    data_set.set(_SOP_INSTANCE_UID, VR.UI, generate_uid())


def _code(value: str, meaning: str) -> DataSet:
    code = DataSet()
    code.set(_CODE_VALUE, VR.SH, value)
    code.set(_CODING_SCHEME, VR.SH, "DCM")
    code.set(_CODE_MEANING, VR.LO, meaning)
    return code
