"""Render the report of one scenario in Swedish and English."""

from pathlib import Path

import yaml

from analysis.io import read_arrays, read_csv_table, read_table, read_text, write_text
from analysis.policy.loader import load_scheme
from analysis.processes import in_processes
from analysis.report import evidence_rows
from analysis.report.addresses import LIBRARY, LOCALES
from analysis.report.designer_page import build_designer, designer_run
from analysis.report.evidence_page import build_evidence
from analysis.report.lineage import read_lineage
from analysis.report.page import build_site, voice_of
from analysis.report.places import table_to_take
from analysis.report.results import COMMITTED, ONCE_MADE, TABLES, Results, empty_table, scheme_labels
from analysis.report.scheme_law import scheme_law
from analysis.report.trace_page import with_trace
from analysis.settings.model import Settings
from analysis.sources.geography import read_outlines


def main(
    *, geometry: Path, area_geometry: Path, run: Path, lineage: Path, schemes: list[Path], text: list[Path],
    templates: list[Path], pages: list[Path], weighed_table: Path, library: Path, places: Path,
    figure_data: Path, settings: dict, scenario: str, process_count: int, designer: Path, family: Path,
    **tables: Path | list[Path],
) -> None:  # fmt: skip
    named = {*TABLES, *COMMITTED, *ONCE_MADE}
    if set(tables) != named:
        raise TypeError(f"the rule and this script differ on {sorted(set(tables) ^ named)}")
    law = [load_scheme(path) for path in schemes]
    found = Results(
        **{name: read_table(tables[name], schema) for name, schema in TABLES.items()},
        **{name: read_csv_table(tables[name], schema) for name, schema in COMMITTED.items()},
        **{
            name: read_table(tables[name][0], schema) if tables[name] else empty_table(schema)
            for name, schema in ONCE_MADE.items()
        },
        geometry=read_outlines(geometry),
        area_geometry=read_outlines(area_geometry),
        scheme_labels=scheme_labels(law),
        scheme_law=scheme_law(law),
        run=yaml.safe_load(read_text(run)),
    )
    words = {path.parents[1].name: read_text(path) for path in text}, {path.name: read_text(path) for path in templates}
    graph = read_lineage(read_text(lineage), lineage.as_posix())

    chosen_run = Settings.model_validate(settings)
    tried = designer_run(read_arrays(designer), load_scheme(family), law, chosen_run, found.parameters)

    def in_language(number: int) -> dict[str, str]:
        chosen = (LOCALES[number],)
        made = build_site(found, chosen_run, scenario, *words, chosen) | build_evidence(found, *words, chosen)
        made |= build_designer(found, tried, chosen_run, scenario, *words, chosen)
        voice = voice_of(chosen[0], words[0][chosen[0]], found)
        return {name: with_trace(page, graph, found.parameters, voice) for name, page in made.items()}

    languages = in_processes(process_count)(in_language, range(len(LOCALES)))
    site = {name: page for pages in languages for name, page in pages.items()}
    folder = library.parent.parent
    built = {name for name in site if not name.startswith(f"{figure_data.name}/")}
    if {path.relative_to(folder).as_posix() for path in pages} != built:
        raise TypeError(f"the rule names {sorted(map(str, pages))}, built are {sorted(built)}")
    for name, page in site.items():
        write_text(page, folder / name)
    write_text(evidence_rows.table_to_take(vars(found)), weighed_table)
    write_text(table_to_take(found), places)
    write_text(words[1][LIBRARY], library)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
