"""Turns two finished runs, and the runs between them, into a page in each language and a table to take away."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.report import compare_views as views
from analysis.report.addresses import LOCALES, path_of
from analysis.report.compare_chain import links, steps
from analysis.report.compare_origin import Difference, differences, kinds_of, runs_between
from analysis.report.compare_tables import Run, caveats, compare_runs, share_draws
from analysis.report.figure_data import csv_text
from analysis.report.site import STYLE, environment, other_language
from analysis.report.text import Voice, read_catalog

TEMPLATE = "compare.html.j2"
OWN_STYLE = "compare.css"
TAKEN_AWAY = "comparison.csv"
FOLDERS = {"sv": "", "en": "../"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""As the report's, and stricter: the page has no script."""


def build_comparison(
    runs: Sequence[Run], parameters: pd.DataFrame, digests: Mapping[str, str],
    scheme_labels: Mapping[str, Mapping[str, str]], catalogs: Mapping[str, str], templates: Mapping[str, str],
) -> dict[str, str]:  # fmt: skip
    """Build the comparison of the first and the last of several runs.

    Parameters
    ----------
    runs
        A, the runs between in order (often none), and B.
    parameters, digests
        ``Parameters`` as it is now; digests of that file (``parameters``) and of the code at hand (``code``).
    scheme_labels
        Scheme, language, name.
    catalogs, templates
        As of the report.

    Returns
    -------
    dict[str, str]
        Path below the comparison's folder and text: a page in each language, and ``comparison.csv``.
    """
    template = environment(templates).get_template(TEMPLATE)
    table = compare_runs(runs[0], runs[-1])
    values = dict(zip(parameters["id"], parameters["value"].astype(float), strict=True))
    found = differences(runs[0], runs[-1], values, digests["parameters"])
    site = {TAKEN_AWAY: csv_text(table)}
    for locale in LOCALES:
        labels = {f"scheme.{scheme}": texts[locale] for scheme, texts in scheme_labels.items()}
        voice = Voice(locale, {**read_catalog(catalogs[locale]), **labels})
        site[path_of("index", locale)] = template.render(
            **_both(runs, table, voice),
            **_origin(runs, table, found, digests["code"], voice),
            chain=_chain(runs, values, digests["parameters"], voice),
            style=f"{templates[STYLE]}\n{templates[OWN_STYLE]}",
            policy=POLICY,
            other=other_language("index", locale),
            taken_away=f"{FOLDERS[locale]}{TAKEN_AWAY}",
        )
    return site


def _both(runs: Sequence[Run], table: pd.DataFrame, voice: Voice) -> dict[str, Any]:
    """Gather the results of both."""
    first, second = runs[0], runs[-1]
    titles = [run.settings[f"title_{voice.locale}"] for run in (first, second)]
    values = views.value_tables(table, voice)
    return {
        "voice": voice,
        "say": voice.say,
        "names": (first.name, second.name),
        "titles": titles,
        "most": views.most_sentence(table, voice),
        "caveats": views.caveat_notes(caveats(first, second), first, second, voice),
        "draws_note": voice.say("compare.draws_shared" if share_draws(first, second) else "compare.draws_apart"),
        "headlines": views.headline_table(table, voice),
        "best_note": views.best_note(first, second, voice),
        "schemes": views.scheme_table(table, voice),
        "schemes_alone": [text for side in views.SIDES if (text := views.schemes_alone(table, side, voice))],
        "value_first": values[0] if values else None,
        "value_others": values[1:],
        "firm": views.firm_table(table, voice),
        "charts": views.charts(table, voice),
    }


def _origin(
    runs: Sequence[Run], table: pd.DataFrame, found: Sequence[Difference], code_now: str, voice: Voice
) -> dict[str, Any]:
    """Gather what was different going in, and which runs would split the difference."""
    first, second = runs[0], runs[-1]
    kinds = kinds_of(found)
    between = runs_between(first, second, kinds, code_now) if len(runs) == 2 else []
    base = first if between and "code" not in between[0].kinds else second
    lacks = [table[f"{side}_value"].isna() for side in views.SIDES]
    is_same = bool(table["ranges"].isin(["same", "missing"]).all() and (lacks[0] == lacks[1]).all())
    return {
        "whose": views.kinds_sentence(found, kinds, is_same, len(runs) > 2, voice),
        "origin": views.origin_tables(found, voice),
        "between": between,
        "between_words": {
            each.name: voice.say(
                "compare.between_is", a=first.name, b=second.name,
                kinds=views.listed([voice.say(f"compare.kind_{kind}") for kind in each.kinds], voice),
            )
            for each in between
        },
        "via": ",".join(each.name for each in between),
        "between_code": voice.say("compare.between_code", run=base.name, digest=base.record["code_digest"])
        if "code" in kinds
        else "",
        "has_files": any(each.origin == "file" and each.first and each.second for each in found),
    }  # fmt: skip


def _chain(runs: Sequence[Run], values: Mapping[str, float], digest: str, voice: Voice) -> dict[str, Any] | None:
    """Gather the steps where runs lie between."""
    if len(runs) == 2:
        return None
    made = steps(runs, values, digest)
    mixed = [step.end for step in made if len(step.kinds) > 1]
    return {
        "table": views.chain_table(made, links(runs), voice),
        "mixed": voice.say("compare.chain_mixed", names=views.listed(mixed, voice)) if mixed else "",
    }
