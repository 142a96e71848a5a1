"""Turns the embedded municipality facts, and a user's own statistics where given, into the Municipalities table."""

import unicodedata
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault

# SOURCE: the dwelling forms of Statistics Sweden's household table, and the same forms in the words of the contracts.
DWELLING_COLUMNS: Mapping[str, str] = {
    "detached_owned": "household_detached_count",
    "detached_other": "household_detached_count",
    "detached": "household_detached_count",
    "småhus, äganderätt": "household_detached_count",
    "småhus, bostadsrätt": "household_detached_count",
    "småhus, hyresrätt": "household_detached_count",
    "flat_cooperative": "household_flat_cooperative_count",
    "flerbostadshus, bostadsrätt": "household_flat_cooperative_count",
    "flat_rental": "household_flat_rental_count",
    "flerbostadshus, hyresrätt": "household_flat_rental_count",
    "other": "household_other_count",
    "specialbostad": "household_other_count",
    "övrigt boende": "household_other_count",
    "uppgift saknas": "household_other_count",
}
HOUSEHOLD_COLUMNS = tuple(dict.fromkeys(DWELLING_COLUMNS.values()))

# SOURCE: the rows of the income table that describe all adults, in the publisher's words and in ours.
ALL_SEXES = ("totalt", "all")
ADULTS = ("totalt 20+ år", "20+")
MEDIAN = ("median",)


