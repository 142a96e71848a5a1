"""A scenario whose prices are fetched: from a local service, and again with the service gone, to the same bytes."""

import os
import subprocess

import pytest

from analysis.settings.load import dataset_name, load_settings
from tests.analysis.connectors import formats
from tests.analysis.connectors.service import LocalService, Reply
from tests.workflow import project
from workflow.run import SNAKEMAKE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("workflow")]
TOKEN = "a-token-for-this-test-only"
SCENARIO = """
inputs:
  bundle: fetched
  retrieve:
    - {service: entsoe, price_areas: [SE3], years: [2023]}
    - {service: mimer, markets: [fcr], years: [2023]}
  day_ahead_prices:
    - {descriptor: entsoe_api_day_ahead, pattern: "retrieved/entsoe/SE3_2023.csv"}
  reserve_prices:
    - {descriptor: mimer_download_fcr, pattern: "retrieved/mimer/fcr_2023.csv"}
scope: {price_areas: [SE3], price_years: [2023]}
"""


def answer(asked):
    """A year of one price from the platform, a year of one price from Mimer."""
    if asked.path == "/PrimaryRegulation/DownloadText":
        return Reply(formats.mimer_fcr(2023))
    days = formats.local_days(2023)
    return Reply(
        formats.document([formats.one_series("SE3", days[0][0], days[-1][1], "PT60M", {1: 40.0})]), kind="text/xml"
    )


def build_prices(folder, target, **environment):
    """Make the tables of prices, and nothing after them."""
    command = [*SNAKEMAKE, "--cores", "2", "--config", "scenario=fetched", "inputs_root=data/raw", "--", target]
    told = {name: value for name, value in os.environ.items() if name != "ENTSOE_API_TOKEN"}
    told |= {"PYTHONPATH": str(folder), "NO_PROXY": "127.0.0.1", **environment}
    return subprocess.run(command, cwd=folder, env=told, capture_output=True, text=True, check=False)


def made(folder):
    """Bytes of what was fetched, kept and built."""
    files = [path for part in ("data/raw/retrieved", "data/interim") for path in (folder / part).rglob("*")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files if path.is_file()}


def test_fetched_prices_come_again_without_the_service(tmp_path):
    folder = project.copy_project(tmp_path / "project")
    (folder / "workflow/config/scenarios/fetched.yaml").write_text(SCENARIO, encoding="utf-8")
    name = dataset_name(load_settings("fetched", folder / "workflow/config"))
    target = f"data/interim/{name}/day_ahead_prices.parquet"
    service = LocalService(answer)
    addresses = {"V2X_ENTSOE_URL": f"{service.url}/api", "V2X_MIMER_URL": service.url}
    try:
        done = build_prices(folder, target, ENTSOE_API_TOKEN=TOKEN, **addresses)
    finally:
        service.stop()
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(asked.path for asked in service.seen) == ["/PrimaryRegulation/DownloadText", "/api"]
    first = made(folder)
    logs = [path.read_bytes() for path in (folder / "logs").rglob("*.log")]
    assert len(logs) >= 3
    assert not [
        text for text in [*first.values(), *logs, (done.stdout + done.stderr).encode()] if TOKEN.encode() in text
    ]

    for path in [*(folder / "data/interim").rglob("*.parquet"), *(folder / "data/raw/retrieved").glob("[em]*/*")]:
        path.unlink()
    again = build_prices(folder, target, V2X_OFFLINE="1", **addresses)
    assert again.returncode == 0, again.stdout + again.stderr
    assert made(folder) == first
