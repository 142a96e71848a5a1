"""Turns the differences of two runs into sentences, tables and charts of a language."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.report import headlines as known
from analysis.report.compare_chain import Link, Step
from analysis.report.compare_chart import Chart, chart
from analysis.report.compare_origin import KINDS, Difference
from analysis.report.compare_tables import Run, is_clear, most_different, triple
from analysis.report.elements import Column, TableView, rows_of
from analysis.report.scheme_choice import SOCIAL
from analysis.report.text import NO_BREAK, SHARE_UNITS, UNKNOWN, Voice
from analysis.schemas.base import PRICE_AREAS_AND_SWEDEN

SIDES = ("a", "b")


def told(row: Any, side: str, voice: Voice) -> str:
    """Write one run's number of a row with its range, without the unit; a chance that no draw bears out is small."""
    if row.subject == known.PROBABILITY and getattr(row, f"{side}_value") < known.HARDLY:
        return voice.say("number.hardly")
    return voice.interval(*triple(row, side), row.unit)


def signed(value: float, unit: str, ends: tuple[float, float], voice: Voice) -> str:
    """Write a difference with its sign, as precise as the wider range beside it allows; shares in percentage points."""
    if math.isnan(value):
        return UNKNOWN
    is_share = unit in SHARE_UNITS
    scale = 100.0 if is_share else 1.0
    low, high = (None, None) if any(math.isnan(end) for end in ends) else (scale * ends[0], scale * ends[1])
    number = voice.number(scale * value, "" if is_share else unit, low, high)
    plus = "+" if value > 0 and number.strip("0.,") else ""
    return f"{plus}{number}{NO_BREAK}{voice.say('compare.points')}" if is_share else f"{plus}{number}"


def difference(row: Any, voice: Voice) -> str:
    """Write B less A of a row, as precise as shared draws tell it, or as the wider of the two ranges."""
    if not math.isnan(row.difference_low):
        return signed(row.difference, row.unit, (row.difference_low, row.difference_high), voice)
    widths = [high - low for _, low, high in (triple(row, side) for side in SIDES)]
    half = max((width / 2 for width in widths if not math.isnan(width)), default=math.nan)
    return signed(row.difference, row.unit, (row.difference - half, row.difference + half), voice)


def says(row: Any, voice: Voice) -> str:
    """Say what a difference is worth: by the draws that both runs share where there are any, else by the two ranges."""
    if row.present != "both":
        return voice.say(f"compare.only_{row.present}")
    if row.ranges in ("same", "missing", "no_range", "spread") or math.isnan(row.b_higher_pu):
        return voice.say(f"compare.ranges_{row.ranges}")
    ends = (row.difference, row.difference_low, row.difference_high)
    scale, unit = (100.0, "points") if row.unit in SHARE_UNITS else (1.0, "")
    span = voice.span(*(scale * end for end in ends))
    if unit:
        span = f"{span}{NO_BREAK}{voice.say('compare.points')}"
    if not (row.difference_low > 0 or row.difference_high < 0):
        return voice.say("compare.draws_unclear", span=span)
    more = row.difference_low > 0
    share = voice.number(row.b_higher_pu if more else 1 - row.b_higher_pu, "pu")
    return voice.say("compare.draws_more" if more else "compare.draws_less", share=share, span=span)


def most_sentence(table: pd.DataFrame, voice: Voice) -> str:
    """Open the page: what differs most, in words and numbers with ranges."""
    row = most_different(table)
    if row is None:
        return voice.say("compare.most_none")
    numbers = {side: voice.quantity(*triple(row, side), row.unit) for side in SIDES}
    key = "clear" if is_clear(row) else "no_range" if row.ranges == "no_range" else "unclear"
    return voice.say(f"compare.most_{key}", what=voice.say(f"compare.lead_{row.subject}"), **numbers)


def kinds_sentence(
    found: Sequence[Difference], kinds: Sequence[str], is_same: bool, has_chain: bool, voice: Voice
) -> str:
    """Say whose the difference is: nobody's, one kind's whole, or several kinds' together."""
    if not kinds:
        return voice.say("compare.kinds_none" if is_same else "compare.kinds_none_moved")
    names = [voice.say(f"compare.kind_{kind}") for kind in kinds]
    if len(kinds) > 1:
        key = "compare.kinds_chain" if has_chain else "compare.kinds_several"
        return voice.say(key, kinds=listed(names, voice))
    moving = [each for each in found if not each.is_idle]
    if len(moving) == 1 and moving[0].origin == "setting" and moving[0].first and moving[0].second:
        only = moving[0]
        item = only.item.removeprefix("assumptions.overrides.")
        return voice.say("compare.kinds_one_item", kind=names[0], item=item, a=only.first, b=only.second)
    return voice.say("compare.kinds_one", kind=names[0])


