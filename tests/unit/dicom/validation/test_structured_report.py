import pytest

from filmroom.dicom import VR, DataSet
from filmroom.dicom.validation.finding import Findings
from filmroom.dicom.validation.structured_report import CONTENT_CONSTRAINTS, check_content_tree

BASIC, ENHANCED, COMPREHENSIVE = "basic-text-sr", "enhanced-sr", "comprehensive-sr"
COMPREHENSIVE_3D, KEY_OBJECTS = "comprehensive-3d-sr", "key-object-selection-document"


def code():
    made = DataSet()
    made["CodeValue"], made["CodingSchemeDesignator"], made["CodeMeaning"] = "1", "99X", "x"
    return made


def reference():
    made = DataSet()
    made["ReferencedSOPClassUID"], made["ReferencedSOPInstanceUID"] = "1.2.3", "2.25.3"
    return made


def measured():
    made = DataSet()
    made["NumericValue"] = "1"
    made.set("MeasurementUnitsCodeSequence", VR.SQ, (code(),))
    return made


# What an item of each value type holds beside its name.
CONTENT = {
    "TEXT": {"TextValue": "text"},
    "CODE": {"ConceptCodeSequence": (code,)},
    "NUM": {"MeasuredValueSequence": (measured,)},
    "DATETIME": {"DateTime": "2026"},
    "DATE": {"Date": "20260105"},
    "TIME": {"Time": "0915"},
    "UIDREF": {"UID": "2.25.5"},
    "PNAME": {"PersonName": "Nobody^Real"},
    "COMPOSITE": {"ReferencedSOPSequence": (reference,)},
    "IMAGE": {"ReferencedSOPSequence": (reference,)},
    "WAVEFORM": {"ReferencedSOPSequence": (reference,)},
    "SCOORD": {"GraphicType": "POINT", "GraphicData": (1.0, 1.0)},
    "SCOORD3D": {
        "GraphicType": "POINT", "GraphicData": (1.0, 1.0, 1.0),
        "ReferencedFrameOfReferenceUID": "2.25.6",
    },
    "TCOORD": {"TemporalRangeType": "POINT", "ReferencedTimeOffsets": "1"},
    "CONTAINER": {"ContinuityOfContent": "SEPARATE"},
}  # fmt: skip


def item(value_type, relationship="CONTAINS", *children, name=True):
    made = DataSet()
    made["RelationshipType"], made["ValueType"] = relationship, value_type
    if name:
        made.set("ConceptNameCodeSequence", VR.SQ, (code(),))
    for keyword, value in CONTENT[value_type].items():
        if callable(value[0]):
            made.set(keyword, VR.SQ, tuple(make() for make in value))
        else:
            made[keyword] = value
    if children:
        made.set("ContentSequence", VR.SQ, children)
    return made


def root(*children):
    made = item("CONTAINER", "CONTAINS", *children)
    del made["RelationshipType"]
    return made


def found(data_set, iod=COMPREHENSIVE):
    findings = Findings()
    check_content_tree(data_set, iod, findings)
    return [(f.path, f.message, f.section) for f in findings.report().findings]


