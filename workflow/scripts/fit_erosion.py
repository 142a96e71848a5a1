"""Fit how reserve prices fell as batteries joined, on published months, and hold the fit against simpler rules."""

from pathlib import Path

import pandas as pd

from analysis.io import check_table, normalise, read_csv_table, read_table, write_text
from analysis.potential.erosion import prior_of
from analysis.potential.erosion_months import monthly_reserves
from analysis.potential.erosion_table import erosion_fit
from analysis.schemas import assumptions, erosion, market
from analysis.sources.descriptor import load_descriptor
from analysis.sources.money import real_day_ahead_prices, real_reserve_prices, to_step
from analysis.sources.reader import read_source


def main(
    *, day_ahead_quotes: Path, reserve_quotes: Path, mimer_afrr: list[Path], mimer_afrr_export: list[Path],
    mimer_mfrr_capacity: list[Path], prequalified_volumes: Path, price_index: Path, parameters: Path, fit: Path,
    price_year: int,
) -> None:  # fmt: skip
    files = {"mimer_afrr": mimer_afrr, "mimer_afrr_export": mimer_afrr_export,
             "mimer_mfrr_capacity": mimer_mfrr_capacity}  # fmt: skip
    restoration = [to_step(read_source(load_descriptor(name), paths), 1.0) for name, paths in files.items()]
    paid = pd.concat([read_table(reserve_quotes, market.ReserveQuotes), *restoration], ignore_index=True)
    index = read_csv_table(price_index, market.PriceIndex)
    energy = real_day_ahead_prices(read_table(day_ahead_quotes, market.DayAheadQuotes), index, price_year)
    months = monthly_reserves(real_reserve_prices(paid, index, price_year), energy)
    known = read_csv_table(parameters, assumptions.Parameters).set_index("id")
    elasticity, ratio = (known.loc[name, ["value", "low", "high"]] for name in ("res.elasticity_supply", "mkt.s_ratio"))
    found = erosion_fit(
        months,
        read_csv_table(prequalified_volumes, erosion.PrequalifiedVolumes),
        prior_of(*(float(end) for end in elasticity)),
        (float(ratio["value"]), float(ratio["low"]), float(ratio["high"])),
    )
    model = erosion.ErosionFit
    table = check_table(normalise(found)[list(model.to_schema().columns)], model, "erosion fit")
    write_text(table.to_csv(index=False, lineterminator="\n", float_format="%.4f"), fit)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
