"""Compares all schemes of a run on common draws, values what knowing more is worth, and says how sure means are."""

from pathlib import Path

import pandas as pd

from analysis.io import read_csv_table, read_table, write_table
from analysis.schemas.assumptions import Parameters
from analysis.schemas.policy import SchemeDraws
from analysis.schemas.results import PotentialSummary
from analysis.schemas.schemes import Convergence, InformationValue, SchemeComparison
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from analysis.uncertainty.comparison import by_scheme, compare_schemes, convergence
from analysis.uncertainty.information import known_values, value_of_information, ways_of_supporting


def main(
    *, draws: list, potential_summary: Path, parameters: Path, scheme_comparison: Path, information_value: Path,
    convergence_table: Path, settings: dict,
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    year, count, fixed = run.scope.target_years[0], run.scope.draw_count, run.assumptions.overrides
    found = pd.concat([read_table(Path(part), SchemeDraws) for part in draws])
    write_table(compare_schemes(found, year), scheme_comparison, SchemeComparison)
    potential = read_table(potential_summary, PotentialSummary)
    write_table(convergence(found, year, potential, count), convergence_table, Convergence)
    table = read_csv_table(parameters, Parameters)
    firm_mw = by_scheme(found, year, "net_firm_additional_mw")
    benefits = ways_of_supporting(by_scheme(found, year, "net_social_npv_msek"), firm_mw)
    price_year = by_scheme(found, year, "price_year").iloc[:, 0].to_numpy(dtype=float)
    known = known_values(table, parameter_set(table, fixed), count, run.seed, fixed, price_year)
    write_table(value_of_information(benefits, known, run.seed), information_value, InformationValue)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
