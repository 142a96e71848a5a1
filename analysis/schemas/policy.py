"""Contracts of scheme evaluation: what each draw gave."""

import pandera.pandas as pa

from analysis.schemas.base import Table, share_field


class SchemeDraws(Table):
    """Grain: scheme × year × draw; national. ``net_`` amounts are signed, positive = more with the scheme.

    Cars are those enrolled at the end of the year. ``outlay_msek`` is what the state pays or gives up over all years,
    not discounted; what one-way chargers get under the same law, used in any way, stands apart.
    ``firm_outlay_sek_per_kw_year`` is the cost to public funds of an additional firm kW for a year, from the outlay,
    ``net_firm_budget_sek_per_kw_year`` from the net budget cost; null where none is added.
    """

    scheme: str
    year: int
    draw: int = pa.Field(ge=0)
    price_year: int
    adopter_count: float = pa.Field(ge=0)
    adopter_without_count: float = pa.Field(ge=0)
    net_additional_count: float
    recipient_count: float = pa.Field(ge=0)
    free_rider_pu: float = share_field(nullable=True)
    outlay_msek: float = pa.Field(ge=0)
    outlay_oneway_msek: float = pa.Field(ge=0)
    net_budget_cost_msek: float
    net_firm_additional_mw: float
    firm_outlay_sek_per_kw_year: float = pa.Field(nullable=True)
    net_firm_budget_sek_per_kw_year: float = pa.Field(nullable=True)
    net_social_npv_msek: float

    class Config(Table.Config):
        unique = ["scheme", "year", "draw"]
