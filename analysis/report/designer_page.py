"""Turns the tabulated draws of a run and a law of the Task 53 family into the scheme designer: what its script reads.

The page moves the numbers of the family and shows at once what they bring. Its script holds the adoption model and the
accounts once more; here stand only the arrays it starts from, the words it writes, and what it may start with.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import DataError, Fault
from analysis.policy.model import STATUSES, Scheme
from analysis.report.addresses import LOCALES, path_of
from analysis.report.elements import rows_of
from analysis.report.numbers import is_known
from analysis.report.page import embed
from analysis.report.results import Results
from analysis.report.site import environment, frame
from analysis.report.text import NO_BREAK, Voice, read_catalog
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from analysis.uncertainty.central import RESPONSES
from analysis.uncertainty.designer import case_rows
from analysis.uncertainty.designer_setting import (
    BUDGET,
    BUDGET_HIGH_MSEK,
    BY_AREA,
    FamilyLaw,
    is_family,
    read_family,
)
from analysis.uncertainty.family import NAMES, SPANS
from analysis.uncertainty.law import law_of, span_of
from analysis.uncertainty.measures import NATION

Arrays = Mapping[str, NDArray[Any]]

PAGE_ID, STYLE = "designer", "designer.css"
MODEL_SCRIPTS = ("designer_choice.js", "designer_model.js", "designer_accounts.js")
SCRIPTS = (*MODEL_SCRIPTS, "designer_numbers.js", "designer_plane.js", "designer.js")
PROPOSAL = "task53"
LINK_KEYS = dict(zip((*NAMES, BUDGET), ("amount", "dcac", "open", "exponent", "cap", "budget"), strict=True))
STEPS = dict(zip((*NAMES, BUDGET), (100.0, 0.05, 0.05, 0.05, 0.01, 1.0), strict=True))
UNITS = {"base_sek": "sek", "power_exponent_pu": "plain", "share_cap_pu": "share", BUDGET: "msek"}
MEASURES = {
    "adopter_count": "count", "additional_count": "count", "firm_mw": "mw", "outlay_msek": "msek",
    "budget_cost_msek": "msek", "social_npv_msek": "msek", "firm_cost_sek": "sek", "free_rider_pu": "share",
    "top_quintile_pu": "share",
}  # fmt: skip
WORDS = (
    "none", "copied", "not_copied", "told", "told_nothing", "range_drawn", "range_few", "setting", "axis_outlay",
    "axis_firm", "failed", "range_told", "drawing", "short_firm_mw", "short_outlay_msek", "short_social_npv_msek",
)  # fmt: skip
LEFT_OUT = ("use", "duties", "combined", "standards", "areas", "homes")


@dataclass(frozen=True)
class DesignerRun:
    """What the designer of one run starts from: arrays, the family's law, and the run's schemes that belong to it.

    ``family`` is none where the proposal's file has another form or pays in no year of the run: then nothing can be
    tried exactly, and the page says so. ``label`` is the name of the proposal by language, as its file says it.
    """

    arrays: Arrays
    family: FamilyLaw | None
    schemes: Mapping[str, Mapping[str, float]]
    label: Mapping[str, str]


def designer_run(
    arrays: Arrays, family: Scheme, named: Iterable[Scheme], settings: Settings, parameters: pd.DataFrame
) -> DesignerRun:
    """Read the law that the designer starts from.

    Parameters
    ----------
    arrays
        Of ``designer.npz``.
    family, named
        The file of the Task 53 proposal, and those of the run's schemes.
    """
    values = parameter_set(parameters, settings.assumptions.overrides)
    span = span_of(settings.policy, values, settings.scope.target_years[0], settings.price_year)
    # the reader's own scheme is nobody's proposal: values of every status may stand where it starts
    policy = settings.policy.model_copy(update={"statuses": STATUSES})
    laws = {each.scheme: law_of(each, span, settings.policy) for each in named if each.scheme != PROPOSAL}
    own = {name: read_family(law).proposed for name, law in laws.items() if is_family(law)}
    template, label = law_of(family, span, policy), {"sv": family.label_sv, "en": family.label_en}
    return DesignerRun(arrays, read_family(template) if is_family(template) else None, own, label)


def build_designer(
    results: Results, run: DesignerRun, settings: Settings, scenario: str, catalogs: Mapping[str, str],
    templates: Mapping[str, str], locales: Sequence[str] = LOCALES,
) -> dict[str, str]:  # fmt: skip
    """Build the designer's page in each language, by its path below the report's folder; it needs no library.

    Raises
    ------
    ConfigError
        If a catalog lacks a text.
    """
    template = environment(templates).get_template(f"{PAGE_ID}.html.j2")
    areas = sorted(settings.scope.price_areas)
    pages = {}
    for locale in locales:
        named = {f"scheme.{scheme}": texts[locale] for scheme, texts in results.scheme_labels.items()}
        voice = Voice(locale, {**read_catalog(catalogs[locale]), f"scheme.{PROPOSAL}": run.label[locale], **named})
        context = designer_context(
            run, results.scheme_summary, results.designer_check, settings.policy.schemes, areas, voice
        )
        scripts = SCRIPTS if context["is_there"] else ()
        shared = frame(PAGE_ID, voice, templates, scripts, (STYLE,), with_library=False)
        title = settings.title_sv if locale == "sv" else settings.title_en
        pages[path_of(PAGE_ID, locale)] = template.render(context | shared, scenario=scenario, title=title)
    return pages


def designer_context(
    run: DesignerRun, summary: pd.DataFrame, check: pd.DataFrame, schemes: Sequence[str], areas: Sequence[str],
    voice: Voice,
) -> dict[str, Any]:  # fmt: skip
    """Gather everything that the template prints in one language; ``data`` is for the script.

    Parameters
    ----------
    summary, check
        ``SchemeSummary`` of the run and ``DesignerCheck``.
    schemes, areas
        Schemes of the run in reading order, and its price areas in the order of the arrays.

    Raises
    ------
    DataError
        If the arrays lack what the script reads, or hold other areas.
    """
    _check(run.arrays, areas)
    year = int(run.arrays["years"][run.arrays["target_place"].item()])
    start = run.arrays["case_start"].item()
    if run.family is None:
        return {"is_there": False, "year": str(year)}
    paid, starts = run.family.paid_years, presets(run.family, run.schemes, schemes)
    return {
        "is_there": True,
        "data": embed(designer_data(run, run.family, summary, schemes, areas, voice)),
        "knobs": [knob(name, voice, [each[name] for each in starts.values() if name in each]) for name in LINK_KEYS],
        "areas": [(name, voice.say(f"area.{name}")) for name in (NATION, *areas)],
        "cases": [(name, case_label(name, voice)) for name in case_rows(run.arrays)],
        "presets": [(name, voice.name("scheme", name)) for name in starts],
        "measures": [(name, voice.say(f"designer.measure.{name}", year=str(year)), name in BY_AREA)
                     for name in MEASURES],
        "chargers": _chargers(run.arrays, voice),
        "fifths": [voice.say(f"group.income_quintile.q{place}") for place in range(1, 6)],
        "points": [name for name, _, _ in fixed_points(summary, schemes, year)],
        "year": str(year),
        "paid": f"{paid[0]}–{paid[-1]}",
        "last_year": str(int(run.arrays["years"][-1])),
        "draws": voice.exact(float(start)),
        "check": check_note(check, voice),
        "left_out": LEFT_OUT,
    }  # fmt: skip


def designer_data(
    run: DesignerRun, family: FamilyLaw, summary: pd.DataFrame, schemes: Sequence[str], areas: Sequence[str],
    voice: Voice,
) -> dict[str, Any]:  # fmt: skip
    """Everything that the script reads, as JSON can hold it."""
    years = [int(year) for year in run.arrays["years"]]
    year = years[run.arrays["target_place"].item()]
    return {
        "arrays": {name: packed(array) for name, array in run.arrays.items()},
        "law": family_data(family, years),
        "keys": LINK_KEYS,
        "steps": STEPS,
        "areas": [NATION, *areas],
        "measures": MEASURES,
        "by_area": list(BY_AREA),
        "cases": {name: rows.tolist() for name, rows in case_rows(run.arrays).items()},
        "presets": presets(family, run.schemes, schemes),
        "points": [
            {"name": voice.name("scheme", name), "outlay": outlay, "firm": firm}
            for name, outlay, firm in fixed_points(summary, schemes, year)
        ],
        "words": {name: voice.texts[f"designer.say.{name}"] for name in WORDS},
        "units": {name: voice.say(f"designer.unit.{name}") for name in ("mw", "msek", "sek", "share")},
        "locale": "sv-SE" if voice.locale == "sv" else "en-GB",
    }


def family_data(family: FamilyLaw, years: Sequence[int]) -> dict[str, Any]:
    """What the script needs of the law beside the numbers that are moved."""
    return {
        "power_reference_kw": family.power_reference_kw,
        "power_cap_kw": family.power_cap_kw,
        "paid_places": [list(years).index(year) for year in family.paid_years],
    }


def presets(
    family: FamilyLaw, known: Mapping[str, Mapping[str, float]], schemes: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Numbers that the page can start from: the proposal's own first, then the run's schemes of the same family."""
    return {PROPOSAL: dict(family.proposed)} | {name: dict(known[name]) for name in schemes if name in known}


