"""Cases of where people would be flexible: public parking beside home and work, selling there beside using at home."""

from collections.abc import Mapping

from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory, Setting

VEHICLES = 4
OTHERS = ("villa", "housing_association", "workplace_solar")
PUBLIC = "public_parking"
CONDITIONS: Mapping[str, Setting] = {"price_area": "SE3", "price_year": 2025, "other_year": 2024, "other_area": "SE4"}
KNOBS = (Knob("price_year", (2023, 2024)), Knob("price_area", ("SE1", "SE4")))


def _places(laboratory: Laboratory) -> list[tuple[str, int]]:
    """The central area and year first, then the other year and the other area."""
    area, year = laboratory.text("price_area"), laboratory.whole("price_year")
    return [(area, year), (area, laboratory.whole("other_year")), (laboratory.text("other_area"), year)]


def _saved_per_kwh(laboratory: Laboratory, name: str, price_area: str, price_year: int) -> float:
    """What a driver saves on spot by letting the charger choose the hours, SEK per kWh charged at once."""
    case = laboratory.use_case(name, price_area=price_area, market="spot", solar_peak_kw=0.0)
    values = laboratory.use_case_values(case, price_year, vehicle_count=VEHICLES, spot_only=True)
    saved = float(values["net_cost_sek"]["uncontrolled"] - values["net_cost_sek"]["smart"])
    return saved / float(values["charge_ac_kwh"]["uncontrolled"])


def _public_is_last(laboratory: Laboratory) -> Estimate:
    """Saving a kWh at the other place that saves least, less that at public parking."""

    def margin(price_area: str, price_year: int) -> float:
        others = min(_saved_per_kwh(laboratory, name, price_area, price_year) for name in OTHERS)
        return others - _saved_per_kwh(laboratory, PUBLIC, price_area, price_year)

    return Estimate.across(*(margin(*place) for place in _places(laboratory)))


def _home_over_public(laboratory: Laboratory) -> Estimate:
    """Value a year of serving the house at home, less that of selling at public parking; each over charging well."""

    def value(name: str, strategy: str, price_area: str, price_year: int) -> float:
        case = laboratory.use_case(name, price_area=price_area, market="spot")
        values = laboratory.use_case_values(case, price_year, vehicle_count=VEHICLES)
        return float(values["net_value_over_smart_sek"][strategy])

    return Estimate.across(
        *(value("villa", "home", *place) - value(PUBLIC, "grid", *place) for place in _places(laboratory))
    )


CASES = (
    Case("PR010", "engine", _public_is_last, KNOBS, CONDITIONS),
    Case("PR019", "engine", _home_over_public, (*KNOBS, Knob("loss.P_standby_enabled"), Knob("deg.c_deg_nmc")),
         CONDITIONS),
)  # fmt: skip
