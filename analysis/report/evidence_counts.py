"""Turns published results beside ours into counts: what speaks for the model, and what is counted apart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.report.elements import Column, TableView
from analysis.report.text import Voice
from analysis.schemas.evidence import TESTED, VERDICTS

MISSED = ("explained", "not_reproducible")
STANDINGS = ("target", "sign", "transfer", "calibration", "identity", "input", "pending", "behaviour", "context")
"""What a row stands for; each is in one."""
SPEAK = ("target", "sign")
"""What speaks for the model."""


@dataclass(frozen=True)
class Tally:
    """Counts of verdicts by standing, as the page's answer says them."""

    counts: Mapping[tuple[str, str], int]

    def of(self, standing: str, *verdicts: str) -> int:
        """Rows of a standing with one of the verdicts; all of them where none is named."""
        return sum(self.counts.get((standing, verdict), 0) for verdict in verdicts or VERDICTS)


def standing_of(evidence: pd.DataFrame) -> "pd.Series[str]":
    """Say of each row of ``Evidence`` what it stands for, by name of :data:`STANDINGS`.

    Of computed rows a figure that the model was fitted to is *calibration*, one under other conditions than the
    published ones *transfer*, whatever else they are. A target or sign without a case is *pending*.

    Examples
    --------
    An engine target of another country's prices: *transfer*. The same without that mark: *target*.
    """
    standing = evidence["comparability"].astype(object)
    is_tested = evidence["comparability"].isin(TESTED)
    kind = evidence["case_kind"]
    is_engine = is_tested & (kind == "engine")
    standing = standing.mask(is_engine & evidence["is_transfer"], "transfer")
    standing = standing.mask(is_engine & evidence["is_calibration"], "calibration")
    for name in ("identity", "input"):
        standing = standing.mask(is_tested & (kind == name), name)
    return standing.mask(is_tested & (kind == "none"), "pending").astype(str)


def tally(evidence: pd.DataFrame) -> Tally:
    """Count the rows of ``Evidence`` by standing and verdict."""
    return Tally(Counter(zip(standing_of(evidence), evidence["verdict"].astype(str), strict=True)))


def missed_rows(evidence: pd.DataFrame) -> pd.DataFrame:
    """Pick the tested rows that are missed, whatever they stand for; those that speak for the model first."""
    missed = evidence[evidence["verdict"].isin(MISSED)]
    place = standing_of(missed).map({name: number for number, name in enumerate(STANDINGS)})
    return missed.loc[place.sort_values(kind="stable").index]


def answer(evidence: pd.DataFrame, voice: Voice) -> str:
    """Say in a sentence how many computed targets are met and how many orders of signs hold."""
    found = tally(evidence)
    targets, signs = _targets(found, voice), _signs(found, voice)
    return voice.say("weighed.answer", targets=targets, signs=signs)


def _targets(found: Tally, voice: Voice) -> str:
    count = found.of("target")
    if count == 0:
        return voice.say("weighed.no_targets")
    told = {"all": count, "met": found.of("target", "reproduced"), "spread": found.of("target", "within_spread"),
            "missed": found.of("target", *MISSED)}  # fmt: skip
    return voice.say("weighed.targets", **_counts(told, voice))


def _signs(found: Tally, voice: Voice) -> str:
    count, held = found.of("sign"), found.of("sign", "reproduced")
    if count == 0:
        return voice.say("weighed.no_signs")
    key = "weighed.signs_all" if held == count and count > 1 else "weighed.signs"
    return voice.say(key, **_counts({"all": count, "held": held}, voice))


def _counts(counts: Mapping[str, int], voice: Voice) -> dict[str, str]:
    return {name: voice.exact(float(count)) for name, count in counts.items()}


def standing_table(evidence: pd.DataFrame, voice: Voice) -> TableView:
    """Show every row counted once: what it stands for, and its verdict."""
    found = tally(evidence)
    columns = [Column(voice.say("column.row_kind")), Column(voice.say("column.rows"), "number")]
    columns += [Column(voice.say(f"verdict.{name}").capitalize(), "number") for name in VERDICTS]
    rows = [
        [voice.say(f"standing.{name}"), *_cells((found.of(name), *_by_verdict(found, name)), voice)]
        for name in STANDINGS
        if found.of(name)
    ]  # fmt: skip
    whole = (len(evidence), *(sum(found.of(name, verdict) for name in STANDINGS) for verdict in VERDICTS))
    rows.append([voice.say("standing.all"), *_cells(whole, voice)])
    return TableView(voice.say("standing.caption"), columns, rows, voice.say("standing.note"))


def _cells(counts: Sequence[int], voice: Voice) -> list[str]:
    return [voice.exact(float(count)) for count in counts]


def _by_verdict(found: Tally, standing: str) -> tuple[int, ...]:
    return tuple(found.of(standing, verdict) for verdict in VERDICTS)
