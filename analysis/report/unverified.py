"""Turns the parameters that nobody read in a source into a list by how much they matter, by their Sobol indices."""

from dataclasses import replace

import pandas as pd

from analysis.report.elements import Column, TableView, rows_of
from analysis.report.numbers import is_known
from analysis.report.text import UNKNOWN, Voice

STATES = ("weighed", "in_others", "not_varied")
"""With an index of its own; varied, but too small alone for one; never varied."""


def by_weight(parameters: pd.DataFrame, sensitivity: pd.DataFrame) -> pd.DataFrame:
    """Rank the unverified parameters by their largest total-order index over outcomes and schemes.

    Parameters
    ----------
    parameters
        ``Parameters``.
    sensitivity
        ``Sensitivity``; empty where the scenario has not made it.

    Returns
    -------
    pd.DataFrame
        Grain: unverified parameter. Its columns of ``parameters``, then ``state`` (:data:`STATES`), ``total_pu`` and
        ``total_half_width_pu``, ``scheme`` and ``outcome`` of the largest index (missing where there is none). Sorted
        by state, index (largest first) and id.

    Examples
    --------
    An index of 0.3 for one outcome and 0.5 for another ranks as 0.5.
    """
    known = sensitivity.dropna(subset=["total_pu"]).sort_values("total_pu", ascending=False, kind="stable")
    largest = known.drop_duplicates("parameter").rename(columns={"parameter": "id"})
    columns = ["id", "total_pu", "total_half_width_pu", "scheme", "outcome"]
    own = parameters[~parameters["verified"]].merge(largest[columns], on="id", how="left", validate="one_to_one")
    is_varied = own["id"].isin(set(sensitivity["parameter"]))
    state = pd.Series(STATES[2], index=own.index).mask(is_varied, STATES[1]).mask(own["total_pu"].notna(), STATES[0])
    own = own.assign(state=state, place=state.map(STATES.index))
    ranked = own.sort_values(["place", "total_pu", "id"], ascending=[True, False, True], ignore_index=True)
    return ranked.drop(columns="place")


def unverified_tables(parameters: pd.DataFrame, sensitivity: pd.DataFrame, voice: Voice) -> tuple[TableView, TableView]:
    """Show the unverified parameters that have an index, the weightiest first, and the others; :func:`by_weight`."""
    ranked = by_weight(parameters, sensitivity)
    is_weighed = ranked["state"] == STATES[0]
    captions = [voice.say("unverified.caption"), voice.say("unverified.rest_caption")]
    first, rest = (_table(rows, voice, caption) for rows, caption in zip(
        (ranked[is_weighed], ranked[~is_weighed]), captions, strict=True))  # fmt: skip
    return replace(first, note=voice.say("unverified.note")), rest


def _table(ranked: pd.DataFrame, voice: Voice, caption: str) -> TableView:
    rows = [
        (
            row.id,
            name if (name := voice.name("parameter_name", row.id)) != row.id else "",
            f"{voice.exact(row.value)} {row.unit}".strip(),
            f"{voice.exact(row.low)} {voice.say('number.to')} {voice.exact(row.high)}",
            _index(row.total_pu, row.total_half_width_pu, voice),
            _where(row, voice),
        )
        for row in rows_of(ranked)
    ]
    columns = [
        Column(voice.say("column.parameter"), "code"),
        Column(voice.say("column.parameter_name")),
        Column(voice.say("column.value"), "number"),
        Column(voice.say("column.range"), "number"),
        Column(voice.say("column.total"), "number"),
        Column(voice.say("column.where_most")),
    ]
    return TableView(caption, columns, rows)


def counts(parameters: pd.DataFrame, sensitivity: pd.DataFrame) -> dict[str, str]:
    """Count all parameters, the unverified ones, and those in each state."""
    states = by_weight(parameters, sensitivity)["state"]
    told = {state: str(int((states == state).sum())) for state in STATES}
    return {"all": str(len(parameters)), "unverified": str(len(states)), **told}


def _where(row: object, voice: Voice) -> str:
    """Say for which scheme and outcome the index is largest, or why there is none."""
    state = str(row.state)  # type: ignore[attr-defined]  # itertuples names columns
    if state != STATES[0]:
        return voice.say(f"unverified.{state}")
    scheme, outcome = str(row.scheme), str(row.outcome)  # type: ignore[attr-defined]  # the same
    return f"{voice.say(f'outcome.{outcome}')}: {voice.name('scheme', scheme)}"


def _index(value: float, half: float, voice: Voice) -> str:
    """Write a share with the half width of its interval: ``31 % ± 4 %``; a dash where there is none."""
    if not is_known(value):
        return UNKNOWN
    told = voice.number(value, "pu", 0.0, 1.0)
    return f"{told} ± {voice.number(half, 'pu', 0.0, 1.0)}" if is_known(half) else told