def packed(array: NDArray[Any]) -> dict[str, Any]:
    """One array as JSON can hold it: single precision stays single, all else becomes double; little end first."""
    kind = "f4" if array.dtype == np.float32 else "f8"
    data = np.ascontiguousarray(array, dtype=f"<{kind}").tobytes()
    return {"kind": kind, "shape": list(array.shape), "data": base64.b64encode(data).decode("ascii")}


def knob(name: str, voice: Voice, starts: Sequence[float] = ()) -> dict[str, Any]:
    """One number that is moved: its ends, step and words; the ends hold what the page can start from."""
    low, high = (SPANS[name].low, SPANS[name].high) if name in SPANS else (0.0, BUDGET_HIGH_MSEK)
    low, high = min(low, *starts, low), max(high, *starts, high)
    unit = UNITS.get(name, "times")
    return {
        "id": name, "low": f"{low:g}", "high": f"{high:g}", "step": f"{STEPS[name]:g}",
        "label": voice.say(f"designer.knob.{name}"), "unit": voice.say(f"designer.knob_unit.{unit}"),
        "help": voice.say(f"designer.help.{name}"),
    }  # fmt: skip


def case_label(name: str, voice: Voice) -> str:
    """What a case is called: all draws, one price year, or the central case at one response to money."""
    kind, _, rest = name.partition("_")
    if kind == "price":
        return voice.say("designer.case.price", year=rest)
    return voice.say(f"designer.case.{name}" if rest in RESPONSES else "designer.case.drawn")


