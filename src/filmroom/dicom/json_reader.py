"""A data set out of the DICOM JSON Model (PS3.18 Annex F), checked: what comes in is from anywhere.

Bytes and models that are none raise :class:`DataError` of some kind, naming the place, and nothing
else. Defects that leave no doubt are tolerated and listed in ``issues`` of the data set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from filmroom.dicom.bulk_data import BulkDataSource
from filmroom.dicom.dataset import DataSet
from filmroom.dicom.element import Element
from filmroom.dicom.model_reader import ModelReader, NumberText
from filmroom.dicom.vr import VR
from filmroom.errors import InvalidDicomFile, NestingTooDeep

__all__ = ["from_json_model", "read_json", "read_json_array"]

_CONTENTS = ("Value", "InlineBinary", "BulkDataURI")


def read_json(
    text: str | bytes, *, bulk_data: BulkDataSource | None = None, strict: bool = False
) -> DataSet:
    """The data set that one JSON object is; DS keeps the digits that stand there.

    ``bulk_data`` fetches values that are given by URI. Pixel data made of fragments is recognised
    by its bytes. Raises :class:`DataError` of some kind.
    """
    return from_json_model(_loads(text), bulk_data=bulk_data, strict=strict)


def read_json_array(
    text: str | bytes, *, bulk_data: BulkDataSource | None = None, strict: bool = False
) -> list[DataSet]:
    """The data sets of an array of JSON objects, as several results come (PS3.18 §F.2.1)."""
    models = _loads(text)
    if not isinstance(models, list):
        raise InvalidDicomFile("no JSON array of data sets")
    return [from_json_model(model, bulk_data=bulk_data, strict=strict) for model in models]


def from_json_model(
    model: object, *, bulk_data: BulkDataSource | None = None, strict: bool = False
) -> DataSet:
    """The data set of a model that is already parsed; see :func:`read_json`."""
    reader = ModelReader(bulk_data=bulk_data, strict=strict)
    return reader.finish(_data_set(reader, model))


def _loads(text: str | bytes) -> object:
    try:
        return json.loads(
            text, parse_int=NumberText, parse_float=NumberText, parse_constant=NumberText
        )
    except json.JSONDecodeError as error:
        raise InvalidDicomFile("not JSON", offset=error.pos) from None
    except ValueError:
        raise InvalidDicomFile("not JSON: it is not in UTF-8") from None
    except RecursionError:
        raise NestingTooDeep("JSON too deep to be a data set") from None


def _data_set(reader: ModelReader, model: object) -> DataSet:
    data_set = reader.data_set()
    if not isinstance(model, Mapping):
        raise reader.error("no JSON object where a data set must stand", InvalidDicomFile)
    for name, attribute in model.items():
        tag = reader.enter(str(name))
        if tag is None:
            continue
        element = _element(reader, tag, attribute, data_set)
        if element is not None:
            reader.add(data_set, element)
        reader.path.pop()
    return data_set


def _element(reader: ModelReader, tag: int, attribute: Any, data_set: DataSet) -> Element | None:
    if not isinstance(attribute, Mapping):
        raise reader.error("no JSON object where an attribute must stand")
    vr = reader.vr(attribute.get("vr"), tag, data_set)
    given = [name for name in _CONTENTS if name in attribute]
    if len(given) > 1:
        raise reader.error(f"{' and '.join(given)} at once")
    if not given:
        return Element.of(tag, vr, ()) if vr is VR.SQ else Element(tag, vr)
    content = attribute[given[0]]
    if given[0] == "Value":
        return _from_value(reader, tag, vr, content)
    if isinstance(content, list) and len(content) == 1:
        # LENIENT: the string in an array, as an example of older editions has it.
        reader.tolerate(f"{given[0]} in an array")
        content = content[0]
    if not isinstance(content, str) or isinstance(content, NumberText):
        raise reader.error(f"{given[0]} that is no text")
    if given[0] == "InlineBinary":
        return reader.from_base64(tag, vr, content)
    return reader.from_uri(tag, vr, content)


def _from_value(reader: ModelReader, tag: int, vr: VR, content: object) -> Element:
    if not isinstance(content, Sequence) or isinstance(content, str):
        # LENIENT: one value without its array, from scripts.
        reader.tolerate("Value that is no array")
        content = [content]
    if vr is not VR.SQ:
        return reader.from_values(tag, vr, content)
    items = []
    for number, item in enumerate(content):
        reader.path.append(number)
        items.append(_data_set(reader, {} if item is None else item))
        reader.path.pop()
    return Element.of(tag, VR.SQ, items)
