"""Contracts of the resilience room: backup hours, their worth, supply of critical sites, an island, and a feeder."""

import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS, STRATEGIES, Table, share_field

SEASONS = ("winter", "spring", "summer", "autumn")
HOUSE_TYPES = ("detached_direct", "detached_heat_pump", "detached_district", "flat")
ANY_HOUSE = "any"
"""House type of critical loads: they do not depend on how the house is heated."""
CRITICAL_CASES = ("critical_low", "critical", "critical_high")
LOAD_CASES = (*CRITICAL_CASES, "full")
PRESENCE = ("plugged_in", "at_home")
"""Who is counted at the moment of the outage: cars plugged in, or all cars that stand at home."""


class Resilience(Table):
    """Grain: season × house type × load case × strategy × presence × kept share: how long the car lasts in an outage.

    Taken at every hour of the season's week and every sampled car, at the state of charge the strategy has left there.
    ``hours_mean_h`` counts a car that is away as 0 h; the other hours are those of cars that are there.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_year: int
    season: str = pa.Field(isin=SEASONS)
    house_type: str = pa.Field(isin=(*HOUSE_TYPES, ANY_HOUSE))
    load_case: str = pa.Field(isin=LOAD_CASES)
    strategy: str = pa.Field(isin=STRATEGIES)  # type: ignore[assignment]  # hides a method we do not use
    presence: str = pa.Field(isin=PRESENCE)
    kept_pu: float = share_field()
    mean_load_kw: float = pa.Field(gt=0)
    over_limit_pu: float = share_field()
    there_pu: float = share_field()
    stored_there_kwh: float = pa.Field(ge=0, nullable=True)
    hours_mean_h: float = pa.Field(ge=0)
    hours_low_h: float = pa.Field(ge=0, nullable=True)
    hours_median_h: float = pa.Field(ge=0, nullable=True)
    hours_high_h: float = pa.Field(ge=0, nullable=True)
    lasts_day_pu: float = share_field()
    lasts_crisis_pu: float = share_field()

    class Config(Table.Config):
        unique = ["season", "house_type", "load_case", "strategy", "presence", "kept_pu"]


class BackupFloor(Table):
    """Grain: strategy × floor that the plan keeps: what a winter week costs more, and hours of essentials it buys.

    ``net_cost_sek_per_week`` is above the user's own floor, positive where the higher floor costs; the hours are means
    that count a car which is not there as 0.
    """

    strategy: str = pa.Field(isin=STRATEGIES)  # type: ignore[assignment]  # hides a method we do not use
    floor_pu: float = share_field()
    net_cost_sek_per_week: float
    plugged_in_mean_h: float = pa.Field(ge=0)
    at_home_mean_h: float = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["strategy", "floor_pu"]


class BackupValue(Table):
    """Grain: house type × load case × strategy × presence × rate × outage cost × chance of a crisis.

    What a household may pay for island equipment beside the charger. ``*_value_sek`` are a year's expected worth of
    ordinary outages, and the worth of one crisis; ``break_even_sek`` the sum of both over the equipment's life.
    """

    house_type: str = pa.Field(isin=(*HOUSE_TYPES, ANY_HOUSE))
    load_case: str = pa.Field(isin=LOAD_CASES)
    strategy: str = pa.Field(isin=STRATEGIES)  # type: ignore[assignment]  # hides a method we do not use
    presence: str = pa.Field(isin=PRESENCE)
    discount_rate_pu: float = share_field()
    outage_cost_sek_per_kwh: float = pa.Field(gt=0)
    crisis_chance_pu: float = share_field()
    ordinary_kwh: float = pa.Field(ge=0)
    crisis_kwh: float = pa.Field(ge=0)
    ordinary_value_sek: float = pa.Field(ge=0)
    crisis_value_sek: float = pa.Field(ge=0)
    break_even_sek: float = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["house_type", "load_case", "strategy", "presence", "discount_rate_pu", "outage_cost_sek_per_kwh",
                  "crisis_chance_pu"]  # fmt: skip


class BackupThreshold(Table):
    """Grain: as BackupValue with the price of the equipment in place of the chance: crises a year that repay it.

    ``crisis_count_per_year`` is 0 where ordinary outages alone repay it, above 1 where a crisis a year would not, null
    where a crisis is worth nothing.
    """

    house_type: str = pa.Field(isin=(*HOUSE_TYPES, ANY_HOUSE))
    load_case: str = pa.Field(isin=LOAD_CASES)
    strategy: str = pa.Field(isin=STRATEGIES)  # type: ignore[assignment]  # hides a method we do not use
    presence: str = pa.Field(isin=PRESENCE)
    discount_rate_pu: float = share_field()
    outage_cost_sek_per_kwh: float = pa.Field(gt=0)
    equipment_sek: float = pa.Field(gt=0)
    crisis_count_per_year: float = pa.Field(ge=0, nullable=True)

    class Config(Table.Config):
        unique = ["house_type", "load_case", "strategy", "presence", "discount_rate_pu", "outage_cost_sek_per_kwh",
                  "equipment_sek"]  # fmt: skip


class CriticalSites(Table):
    """Grain: kind of public site that must have power in a crisis: its mean load, and how many there are."""

    site_id: str = pa.Field(unique=True)
    load_kw: float = pa.Field(gt=0)
    load_low_kw: float = pa.Field(gt=0)
    load_high_kw: float = pa.Field(gt=0)
    persons_count: float = pa.Field(gt=0)
    source: str
    verified: bool
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["site_id"]


class CrisisSupply(Table):
    """Grain: municipality × kind of site × hours: the chance that called cars carry one such site.

    ``chance_one_pu`` is that of the number of cars that serves one site most surely when all called cars go there;
    ``chance_independent_pu`` the same if cars failed one by one, which they do not. ``site_count`` says how many
    such sites there are: the cars that carry one are not there for the next.
    """

    municipality_code: str = pa.Field(str_matches=r"^\d{4}$")
    price_area: str = pa.Field(isin=PRICE_AREAS)
    site_id: str
    needed_h: float = pa.Field(gt=0)
    year: int
    enrolled_count: float = pa.Field(ge=0)
    called_count: int = pa.Field(ge=0)
    site_count: int = pa.Field(gt=0)
    vehicle_needed_count: int = pa.Field(ge=1)
    chance_one_pu: float = share_field()
    chance_independent_pu: float = share_field()

    class Config(Table.Config):
        unique = ["municipality_code", "site_id", "needed_h"]


class CrisisSupplySummary(Table):
    """Grain: kind of site × hours. ``chance_one_pu`` of ``CrisisSupply`` over municipalities: 10, 50 and 90 % of them.

    ``sure_municipality_pu`` is the share of municipalities in which the chance is at least 90 %,
    ``sure_independent_pu`` what that share would be if cars failed one by one.
    """

    site_id: str
    needed_h: float = pa.Field(gt=0)
    load_kw: float = pa.Field(gt=0)
    municipality_count: int = pa.Field(gt=0)
    called_median_count: float = pa.Field(ge=0)
    vehicle_needed_count: float = pa.Field(ge=1)
    chance_low_pu: float = share_field()
    chance_median_pu: float = share_field()
    chance_high_pu: float = share_field()
    sure_municipality_pu: float = share_field()
    sure_independent_pu: float = share_field()

    class Config(Table.Config):
        unique = ["site_id", "needed_h"]


class IslandCase(Table):
    """Grain: fleet × presence × load case × duration × grid forming × kept share: what cars add.

    The island stands alone: ``covered_pu`` is the share of the year's hours in which wind and the cars' firm power of
    that duration meet the load, ``wind_alone_pu`` the share in which wind does; both 0 without a grid-forming source.
    ``left_pu`` is the mean energy left in the batteries afterwards over their capacity, ``stranded_pu`` the share of
    cars that then hold less than the distance kept for leaving.
    """

    fleet: str = pa.Field(isin=("enrolled", "capable", "all_electric"))
    load_case: str = pa.Field(isin=("critical", "full"))
    duration_h: float = pa.Field(gt=0)
    presence: str = pa.Field(isin=PRESENCE)
    has_grid_forming: bool
    kept_pu: float = share_field()
    year: int
    is_synthetic: bool
    car_count: float = pa.Field(ge=0)
    mean_load_mw: float = pa.Field(gt=0)
    firm_mw: float = pa.Field(ge=0)
    firm_of_load_pu: float = pa.Field(ge=0)
    wind_alone_pu: float = share_field()
    covered_pu: float = share_field()
    added_h: float = pa.Field(ge=0)
    left_pu: float = share_field()
    stranded_pu: float = share_field()

    class Config(Table.Config):
        unique = ["fleet", "load_case", "duration_h", "presence", "has_grid_forming", "kept_pu"]


class IslandDuration(Table):
    """Grain: share of the year's hours: load, wind power and what load remains after wind, each sorted by itself."""

    exceeded_pu: float = share_field(unique=True)
    load_mw: float = pa.Field(ge=0)
    wind_mw: float = pa.Field(ge=0)
    net_residual_mw: float

    class Config(Table.Config):
        unique = ["exceeded_pu"]