def listed(names: Sequence[str], voice: Voice) -> str:
    """Join names into a list as a sentence has it: a, b and c."""
    head, last = list(names[:-1]), names[-1]
    return f"{', '.join(head)} {voice.say('number.and')} {last}" if head else last


def _columns(voice: Voice, *first: str) -> list[Column]:
    names = [Column(voice.say(f"column.{name}")) for name in first]
    numbers = [Column(voice.say(f"compare.{name}"), "number") for name in ("a", "b", "difference")]
    return [*names, *numbers, Column(voice.say("compare.says"))]


def _cells(row: Any, voice: Voice) -> tuple[str, ...]:
    return told(row, "a", voice), told(row, "b", voice), difference(row, voice), says(row, voice)


def headline_table(table: pd.DataFrame, voice: Voice) -> TableView:
    """Show the headline numbers of the country, the five leads and what belongs to each."""
    found = {row.subject: row for row in rows_of(table[(table["part"] == "headline") & (table["price_area"] == "SE")])}
    rows = [
        (_with_unit(f"– {voice.say(f'headline.{name}')}" if place else voice.say(f"headline.{name}"), row, voice),
         *_cells(row, voice), voice.say(f"compare.level_{row.level}"))
        for group in known.CARDS
        for place, name in enumerate(group)
        if (row := found.get(name)) is not None
    ]  # fmt: skip
    return TableView(
        voice.say("compare.headlines_caption"), [*_columns(voice, "measure"), Column(voice.say("column.level"))], rows
    )


def _with_unit(name: str, row: Any, voice: Voice) -> str:
    return ", ".join(filter(None, (name, voice.unit(row.unit))))


def best_note(first: Run, second: Run, voice: Voice) -> str:
    """Say which scheme each run calls best, where they do not agree; its rows are then of two schemes."""
    names = [known.best_scheme(run.headlines) for run in (first, second)]
    if names[0] == names[1]:
        return ""
    shown = [voice.name("scheme", name) if name else voice.say("number.missing") for name in names]
    return voice.say("compare.best_differs", a=shown[0], b=shown[1])


def scheme_table(table: pd.DataFrame, voice: Voice) -> TableView:
    """Show the schemes of both runs: social value, firm power, cost per firm kW, free riders."""
    shown = table[(table["part"] == "scheme") & (table["present"] == "both")]
    rows = [
        (voice.name("scheme", row.subject), _with_unit(voice.name("measure", row.measure), row, voice),
         *_cells(row, voice))
        for row in rows_of(shown)
    ]  # fmt: skip
    columns = _columns(voice, "scheme", "measure")
    return TableView(voice.say("compare.schemes_caption"), columns, rows, is_grouped=True)


def schemes_alone(table: pd.DataFrame, side: str, voice: Voice) -> str:
    """Name the schemes that one run alone has; empty where there is none."""
    rows = table[(table["part"] == "scheme") & (table["present"] == side)]
    names = [voice.name("scheme", name) for name in dict.fromkeys(rows["subject"])]
    return voice.say(f"compare.schemes_only_{side}", names=listed(names, voice)) if names else ""


def value_tables(table: pd.DataFrame, voice: Voice) -> list[TableView]:
    """Show the value of a car by area and strategy: a table each price year and charger that both runs have."""
    shown = table[(table["part"] == "value") & (table["present"] == "both")]
    made = []
    for (year, option), rows in shown.groupby(["price_year", "charger_option"], sort=False):
        caption = voice.say("compare.value_caption", year=str(year), charger=voice.inline("charger", str(option)))
        cells = [
            (voice.say(f"area.{row.price_area}"), voice.say(f"strategy.{row.subject}"), told(row, "a", voice),
             told(row, "b", voice), difference(row, voice))
            for row in rows_of(rows)
        ]  # fmt: skip
        made.append(TableView(caption, _columns(voice, "area", "strategy")[:-1], cells, is_grouped=True))
    return made


def firm_rows(table: pd.DataFrame) -> list[Any]:
    """Pick firm power by area, Sweden first."""
    rows = table[(table["part"] == "headline") & (table["subject"] == known.FIRM)]
    return sorted(rows_of(rows), key=lambda row: PRICE_AREAS_AND_SWEDEN.index(row.price_area))


def firm_table(table: pd.DataFrame, voice: Voice) -> TableView:
    """Show firm power by area."""
    rows = [(voice.say(f"area.{row.price_area}"), *_cells(row, voice)) for row in firm_rows(table)]
    return TableView(voice.say("compare.firm_caption"), _columns(voice, "area"), rows)


