"""Where the objects' bytes lie."""

from filmroom.archive.blobs.filesystem import FilesystemBlobs
from filmroom.archive.blobs.interface import BlobReader, BlobStore, BlobWriter, ObjectName

__all__ = ["BlobReader", "BlobStore", "BlobWriter", "FilesystemBlobs", "ObjectName"]
