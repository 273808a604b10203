"""Modules of the Patient and of clinical trials (PS3.3 §C.7.1, §C.7.2.3, §C.7.3.2)."""

from __future__ import annotations

from filmroom.dicom.validation.condition import absent, equals, filled, present
from filmroom.dicom.validation.macros import (
    ACCESS,
    HL7_DESIGNATOR,
    ISSUER_OF_PATIENT_ID,
    SOP_REFERENCE,
    YES_NO,
)
from filmroom.dicom.validation.module import Module, attribute

__all__ = [
    "CLINICAL_TRIAL_SERIES",
    "CLINICAL_TRIAL_STUDY",
    "CLINICAL_TRIAL_SUBJECT",
    "PATIENT",
    "PATIENT_STUDY",
]

PATIENT = Module(
    "Patient",
    "C.7.1.1",
    (
        attribute("ReferencedPatientSequence", "3", most=1, items=SOP_REFERENCE),
        attribute("PatientName", "2"),
        attribute("PatientID", "2"),
        *ISSUER_OF_PATIENT_ID,
        attribute(
            "SourcePatientGroupIdentificationSequence",
            "3",
            most=1,
            items=(attribute("PatientID", "1"), *ISSUER_OF_PATIENT_ID),
        ),
        attribute(
            "GroupOfPatientsIdentificationSequence",
            "3",
            items=(attribute("PatientID", "1"), *ISSUER_OF_PATIENT_ID),
        ),
        attribute("PatientBirthDate", "2"),
        attribute(
            "PatientAlternativeCalendar",
            "1C",
            when=present(
                "PatientBirthDateInAlternativeCalendar", "PatientDeathDateInAlternativeCalendar"
            ),
        ),
        attribute("PatientSex", "2", values=("M", "F", "O")),
        attribute("QualityControlSubject", "3", values=YES_NO),
        attribute(
            "StrainStockSequence",
            "3",
            most=1,
            items=(
                attribute("StrainStockNumber", "1"),
                attribute("StrainSource", "1"),
                attribute("StrainSourceRegistryCodeSequence", "1", most=1),
            ),
        ),
        attribute(
            "GeneticModificationsSequence",
            "3",
            items=(
                attribute("GeneticModificationsDescription", "1"),
                attribute("GeneticModificationsNomenclature", "1"),
            ),
        ),
        attribute(
            "OtherPatientIDsSequence",
            "3",
            items=(
                attribute("PatientID", "1"),
                *ISSUER_OF_PATIENT_ID,
                attribute("TypeOfPatientID", "1"),
            ),
        ),
        attribute("ReferencedPatientPhotoSequence", "3", most=1, items=ACCESS),
        attribute("PatientSpeciesDescription", "1C"),
        attribute("PatientSpeciesCodeSequence", "1C", most=1),
        attribute("PatientBreedDescription", "2C"),
        attribute("PatientBreedCodeSequence", "2C"),
        attribute(
            "BreedRegistrationSequence",
            "2C",
            items=(
                attribute("BreedRegistrationNumber", "1"),
                attribute("BreedRegistryCodeSequence", "1", most=1),
            ),
        ),
        attribute("ResponsiblePerson", "2C"),
        attribute("ResponsiblePersonRole", "1C", when=filled("ResponsiblePerson")),
        attribute("ResponsibleOrganization", "2C"),
        attribute("PatientIdentityRemoved", "3", values=YES_NO),
        attribute(
            "DeidentificationMethod",
            "1C",
            when=equals("PatientIdentityRemoved", "YES")
            & absent("DeidentificationMethodCodeSequence"),
        ),
        attribute(
            "DeidentificationMethodCodeSequence",
            "1C",
            when=equals("PatientIdentityRemoved", "YES") & absent("DeidentificationMethod"),
        ),
    ),
)

CLINICAL_TRIAL_SUBJECT = Module(
    "Clinical Trial Subject",
    "C.7.1.3",
    (
        attribute("ClinicalTrialSponsorName", "1"),
        attribute("ClinicalTrialProtocolID", "1"),
        attribute("ClinicalTrialProtocolName", "2"),
        attribute(
            "OtherClinicalTrialProtocolIDsSequence",
            "3",
            items=(
                attribute("ClinicalTrialProtocolID", "1"),
                attribute("IssuerOfClinicalTrialProtocolID", "1"),
            ),
        ),
        attribute("ClinicalTrialSiteID", "2"),
        attribute("ClinicalTrialSiteName", "2"),
        attribute("ClinicalTrialSubjectID", "1C", when=absent("ClinicalTrialSubjectReadingID")),
        attribute("ClinicalTrialSubjectReadingID", "1C", when=absent("ClinicalTrialSubjectID")),
        attribute(
            "ClinicalTrialProtocolEthicsCommitteeName",
            "1C",
            when=present("ClinicalTrialProtocolEthicsCommitteeApprovalNumber"),
        ),
    ),
)

PATIENT_STUDY = Module(
    "Patient Study",
    "C.7.2.2",
    (
        attribute("SmokingStatus", "3", values=(*YES_NO, "UNKNOWN")),
        attribute("PregnancyStatus", "3", values=(1, 2, 3, 4)),
        attribute("PatientSexNeutered", "2C", values=("ALTERED", "UNALTERED")),
        attribute("IssuerOfAdmissionIDSequence", "3", most=1, items=HL7_DESIGNATOR),
        attribute("IssuerOfServiceEpisodeIDSequence", "3", most=1, items=HL7_DESIGNATOR),
    ),
)

CLINICAL_TRIAL_STUDY = Module(
    "Clinical Trial Study",
    "C.7.2.3",
    (
        attribute("ClinicalTrialTimePointID", "2"),
        attribute(
            "LongitudinalTemporalEventType",
            "1C",
            when=present("LongitudinalTemporalOffsetFromEvent"),
        ),
        attribute(
            "ConsentForClinicalTrialUseSequence",
            "3",
            items=(
                attribute(
                    "DistributionType",
                    "1C",
                    when=equals("ConsentForDistributionFlag", "YES", "WITHDRAWN"),
                ),
                attribute("ClinicalTrialProtocolID", "1C"),
                attribute("ConsentForDistributionFlag", "1", values=(*YES_NO, "WITHDRAWN")),
            ),
        ),
    ),
)

CLINICAL_TRIAL_SERIES = Module(
    "Clinical Trial Series",
    "C.7.3.2",
    (
        attribute("ClinicalTrialCoordinatingCenterName", "2"),
        attribute("ClinicalTrialSeriesID", "3"),
        attribute("ClinicalTrialSeriesDescription", "3"),
    ),
)