class LocalGrid(Table):
    """Grain: car share × solar share × season × control: a neighbourhood's net load at its transformer.

    ``net_variance_change_pu`` and ``net_peak_change_pu`` are against uncontrolled charging (-0.81: 81 % less variance);
    ``solar_used_pu`` the share of the solar energy that does not leave the feeder, ``net_solar_use_change_pu`` its
    relative change. ``charging_coincidence_pu`` is the highest simultaneous charging over the chargers' power.
    """

    car_share_pu: float = share_field()
    solar_share_pu: float = share_field()
    season: str = pa.Field(isin=SEASONS)
    control: str = pa.Field(isin=("uncontrolled", "price_one_way", "price_two_way", "flat_one_way", "flat_two_way"))
    household_count: int = pa.Field(gt=0)
    car_count: int = pa.Field(gt=0)
    peak_import_kw: float = pa.Field(ge=0)
    peak_export_kw: float = pa.Field(ge=0)
    net_load_spread_kw: float = pa.Field(ge=0)
    charging_coincidence_pu: float = share_field()
    discharge_kwh_per_car_year: float = pa.Field(ge=0)
    solar_used_pu: float = share_field(nullable=True)
    net_variance_change_pu: float = pa.Field(ge=-1)
    net_peak_change_pu: float = pa.Field(ge=-1)
    net_solar_use_change_pu: float = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["car_share_pu", "solar_share_pu", "season", "control"]