def charts(table: pd.DataFrame, voice: Voice) -> dict[str, Chart | None]:
    """Draw firm power by area, and the social value of each scheme that both runs have."""
    schemes = table[(table["part"] == "scheme") & (table["measure"] == SOCIAL) & (table["present"] == "both")]
    return {
        "firm": _chart("compare.firm_chart", "MW", [(voice.say(f"area.{row.price_area}"), row)
                                                     for row in firm_rows(table)], voice),
        "schemes": _chart("compare.schemes_chart", "MSEK", [(voice.name("scheme", row.subject), row)
                                                             for row in rows_of(schemes)], voice),
    }  # fmt: skip


def _chart(title: str, unit: str, rows: Sequence[tuple[str, Any]], voice: Voice) -> Chart | None:
    strips = []
    for label, row in rows:
        marks: list[tuple[str, float, float, float]] = []
        for side in SIDES:
            value, low, high = triple(row, side)
            if not math.isnan(value):
                marks.append((side, value, value if math.isnan(low) else low, value if math.isnan(high) else high))
        words = voice.say("compare.strip", a=told(row, "a", voice), b=told(row, "b", voice), unit=voice.unit(unit))
        strips.append((label, marks, words))
    return chart(voice.say(title), voice.unit(unit), strips, voice)


def origin_tables(found: Sequence[Difference], voice: Voice) -> list[tuple[str, TableView | None]]:
    """Show what was different going in, a table each kind; none where a kind is the same in both."""
    made: list[tuple[str, TableView | None]] = []
    for kind in KINDS:
        of_kind = [each for each in found if each.kind == kind]
        title, has_idle = voice.say(f"compare.title_{kind}"), any(each.is_idle for each in of_kind)
        heads = [Column(voice.say("column.key"), "code"), *(Column(voice.say(f"compare.{side}")) for side in SIDES)]
        heads += [Column(voice.say("compare.note"))] if has_idle else []
        rows = [
            (each.item, each.first or UNKNOWN, each.second or UNKNOWN,
             *([voice.say("compare.idle") if each.is_idle else ""] if has_idle else []))
            for each in of_kind
        ]  # fmt: skip
        made.append((title, TableView(voice.say("compare.origin_caption"), heads, rows) if rows else None))
    return made


def chain_table(steps: Sequence[Step], links: Sequence[Link], voice: Voice) -> TableView:
    """Show each number along the chain: A, what each step moves, B, and the whole, to which the steps add up."""
    heads = [voice.say("compare.step", end=step.end, kinds=_kinds(step, voice)) for step in steps]
    labels = [voice.say("compare.a"), *heads, voice.say("compare.b"), voice.say("compare.sum")]
    columns = [Column(voice.say("column.measure")), Column(voice.say("column.unit"))]
    columns += [Column(label, "number") for label in labels]
    rows = [
        (_link_name(link, voice), voice.unit(link.unit), _end(link.values[0], link, voice),
         *(_move(move, link, voice) for move in link.moves), _end(link.values[-1], link, voice),
         _move(link.whole, link, voice))
        for link in links
    ]  # fmt: skip
    return TableView(voice.say("compare.chain_caption"), columns, rows)


def _kinds(step: Step, voice: Voice) -> str:
    return ", ".join(voice.say(f"compare.kind_{kind}") for kind in step.kinds) or voice.say("compare.nothing")


def _around(value: float, link: Link) -> tuple[float, float]:
    """Give ends about a value such that all numbers of a row show as many decimals: three digits of the largest."""
    half = max((abs(each) for each in link.values if not math.isnan(each)), default=math.nan) / 100
    return (value - half, value + half) if half else (math.nan, math.nan)


def _end(value: float, link: Link, voice: Voice) -> str:
    return voice.number(value, link.unit, *_around(value, link))


def _move(value: float, link: Link, voice: Voice) -> str:
    return signed(value, link.unit, _around(value, link), voice)


def _link_name(link: Link, voice: Voice) -> str:
    if link.part == "headline":
        return _first_up(voice.say(f"compare.lead_{link.subject}"))
    return voice.say("compare.scheme_value", scheme=voice.name("scheme", link.subject))


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def caveat_notes(keys: Sequence[str], first: Run, second: Run, voice: Voice) -> list[str]:
    """Say where numbers of the same name are not of the same thing: areas, years, money."""

    def value(run: Run, key: str) -> str:
        plain: Mapping[str, Any] = {**run.settings["scope"], "price_year": run.settings["price_year"],
                                    "target_years": run.year}  # fmt: skip
        found = plain[key]
        return ", ".join(str(item) for item in found) if isinstance(found, list) else str(found)

    return [voice.say(f"compare.caveat_{key}", a=value(first, key), b=value(second, key)) for key in keys]
