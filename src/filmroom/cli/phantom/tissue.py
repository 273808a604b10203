"""Hounsfield units of what a body is made of, in the portal venous phase after contrast medium."""

__all__ = [
    "AIR",
    "BLOOD",
    "CARTILAGE",
    "CORTICAL_BONE",
    "FAT",
    "LUNG",
    "MUSCLE",
    "SPONGY_BONE",
    "WATER",
]

AIR = -1000.0
LUNG = -870.0
FAT = -105.0
WATER = 5.0
MUSCLE = 58.0
BLOOD = 165.0
CARTILAGE = 110.0
SPONGY_BONE = 230.0
CORTICAL_BONE = 820.0
