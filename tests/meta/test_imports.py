"""What the source may import: no external DICOM library, and only downward through the rooms."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
DICOM_LIBRARIES = {
    "deid",
    "dicom",  # pydicom's name before 1.0
    "dicomweb_client",
    "gdcm",
    "highdicom",
    "itk",
    "nibabel",
    "pydicom",
    "pylibjpeg",
    "pynetdicom",
    "SimpleITK",
    "vtk",
}
LOADERS = {"import_module", "__import__", "find_spec", "run_module"}


def imported(tree: ast.AST) -> Iterator[str]:
    """Names of all modules that a file imports, also those that it names to a loader."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""
        elif isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)
            if name in LOADERS:
                yield from (
                    argument.value
                    for argument in node.args
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                )


def test_the_walk_finds_every_way_to_import():
    source = """
import pydicom.uid as a
def f():
    from gdcm.x import y
    importlib.import_module("pynetdicom.ae")
    __import__("SimpleITK")
"""
    assert set(imported(ast.parse(source))) == {
        "pydicom.uid",
        "gdcm.x",
        "pynetdicom.ae",
        "SimpleITK",
    }


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_external_dicom_library(path):
    found = {
        name
        for name in imported(ast.parse(path.read_text()))
        if name.split(".")[0] in DICOM_LIBRARIES
    }
    assert not found


def test_no_dicom_library_among_the_dependencies():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    shipped = project["dependencies"] + [
        dependency for name, wanted in extras.items() if name != "dev" for dependency in wanted
    ]
    names = {re.split(r"[^A-Za-z0-9_-]", dependency)[0].replace("-", "_") for dependency in shipped}
    assert not names & DICOM_LIBRARIES


def test_rooms_import_downward_only():
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml")) == 0
