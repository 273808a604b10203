"""De-identifying data sets by the basic profile and its options (PS3.15 Annex E)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from filmroom.deidentification.blanking import blank
from filmroom.deidentification.burned_in import (
    BURNED_IN_ANNOTATION,
    RECOGNIZABLE_VISUAL_FEATURES,
    BurnedIn,
    burned_in,
)
from filmroom.deidentification.identity import Identity
from filmroom.deidentification.marks import mark
from filmroom.deidentification.options import Option
from filmroom.deidentification.overlays import has_embedded
from filmroom.deidentification.profile import Profile
from filmroom.deidentification.pseudonyms import Pseudonyms
from filmroom.deidentification.regions import Region, outside, ultrasound_regions
from filmroom.deidentification.replacements import Replacements
from filmroom.deidentification.walk import Walk
from filmroom.dicom import TRANSFER_SYNTAXES, DataSet, Element, TransferSyntax
from filmroom.errors import DataError, InvalidValue
from filmroom.pixels import ImageDescription, PixelKind

__all__ = ["Deidentified", "Deidentifier"]


@dataclass(frozen=True, slots=True)
class Deidentified:
    """What became of one data set.

    ``transfer_syntax`` is that to write it in. ``actions`` says how often each action was done,
    by its letter, and how many ``private`` and ``unknown`` attributes were removed. ``days`` is
    by how many days dates went back, 0 where they did not.
    """

    data_set: DataSet
    transfer_syntax: TransferSyntax
    actions: Mapping[str, int]
    regions: tuple[Region, ...] = ()
    warnings: tuple[str, ...] = ()
    days: int = 0


@dataclass(frozen=True, slots=True)
class Deidentifier:
    """De-identifies data sets, all with one profile and one secret.

    ::

        deidentifier = Deidentifier(Profile.basic(Option.RETAIN_MODIFIED_DATES), secret=secret)
        result = deidentifier.apply(file.data_set, file.transfer_syntax)
        write_file(path, result.data_set, result.transfer_syntax)

    The same secret gives the same UIDs, pseudonyms and dates in every run; without one they are
    the same as long as the de-identifier lives. ``regions`` are blanked in every image, and with
    ``outside_ultrasound_regions`` what an ultrasound device draws around its images; both count
    with the options that clean pixels. ``burned_in`` is ``refuse`` or ``warn``: what to do with an
    object whose pixels may tell what its attributes no longer do.
    """

    profile: Profile = field(default_factory=Profile)
    secret: bytes = field(default_factory=lambda: Pseudonyms().secret, repr=False)
    regions: tuple[Region, ...] = ()
    outside_ultrasound_regions: bool = False
    burned_in: Literal["refuse", "warn"] = "refuse"

    def __post_init__(self) -> None:
        Pseudonyms(self.secret)

    @property
    def pseudonyms(self) -> Pseudonyms:
        """The replacements under the secret."""
        return Pseudonyms(self.secret)

    def apply(
        self,
        data_set: DataSet,
        transfer_syntax: TransferSyntax | None = None,
        *,
        scratch: Path | None = None,
        pixels: bool = True,
    ) -> Deidentified:
        """A de-identified data set in place of ``data_set``, which stays as it is.

        ``transfer_syntax`` is that of the file where it is not the data set's own (deflated ones).
        Large values are views of the bytes that were read. Pixels that are blanked lie in a
        temporary file in ``scratch``; without ``pixels`` none are blanked, to see what would be
        done. Raises :class:`InvalidValue` for an object that may show who the patient is, other
        DataErrors for what cannot be understood.
        """
        has_pixels = any(data_set.raw(kind.value) for kind in PixelKind)
        regions, warnings = self._look_at_pixels(data_set) if has_pixels else ((), ())
        identity = Identity.of(data_set)
        pseudonyms = self.pseudonyms
        shifts = Option.RETAIN_MODIFIED_DATES in self.profile.options
        days = pseudonyms.days(identity.key, self.profile.date_shift) if shifts else 0
        safe = self.profile.safe_private
        if Option.RETAIN_SAFE_PRIVATE in self.profile.options:
            safe = safe.with_declared(data_set)
        walk = Walk(
            self.profile,
            Replacements(pseudonyms, identity, self.profile.descriptors, days),
            safe,
            regions,
        )
        made = walk.through(data_set)
        declared = data_set.transfer_syntax if transfer_syntax is None else transfer_syntax
        # What was laid out otherwise than it said is written as the transfer syntax asks for.
        syntax = TRANSFER_SYNTAXES.get(declared.uid, declared)
        if has_pixels:
            _cut(made)
            if pixels and (regions or has_embedded(data_set)):
                blanked = blank(made, regions, scratch=scratch)
                syntax = blanked if blanked.encapsulated else syntax
        mark(made, self.profile, has_pixels=has_pixels)
        return Deidentified(made, syntax, dict(walk.counts), regions, warnings, days)

    # ------------------------------------------------------------------ pixels

    def _look_at_pixels(self, data_set: DataSet) -> tuple[tuple[Region, ...], tuple[str, ...]]:
        """The regions to blank, and what should worry the user."""
        options = self.profile.options
        regions, told = self._regions(data_set)
        warnings = []
        state = burned_in(data_set)
        if state is not BurnedIn.NO and not (told and Option.CLEAN_PIXEL_DATA in options):
            what = "is stated" if state is BurnedIn.YES else "is to be expected"
            message = f"burned in annotation {what}, and nothing tells where"
            if self.burned_in == "refuse" or Option.CLEAN_PIXEL_DATA in options:
                raise InvalidValue(
                    message,
                    tag=BURNED_IN_ANNOTATION,
                    hint="blank it by --blank, --rules or --outside-ultrasound-regions, or look"
                    " at the images and allow it by --burned-in warn",
                )
            warnings.append(message)
        visible = data_set.text(RECOGNIZABLE_VISUAL_FEATURES).upper()
        if Option.CLEAN_RECOGNIZABLE_VISUAL_FEATURES in options:
            if visible != "NO" and not told:
                raise InvalidValue(
                    "nothing tells where a person could be recognized",
                    tag=RECOGNIZABLE_VISUAL_FEATURES,
                    hint="blank it by --blank or --rules",
                )
        elif visible == "YES":
            warnings.append("a person can be recognized in the pixels")
        return regions, tuple(warnings)

    def _regions(self, data_set: DataSet) -> tuple[tuple[Region, ...], bool]:
        """The regions to blank, and whether anything told which there are: it may be none."""
        if not self.profile.options & {
            Option.CLEAN_PIXEL_DATA,
            Option.CLEAN_RECOGNIZABLE_VISUAL_FEATURES,
        }:
            return (), False
        rules = [rule for rule in self.profile.rules.pixels if rule.fits(data_set)]
        regions = [*self.regions, *(region for rule in rules for region in rule.regions)]
        told = bool(regions or rules)
        if self.outside_ultrasound_regions or any(
            rule.outside_ultrasound_regions for rule in rules
        ):
            kept = ultrasound_regions(data_set)
            if kept:
                image = ImageDescription.of(data_set)
                regions.extend(outside(kept, image.rows, image.columns))
                told = True
            elif not any(rule.regions for rule in rules) and not self.regions:
                told = False
        return tuple(_inside(data_set, regions)), told


def _inside(data_set: DataSet, regions: Iterable[Region]) -> Iterable[Region]:
    """What of ``regions`` lies in the image."""
    wanted = list(dict.fromkeys(regions))
    if not wanted:
        return []
    image = ImageDescription.of(data_set)
    return [
        part for region in wanted if (part := region.within(image.rows, image.columns)) is not None
    ]


def _cut(data_set: DataSet) -> None:
    """Cut off what stands behind the last frame of native pixel data: nothing says what it is."""
    if data_set.transfer_syntax.encapsulated:
        return
    try:
        image = ImageDescription.of(data_set)
    except DataError:
        return  # what cannot be understood as pixels is left to those who can
    element = data_set.element(image.kind.value)
    if element is None:
        return
    length = (image.frame_bits * image.number_of_frames + 7) // 8
    length += length % 2
    if len(element.raw) > length:
        data_set.add(
            Element(
                element.tag,
                element.vr,
                memoryview(element.raw)[:length],
                little_endian=element.byte_order_is_little,
            )
        )
