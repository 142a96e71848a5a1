"""Capability, cars and prices to power by tier, service, hour of week, occasion, municipality and size of fleet."""

from pathlib import Path

import pandas as pd

from analysis.dispatch.options import charger_physics
from analysis.fleet.area import FLEET_PARAMETERS
from analysis.fleet.stock import stock_anchors, stock_reading
from analysis.io import read_csv_table, read_table, write_table
from analysis.potential.capability import mean_capability, profile_capability
from analysis.potential.firm_curve import firm_curve as curve_by_fleet
from analysis.potential.hours import hour_weights, hourly
from analysis.potential.measured import measured_correlation
from analysis.potential.municipal import OCCASION, deliverable_by_profile
from analysis.potential.municipal import potential_municipalities as municipal_potential
from analysis.potential.summary import potential_tables, years_of
from analysis.potential.tiers import POTENTIAL_PARAMETERS, summary_occasions
from analysis.schemas import assumptions, geography, market, mobility, results
from analysis.schemas.correlation import AvailabilityCorrelation
from analysis.schemas.firm import FirmCurve, PotentialMunicipalities
from analysis.schemas.sample import DispatchSample
from analysis.settings.draws import draw_parameters
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set


def main(
    *, capability_hours: Path, fleet_stock: Path, municipalities: Path, day_ahead_prices: Path, temperature: Path,
    dispatch_sample: Path, profile_counts: Path, availability_correlation: Path, parameters: Path, market_facts: Path,
    potential: Path, potential_summary: Path, potential_municipalities: Path, firm_curve: Path, settings: dict,
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    scope, table, fixed = run.scope, read_csv_table(parameters, assumptions.Parameters), run.assumptions.overrides
    central = parameter_set(table, fixed)
    draws = draw_parameters(table, (*FLEET_PARAMETERS, *POTENTIAL_PARAMETERS), scope.draw_count, run.seed, fixed)
    hours, sample = read_table(capability_hours, results.CapabilityHours), read_table(dispatch_sample, DispatchSample)
    prices = hourly(read_table(day_ahead_prices, market.DayAheadPrices))
    weather = hourly(read_table(temperature, market.Temperature), "temperature_deg_c")
    # ASSUME: the national potential is that of the first charger option of the scope.
    option = scope.charger_options[0]
    hours = hours[hours["charger_option"] == option]
    keys = [(area, year) for area in scope.price_areas for year in scope.price_years]
    capability = {key: mean_capability(hours, sample, option, *key) for key in keys}
    weights = {key: hour_weights(prices, weather, *key) for key in keys}
    places = read_table(municipalities, geography.Municipalities)
    targets = years_of(
        years=scope.target_years,
        fleet_stock=read_table(fleet_stock, results.FleetStock),
        municipalities=places,
        anchors=stock_anchors(read_csv_table(market_facts, assumptions.Facts)),
        central=central,
        draws=draws,
        price_areas=scope.price_areas,
        reading=stock_reading(run.assumptions),
    )
    power_kw = charger_physics(option, central).power_kw
    tables = [potential_tables(target, capability, weights, power_kw) for target in targets]
    summary = pd.concat([moments for _, moments in tables])
    write_table(pd.concat([by_hour for by_hour, _ in tables]), potential, results.Potential)
    write_table(summary, potential_summary, results.PotentialSummary)
    occasions = summary_occasions(weights)
    by_profile = profile_capability(hours, sample, option, keys)
    delivered = deliverable_by_profile(by_profile, next(each for each in occasions if each.name == OCCASION))
    counts = read_table(profile_counts, mobility.ProfileCounts)
    by_place = municipal_potential(summary, places, counts, delivered, central)
    write_table(by_place, potential_municipalities, PotentialMunicipalities)
    measured = measured_correlation(read_csv_table(availability_correlation, AvailabilityCorrelation))[0]
    correlations = {"none": 0.0, "measured": measured, "assumed": central["mc.rho_assumed"]}
    curve = curve_by_fleet(capability, occasions, correlations, 1.0 - central["res.unavailable_hw"])
    write_table(curve, firm_curve, FirmCurve)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
