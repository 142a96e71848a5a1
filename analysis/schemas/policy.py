"""Contracts of scheme evaluation: what each draw gave."""

import pandera.pandas as pa

from analysis.schemas.base import Table


class SchemeDraws(Table):
    """Grain: scheme × year × draw; national. ``net_`` amounts are signed, positive = more with the scheme.

    ``outlay_msek`` is what two-way chargers are paid; one-way chargers under the same law stand apart.
    ``firm_outlay_sek_per_kw_year`` is the yearly cost to public funds of an additional firm kW; null where none is.
    """

    scheme: str
    year: int
    draw: int = pa.Field(ge=0)
    price_year: int
    adopter_count: float = pa.Field(ge=0)
    adopter_without_count: float = pa.Field(ge=0)
    net_additional_count: float
    outlay_msek: float = pa.Field(ge=0)
    outlay_oneway_msek: float = pa.Field(ge=0)
    net_budget_cost_msek: float
    net_firm_additional_mw: float
    firm_outlay_sek_per_kw_year: float = pa.Field(nullable=True)
    net_social_npv_msek: float

    class Config(Table.Config):
        unique = ["scheme", "year", "draw"]
