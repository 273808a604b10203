"""Services: each DICOM service class as SCP, one file each, over the archive."""

from filmroom.services.catalogue import ServiceCatalogue
from filmroom.services.service import Service

__all__ = ["Service", "ServiceCatalogue"]
