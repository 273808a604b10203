"""Server: sockets and the life cycle of the process."""

from filmroom.server.dicom import DicomServer
from filmroom.server.run import run_server

__all__ = ["DicomServer", "run_server"]
