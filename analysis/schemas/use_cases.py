"""Contracts of use cases: the committed rows, what each is worth under a run's prices, and published results."""

import pandas as pd
import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS, STRATEGIES, Table, share_field

CHARGER_OWNERS = ("household", "housing_association", "employer", "operator", "aggregator")
SITE_LOADS = ("none", "even", "workday", "detached", "flat_cooperative")
HOUSEHOLD_LOADS = ("detached", "flat_cooperative")
USE_CASE_STRATEGIES = (*STRATEGIES, "building")
CLOCK_FIELDS = ("weekday_depart_h", "weekday_arrive_h", "weekend_depart_h", "weekend_arrive_h")


class UseCases(Table):
    """Grain: use case. When vehicles are at the charger, what they and the site are, and who owns the charger.

    ``place``: ``base`` is where the vehicle lives (plugged in except from ``depart`` to ``arrive``, at night where the
    arrival is earlier on the clock), ``visit`` where it comes (plugged in from ``arrive`` to ``depart``, ``stay_days``
    later). Hours are of the local clock; ``spread_h`` is the standard deviation of one day's clock. ``used_pu`` is the
    share of such days on which the vehicle leaves (base) or comes (visit); a visit of several days comes once a week
    with the share of the weekdays. ``plug_in_pu`` is the share of stays in which it is plugged in. A second outing is
    optional. ``idle_season`` is a season in which the vehicle stands. Energy is at the battery.

    Site figures are of the whole site; a dwelling as ``site_load`` is one household of the run. ``market`` says whether
    reserves are sold beside spot; ``tariff_kind`` whether VAT is a cost. ``user_share_pu`` is the share of the net
    value that the owner of the charger hands to the user of the vehicle. ``published`` lists rows of
    PublishedResults that the row stands for.
    """

    use_case: str = pa.Field(unique=True, str_matches=r"^[a-z0-9_]+$")
    vehicle_count: int = pa.Field(ge=1)
    battery_usable_kwh: float = pa.Field(gt=0)
    chemistry: str = pa.Field(isin=("nmc", "lfp"))
    technology: str = pa.Field(isin=("ac", "dc"))
    power_kw: float = pa.Field(gt=0, le=400)
    place: str = pa.Field(isin=("base", "visit"))
    weekday_used_pu: float = share_field()
    weekend_used_pu: float = share_field()
    weekday_depart_h: float = pa.Field(ge=0, lt=24)
    weekday_arrive_h: float = pa.Field(ge=0, lt=24)
    weekend_depart_h: float = pa.Field(ge=0, lt=24)
    weekend_arrive_h: float = pa.Field(ge=0, lt=24)
    second_depart_h: float = pa.Field(ge=0, lt=24, nullable=True)
    second_arrive_h: float = pa.Field(ge=0, lt=24, nullable=True)
    spread_h: float = pa.Field(ge=0, le=6)
    stay_days: int = pa.Field(ge=0, le=6)
    plug_in_pu: float = share_field()
    idle_season: str = pa.Field(isin=("winter", "spring", "summer", "autumn"), nullable=True)
    energy_dc_kwh_per_day: float = pa.Field(ge=0)
    site_load: str = pa.Field(isin=SITE_LOADS)
    site_load_kwh_per_year: float = pa.Field(gt=0, nullable=True)
    site_limit_kw: float = pa.Field(gt=0)
    solar_peak_kw: float = pa.Field(ge=0)
    tariff_kind: str = pa.Field(isin=("household", "firm"))
    grid_tariff: str
    market: str = pa.Field(isin=("spot", "spot_and_reserves"))
    charger_owner: str = pa.Field(isin=CHARGER_OWNERS)
    user_share_pu: float = share_field()
    price_area: str = pa.Field(isin=PRICE_AREAS)
    published: str = pa.Field(nullable=True)
    source: str
    verified: bool
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["use_case"]

    @pa.dataframe_check(error="site_load even and workday have their kWh, the others none")
    def load_has_its_energy(cls, table: pd.DataFrame) -> pd.Series:
        """A shape without energy, or energy without a shape, is a mistake; a household's is that of the run."""
        return table["site_load_kwh_per_year"].notna() == table["site_load"].isin(["even", "workday"])

    @pa.dataframe_check(error="a second outing has both hours; only at a base")
    def second_outing_is_whole(cls, table: pd.DataFrame) -> pd.Series:
        """Both hours or none; a visit of several days only at a place of visit."""
        both = table["second_depart_h"].notna() == table["second_arrive_h"].notna()
        is_base = table["place"] == "base"
        return both & (is_base | table["second_depart_h"].isna()) & (~is_base | (table["stay_days"] == 0))


