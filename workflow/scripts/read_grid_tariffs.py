"""Read what grid companies charge, hold it against their price pages, and write the table that is committed."""

from pathlib import Path

from analysis.io import read_csv_table, write_text
from analysis.schemas.assumptions import Parameters
from analysis.schemas.sample import MunicipalityFacts
from analysis.schemas.tariffs import GridCompanySeats
from analysis.settings.parameters import parameter_set
from analysis.sources.grid_price_pages import grid_tariffs, read_power_fee_lists, read_price_pages


def main(
    *,
    power_fee_lists: Path,
    price_pages: list[Path],
    seats: Path,
    municipalities: Path,
    parameters: Path,
    tariffs: Path,
) -> None:
    areas = read_csv_table(municipalities, MunicipalityFacts).set_index("municipality_code")["price_area"]
    seated = read_csv_table(seats, GridCompanySeats).dropna(subset="municipality_code")
    table = grid_tariffs(
        read_power_fee_lists(power_fee_lists),
        read_price_pages(Path(price_pages[0]).parent),
        dict(zip(seated["vat_number"], seated["municipality_code"].map(areas), strict=True)),
        parameter_set(read_csv_table(parameters, Parameters))["ret.vat"],
    )
    write_text(table.to_csv(index=False, lineterminator="\n"), tariffs)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
