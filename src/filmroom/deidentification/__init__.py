"""De-identification: objects without what tells who someone is (PS3.15 Annex E).

::

    deidentifier = Deidentifier(Profile.basic(Option.CLEAN_DESCRIPTORS), secret=secret)
    result = deidentifier.apply(file.data_set)
"""

from filmroom.deidentification.deidentifier import Deidentified, Deidentifier
from filmroom.deidentification.file import Outcome, OutcomeKind, Replaced, deidentify_file
from filmroom.deidentification.folder import check_apart, deidentify_files
from filmroom.deidentification.options import METHOD_CODES, Option
from filmroom.deidentification.profile import Profile
from filmroom.deidentification.pseudonyms import Pseudonyms
from filmroom.deidentification.regions import Region
from filmroom.deidentification.report import MappingFile, Report, Totals
from filmroom.deidentification.rules import PixelRule, Rules, load_rules
from filmroom.deidentification.table import Action, Decision

__all__ = [
    "METHOD_CODES",
    "Action",
    "Decision",
    "Deidentified",
    "Deidentifier",
    "MappingFile",
    "Option",
    "Outcome",
    "OutcomeKind",
    "PixelRule",
    "Profile",
    "Pseudonyms",
    "Region",
    "Replaced",
    "Report",
    "Rules",
    "Totals",
    "check_apart",
    "deidentify_file",
    "deidentify_files",
    "load_rules",
]
