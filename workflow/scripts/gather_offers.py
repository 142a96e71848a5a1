"""Gathers what each car of the chunks offers to the reserves into what the mean car of the area offers."""

from pathlib import Path

from analysis.dispatch.offers import gather_offers
from analysis.io import read_table, write_table
from analysis.schemas.market_depth import CarOffers, ReserveOffers
from analysis.schemas.sample import DispatchSample


def main(*, car_offers: list[Path], dispatch_sample: Path, offers: Path) -> None:
    sample = read_table(dispatch_sample, DispatchSample)
    weights = dict(zip(sample["vehicle_id"], sample["weight"], strict=True))
    write_table(gather_offers((read_table(path, CarOffers) for path in car_offers), weights), offers, ReserveOffers)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
