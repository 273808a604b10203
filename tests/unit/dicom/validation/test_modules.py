"""Every row of every table by itself: what is found when its attribute is missing, empty, wrong.

Conditions and IODs play no part here: the rows of one module are held against a data set that has
them all.
"""

import pytest
from conforming import put

from filmroom.dicom import VR, DataSet
from filmroom.dicom.validation.attributes import check_rows
from filmroom.dicom.validation.file_meta import FILE_META_INFORMATION
from filmroom.dicom.validation.finding import Findings, Location
from filmroom.dicom.validation.functional_groups import FUNCTIONAL_GROUPS
from filmroom.dicom.validation.macros import CODE_SEQUENCE
from filmroom.dicom.validation.modules import MODULES

MACROS = {
    group.macro.name: group.macro for groups in FUNCTIONAL_GROUPS.values() for group in groups
}
TABLES = [*MODULES.values(), *MACROS.values(), CODE_SEQUENCE, FILE_META_INFORMATION]


def rows_with_places(rows, place=()):
    for row in rows:
        yield place, row
        yield from rows_with_places(row.items, (*place, row.tag))


EACH_TABLE = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


def whole(rows, data_set=None):
    """A data set with every attribute of the rows, and one item in every sequence."""
    data_set = DataSet() if data_set is None else data_set
    for row in rows:
        put(data_set, row, {})
        for item in data_set.sequence(row.tag):
            whole(row.items, item)
    return data_set


def holder(data_set, place):
    for tag in place:
        (data_set,) = data_set.sequence(tag)
    return data_set


def found(table, data_set):
    findings = Findings(alike=1000)
    check_rows(table.rows, data_set, table.clause, Location(), findings)
    return {
        (finding.path, finding.message, finding.section) for finding in findings.report().findings
    }


def path_of(place, row):
    location = Location()
    for tag in place:
        location = location.item(tag, 1)
    return location.path(row.tag)


def each(table, wanted):
    """Each row for which ``wanted`` holds, with its path, the whole, and the data set it is in."""
    data_set = whole(table.rows)
    for place, row in rows_with_places(table.rows):
        if wanted(row):
            parent = holder(data_set, place)
            element = parent.element(row.tag)
            yield row, path_of(place, row), data_set, parent
            parent.add(element)


@EACH_TABLE
def test_missing_attributes(table):
    before = found(table, whole(table.rows))
    for row, path, data_set, parent in each(table, lambda row: row.is_required):
        del parent[row.tag]
        message = f"missing, Type {row.type}"
        assert (path, message, table.clause) in found(table, data_set) - before


@EACH_TABLE
def test_attributes_without_a_value(table):
    before = found(table, whole(table.rows))
    for row, path, data_set, parent in each(table, lambda row: row.needs_value):
        parent.set(row.tag, parent.element(row.tag).vr, None)
        message = f"without a value, Type {row.type}"
        assert (path, message, table.clause) in found(table, data_set) - before


@EACH_TABLE
def test_values_that_are_not_enumerated(table):
    before = found(table, whole(table.rows))
    for row, path, data_set, parent in each(table, lambda row: row.values or row.at):
        vr = parent.element(row.tag).vr
        parent.set(row.tag, vr, "ODD" if vr is VR.CS else "777" if vr in (VR.DS, VR.IS) else 777)
        after = found(table, data_set) - before
        (message,) = [text for where, text, _ in after if where == path]
        assert "is none of " in message
        assert "777" not in message
        assert "ODD" not in message


@EACH_TABLE
def test_more_items_than_there_may_be(table):
    for row, path, data_set, parent in each(table, lambda row: row.most):
        items = tuple(whole(row.items) for _ in range(row.most + 1))
        parent.set(row.tag, VR.SQ, items)
        message = f"{row.most + 1} items, at most {row.most}"
        assert (path, message, table.clause) in found(table, data_set)


@EACH_TABLE
def test_a_table_names_no_attribute_twice(table):
    for place in {place for place, _ in rows_with_places(table.rows)}:
        tags = [row.tag for where, row in rows_with_places(table.rows) if where == place]
        assert len(tags) == len(set(tags)), place


@EACH_TABLE
def test_conditions_stand_only_with_conditional_types(table):
    for _, row in rows_with_places(table.rows):
        assert row.when is None or row.type in ("1C", "2C"), row.keyword
        assert row.type in ("1", "1C", "2", "2C", "3")
