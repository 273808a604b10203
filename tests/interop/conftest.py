"""What the interop tests share: a server, and one with a few patients in it."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from objects import ct_image, write
from processes import FilmroomServer, filmroom_server, free_port, require, run
from pydicom.dataset import Dataset
from pydicom.uid import MRImageStorage


@dataclass
class Hospital:
    """A server that holds ten objects of four patients, and the files they came from."""

    server: FilmroomServer
    files: list[Path]
    destination_port: int
    destination: str = "MOVER"


def request_attributes() -> Dataset:
    item = Dataset()
    item.ScheduledProcedureStepID = "SPS3"
    item.RequestedProcedureID = "RP3"
    return item


def procedure_code() -> Dataset:
    item = Dataset()
    item.CodeValue = "CTHEAD"
    item.CodingSchemeDesignator = "99LOCAL"
    item.CodeMeaning = "CT of the head"
    return item


def patients() -> list[Dataset]:
    """Four patients, five studies, six series, ten instances."""
    jorg = {"PatientName": "Müller^Jörg", "InstitutionName": "Spital"}
    anna = {"PatientName": "Smith^Anna"}
    bob = {"PatientName": "SMITHERS^Bob"}
    taro = {
        "PatientName": "Yamada^Tarou=山田^太郎=やまだ^たろう",
        "SpecificCharacterSet": "ISO_IR 192",
        "StudyDate": "20240229",
        "StudyTime": "235959",
    }
    return [
        *(ct_image(1, 1, 1, number, **jorg) for number in (1, 2, 3)),
        *(ct_image(1, 1, 2, number, **jorg) for number in (1, 2)),
        ct_image(1, 2, 1, 1, **jorg, Modality="MR", SOPClassUID=MRImageStorage),
        ct_image(
            *(2, 3, 1, 1),
            **anna,
            RequestAttributesSequence=[request_attributes()],
            ProcedureCodeSequence=[procedure_code()],
        ),
        *(ct_image(3, 4, 1, number, **bob) for number in (1, 2)),
        ct_image(4, 5, 1, 1, **taro),
    ]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with filmroom_server(tmp_path_factory.mktemp("server") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def hospital(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hospital")
    files = [
        write(data_set, folder / "sent" / f"{number}.dcm")
        for number, data_set in enumerate(patients())
    ]
    port = free_port()
    destination = f"MOVER=127.0.0.1:{port}"
    with filmroom_server(folder / "data", "--destination", destination) as running:
        run(require("storescu"), "-aec", "FILMROOM", *running.address(), *files)
        yield Hospital(running, files, port)