class UseCaseValues(Table):
    """Grain: use case × strategy: the mean of the simulated vehicles, one year, real SEK of the run's price year.

    ``building`` is discharge to the site's own load where that is a firm's or an association's, ``home`` a household's.
    ``net_cost_sek`` is what the owner of the charger pays by its own tariff, wear included. The three shares say who
    gets the value over optimised one-way charging: ``net_owner_sek`` and ``net_user_sek`` close on
    ``net_value_over_smart_sek``; ``aggregator_fee_sek`` comes beside it and is 0 where the aggregator owns the charger
    itself. ``deliverable_1h_kw`` is the mean over plugged hours; ``joint_discharge_max_kw`` and
    ``peak_import_ac_kw`` are highest hourly means over all simulated vehicles together, per vehicle (the peak with the
    vehicle's share of the site).
    """

    use_case: str
    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_year: int
    charger_option: str
    charger_owner: str = pa.Field(isin=CHARGER_OWNERS)
    strategy: str = pa.Field(isin=USE_CASE_STRATEGIES)  # type: ignore[assignment]  # hides a method we do not use
    vehicle_count: int = pa.Field(ge=1)
    simulated_count: int = pa.Field(ge=1)
    net_cost_sek: float
    net_value_over_smart_sek: float
    net_owner_sek: float
    net_user_sek: float
    aggregator_fee_sek: float = pa.Field(ge=-1e-6)
    charge_ac_kwh: float = pa.Field(ge=-1e-6)
    discharge_ac_kwh: float = pa.Field(ge=-1e-6)
    export_kwh: float = pa.Field(ge=-1e-6)
    solar_charge_kwh: float = pa.Field(ge=-1e-6)
    driving_dc_kwh: float = pa.Field(ge=-1e-6)
    full_cycle_count: float = pa.Field(ge=-1e-6)
    forced_charge_count: float = pa.Field(ge=0)
    plugged_pu: float = share_field()
    deliverable_1h_kw: float = pa.Field(ge=-1e-9)
    joint_discharge_max_kw: float = pa.Field(ge=-1e-9)
    peak_import_ac_kw: float = pa.Field(ge=-1e-9)

    class Config(Table.Config):
        unique = ["use_case", "strategy"]


class UseCaseChecks(Table):
    """Grain: published result × measure × way of paying × price year: the published range and ours.

    ``pays``: ``owner`` is the tariff of the charger's owner, wear and standby included; ``spot`` in and out without
    any of it. An empty ``low`` or ``high`` is an open end. ``is_inside`` is computed from value and range.
    """

    use_case: str
    published_id: str
    measure: str
    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_year: int
    pays: str = pa.Field(isin=("owner", "spot"))
    simulated_count: int = pa.Field(ge=1)
    unit: str = pa.Field(isin=("kw", "mw", "kwh", "h", "eur", "per_cent", "cycles"))
    low: float = pa.Field(nullable=True)
    high: float = pa.Field(nullable=True)
    value: float
    is_inside: bool

    class Config(Table.Config):
        unique = ["published_id", "measure", "pays", "price_year"]

    @pa.dataframe_check(error="a range has at least one end")
    def range_can_be_missed(cls, table: pd.DataFrame) -> pd.Series:
        """A check that cannot fail is none."""
        return table["low"].notna() | table["high"].notna()

    @pa.dataframe_check(error="is_inside says what value and range say")
    def verdict_is_computed(cls, table: pd.DataFrame) -> pd.Series:
        """A verdict that was typed by hand is found here."""
        outside = (table["value"] < table["low"]) | (table["value"] > table["high"])
        return table["is_inside"] == ~outside


class DeliverablePower(Table):
    """Grain: case × cold or not × price year: what enrolled cars could discharge while plugged in (check T13).

    ``case``: the run's private cars with their ``own_battery``, or each with the battery of the published fleet. Means
    are over plugged hours. ``is_cold``: cells below +10 °C give less power, which no run has on. ``working_pu`` is the
    share whose hardware is up, and is not yet in the other columns.
    The ``joint_`` columns and ``plugged_max_pu`` are the highest hour of the first ``joint_count`` cars together, under
    day-ahead trading.
    """

    case: str = pa.Field(isin=("own_battery", "published_battery"))
    is_cold: bool
    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_year: int
    car_count: int = pa.Field(ge=1)
    joint_count: int = pa.Field(ge=1)
    charger_option: str
    mean_battery_usable_kwh: float = pa.Field(gt=0)
    plugged_pu: float = share_field()
    plugged_max_pu: float = share_field()
    working_pu: float = share_field()
    smart_deliverable_1h_kw: float = pa.Field(ge=0)
    grid_deliverable_20min_kw: float = pa.Field(ge=0)
    grid_deliverable_1h_kw: float = pa.Field(ge=0)
    grid_deliverable_4h_kw: float = pa.Field(ge=0)
    joint_discharge_max_kw: float = pa.Field(ge=0)
    joint_deliverable_max_kw: float = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["case", "is_cold", "price_year"]


class PublishedResults(Table):
    """Grain: published result, as it stands in the report or an outside comparator; figures in the row's own unit."""

    id: str = pa.Field(unique=True)
    project: str
    section: str
    page_from: str = pa.Field(nullable=True)
    quantity: str
    unit: str
    low: float = pa.Field(nullable=True)
    high: float = pa.Field(nullable=True)
    central: str = pa.Field(nullable=True)
    conditions: str = pa.Field(nullable=True)
    how_to_reproduce: str = pa.Field(nullable=True)
    comparability: str = pa.Field(isin=("target", "sign", "behaviour", "context"))
    implied_check: str = pa.Field(nullable=True)
    note: str = pa.Field(nullable=True)
    verified: bool
    verified_where: str

    class Config(Table.Config):
        unique = ["id"]
