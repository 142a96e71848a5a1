"""Turns the hours of one published year into a generated year of another: its hours, the other year's known means.

For a year of which only means are published. The hours keep their weekday and their place in the summer-time year; the
level of each area and product becomes that of the year. What comes out is generated, and is called so everywhere.
"""

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.synthetic.price_clock import LOCAL_TIME
from analysis.units import DAYS_PER_WEEK

DAY_AHEAD_METRIC = "day_ahead_mean"
RESERVE_METRICS = {"fcr_n": "FCR-N", "fcr_d_up": "FCR-D up", "fcr_d_down": "FCR-D down"}
PRICE_AREA, VOLUME_AREA = "SE", "SE+DK2"
"""The price is one for Sweden; the published hours hold the volume that eastern Denmark bought too."""


def scaled_day_ahead(quotes: pd.DataFrame, facts: pd.DataFrame, year: int) -> pd.DataFrame:
    """Generate day-ahead quotes of a year from the hours of another.

    # ASSUME: the hours of the other year, each multiplied by the ratio of the two years' means in its area; negative
    # prices become more negative by the same ratio, and the hours keep their order and weekday.

    Parameters
    ----------
    quotes
        ``DayAheadQuotes`` of one whole local year.
    facts
        ``Facts`` with ``day_ahead_mean`` of the year for every area of the quotes.
    year
        The year to generate.

    Returns
    -------
    pd.DataFrame
        ``DayAheadQuotes`` of the year; the mean over time of each area is that of the facts.

    Raises
    ------
    DataError
        If the quotes are of several years or of one of another length, or a mean is not in the facts.

    Examples
    --------
    SE3 2023 has mean 51.70 and 2022 129.21 EUR/MWh: an hour of 100 in 2023 becomes one of 249.9 in 2022.
    """
    wanted = {area: (DAY_AHEAD_METRIC, str(area)) for area in sorted(quotes["price_area"].unique())}
    means = _facts_of(facts, year, wanted)
    weight = quotes["price_eur_nominal_per_mwh"] * quotes["step_h"]
    had = weight.groupby(quotes["price_area"]).sum() / quotes.groupby("price_area")["step_h"].sum()
    ratio = quotes["price_area"].map({area: mean / float(had[area]) for area, mean in means.items()})
    return quotes.assign(
        interval_start_utc=moved_to_year(quotes["interval_start_utc"], year),
        price_eur_nominal_per_mwh=quotes["price_eur_nominal_per_mwh"] * ratio,
    ).sort_values(["price_area", "interval_start_utc"], kind="stable", ignore_index=True)


def scaled_reserves(quotes: pd.DataFrame, facts: pd.DataFrame, year: int) -> pd.DataFrame:
    """Generate FCR quotes of a year from the hours of another: price and volume by their own means.

    # ASSUME: as for day-ahead prices; a product that the other year's hours lack is absent. Prices before February
    # 2024 are means of accepted bids in both years.

    Parameters
    ----------
    quotes
        ``ReserveQuotes`` of one whole local year, frequency containment products only.
    facts
        ``Facts`` with the mean price (``SE``) and mean procured volume (``SE+DK2``) of every product in the year.

    Raises
    ------
    DataError
        As :func:`scaled_day_ahead`, and for products whose means are not published.
    """
    products = sorted(quotes["product"].unique())
    unknown = [name for name in products if name not in RESERVE_METRICS]
    if unknown:
        raise DataError(
            Fault(f"reserve quotes: {name}", "a product without published means", ", ".join(RESERVE_METRICS),
                  "Leave its files out of a scaled year.") for name in unknown
        )  # fmt: skip
    changed = {"interval_start_utc": moved_to_year(quotes["interval_start_utc"], year)}
    for column, measure, area in (
        ("price_eur_nominal_per_mw_h", "price mean", PRICE_AREA),
        ("volume_mw", "procured volume mean", VOLUME_AREA),
    ):
        means = _facts_of(facts, year, {name: (f"{RESERVE_METRICS[name]} {measure}", area) for name in products})
        had = quotes.groupby("product")[column].mean()
        changed[column] = quotes[column] * quotes["product"].map({n: m / float(had[n]) for n, m in means.items()})
    keys = ["product", "price_area", "interval_start_utc"]
    return quotes.assign(**changed).sort_values(keys, kind="stable", ignore_index=True)


