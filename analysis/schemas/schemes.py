"""Contracts of what schemes do over time and to whom, how sure that is, and which scheme would be best."""

import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS, PRICE_AREAS_AND_SWEDEN, Table, share_field

PATH_MEASURES = {
    "enrolled_count": "cars",
    "new_count": "cars",
    "net_additional_count": "cars",
    "idle_count": "cars",
    "waiting_count": "cars",
    "served_pu": "share",
    "outlay_msek": "MSEK",
    "net_firm_additional_mw": "MW",
    "aware_pu": "share",
    "fcr_n_level_pu": "share",
    "fcr_d_level_pu": "share",
    "value_sek_per_car_year": "SEK/car,year",
    "price_ac_sek": "SEK",
    "price_dc_sek": "SEK",
    "balance_gap_pu": "share",
}
"""Measures of a path by calendar year, and their units. A path is national unless it has a row for each price area."""

GROUP_KINDS = ("income_quintile", "dwelling", "price_area", "household")
HOUSEHOLDS = ("recipient", "owner_without_support", "tenant_owner_without_support", "no_electric_car")

OUTCOMES = {
    "net_social_npv_msek": "MSEK",
    "net_firm_additional_mw": "MW",
    "firm_outlay_sek_per_kw_year": "SEK/kW,year",
    "outlay_msek": "MSEK",
}
"""What schemes are compared and explained by; the names are columns of ``SchemeDraws``."""

AIMS = ("social_npv", "firm_mw", "firm_mw_with_fairness_floor")


class SchemePaths(Table):
    """Grain: scheme × calendar year × price area × measure; medians and 5-95 % over the draws.

    ``net_`` measures are those of the scheme less those without support on the same draws.
    """

    scheme: str
    year: int
    price_area: str = pa.Field(isin=PRICE_AREAS_AND_SWEDEN)
    measure: str = pa.Field(isin=tuple(PATH_MEASURES))
    value: float = pa.Field(nullable=True)
    low: float = pa.Field(nullable=True)
    high: float = pa.Field(nullable=True)
    unit: str

    class Config(Table.Config):
        unique = ["scheme", "year", "price_area", "measure"]


class SchemeMunicipalities(Table):
    """Grain: scheme × municipality, in the target year; medians and 5-95 % over the draws.

    ``eligible_count`` are capable cars with a charging point at home, ``adopter_count`` those with two-way charging.
    ``net_additional_count`` is on the same draws: its median is not the difference of the medians.
    """

    scheme: str
    year: int
    municipality_code: str = pa.Field(str_length=4)
    price_area: str = pa.Field(isin=PRICE_AREAS)
    eligible_count: float = pa.Field(ge=0)
    adopter_count: float = pa.Field(ge=0)
    adopter_low_count: float = pa.Field(ge=0)
    adopter_high_count: float = pa.Field(ge=0)
    adopter_without_count: float = pa.Field(ge=0)
    net_additional_count: float
    net_additional_low_count: float
    net_additional_high_count: float

    class Config(Table.Config):
        unique = ["scheme", "year", "municipality_code"]


class SchemeIncidence(Table):
    """Grain: scheme × group kind × group; means over the draws, present values, so that groups of a kind add up.

    ``net_user_gain_msek`` is what the group's buyers gain from their chargers, support included;
    ``net_bill_gain_msek`` what its households gain or lose as electricity customers; ``tax_cost_msek`` its share of the
    net budget cost, by taxes paid. ``household_count`` counts the households of the group at the target year.
    """

    scheme: str
    group_kind: str = pa.Field(isin=GROUP_KINDS)
    group: str
    household_count: float = pa.Field(ge=0)
    recipient_count: float = pa.Field(ge=0)
    outlay_msek: float = pa.Field(ge=0)
    outlay_share_pu: float = share_field(nullable=True)
    net_user_gain_msek: float
    net_bill_gain_msek: float
    tax_cost_msek: float
    net_gain_msek: float

    class Config(Table.Config):
        unique = ["scheme", "group_kind", "group"]


class Sensitivity(Table):
    """Grain: scheme × outcome × parameter: what moves the outcome.

    ``at_low`` and ``at_high`` hold the outcome with the parameter alone at its 10th and 90th percentile (tornado);
    first-order and total Sobol indices with the half width of their 95 % interval; ``is_verified`` says whether the
    parameter's value was read in a source.
    """

    scheme: str
    outcome: str = pa.Field(isin=tuple(OUTCOMES))
    parameter: str
    at_low: float = pa.Field(nullable=True)
    at_middle: float = pa.Field(nullable=True)
    at_high: float = pa.Field(nullable=True)
    first_pu: float = pa.Field(nullable=True)
    first_half_width_pu: float = pa.Field(nullable=True)
    total_pu: float = pa.Field(nullable=True)
    total_half_width_pu: float = pa.Field(nullable=True)
    is_verified: bool

    class Config(Table.Config):
        unique = ["scheme", "outcome", "parameter"]


