"""Names the tables that each view and each sentence of the pages is made from, by the names of the report job's inputs.

A number on a page is followed from here: the view names its tables, the graph of the run says what those rest on.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from analysis.errors import ConfigError, Fault
from analysis.report.elements import FigureView, TableView

View = TypeVar("View", FigureView, TableView)

PLUG_IN = ("profiles", "plug_in_contracts", "parameters")
FIGURES: Mapping[str, tuple[str, ...]] = {
    "map": ("potential_summary", "potential_municipalities", "scheme_municipalities"),
    "waterfall": ("potential_summary", "market_balance"),
    "tiers": ("potential_summary",),
    "heat": ("potential",),
    "hours": ("potential",),
    "curve": ("firm_curve", "availability_fleets"),
    "regulation": ("regulation_timeline",),
    "profiles": ("profiles", "profile_shapes"),
    "places": ("profile_counts", "municipalities"),
    "validation": ("plug_in_validation",),
    "values": ("value_summary",),
    "years": ("reserve_collapse",),
    "steps": ("value_steps",),
    "foresight": ("foresight",),
    "wedge": ("export_wedge",),
    "week": ("car_week",),
    "depth": ("headlines", "market_balance", "market_products", "market_sales"),
    "schemes": ("scheme_summary",),
    "matrix": ("scheme_results",),
    "accounts": ("accounts",),
    "paths": ("scheme_paths",),
    "incidence": ("scheme_incidence",),
    "comparison": ("scheme_comparison",),
    "information": ("information_value",),
    "sensitivity": ("sensitivity",),
    "front": ("scheme_front", "best_scheme"),
    "ratios": ("best_scheme",),
    "backup": ("resilience",),
    "worth": ("backup_value", "backup_threshold"),
    "island": ("island_case", "island_duration"),
    "feeder": ("local_grid",),
}
TITLES: Mapping[str, tuple[str, ...]] = {
    "map": ("potential_summary",),
    "waterfall": ("potential_summary",),
    "curve": ("firm_curve",),
    "places": ("municipalities",),
    "profiles": ("profiles",),
    "depth": ("headlines",),
    "front": ("scheme_front",),
    "island": ("island_case",),
}
"""Tables of a figure's title and lead where they are fewer than those of the whole figure."""
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "measures": ("scheme_summary",),
    "accounts": ("accounts",),
    "comparison": ("price_year_comparison",),
    "parameters": ("parameters",),
    "parameter_counts": ("parameters",),
    "link_note": ("profile_link",),
    "link": ("profile_link",),
    "seeds": ("profile_count_seeds",),
    "company_cars": ("company_car_areas",),
    "stability": ("profiles",),
    "travel": ("travel_targets",),
    "travel_note": ("travel_targets",),
    "driving_data": ("driving_data",),
    "losses": ("profile_evidence",),
    "use_cases": ("use_cases",),
    "use_case_check": ("use_case_check",),
    "correlation": ("availability_correlation",),
    "levels": ("level_check",),
    "erosion_note": ("parameters",),
    "erosion": ("erosion_fit",),
    "capture": ("capture_prices",),
    "profile_depth": ("profile_depth",),
    "portfolios": ("portfolio_values",),
    "market_note": ("market_tier",),
    "market_tier": ("market_tier",),
    "contracts": ("plug_in_contracts",),
    "floor": ("backup_floor",),
    "supply": ("crisis_supply_summary",),
    "run": ("run",),
    "schemes_answer": ("scheme_summary",),
    "scheme_cards": ("schemes", "scheme_results", "scheme_summary"),
    "further_cards": ("schemes", "scheme_results", "scheme_summary"),
    "convergence": ("convergence",),
    "law": ("schemes",),
    "ladder": ("capability_ladder",),
    "standards": ("interoperability",),
}
SENTENCES: Mapping[str, tuple[str, ...]] = {
    "answer": ("headlines",),
    "cards": ("headlines",),
    "headline_table": ("headlines",),
    "plug_in": PLUG_IN,
    "value_years": ("value_summary",),
    "asek": ("parameters",),
    "weighed": ("evidence",),
    "overview": ("scheme_summary",),
    "standing": ("evidence",),
    "peers": ("peer_check",),
    "teeth": ("broken_cases",),
    "rows": ("evidence", "published_results", "evidence_moves"),
    **SECTIONS,
}
"""What stands on a page and is no figure."""
DECISIONS: Mapping[str, tuple[str, ...]] = {
    "support": ("market_tier", "scheme_summary"),
    "current": ("best_scheme",),
    "current_led": ("headlines",),
    "openness": ("best_scheme", "regulation_timeline"),
    "openness_led": ("headlines", "regulation_timeline"),
    "place": TITLES["map"],
    "rules": FIGURES["wedge"],
    "resilience": FIGURES["worth"],
}


def title_tables(figure_id: str) -> tuple[str, ...]:
    """Tables that the title and the lead of a figure take their numbers from."""
    return TITLES.get(figure_id, FIGURES[figure_id])


def stamp_figure(figure: FigureView) -> FigureView:
    """Give a figure and its table the tables they are made from.

    Raises
    ------
    ConfigError
        If :data:`FIGURES` does not name the figure.
    """
    origin = _named(figure.figure_id, FIGURES)
    return replace(figure, origin=origin, table=replace(figure.table, origin=origin))


def stamp_sections(sections: Mapping[str, Any]) -> dict[str, Any]:
    """Give each table among the sections, also those in lists of names and tables, the tables it is made from.

    Raises
    ------
    ConfigError
        If :data:`SECTIONS` does not name one.
    """
    return {name: _stamped(name, part) for name, part in sections.items()}


def stamp_table(name: str, table: TableView) -> TableView:
    """Give a table that is no section the tables it is made from."""
    return replace(table, origin=_named(name, SENTENCES))


def _stamped(name: str, part: Any) -> Any:
    if isinstance(part, TableView):
        return replace(part, origin=_named(name, SECTIONS))
    if isinstance(part, list):
        return [_stamped(name, item) for item in part]
    if isinstance(part, tuple) and any(isinstance(item, TableView) for item in part):
        return tuple(_stamped(name, item) for item in part)
    return part


def _named(name: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if name not in known:
        place = "analysis/report/view_tables.py"
        raise ConfigError(Fault(place, f"no tables for {name!r}", "the tables it is made from", "Name them there."))
    return known[name]