# PS3.3 Tables A.35.1-2, A.35.2-2, A.35.3-2, A.35.4-2 and A.35.13-2, typed a second time.
CONTEXT = "TEXT CODE DATETIME DATE TIME UIDREF PNAME"
OBJECTS = "COMPOSITE IMAGE WAVEFORM"
TABLES = {
    BASIC: {
        ("CONTAINER", "CONTAINS"): f"{CONTEXT} {OBJECTS} CONTAINER",
        ("CONTAINER", "HAS OBS CONTEXT"): f"{CONTEXT} COMPOSITE",
        ("CONTAINER IMAGE WAVEFORM COMPOSITE", "HAS ACQ CONTEXT"): CONTEXT,
        ("any", "HAS CONCEPT MOD"): "TEXT CODE",
        ("TEXT", "HAS PROPERTIES"): f"{CONTEXT} {OBJECTS}",
        ("PNAME", "HAS PROPERTIES"): CONTEXT,
        ("TEXT", "INFERRED FROM"): f"{CONTEXT} {OBJECTS}",
    },
    ENHANCED: {
        ("CONTAINER", "CONTAINS"): f"{CONTEXT} NUM SCOORD TCOORD {OBJECTS} CONTAINER",
        ("CONTAINER", "HAS OBS CONTEXT"): f"{CONTEXT} NUM COMPOSITE",
        ("CONTAINER IMAGE WAVEFORM COMPOSITE NUM", "HAS ACQ CONTEXT"): f"{CONTEXT} NUM",
        ("any", "HAS CONCEPT MOD"): "TEXT CODE",
        ("TEXT CODE NUM", "HAS PROPERTIES"): f"{CONTEXT} NUM {OBJECTS} SCOORD TCOORD",
        ("PNAME", "HAS PROPERTIES"): CONTEXT,
        ("TEXT CODE NUM", "INFERRED FROM"): f"{CONTEXT} NUM {OBJECTS} SCOORD TCOORD",
        ("SCOORD", "SELECTED FROM"): "IMAGE",
        ("TCOORD", "SELECTED FROM"): "SCOORD IMAGE WAVEFORM",
    },
    COMPREHENSIVE: {
        ("CONTAINER", "CONTAINS"): f"{CONTEXT} NUM SCOORD TCOORD {OBJECTS} CONTAINER",
        ("TEXT CODE NUM CONTAINER", "HAS OBS CONTEXT"): f"{CONTEXT} NUM COMPOSITE",
        ("CONTAINER", "HAS OBS CONTEXT"): f"{CONTEXT} NUM COMPOSITE CONTAINER",
        ("CONTAINER IMAGE WAVEFORM COMPOSITE NUM", "HAS ACQ CONTEXT"): f"{CONTEXT} NUM CONTAINER",
        ("any", "HAS CONCEPT MOD"): "TEXT CODE",
        ("TEXT CODE NUM", "HAS PROPERTIES"): f"{CONTEXT} NUM {OBJECTS} SCOORD TCOORD CONTAINER",
        ("PNAME", "HAS PROPERTIES"): CONTEXT,
        ("TEXT CODE NUM", "INFERRED FROM"): f"{CONTEXT} NUM {OBJECTS} SCOORD TCOORD CONTAINER",
        ("SCOORD", "SELECTED FROM"): "IMAGE",
        ("TCOORD", "SELECTED FROM"): "SCOORD IMAGE WAVEFORM",
    },
    KEY_OBJECTS: {
        ("CONTAINER", "CONTAINS"): "TEXT IMAGE WAVEFORM COMPOSITE",
        ("CONTAINER", "HAS OBS CONTEXT"): "TEXT CODE UIDREF PNAME",
        ("CONTAINER", "HAS CONCEPT MOD"): "CODE",
    },
}
RELATIONSHIPS = (
    "CONTAINS", "HAS PROPERTIES", "HAS OBS CONTEXT", "HAS ACQ CONTEXT", "INFERRED FROM",
    "SELECTED FROM", "HAS CONCEPT MOD",
)  # fmt: skip


@pytest.mark.parametrize("iod", TABLES)
def test_the_relationships_that_an_iod_allows_are_those_of_its_table(iod):
    constraints = CONTENT_CONSTRAINTS[iod]
    allowed = {
        (source, relationship, target)
        for (sources, relationship), targets in TABLES[iod].items()
        for source in (CONTENT if sources == "any" else sources.split())
        for target in targets.split()
    }
    every = {(a, r, b) for a in CONTENT for r in RELATIONSHIPS for b in CONTENT}
    assert {row for row in every if constraints.allows(*row)} == allowed


def test_comprehensive_3d_adds_spatial_coordinates_in_space():
    flat, deep = CONTENT_CONSTRAINTS[COMPREHENSIVE], CONTENT_CONSTRAINTS[COMPREHENSIVE_3D]
    assert deep.value_types - flat.value_types == {"SCOORD3D"}
    assert deep.allows("TCOORD", "SELECTED FROM", "SCOORD3D")
    assert deep.allows("NUM", "INFERRED FROM", "SCOORD3D")
    assert not flat.allows("NUM", "INFERRED FROM", "SCOORD3D")


