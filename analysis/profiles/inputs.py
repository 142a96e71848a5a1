"""Turns the tables behind the counts into faults, all at once, before anything is computed from them."""

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.profiles.areas import HIGHEST_CARS_PER_HOUSEHOLD, household_counts

MOST_NAMED = 5
CODE_LENGTH = 4


def check_inputs(vehicles: pd.DataFrame, municipalities: pd.DataFrame) -> None:
    """Refuse tables from which no count can be made.

    Parameters
    ----------
    vehicles
        Grain vehicle; ``weight`` and ``use_case`` are looked at.
    municipalities
        Grain municipality; codes, households, cars.

    Raises
    ------
    DataError
        For codes read as numbers, codes that stand twice or in another county, weights that are absent, zero or
        negative, and municipalities without households or with more cars than any number of households holds.
    """
    faults = [*_weight_faults(vehicles), *_code_faults(municipalities), *_household_faults(municipalities)]
    if faults:
        raise DataError(faults)


def _weight_faults(vehicles: pd.DataFrame) -> list[Fault]:
    remedy = "Give each car its survey weight; 1 where cars were drawn with equal chance."
    if "weight" not in vehicles:
        return [Fault("vehicles.weight", "no such column", "a weight above 0 for each car", remedy)]
    private = vehicles[vehicles["use_case"] == "private"]
    if private.empty:
        return [Fault("vehicles.use_case", "no private car", "private cars", "Counts need cars of households.")]
    weight = private["weight"].astype(float)
    wrong = private.assign(weight=weight)[~weight.between(0.0, float("inf"), inclusive="neither")]
    faults = [
        Fault(f"vehicles[{name}].weight", f"{found:g}", "a number above 0", remedy)
        for name, found in zip(wrong["vehicle_id"][:MOST_NAMED], wrong["weight"], strict=False)
    ]
    if len(wrong) > MOST_NAMED:
        faults.append(
            Fault("vehicles.weight", f"{len(wrong)} cars without a weight above 0", "a number above 0", remedy)
        )
    return faults


def _code_faults(municipalities: pd.DataFrame) -> list[Fault]:
    codes = municipalities["municipality_code"]
    if pd.api.types.is_numeric_dtype(codes):
        return [
            Fault("municipalities.municipality_code", f"numbers, as {codes.iloc[0]}",
                  f"text of four digits, as '{int(codes.iloc[0]):04d}'", "Read the column as text.")
        ]  # fmt: skip
    shaped = codes.astype(str).str.fullmatch(rf"\d{{{CODE_LENGTH}}}")
    faults = [
        Fault(f"municipalities[{code}]", f"the code {code!r}", "text of four digits", "Read the column as text.")
        for code in codes[~shaped].head(MOST_NAMED)
    ]
    faults += [
        Fault(f"municipalities[{code}]", "several rows", "one row", "Keep the municipality of today's division.")
        for code in sorted(codes[codes.duplicated()].unique())
    ]
    moved = shaped & (codes.astype(str).str[:2] != municipalities["county_code"].astype(str))
    return faults + [
        Fault(f"municipalities[{row.municipality_code}]", f"county {row.county_code}",
              f"county {str(row.municipality_code)[:2]}", "Use codes and counties of one division of the country.")
        for row in municipalities[moved].itertuples()
    ]  # fmt: skip


def _household_faults(municipalities: pd.DataFrame) -> list[Fault]:
    households = household_counts(municipalities).sum(axis=1)
    codes = municipalities["municipality_code"].to_numpy()
    faults = [
        Fault(f"municipalities[{code}]", "no household in any dwelling", "households by dwelling", "Complete it.")
        for code in codes[households <= 0]
    ]
    most = households * HIGHEST_CARS_PER_HOUSEHOLD
    crowded = (households > 0) & (municipalities["car_count"].to_numpy(dtype=float) > most)
    return faults + [
        Fault(f"municipalities[{row.municipality_code}]", f"{row.car_count:g} cars for {count:g} households",
              f"at most {HIGHEST_CARS_PER_HOUSEHOLD} a household", "Check car_count and households by dwelling.")
        for row, count in zip(municipalities[crowded].itertuples(), households[crowded], strict=True)
    ]  # fmt: skip