def moved_to_year(starts: "pd.Series[pd.Timestamp]", year: int) -> "pd.Series[pd.Timestamp]":
    """Move the hours of a local year to another by whole weeks; the days left over go to the other end of the year.

    Raises
    ------
    DataError
        If the hours are of several local years, or the two years differ in length or in the days of summer time.

    Examples
    --------
    Sunday 1 January 2023 becomes Sunday 2 January 2022; Sunday 31 December 2023 becomes Saturday 1 January 2022.
    """
    local_years = starts.dt.tz_convert(LOCAL_TIME).dt.year.unique()
    if len(local_years) != 1:
        raise DataError(Fault("quotes to scale", f"local years {sorted(local_years)}", "one", "Read one year's files."))
    old, new = _year(int(local_years[0])), _year(year)
    weeks = round((new[0] - old[0]) / pd.Timedelta(days=DAYS_PER_WEEK))
    length = pd.Timedelta(days=(new[-1] - new[0]).round("D").days)
    moved = starts + pd.Timedelta(days=DAYS_PER_WEEK * weeks)
    moved = moved.where(moved < new[-1], moved - length).where(moved >= new[0], moved + length)
    expected = pd.date_range(new[0], new[-1], freq="h", inclusive="left", unit="us")
    whole = moved.dt.floor("h")
    if len(expected) != (old[-1] - old[0]) / pd.Timedelta(hours=1) or not whole.isin(expected).all():
        raise DataError(
            Fault(f"quotes of {local_years[0]} to scale", f"a year that does not lie on {year} by whole weeks",
                  "years of equal length and summer time", "Choose another year's hours.")
        )  # fmt: skip
    return moved


def _year(year: int) -> pd.DatetimeIndex:
    bounds = pd.DatetimeIndex([f"{year}-01-01", f"{year + 1}-01-01"]).tz_localize(LOCAL_TIME)
    return bounds.tz_convert("UTC").as_unit("us")


def _facts_of(facts: pd.DataFrame, year: int, wanted: dict[str, tuple[str, str]]) -> dict[str, float]:
    """Value of one fact for each name; every fact that is not there once is named."""
    rows = facts[facts["year"] == str(year)]
    found, faults = {}, []
    for name, (metric, area) in wanted.items():
        values = rows.loc[(rows["metric"] == metric) & (rows["area"] == area), "value"]
        if len(values) == 1:
            found[name] = float(values.iloc[0])
        else:
            faults.append(Fault(f"market_facts.csv: {metric} {area} {year}", f"{len(values)} rows", "one",
                                "Add the mean with its source."))  # fmt: skip
    if faults:
        raise DataError(faults)
    return found


def with_scaled_year(
    day_ahead: pd.DataFrame, reserves: pd.DataFrame, facts: pd.DataFrame, *, from_year: int, year: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add a generated year to published ones: quotes of all years, FCR alone.

    Examples
    --------
    Quotes of 2021 and 2023, ``from_year`` 2023, ``year`` 2022 give quotes of 2021, 2022 and 2023.
    """
    fcr = pd.DataFrame(reserves[reserves["product"].isin(RESERVE_METRICS)])
    energy, paid = (
        table[table["interval_start_utc"].dt.tz_convert(LOCAL_TIME).dt.year == from_year] for table in (day_ahead, fcr)
    )
    joined = pd.concat([day_ahead, scaled_day_ahead(pd.DataFrame(energy), facts, year)], ignore_index=True)
    return joined, pd.concat([fcr, scaled_reserves(pd.DataFrame(paid), facts, year)], ignore_index=True)
