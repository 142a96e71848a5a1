"""All cases in one tuple, and what is wrong with them: rows without a case, cases without a row, idle knobs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.evidence.case import Case
from analysis.evidence.cases.ageing import CASES as AGEING
from analysis.evidence.cases.chargers import CASES as CHARGERS
from analysis.evidence.cases.feeder import CASES as FEEDER
from analysis.evidence.cases.homes import CASES as HOMES
from analysis.evidence.cases.losses import CASES as LOSSES
from analysis.evidence.cases.lumping import CASES as LUMPING
from analysis.evidence.cases.offers import CASES as OFFERS
from analysis.evidence.cases.one_car import CASES as ONE_CAR
from analysis.evidence.cases.parking import CASES as PARKING
from analysis.evidence.cases.pilots import CASES as PILOTS
from analysis.evidence.cases.places import CASES as PLACES
from analysis.evidence.cases.plug_in import CASES as PLUG_IN
from analysis.evidence.cases.sharing import CASES as SHARING
from analysis.evidence.cases.sites import CASES as SITES
from analysis.evidence.cases.surveys import CASES as SURVEYS
from analysis.evidence.cases.uptake import CASES as UPTAKE
from analysis.evidence.cases.vans import CASES as VANS
from analysis.evidence.cases.warranty import CASES as WARRANTY
from analysis.evidence.laboratory import Laboratory
from analysis.evidence.verdict import is_tested, target_of

ALL_CASES: tuple[Case, ...] = (
    *AGEING,
    *CHARGERS,
    *FEEDER,
    *HOMES,
    *LOSSES,
    *LUMPING,
    *OFFERS,
    *ONE_CAR,
    *PARKING,
    *PILOTS,
    *PLACES,
    *PLUG_IN,
    *SHARING,
    *SITES,
    *SURVEYS,
    *UPTAKE,
    *VANS,
    *WARRANTY,
)
"""Every case, one topic a line."""

PENDING: frozenset[str] = frozenset()
"""Targets and signs whose case is still to be written."""


def refuse_gaps(
    cases: Sequence[Case], published: pd.DataFrame, laboratory: Laboratory, pending: Iterable[str] = PENDING
) -> None:
    """Refuse a set of cases that does not fit the published results.

    Parameters
    ----------
    published
        ``PublishedResults``.
    laboratory
        Knows the parameters and their ranges.
    pending
        Rows that may still be without a case.

    Raises
    ------
    DataError
        For each target or sign without a case, each case without such a row, each row with two cases, each pending row
        that has its case, and each knob that nothing can turn; all at once.
    """
    faults = [*_rows(cases, published, frozenset(pending))]
    faults += [fault for case in cases for fault in _knobs(case, laboratory)]
    if faults:
        raise DataError(faults)


def _rows(cases: Sequence[Case], published: pd.DataFrame, pending: frozenset[str]) -> Iterator[Fault]:
    rows = {str(row["id"]): row for row in published.to_dict("records")}
    counts = Counter(case.published_id for case in cases)
    tested = {name for name, row in rows.items() if is_tested(str(row["comparability"]))}
    for name in sorted(tested - set(counts) - pending):
        yield Fault(f"published_results.csv {name}", "no case", "one for each target and sign", "Write its case.")
    for name in sorted(set(counts) - tested):
        yield Fault(
            f"case {name}", "no target or sign of that id", "a row that can be met or missed", "Correct the id."
        )
    for name in sorted(name for name, count in counts.items() if count > 1):
        yield Fault(f"case {name}", f"{counts[name]} cases", "one for each row", "Put them together.")
    for name in sorted(pending & (set(counts) | (set(rows) - tested) | (pending - set(rows)))):
        yield Fault(f"pending {name}", "a row that has its case, or needs none", "rows still without", "Take it out.")
    for case in cases:
        if case.published_id in tested:
            try:
                target_of(rows[case.published_id], case.stated)
            except DataError as error:
                yield from error.faults


def _knobs(case: Case, laboratory: Laboratory) -> Iterator[Fault]:
    place = f"case {case.published_id}"
    for name, count in Counter(knob.name for knob in case.knobs).items():
        if count > 1:
            yield Fault(place, f"knob {name} {count} times", "each knob once", "Take one out.")
    for knob in case.knobs:
        known = laboratory.parameters.values if knob.is_parameter else case.conditions
        if knob.name not in known:
            expected = "a parameter" if knob.is_parameter else "a condition of the case"
            yield Fault(place, f"knob {knob.name!r}", expected, "Correct the name.")
        elif all(end == knob.base(case.placed(laboratory)) for end in knob.ends(laboratory)):
            yield Fault(place, f"knob {knob.name} without a range", "two ends that differ", "Take it out.")
