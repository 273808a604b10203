import pytest

from filmroom.dicom import VR, DataSet
from filmroom.dicom.validation import Severity, value_at
from filmroom.dicom.validation.finding import Findings, Location

HERE = Location()


def item(**values):
    data_set = DataSet()
    for keyword, value in values.items():
        data_set[keyword] = value
    return data_set


def test_the_path_names_sequences_and_items_from_one():
    place = HERE.item(0x0040A730, 2).item(0x0040A043, 1)
    assert place.path(0x00080100) == "(0040,A730)[2]/(0040,A043)[1]/(0008,0100)"
    assert place.path() == "(0040,A730)[2]/(0040,A043)[1]"
    assert HERE.path() == ""


def test_findings_are_sorted_by_severity_then_place():
    findings = Findings()
    findings.note(HERE, 0x00080005, "S", "note")
    findings.error(HERE.item(0x0040A730, 10), 0x00080100, "S", "tenth")
    findings.warning(HERE, 0x00100010, "S", "warning")
    findings.error(HERE.item(0x0040A730, 9), 0x00080100, "S", "ninth")
    findings.error(HERE, 0x00100010, "S", "error")
    assert [finding.message for finding in findings.report().findings] == [
        "error", "ninth", "tenth", "warning", "note",
    ]  # fmt: skip


def test_the_same_finding_twice_is_one():
    findings = Findings()
    for _ in range(2):
        findings.error(HERE, 0x00100010, "S", "missing")
    report = findings.report()
    assert (report.errors, len(report.findings), report.omitted) == (1, 1, 0)


def test_what_is_wrong_in_every_item_is_counted_and_kept_a_few_times():
    findings = Findings(alike=3)
    for number in range(1, 101):
        findings.error(HERE.item(0x52009230, number), 0x00209111, "S", "missing")
    findings.error(HERE, 0x00100010, "S", "missing")
    report = findings.report()
    assert (report.errors, len(report.findings), report.omitted) == (101, 4, 97)
    assert report.findings[0].path == "(0010,0010)"


def test_a_report_is_bounded_whatever_is_found():
    findings = Findings()
    for number in range(20_000):
        findings.error(HERE, 0x00100010, "S", f"message {number}")
    report = findings.report()
    assert (report.errors, len(report.findings)) == (20_000, 10_000)


def test_clean_is_without_errors_and_warnings():
    findings = Findings()
    findings.note(HERE, 0x00100010, "S", "retired")
    assert findings.report().is_clean
    findings.warning(HERE, 0x00100010, "S", "odd")
    report = findings.report()
    assert not report.is_clean
    assert (report.errors, report.warnings, report.notes) == (0, 1, 1)


def test_a_finding_is_a_line_with_all_that_it_says():
    findings = Findings()
    findings.error(HERE, 0x00100010, "PS3.3 §C.7.1.1", "missing, Type 2")
    findings.note(HERE, None, "PS3.3 §A", "module x is not checked")
    error, note = findings.report().findings
    assert str(error) == "error   (0010,0010) PatientName: missing, Type 2 [PS3.3 §C.7.1.1]"
    assert str(note) == "note    module x is not checked [PS3.3 §A]"
    assert error.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("(0010,0010)", "Nobody^Real"),
        ("(0040,A730)[2]/(0040,A160)", "second"),
        ("(0040,A730)[3]/(0040,A160)", ""),
        ("(0040,A730)[1]", ""),
        ("(0008,0100)", ""),
        ("", ""),
    ],
)
def test_the_value_at_a_path(path, value):
    data_set = item(PatientName="Nobody^Real")
    items = (item(TextValue="first"), item(TextValue="second"))
    data_set.set("ContentSequence", VR.SQ, items)
    assert value_at(data_set, path) == value
