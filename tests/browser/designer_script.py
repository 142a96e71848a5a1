"""Runs the designer's script in Chromium beside the pipeline, and measures how far apart they are.

As a program it writes ``data/evidence/designer_check.csv`` from a finished default run:
``python -m tests.browser.designer_script`` (some minutes, Chromium).
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.report.designer_page import MEASURES, MODEL_SCRIPTS, family_data, packed
from analysis.uncertainty.designer import designer_arrays
from analysis.uncertainty.designer_setting import BUDGET, evaluate_setting, random_settings, read_family
from analysis.uncertainty.intervals import interval

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
COUNT, SEED = 500, 20261123
LOAD = """stored => { window.opened = window.designerModel.open(stored); window.bases = {}; }"""
TRY = """([setting, first, last]) => {
  const rows = Array.from({ length: last - first }, (_, at) => first + at);
  const known = window.opened;
  setting.budget_msek = setting.budget_msek === null ? Infinity : setting.budget_msek;
  window.bases[first] = window.bases[first] || window.designerModel.follow(known, rows, null);
  const job = window.designerModel.follow(known, rows, setting);
  const found = window.designerAccounts.all(known, job, window.bases[first]);
  const plain = found.map(row => Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value && value.length ? Array.from(value) : value])));
  const shown = {};
  Object.keys(plain[0]).forEach(name => {
    const total = value => Array.isArray(value) ? value.reduce((sum, part) => sum + part, 0) : value;
    shown[name] = window.designerAccounts.interval(plain.map(row => total(row[name])));
  });
  return { draws: plain, shown };
}"""


def script_page(browser):
    """A page that holds the scripts without the page part."""
    page = browser.new_page()
    for name in MODEL_SCRIPTS:
        page.add_script_tag(content=(ROOT / "reports/theme" / name).read_text(encoding="utf-8"))
    return page


def load(page, studies, law, span):
    """Hand the arrays over; gives the part of a setting that the law fixes."""
    page.evaluate(LOAD, {name: packed(array) for name, array in designer_arrays(studies).items()})
    return family_data(read_family(law), list(span.years))


def by_script(page, fixed, setting, rows):
    """What the script finds for some draws: draws, and the intervals it shows."""
    told = setting | {BUDGET: None if np.isinf(setting[BUDGET]) else setting[BUDGET]}
    return page.evaluate(TRY, [told | fixed, *rows])


class Distance:
    """Worst differences of one measure over many settings, and what the pipeline's numbers span."""

    def __init__(self):
        self.low, self.high, self.worst, self.shown = np.inf, -np.inf, 0.0, 0.0

    def add(self, theirs, shown, ours):
        theirs = np.array(theirs, dtype=float).reshape(ours.shape)
        assert np.array_equal(np.isnan(theirs), np.isnan(ours)), "a number exists in one of the two only"
        if np.isnan(ours).all():
            assert shown is None
            return
        self.low, self.high = min(self.low, np.nanmin(ours)), max(self.high, np.nanmax(ours))
        self.worst = max(self.worst, np.nanmax(np.abs(theirs - ours)))
        told = interval(ours.sum(axis=1) if ours.ndim > 1 else ours)
        pairs = [(shown[name], getattr(told, name)) for name in ("value", "low", "high")]
        self.shown = max(self.shown, *(abs(one - other) for one, other in pairs))

    def over(self, value):
        return value / (self.high - self.low) if self.high > self.low else value


def distances(page, studies, law, settings):
    """Both over settings: ``Distance`` by measure."""
    fixed = load(page, studies, law, studies.drawn.frame.span)
    draws = len(studies.drawn.world.year_index)
    found = {name: Distance() for name in (*MEASURES, "quintile_msek")}
    for setting in settings:
        theirs = by_script(page, fixed, setting, (0, draws))
        ours = evaluate_setting(studies.drawn, law, setting)
        for name, distance in found.items():
            distance.add([row[name] for row in theirs["draws"]], theirs["shown"][name], ours[name])
    return found


def check_table(found, setting_count, draw_count):
    """Table ``DesignerCheck``."""
    units = MEASURES | {"quintile_msek": "msek"}
    return pd.DataFrame(
        [
            {"measure": name, "unit": units[name], "setting_count": setting_count, "draw_count": draw_count,
             "low": float(f"{each.low:.6g}"), "high": float(f"{each.high:.6g}"),
             "worst_error_pu": float(f"{each.over(each.worst):.2g}"),
             "worst_shown_error_pu": float(f"{each.over(each.shown):.2g}")}
            for name, each in found.items()
        ]
    )  # fmt: skip


def main(results: Path, out: Path, count: int = COUNT) -> None:
    from playwright.sync_api import sync_playwright

    studies, law = default_studies(results)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        found = distances(script_page(browser), studies, law, random_settings(count, SEED))
    check_table(found, count, len(studies.drawn.world.year_index)).to_csv(out, index=False, lineterminator="\n")
    print(json.dumps({name: each.over(each.worst) for name, each in found.items()}, indent=1))


def default_studies(results: Path):
    """Studies and law of a finished default run."""
    from analysis.io import read_csv_table, read_table
    from analysis.policy.loader import load_scheme
    from analysis.settings.load import dataset_name, load_settings
    from analysis.uncertainty.designer import designer_studies
    from analysis.uncertainty.law import law_of
    from analysis.uncertainty.scheme_inputs import CSV_TABLES, TABLES, read_frames

    run = load_settings("default", ROOT / "workflow/config")
    interim = results.parents[1] / "interim" / dataset_name(run)
    paths = {name: results / f"{name}.parquet" for name in TABLES}
    paths |= {"dispatch_sample": results / "solved_sample.parquet", "timeline": results / "regulation_timeline.parquet"}
    paths |= {name: interim / f"{name}.parquet" for name in ("municipalities", "household_load", "plug_in_contracts")}
    paths |= {name: ROOT / f"data/assumptions/{name}.csv" for name in (*CSV_TABLES, "price_index")}
    paths |= {"market_facts": ROOT / "data/reference/market_facts.csv"}
    frame = read_frames(paths, run, read_table, read_csv_table)[0]
    law = law_of(load_scheme(ROOT / "data/policy/se/task53.yaml"), frame.span, run.policy)
    return designer_studies(frame, run), law


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(
        Path(arguments[0]) if arguments else ROOT / "data/results/default",
        ROOT / "data/evidence/designer_check.csv",
        int(arguments[1]) if len(arguments) > 1 else COUNT,
    )
