"""Turns scheme files into what a reader may check: each dated value, its status and where it is written."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.policy.model import ONE_OFF_FORMS, STATUSES, Scheme, Value
from analysis.report.elements import Column, TableView
from analysis.report.text import Voice

BARE = ("pu",)
Law = Mapping[str, Sequence["LawRow"]]


@dataclass(frozen=True)
class LawRow:
    """One dated value of a scheme: what it is, from which day, its status and where it is written.

    ``form`` is that of the payment, relief or duty whose amount it makes; a limit or a condition has none.
    """

    name: str
    label_sv: str
    label_en: str
    start: str
    value: Value
    unit: str
    status: str
    reference: str
    form: str = ""


def scheme_law(schemes: Iterable[Scheme]) -> dict[str, tuple[LawRow, ...]]:
    """List the dated values of each scheme; a combination has those of every scheme in it, each value once."""
    return {scheme.scheme: tuple(dict.fromkeys(_rows(scheme))) for scheme in schemes}


def _rows(scheme: Scheme) -> list[LawRow]:
    forms = {
        name: component.form
        for component in scheme.components
        for part in component.amount
        for name in part.roles.values()
    }
    own = [
        LawRow(
            parameter.name,
            parameter.label_sv,
            parameter.label_en,
            dated.start.isoformat(),
            dated.value,
            parameter.unit,
            dated.status,
            ", ".join(
                item for item in (dated.reference.title, dated.reference.paragraph, dated.reference.href) if item
            ),
            forms.get(parameter.name, ""),
        )
        for parameter in scheme.parameters.values()
        for dated in parameter.values
    ]
    return own + [row for part in scheme.combines for row in _rows(part)]


def status_words(rows: Sequence[LawRow], voice: Voice) -> str:
    """Say what a scheme is and count its values: ``Bidrag. Värden i regeln: gällande 3, antagna 5``."""
    counts = {status: sum(row.status == status for row in rows) for status in STATUSES}
    told = [f"{voice.say(f'law.{status}')} {count}" for status, count in counts.items() if count]
    if not told:
        return voice.say("law.no_values")
    kinds = [voice.say(f"form.{form}") for form in dict.fromkeys(row.form for row in rows) if form]
    kind = " + ".join(kinds[:1] + [name[0].lower() + name[1:] for name in kinds[1:]])
    return voice.say("law.status", kind=kind or voice.say("form.rule"), counts=", ".join(told))


def beyond_purchase(rows: Sequence[LawRow], voice: Voice) -> list[tuple[str, str]]:
    """Give what a scheme pays, gives back or asks for otherwise than on purchase, with the day it begins."""
    return [
        (
            row.label_sv if voice.locale == "sv" else row.label_en,
            voice.say(
                "law.since", value=f"{value_text(row, voice)} {_unit(row, voice)}".strip(), day=voice.date(row.start)
            ),
        )
        for row in rows
        if row.form and row.form not in ONE_OFF_FORMS
    ]


def references(rows: Sequence[LawRow]) -> list[str]:
    """Give each reference of a scheme once, in the order of its file."""
    return list(dict.fromkeys(row.reference for row in rows))


def law_table(law: Law, schemes: Sequence[str], voice: Voice) -> TableView:
    """Show every dated value behind the schemes."""
    rows = [
        (
            voice.name("scheme", scheme),
            row.label_sv if voice.locale == "sv" else row.label_en,
            voice.date(row.start),
            value_text(row, voice),
            voice.name("law_unit", row.unit),
            voice.say(f"law.one_{row.status}"),
            row.reference,
        )
        for scheme in schemes
        for row in law.get(scheme, ())
    ]
    names = ("scheme", "law_what", "law_from")
    columns = [
        *(Column(voice.say(f"column.{name}")) for name in names),
        Column(voice.say("column.value"), "number"),
        Column(voice.say("column.unit")),
        Column(voice.say("column.status")),
        Column(voice.say("column.source"), "original"),
    ]
    return TableView(voice.say("law.caption"), columns, rows, is_grouped=True)


def _unit(row: LawRow, voice: Voice) -> str:
    """Name the unit of a number; what is a word already has none."""
    return voice.name("law_unit", row.unit) if isinstance(row.value, int | float) and row.unit not in BARE else ""


def value_text(row: LawRow, voice: Voice) -> str:
    """Write a value as it stands in its file; none ends the scheme."""
    value = row.value
    if value is None:
        return voice.say("law.ends")
    if isinstance(value, datetime.date):
        return voice.date(value.isoformat())
    if isinstance(value, tuple):
        return ", ".join(voice.name("law_value", item) for item in value)
    return voice.exact(float(value)) if isinstance(value, int | float) else voice.name("law_value", str(value))