class SchemeComparison(Table):
    """Grain: scheme × other scheme × outcome: how often the first is the better one on the same draws.

    ``standard_error_pu`` is that of the probability; draws in which either has no value do not count.
    """

    scheme: str
    other: str
    outcome: str = pa.Field(isin=tuple(OUTCOMES))
    better_pu: float = share_field(nullable=True)
    standard_error_pu: float = pa.Field(ge=0, nullable=True)
    difference: float = pa.Field(nullable=True)
    difference_low: float = pa.Field(nullable=True)
    difference_high: float = pa.Field(nullable=True)
    draw_count: int = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["scheme", "other", "outcome"]


class InformationValue(Table):
    """Grain: group of parameters (and ``all``, perfect information): what knowing them would be worth.

    Worth is in million SEK of social net value for the choice among the schemes of the run; ``r2_pu`` is the held-out
    share of variance that the regression behind it explains, null for perfect information, which needs none.
    """

    group: str
    parameters: str
    value_msek: float = pa.Field(ge=0)
    standard_error_msek: float = pa.Field(ge=0)
    r2_pu: float = pa.Field(nullable=True)
    decision_now: str
    switch_pu: float = share_field()

    class Config(Table.Config):
        unique = ["group"]


class SchemeFront(Table):
    """Grain: trial of the Task 53 family: its amounts and what they bring, means over the draws.

    ``is_on_front`` marks trials that no other beats in social value, firm power and outlay at once.
    """

    trial: int = pa.Field(ge=0)
    base_sek: float = pa.Field(ge=0)
    dc_ac_ratio: float = pa.Field(ge=0)
    open_closed_ratio: float = pa.Field(ge=0)
    power_exponent_pu: float
    share_cap_pu: float = share_field()
    outlay_msek: float = pa.Field(ge=0)
    net_firm_additional_mw: float
    net_social_npv_msek: float
    top_quintile_outlay_pu: float = share_field(nullable=True)
    is_on_front: bool

    class Config(Table.Config):
        unique = ["trial"]


class BestScheme(Table):
    """Grain: aim × budget × quantity: amounts of the best scheme of the Task 53 family and what it brings.

    ``value`` is the optimum over all draws, ``low`` and ``high`` the 5-95 % range of optima over resampled draws.
    """

    aim: str = pa.Field(isin=AIMS)
    budget_msek: float = pa.Field(gt=0)
    quantity: str
    value: float = pa.Field(nullable=True)
    low: float = pa.Field(nullable=True)
    high: float = pa.Field(nullable=True)
    unit: str

    class Config(Table.Config):
        unique = ["aim", "budget_msek", "quantity"]


class MarketTier(Table):
    """Grain: price area (and ``SE``): what of the potential the market brings about without support, target year.

    Cars and firm power of the balance of adoption and market depth with every scheme off, medians and 5-95 % over the
    draws; price levels and volumes sold are those of ``MarketBalance`` at that number of cars, and stand with ``SE``.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS_AND_SWEDEN)
    year: int
    enrolled_count: float = pa.Field(ge=0)
    enrolled_low_count: float = pa.Field(ge=0)
    enrolled_high_count: float = pa.Field(ge=0)
    firm_mw: float = pa.Field(ge=0)
    firm_low_mw: float = pa.Field(ge=0)
    firm_high_mw: float = pa.Field(ge=0)
    fcr_n_level_pu: float = pa.Field(ge=0, le=1 + 1e-9, nullable=True)
    fcr_d_level_pu: float = pa.Field(ge=0, le=1 + 1e-9, nullable=True)
    fcr_n_sold_mw: float = pa.Field(ge=0, nullable=True)
    fcr_d_sold_mw: float = pa.Field(ge=0, nullable=True)
    value_sek_per_car_year: float = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["price_area", "year"]


class Convergence(Table):
    """Grain: scheme (or ``potential``) × measure: the mean over the draws and how close it is.

    ``half_width_pu`` is half the 95 % interval of the mean over the mean; ``needed_draw_count`` the draws at which it
    would be two per cent. Null where the mean is zero or no draw has a value.
    """

    subject: str
    measure: str
    value: float = pa.Field(nullable=True)
    unit: str
    half_width_pu: float = pa.Field(ge=0, nullable=True)
    draw_count: int = pa.Field(ge=0)
    needed_draw_count: float = pa.Field(ge=0, nullable=True)

    class Config(Table.Config):
        unique = ["subject", "measure"]
