"""The tree of errors: every class has a code in its branch's range and a place in both tables."""

import inspect
import re

import pytest

from filmroom import errors

CLASSES = [
    cls
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, errors.FilmroomError)
]
RANGES = {
    errors.DataError: range(-819, -799),
    errors.ConfigurationError: range(-819, -799),
    errors.AssociationError: range(-839, -819),
    errors.DimseError: range(-859, -839),
    errors.ArchiveError: range(-879, -859),
    errors.QueryError: range(-899, -879),
}
PROMISED = {  # docs: one table of codes that users may rely on
    "InvalidDicomFile": -800,
    "InvalidVR": -801,
    "MissingRequiredTag": -802,
    "InvalidTransferSyntax": -803,
    "AssociationRejected": -820,
    "AssociationAborted": -821,
    "NoPresentationContext": -822,
    "RemoteProtocolError": -823,
    "DimseFailure": -840,
    "DimseTimeout": -841,
    "InvalidDimseResponse": -842,
    "StorageFailed": -860,
    "DuplicateSopInstance": -861,
    "InvalidSopClass": -862,
    "QueryFailed": -880,
    "NoMatchesFound": -881,
    "TooManyMatches": -882,
}


def by_class(cls):
    return cls.__name__


@pytest.mark.parametrize("cls", CLASSES, ids=by_class)
def test_code_lies_in_the_range_of_its_branch(cls):
    branches = [kind for kind in RANGES if issubclass(cls, kind)]
    if cls is errors.FilmroomError:
        assert branches == []
        return
    assert len(branches) == 1
    assert cls.code in RANGES[branches[0]]
    assert "code" in vars(cls)


def test_a_code_is_shared_only_with_an_ancestor():
    for cls in CLASSES:
        for other in CLASSES:
            if cls.code == other.code and cls is not other:
                assert issubclass(cls, other) or issubclass(other, cls)


@pytest.mark.parametrize(("name", "code"), PROMISED.items())
def test_promised_codes(name, code):
    assert getattr(errors, name).code == code


@pytest.mark.parametrize("cls", CLASSES, ids=by_class)
def test_both_tables_answer_for_every_class(cls):
    """No class needs the root's row, except the root: each branch has a row of its own."""
    for table in (errors.DIMSE_STATUS, errors.HTTP_STATUS):
        answering = next(kind for kind in cls.__mro__ if kind in table)
        assert (answering is errors.FilmroomError) == (cls is errors.FilmroomError)


def test_tables_hold_possible_statuses_only():
    assert all(isinstance(row, type) and row in CLASSES for row in errors.DIMSE_STATUS)
    assert all(0x0100 <= status <= 0xFE00 for status in errors.DIMSE_STATUS.values())
    assert all(400 <= status <= 599 for status in errors.HTTP_STATUS.values())


def test_every_class_is_exported_and_drawn():
    drawing = errors.__doc__ or ""
    for cls in CLASSES:
        assert cls.__name__ in errors.__all__
        drawn = re.search(rf"\b{cls.__name__} +(-8\d\d)(…-8\d\d)?", drawing)
        if cls is not errors.FilmroomError:
            assert drawn, f"{cls.__name__} is missing in the drawing"
            assert drawn[2] or int(drawn[1]) == cls.code