def municipalities_from_facts(facts: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Bring the embedded facts into the Municipalities contract.

    ASSUME: counts of different years (households 2019, incomes 2018, cars and residents 2023) stand side by side as
    published; only their shares within a municipality are used together.

    Parameters
    ----------
    facts
        ``MunicipalityFacts``: grain municipality. Its price area decides, so that a border case can be corrected there.
    areas
        ``MunicipalityAreas`` of the overlay; gives the land share. ASSUME: 0 stands for "held by no polygon".

    Returns
    -------
    pd.DataFrame
        ``Municipalities``: grain municipality.

    Raises
    ------
    DataError
        If the two lists of codes differ, or a stated price area is neither the overlay's nor one that shares a border
        municipality's land.
    """
    _same_codes(facts, areas)
    overlay = areas.set_index("municipality_code").loc[facts["municipality_code"]]
    differs = facts["price_area"].to_numpy() != overlay["price_area"].to_numpy()
    # ASSUME: a stated price area may differ from the overlay's only where a zone border cuts the municipality.
    whole = overlay["price_area_land_share_pu"].to_numpy() > 0.95
    wrong = facts.loc[differs & whole]
    if len(wrong):
        raise DataError(
            [Fault(f"municipalities.csv: {row.municipality_code} {row.name_}", row.price_area,
                   str(overlay.loc[row.municipality_code, "price_area"]), "Correct price_area.")
             for row in wrong.rename(columns={"name": "name_"}).itertuples()]
        )  # fmt: skip
    held = overlay["price_area_land_share_pu"].to_numpy()
    return _renamed(facts).assign(price_area_land_share_pu=np.where(differs, 1 - held, held))


def _same_codes(facts: pd.DataFrame, areas: pd.DataFrame) -> None:
    missing = sorted(set(facts["municipality_code"]) ^ set(areas["municipality_code"]))
    if missing:
        raise DataError(
            [Fault(f"municipality {code}", "in one list only", "the same codes in facts and polygons", "Add or remove.")
             for code in missing]
        )  # fmt: skip


# SOURCE: Statistics Sweden, changes of the division into municipalities: Heby moved from Västmanland to Uppsala county.
FORMER_CODES: Mapping[str, str] = {"1917": "Heby had it until the end of 2006, 0331 since"}


def _known_codes(municipalities: pd.DataFrame, table: pd.DataFrame, place: str) -> None:
    """Insist that a user's table has the municipalities of today: after a merger two are gone and one is new."""
    known, given = set(municipalities["municipality_code"]), set(table["municipality_code"])
    names = dict(zip(table["municipality_code"], table["name"], strict=True))
    faults = [
        Fault(f"{place}: {code} {names[code]}", f"a code that no municipality has ({_why(code)})",
              "one of the 290 codes of today",
              "Read a file of today's boundaries, or give its figures to the municipalities it consists of.")
        for code in sorted(given - known)
    ]  # fmt: skip
    faults += [
        Fault(f"{place}: {code} {name}", "no row (merged into another row?)", "a row for every municipality",
              "Add the row.")
        for code, name in sorted(zip(municipalities["municipality_code"], municipalities["name"], strict=True))
        if code not in given
    ]  # fmt: skip
    if faults:
        raise DataError(faults)


def _why(code: str) -> str:
    return FORMER_CODES.get(code, "merged, divided or moved to another county")


def _renamed(facts: pd.DataFrame) -> pd.DataFrame:
    renamed = facts.rename(
        columns={
            "population_2023_count": "population_count",
            "household_flat_cooperative_2019_count": "household_flat_cooperative_count",
            "household_flat_rental_2019_count": "household_flat_rental_count",
            "household_other_2019_count": "household_other_count",
            "income_median_2018_ksek": "income_median_ksek",
            "passenger_cars_2023_derived_count": "car_count",
            "bev_2023_count": "bev_count",
            "phev_2023_count": "phev_count",
            "public_charge_points_2023_count": "public_charge_point_count",
        }
    )
    detached = facts["household_detached_owned_2019_count"] + facts["household_detached_other_2019_count"]
    unused = [name for name in renamed.columns if "_2018_" in name or "_2019_" in name]
    return renamed.drop(columns=unused).assign(household_detached_count=detached)


def plain_name(name: str) -> str:
    """Bring a municipality's name to the form in which names are compared.

    Examples
    --------
    ``"UPPSALA "`` and ``"Uppsala kommun"`` both become ``"uppsala"``.
    """
    plain = unicodedata.normalize("NFC", name).casefold().strip()
    plain = plain.removesuffix(" kommun").replace("–", "-")
    return " ".join(plain.split())


def codes_of(names: pd.Series, municipalities: pd.DataFrame, place: str, each_once: bool = True) -> pd.Series:
    """Find the code of each municipality name, and insist that every municipality is there.

    Parameters
    ----------
    names
        Names as the publisher writes them: mixed case or capitals.
    municipalities
        Any table with ``municipality_code`` and ``name``.
    place
        What the names come from, for the message.
    each_once
        Whether a name may stand on one row only.

    Raises
    ------
    DataError
        One fault per name without municipality, per municipality without row, and per repeated name.
    """
    by_name = dict(zip(municipalities["name"].map(plain_name), municipalities["municipality_code"], strict=True))
    plain = names.map(plain_name)
    codes = plain.map(by_name)
    faults = [
        Fault(f"{place}: {name}", "a name that is no municipality (merged or renamed?)", "one of the 290 names",
              "Correct the name, or give its figures to the municipalities it consists of.")
        for name in sorted(names[codes.isna()].unique())
    ]  # fmt: skip
    faults += [
        Fault(f"{place}: {name}", "no row", "a row for every municipality", "Add the row.")
        for name, code in sorted(by_name.items())
        if code not in set(codes.dropna())
    ]
    if each_once:
        repeated = sorted(plain[plain.duplicated() & codes.notna()].unique())
        faults += [Fault(f"{place}: {name}", "several rows", "one row", "Keep one.") for name in repeated]
    if faults:
        raise DataError(faults)
    return codes.astype("str")


def with_plugin_cars(municipalities: pd.DataFrame, plugin_cars: pd.DataFrame) -> pd.DataFrame:
    """Replace cars and charge points by those of a ``PluginCars`` table (joined by name).

    The stock of all cars is the plug-in cars over their share of it; where the share is printed as 0 the stock that
    stood there before is kept, since nothing can be derived.
    """
    codes = codes_of(plugin_cars["name"], municipalities, "plugin_cars")
    new = plugin_cars.set_index(codes).loc[municipalities["municipality_code"]].reset_index(drop=True)
    share = new["plugin_share_of_cars_pu"]
    derived = (new["plugin_count"] / share.where(share > 0)).round()
    return municipalities.reset_index(drop=True).assign(
        bev_count=new["bev_count"],
        phev_count=new["phev_count"],
        car_count=derived.fillna(municipalities["car_count"].reset_index(drop=True)).astype(float),
        public_charge_point_count=new["charge_point_count"],
    )


def with_population(municipalities: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Replace residents by those of a ``Population`` table (joined by code).

    Raises
    ------
    DataError
        One fault per code that stands in one of the two tables only.
    """
    _known_codes(municipalities, population, "population")
    counts = population.set_index("municipality_code")["population_count"]
    return municipalities.assign(population_count=municipalities["municipality_code"].map(counts).astype("int64"))


def with_households(municipalities: pd.DataFrame, households: pd.DataFrame) -> pd.DataFrame:
    """Replace households by dwelling by the sums of a ``HouseholdsByDwelling`` table (joined by name).

    Raises
    ------
    DataError
        One fault per unmatched name and per dwelling form that is not known.
    """
    unknown = sorted(set(households["dwelling"]) - set(DWELLING_COLUMNS))
    if unknown:
        raise DataError(
            [Fault(f"households: dwelling {form!r}", "an unknown form", ", ".join(sorted(DWELLING_COLUMNS)), "Map it.")
             for form in unknown]
        )  # fmt: skip
    codes = codes_of(households["name"], municipalities, "households", each_once=False)
    columns = households["dwelling"].map(dict(DWELLING_COLUMNS)).rename("column")
    counts = households["household_count"].groupby([codes.rename("code"), columns]).sum().unstack(fill_value=0)
    counts = counts.reindex(index=municipalities["municipality_code"], columns=HOUSEHOLD_COLUMNS, fill_value=0)
    return municipalities.assign(**{name: counts[name].to_numpy().astype("int64") for name in HOUSEHOLD_COLUMNS})


def with_incomes(municipalities: pd.DataFrame, incomes: pd.DataFrame) -> pd.DataFrame:
    """Replace the median income by that of all adults in an ``Incomes`` table (joined by name).

    Raises
    ------
    DataError
        If no row describes the median of all adults, a name is unmatched, or a median is missing.
    """
    wanted = (
        incomes["sex"].str.casefold().isin(ALL_SEXES)
        & incomes["age_band"].str.casefold().isin(ADULTS)
        & incomes["measure"].str.casefold().isin(MEDIAN)
        & incomes["income_ksek"].notna()
    )
    rows = incomes.loc[wanted]
    if rows.empty:
        raise DataError(Fault("incomes", "no median of all aged 20+", "sex totalt, age totalt 20+ år", "Map the rows."))
    codes = codes_of(rows["name"], municipalities, "incomes")
    medians = pd.Series(rows["income_ksek"].to_numpy(), index=codes.to_numpy())
    return municipalities.assign(income_median_ksek=municipalities["municipality_code"].map(medians).astype(float))


Replacement = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]

REPLACEMENTS: Mapping[str, tuple[str, Replacement]] = {
    "households": ("HouseholdsByDwelling", with_households),
    "plugin_cars": ("PluginCars", with_plugin_cars),
    "population": ("Population", with_population),
    "incomes": ("Incomes", with_incomes),
}
"""Input of a scenario to its contract, and to the function that lays it over the embedded table."""