@pytest.mark.parametrize("value_type", [name for name in CONTENT if name != "SCOORD3D"])
def test_an_item_of_each_value_type(value_type):
    assert found(root(item(value_type))) == []


@pytest.mark.parametrize(
    ("value_type", "keyword"),
    [(value_type, keyword) for value_type, content in CONTENT.items() for keyword in content],
)
def test_the_value_of_an_item_is_required_by_its_type(value_type, keyword):
    child = item(value_type)
    del child[keyword]
    (finding,) = found(root(child), COMPREHENSIVE_3D)[:1]
    assert finding[1].startswith(("missing, Type 1C", "missing, Type 2C"))
    assert finding[0].startswith("(0040,A730)[1]/")


NAMED = ["TEXT", "NUM", "CODE", "DATETIME", "DATE", "TIME", "UIDREF", "PNAME"]


@pytest.mark.parametrize("value_type", [name for name in CONTENT if name != "SCOORD3D"])
def test_a_name_is_required_of_some_value_types(value_type):
    found_here = found(root(item(value_type, name=False)))
    assert bool(found_here) is (value_type in NAMED)
    if found_here:
        message = f"missing, Type 1C: required if ValueType is {value_type}"
        assert found_here == [("(0040,A730)[1]/(0040,A043)", message, "PS3.3 §C.17.3")]


@pytest.mark.parametrize("keyword", ["RelationshipType", "ValueType"])
def test_what_every_item_has(keyword):
    child = item("TEXT")
    del child[keyword]
    assert ("missing, Type 1") in [message for _, message, _ in found(root(child))]


def test_an_unknown_relationship():
    ((path, message, _),) = found(root(item("TEXT", "RESEMBLES")))
    assert path == "(0040,A730)[1]/(0040,A010)"
    assert message.startswith("is none of CONTAINS, HAS PROPERTIES")


def test_a_relationship_that_the_sop_class_does_not_have():
    tree = root(item("CONTAINER", "CONTAINS", item("TEXT", "INFERRED FROM")))
    assert found(tree, BASIC) == [
        (
            "(0040,A730)[1]/(0040,A730)[1]/(0040,A010)",
            "CONTAINER INFERRED FROM TEXT is no relationship of the SOP class",
            "PS3.3 §A.35.1.3.1",
        )
    ]


def test_a_value_type_that_the_sop_class_does_not_have():
    assert found(root(item("NUM")), BASIC) == [
        (
            "(0040,A730)[1]/(0040,A040)",
            "a value type that the SOP class does not have",
            "PS3.3 §A.35.1.3.1",
        )
    ]
    assert found(root(item("NUM")), ENHANCED) == []


@pytest.mark.parametrize(("iod", "allowed"), [(ENHANCED, False), (COMPREHENSIVE, True)])
def test_relationships_by_reference(iod, allowed):
    link = DataSet()
    link["RelationshipType"], link["ReferencedContentItemIdentifier"] = "INFERRED FROM", (1, 2)
    tree = root(item("TEXT"), item("TEXT", "CONTAINS", link))
    messages = [message for _, message, _ in found(tree, iod)]
    assert messages == (
        [] if allowed else ["a relationship by reference, which the SOP class forbids"]
    )


@pytest.mark.parametrize(
    ("value_type", "graphic_type", "good"),
    [
        ("SCOORD", "CIRCLE", True),
        ("SCOORD", "POLYGON", False),
        ("SCOORD3D", "POLYGON", True),
        ("SCOORD3D", "CIRCLE", False),
    ],
)
def test_graphic_types(value_type, graphic_type, good):
    child = item(value_type)
    child["GraphicType"] = graphic_type
    assert (found(root(child), COMPREHENSIVE_3D) == []) is good


def test_an_unconstrained_sop_class_has_its_items_checked():
    child = item("TEXT", "INFERRED FROM")
    del child["TextValue"]
    assert len(found(root(child), "mammography-cad-sr")) == 1
