"""Validation: data sets and files held against PS3.3, PS3.5, PS3.6 and PS3.10.

::

    report = validate_file("image.dcm")
    report.is_clean, report.errors, report.findings[0].path
"""

from filmroom.dicom.validation.finding import Finding, Report, Severity, value_at
from filmroom.dicom.validation.validate import validate, validate_file

__all__ = ["Finding", "Report", "Severity", "validate", "validate_file", "value_at"]
