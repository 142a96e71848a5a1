"""Whatever a file holds, a table in its schema comes out, or faults that say place, finding, expectation and remedy."""

import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.io import read_csv_table, read_table
from analysis.policy.loader import load_scheme, load_schemes, scheme_files
from analysis.schemas.market import DayAheadQuotes
from analysis.schemas.tariffs import GridTariffs
from analysis.settings.load import load_settings, read_yaml
from analysis.sources.descriptor import Descriptor, load_descriptor
from analysis.sources.grid_price_pages import read_power_fee_lists
from analysis.sources.streams import stream_trips
from tests.analysis.sources.source_examples import HEAD, describe, describe_trips
from tests.conftest import ROOT
from tests.fuzz import strategies as made
from tests.fuzz.profiles import profile
from tests.fuzz.promise import outcome, read_or_fault

DESCRIPTORS = made.committed("data/sources")
SCHEMES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "data/policy/se").glob("*.yaml"))}
SCHEME_VALUES = dict(zip(SCHEMES, made.committed("data/policy/se"), strict=True))
OVERLAYS = made.committed("workflow/config/scenarios")
DEFAULT = (ROOT / "workflow/config/default.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One folder for all inputs of the module."""
    return tmp_path_factory.mktemp("hostile")


@profile
@given(text=made.yaml_noise)
def test_any_text_as_yaml(folder, text):
    path = made.written(text.encode("utf-8", "surrogatepass"), folder / "any.yaml")
    outcome(lambda: read_yaml(path), folder)


@profile
@given(data=st.data())
def test_a_changed_descriptor(folder, data):
    value = data.draw(made.changed(data.draw(st.sampled_from(DESCRIPTORS))))
    made.written(made.as_yaml(value).encode("utf-8", "surrogatepass"), folder / "changed.yaml")
    outcome(lambda: load_descriptor("changed", folder), folder)


@profile
@given(data=st.data())
def test_a_changed_overlay(folder, data):
    (folder / "scenarios").mkdir(exist_ok=True)
    (folder / "default.yaml").write_text(DEFAULT, encoding="utf-8")
    value = data.draw(made.changed(data.draw(st.sampled_from(OVERLAYS))))
    made.written(made.as_yaml(value).encode("utf-8", "surrogatepass"), folder / "scenarios" / "changed.yaml")
    outcome(lambda: load_settings("changed", folder), folder)


@profile
@given(data=st.data())
def test_a_changed_scheme(folder, data):
    place = folder / "schemes"
    place.mkdir(exist_ok=True)
    for stem, text in SCHEMES.items():
        if not (place / f"{stem}.yaml").exists():
            (place / f"{stem}.yaml").write_text(text, encoding="utf-8")
    stem = data.draw(st.sampled_from(sorted(SCHEMES)))
    path = place / f"{stem}.yaml"
    value = data.draw(made.changed(SCHEME_VALUES[stem]))
    made.written(made.as_yaml(value).encode("utf-8", "surrogatepass"), path)
    try:
        outcome(lambda: load_scheme(path), place)
        outcome(lambda: scheme_files(path), place)
        outcome(lambda: load_schemes([path]), place)
    finally:
        path.write_text(SCHEMES[stem], encoding="utf-8")


FILES = {"csv": made.csv_bytes(), "excel": made.book_bytes(), "parquet": made.parquet_bytes(),
         "ndjson": made.json_bytes(), "json": made.json_bytes()}  # fmt: skip
VARIANTS = {
    "price_area": [{"column": "area"}, {"column": "area", "extract": "(SE.)"}, {"column": "area", "pad_zeros": 4}],
    "price_eur_nominal_per_mwh": [
        {"column": "price", "unit": "eur_per_mwh"}, {"column": "price", "unit": "eur_per_kwh", "missing": ["NaN", ""]},
        {"column": "price", "unit": "eur_per_mwh", "extract": r"\d+"},
    ],
    "clock": [
        {"format": "%Y-%m-%d %H:%M", "zone": "Europe/Stockholm"}, {"format": "iso8601", "zone": "UTC"},
        {"format": "iso8601", "zone": "offset"},
        {"format": "hours_since_midnight", "zone": "UTC", "base_date": "2024-05-01"},
        {"format": "iso8601", "zone": "Europe/Stockholm", "label": "interval_end",
         "repeated_hour": "second_is_minute_01"},
    ],
}  # fmt: skip


@functools.cache
def prices_read(kind, *choices):
    """A descriptor of the three columns, read in one of several ways."""
    decimal, encoding, delimiter, area, price, clock, spaced, gaps = choices
    form = {"format": kind, "decimal": decimal}
    form |= {"encoding": encoding, "delimiter": delimiter} if kind == "csv" else {}
    fields = {
        "interval_start_utc": {"column": "start", "clock": VARIANTS["clock"][clock]},
        "step_h": {"from_spacing": True} if spaced else {"constant": 1.0},
        "price_area": VARIANTS["price_area"][area],
        "price_eur_nominal_per_mwh": VARIANTS["price_eur_nominal_per_mwh"][price],
    }
    return describe(file=form, fields=fields, series={"by": ["price_area"], "gaps": gaps})


@st.composite
def described(draw, kind):
    """One of the ways; half of the time the plain one, so that many files are read to their end."""
    if draw(st.booleans()):
        return prices_read(kind, ".", "utf-8", ",", 0, 0, 0, False, "fault")
    choices = [[".", ","], ["utf-8", "utf-8-sig", "utf-16", "cp1252"], [",", ";"], range(3), range(3), range(5)]
    return prices_read(
        kind, *(draw(st.sampled_from(list(each))) for each in [*choices, [True, False], ["fault", "allowed"]])
    )


@pytest.mark.parametrize("kind", FILES)
@profile
@given(data=st.data())
def test_any_file_of_prices(folder, kind, data):
    path = made.written(data.draw(FILES[kind]), folder / f"prices.{kind}")
    read_or_fault(data.draw(described(kind)), path)


TRIPS = "car,from,to,km,a,b\n1,2024-05-01 08:00,2024-05-01 08:30,10,H,W\n2,2024-05-01 09:00,2024-05-01 09:20,8,W,H\n"


@profile
@given(content=st.one_of(made.spoiled(TRIPS.encode()), made.spoiled(TRIPS.replace("10", "1e308").encode())))
def test_any_file_of_trips_as_a_whole_and_in_parts(folder, content):
    path = made.written(content, folder / "trips.csv")
    read_or_fault(describe_trips(), path)
    outcome(lambda: list(stream_trips(describe_trips(), path, rows=1)), folder)


WEATHER = Descriptor.model_validate(
    {
        **HEAD,
        "name": "epw",
        "table": "Temperature",
        "file": {"format": "epw"},
        "fields": {
            "interval_start_utc": {
                "column": "interval_start", "clock": {"format": "%Y %m %d %H", "zone": "Etc/GMT-1"}
            },
            "price_area": {"constant": "SE3"},
            "temperature_deg_c": {"column": "dry_bulb_deg_c", "unit": "deg_c"},
        },
        "series": {"by": ["price_area"], "zone": "Etc/GMT-1"},
    }
)  # fmt: skip


@profile
@given(content=made.epw_bytes())
def test_any_weather_file(folder, content):
    path = made.written(content, folder / "weather.epw")
    read_or_fault(WEATHER, path)


@profile
@given(content=made.parquet_bytes())
def test_any_interim_table(folder, content):
    path = made.written(content, folder / "table.parquet")
    outcome(lambda: read_table(path, DayAheadQuotes), folder)


TARIFFS = (ROOT / "data/assumptions/grid_tariff_archetypes.csv").read_bytes()


@profile
@given(content=made.spoiled(TARIFFS))
def test_any_committed_table(folder, content):
    path = made.written(content, folder / "tariffs.csv")
    outcome(lambda: read_csv_table(path, GridTariffs), folder)


LISTS = (
    "operator,vat_number,variant,valid_from,transfer_fee_ore_per_kwh,peak_method,power_fee_periods\n"
    "A,SE1,,2025-01-01,25.0,x,High:135.0 SEK/kW months Nov-Mar hours 7-19\n"
)


@profile
@given(content=made.spoiled(LISTS.encode()))
def test_any_price_list(folder, content):
    path = made.written(content, folder / "lists.csv")
    outcome(lambda: read_power_fee_lists(path), folder)
