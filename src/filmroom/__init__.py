"""Filmroom: a PACS in Python.

Receives medical images from scanners, keeps them safe, finds them and hands them to viewers. The
rooms of the house are drawn in ``docs/architecture.md``.
"""

__version__ = "0.1.0"