def fixed_points(summary: pd.DataFrame, schemes: Sequence[str], year: int) -> list[tuple[str, float, float]]:
    """Outlay (MSEK) and firm power (MW) of the run's own schemes that pay anything, in reading order."""
    wanted = summary[(summary["year"] == year) & summary["measure"].isin(["outlay_msek", "net_firm_additional_mw"])]
    found = {(row.scheme, row.measure): float(row.value) for row in rows_of(wanted) if is_known(row.value)}
    return [
        (name, found[name, "outlay_msek"], found[name, "net_firm_additional_mw"])
        for name in schemes
        if found.get((name, "outlay_msek"), 0.0) > 0 and (name, "net_firm_additional_mw") in found
    ]


def check_note(check: pd.DataFrame, voice: Voice) -> str:
    """Say how far the script was from the pipeline at worst, over settings drawn at random."""

    def per_cent(name: str) -> str:
        return voice.exact(float(f"{100.0 * float(check[name].max()):.1g}"))

    return voice.say(
        "designer.check",
        settings=voice.exact(float(check["setting_count"].max())),
        draws=voice.exact(float(check["draw_count"].max())),
        worst=per_cent("worst_error_pu"),
        shown=per_cent("worst_shown_error_pu"),
    )


def _chargers(arrays: Arrays, voice: Voice) -> list[str]:
    """Each two-way charger on offer, in the order of the arrays."""
    kinds = {True: voice.say("designer.technology.dc"), False: voice.say("designer.technology.ac")}
    terms = {True: voice.inline("openness", "open"), False: voice.inline("openness", "closed")}
    return [
        f"{kinds[bool(is_dc)]}, {voice.exact(float(power))}{NO_BREAK}kW, {terms[bool(is_open)]}"
        for is_dc, power, is_open in zip(arrays["is_dc"], arrays["power_kw"], arrays["is_open"], strict=True)
    ]


def _check(arrays: Arrays, areas: Sequence[str]) -> None:
    needed = {"cube_value", "draw_cell_pu", "years", "target_place", "case_start", "firm_kw", "price_years"}
    missing = sorted(needed - set(arrays))
    if missing:
        raise DataError(Fault("designer.npz", f"no {', '.join(missing)}", "arrays of the designer", "Run it again."))
    if arrays["firm_kw"].shape[0] != len(areas):
        raise DataError(
            Fault("designer.npz", f"{arrays['firm_kw'].shape[0]} areas", f"{len(areas)}", "Run it for the whole scope.")
        )
