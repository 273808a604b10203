"""The servers that are measured: how each is started and where it keeps objects."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

FILMROOM = str(Path(sys.executable).with_name("filmroom"))

RECEIVER_PORT = 11_194
"""Where the receiver of C-MOVE listens."""

Start = Callable[[Path, int], list[str]]
"""Folder and port to the command that serves them."""


def filmroom(folder: Path, port: int) -> list[str]:
    """As it is started by default: every object synced and indexed before it is answered."""
    return [FILMROOM, "serve", "--data", str(folder), "--dicom-port", str(port)]


def filmroom_alone(folder: Path, port: int) -> list[str]:
    """All associations in one process."""
    return [*filmroom(folder, port), "--workers", "1"]


def filmroom_relaxed(folder: Path, port: int) -> list[str]:
    """Indexed, not synced: what the peers do about the disk."""
    return [*filmroom(folder, port), "--durability", "relaxed"]


def storescp(folder: Path, port: int) -> list[str]:
    """DCMTK, a process an association, data sets decoded and written again."""
    return [shutil.which("storescp") or "storescp", "--fork", "-od", str(folder), str(port)]


def storescp_bits(folder: Path, port: int) -> list[str]:
    """DCMTK at its fastest: bytes kept as they come, PDUs of 128 KB."""
    command = storescp(folder, port)
    return [*command[:-1], "+B", "--max-pdu", "131072", command[-1]]


def pynetdicom(folder: Path, port: int) -> list[str]:
    """pynetdicom's own storescp application."""
    return [sys.executable, "-m", "pynetdicom", "storescp", str(port), "-q", "-od", str(folder)]


def orthanc(folder: Path, port: int, *, sync: bool = True) -> list[str]:
    """Orthanc with its default index, SQLite."""
    settings = {
        "Name": "Bench",
        "StorageDirectory": str(folder / "objects"),
        "IndexDirectory": str(folder / "index"),
        "DicomPort": port,
        "DicomAet": "ORTHANC",
        "DicomCheckCalledAet": False,
        "DicomAlwaysAllowStore": True,
        "HttpServerEnabled": False,
        "OverwriteInstances": False,
        "SyncStorageArea": sync,
        "StableAge": 3600,
        "Plugins": [],
        "DicomModalities": {"BENCH": ["BENCH", "127.0.0.1", RECEIVER_PORT]},
    }
    path = folder / "orthanc.json"
    path.write_text(json.dumps(settings))
    return [shutil.which("Orthanc") or "Orthanc", str(path)]


def orthanc_unsynced(folder: Path, port: int) -> list[str]:
    """The same without syncing its objects."""
    return orthanc(folder, port, sync=False)


def dcmqrscp(folder: Path, port: int) -> list[str]:
    """DCMTK's archive with its index file."""
    configuration = folder / "dcmqrscp.cfg"
    (folder / "objects").mkdir(exist_ok=True)
    configuration.write_text(
        f"NetworkTCPPort = {port}\nMaxPDUSize = 131072\nMaxAssociations = 64\n"
        f"HostTable BEGIN\nbench = (BENCH, localhost, {RECEIVER_PORT})\nHostTable END\n"
        "VendorTable BEGIN\nVendorTable END\n"
        f"AETable BEGIN\nQRSCP {folder / 'objects'} RW (2000, 65536mb) ANY\nAETable END\n"
    )
    return [shutil.which("dcmqrscp") or "dcmqrscp", "-c", str(configuration), "+B"]


SERVERS: dict[str, Start] = {
    "Filmroom": filmroom,
    "Filmroom, 1 process": filmroom_alone,
    "Filmroom, relaxed": filmroom_relaxed,
    "Orthanc": orthanc,
    "Orthanc, unsynced": orthanc_unsynced,
    "storescp --fork": storescp,
    "storescp --fork +B, 128 KB": storescp_bits,
    "pynetdicom storescp": pynetdicom,
}
