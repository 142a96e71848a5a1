"""Path, wildcard and settings functions. The only rule file with functions, and with no rules."""

from pathlib import Path

from analysis.errors import DataError, PipelineError
from analysis.provenance import code_digest, source_digest
from analysis.report.addresses import PAGE_FILES, RUN_FILES
from analysis.settings.load import (
    dataset_name,
    load_checked,
    read_yaml,
    settings_for_rule,
)
from analysis.settings.model import INPUT_KINDS
from analysis.settings.retrieve import matching_files, planned_files
from analysis.sources.locate import files_of
from workflow.lineage import job_graph
from workflow.written import written_errors

try:
    SETTINGS = load_checked()  # every scenario is checked before the first job
except PipelineError as error:
    raise WorkflowError(f"{type(error).__name__}: {error.message}")

SCENARIO = config.get("scenario", "default")
if SCENARIO not in SETTINGS:
    raise WorkflowError(
        f"ConfigError: SCENARIO={SCENARIO}: no such scenario; expected one of {', '.join(SETTINGS)}."
    )
INPUTS_ROOT = str(config.get("inputs_root", "data/raw"))
PARAMETERS = "data/assumptions/parameters.csv"
GRID_TARIFFS = [
    "data/reference/grid_tariffs.csv",
    "data/assumptions/grid_tariff_archetypes.csv",
]


def input_paths(source, inputs):
    """Files of one source: those that are there, and those that the scenario has fetched before they are read."""
    fetched = [
        f"{INPUTS_ROOT}/{path}"
        for path in matching_files(inputs.retrieve, source.pattern)
    ]
    if fetched and not any(Path(INPUTS_ROOT).glob(source.pattern)):
        return fetched
    found = [str(path) for path in files_of(source, Path(INPUTS_ROOT))]
    return sorted({*fetched, *found})


def missing_inputs(settings):
    """Faults of every input whose files are not under the inputs root, all at once."""
    faults = []
    for kind in INPUT_KINDS:
        for source in getattr(settings.inputs, kind) or ():
            try:
                input_paths(source, settings.inputs)
            except PipelineError as error:
                faults.extend(error.faults)
    return faults


if faults := missing_inputs(SETTINGS[SCENARIO]):
    raise WorkflowError(f"DataError: {DataError(faults).message}")
# once a run, not once a job
if workflow.is_main_process and (errors := written_errors(SETTINGS[SCENARIO])):
    raise WorkflowError(
        "\n".join(f"{type(error).__name__}: {error.message}" for error in errors)
    )

_BY_DATASET = {
    dataset_name(settings): settings for settings in reversed(SETTINGS.values())
}


def settings_of(wildcards):
    """Settings of the scenario or of the data set that a job works on."""
    if "scenario" in wildcards.keys():
        return SETTINGS[wildcards.scenario]
    if wildcards.dataset not in _BY_DATASET:
        raise WorkflowError(f"{wildcards.dataset}: no scenario has this data set.")
    return _BY_DATASET[wildcards.dataset]


def sections(*names):
    """A params function: the named sections of the settings, the rest neutral."""

    def chosen(wildcards):
        return settings_for_rule(settings_of(wildcards), *names)

    return chosen


def interim(name):
    """An input function: a table of the scenario's data set."""

    def path(wildcards):
        return f"data/interim/{dataset_name(SETTINGS[wildcards.scenario])}/{name}"

    return path


def raw_files(*kinds):
    """An input function: the files under the inputs root that the scenario names for these kinds of input."""

    def paths(wildcards):
        inputs = settings_of(wildcards).inputs
        found = []
        try:
            for kind in kinds:
                for source in getattr(inputs, kind) or ():
                    found.extend(input_paths(source, inputs))
        except PipelineError as error:
            raise WorkflowError(f"{type(error).__name__}: {error.message}")
        return found

    return paths


_QUESTIONS = {
    path: question
    for settings in (*SETTINGS.values(), SETTINGS[SCENARIO])
    for path, question in planned_files(settings.inputs.retrieve).items()
}


def question_of(service):
    """A params function: what is asked of the service for one file."""

    def question(wildcards):
        path = f"retrieved/{service}/{wildcards.asked}.csv"
        if path not in _QUESTIONS:
            raise WorkflowError(
                f"ConfigError: {path}: no scenario asks for it in inputs.retrieve."
            )
        return _QUESTIONS[path]

    return question


def retrieved_files(settings):
    """All files that a scenario fetches, also those that none of its inputs reads."""
    return [f"{INPUTS_ROOT}/{path}" for path in planned_files(settings.inputs.retrieve)]


def descriptors(*kinds):
    """An input function: the descriptors that read those files, so that editing one reruns its readers."""

    def paths(wildcards):
        inputs = settings_of(wildcards).inputs
        names = {
            source.descriptor
            for kind in kinds
            for source in getattr(inputs, kind) or ()
        }
        return [f"data/sources/{name}.yaml" for name in sorted(names)]

    return paths


def once_made(name):
    """An input function: a result that is a target of its own, from the day the scenario has made it; else none."""

    def paths(wildcards):
        path = f"data/results/{wildcards.scenario}/{name}"
        return [path] if Path(path).exists() else []

    return paths


def chunk_names(count):
    """What the files of each chunk of cars have in their names, in the order of the cars; nothing where all are one."""
    return (
        [f"_{number}of{count}" for number in range(1, count + 1)] if count > 1 else [""]
    )


def dispatch_parts(kind):
    """An input function: one file per price area, price year and chunk of cars of the scenario's data set."""

    def paths(wildcards):
        scope = SETTINGS[wildcards.scenario].scope
        folder = f"data/interim/{dataset_name(SETTINGS[wildcards.scenario])}/dispatch"
        return [
            f"{folder}/{area}_{year}{part}_{kind}.parquet"
            for area in scope.price_areas
            for year in scope.price_years
            for part in chunk_names(scope.dispatch_chunk_count)
        ]

    return paths


def chunks_of_offers(wildcards):
    """Input function: the offers of each car of a price area and price year, chunk by chunk."""
    place = f"data/interim/{wildcards.dataset}/dispatch/{wildcards.price_area}_{wildcards.price_year}"
    names = chunk_names(int(wildcards.chunk_count))
    return [f"{place}{part}_offers.parquet" for part in names]


def mean_offers(wildcards):
    """Input function: what the mean car of each price area and price year offers; chunks are gathered first."""
    scope = SETTINGS[wildcards.scenario].scope
    count = scope.dispatch_chunk_count
    if count == 1:
        return dispatch_parts("offers")(wildcards)
    folder = f"data/interim/{dataset_name(SETTINGS[wildcards.scenario])}/dispatch"
    return [
        f"{folder}/{area}_{year}_of{count}_offers.parquet"
        for area in scope.price_areas
        for year in scope.price_years
    ]


def wear_parts(wildcards):
    """Input function: the settled wear of each price area and price year of the scenario."""
    scope = SETTINGS[wildcards.scenario].scope
    return [
        f"data/results/{wildcards.scenario}/wear/{area}_{year}.parquet"
        for area in scope.price_areas
        for year in scope.price_years
    ]


def foresight_parts(wildcards):
    """Input function: what cars got in each price area and price year of the scenario."""
    scope = SETTINGS[wildcards.scenario].scope
    return [
        f"data/results/{wildcards.scenario}/foresight/{area}_{year}.parquet"
        for area in scope.price_areas
        for year in scope.price_years
    ]


def scheme_parts(name):
    """An input function: one file per scheme that the scenario compares."""

    def paths(wildcards):
        schemes = SETTINGS[wildcards.scenario].policy.schemes
        return [
            f"data/results/{wildcards.scenario}/schemes/{scheme}/{name}.parquet"
            for scheme in schemes
        ]

    return paths


def explained_scheme_parts(name):
    """An input function: as ``scheme_parts``, for the schemes whose outcomes are explained."""

    def paths(wildcards):
        settings = SETTINGS[wildcards.scenario]
        asked = settings.scope.search.explained_schemes
        schemes = [scheme for scheme in settings.policy.schemes if scheme in asked]
        if not schemes:
            raise WorkflowError(
                f"ConfigError: scope.search.explained_schemes: {', '.join(asked)}: none of them is compared; "
                f"expected some of {', '.join(settings.policy.schemes)}. Name one."
            )
        return [
            f"data/results/{wildcards.scenario}/schemes/{scheme}/{name}.parquet"
            for scheme in schemes
        ]

    return paths


def evaluation_tables(wildcards):
    """Input function, to unpack: the tables that any scheme of the scenario is evaluated on."""
    results = f"data/results/{wildcards.scenario}"
    names = (
        "dispatch_values",
        "market_balance",
        "fleet_stock",
        "potential_summary",
        "capability_hours",
        "saturation",
        "fleet_cohorts",
    )
    return {name: f"{results}/{name}.parquet" for name in names} | {
        "dispatch_sample": f"{results}/solved_sample.parquet",
        "timeline": f"{results}/regulation_timeline.parquet",
        "municipalities": interim("municipalities.parquet")(wildcards),
        "household_load": interim("household_load.parquet")(wildcards),
        "plug_in_contracts": interim("plug_in_contracts.parquet")(wildcards),
        "price_index": "data/assumptions/price_index.csv",
        "market_facts": "data/reference/market_facts.csv",
        "charger_options": "data/assumptions/charger_options.csv",
        "parameters": PARAMETERS,
    }


def are_prices_measured(wildcards):
    """Params function: whether both spot and reserve prices of the scenario were read from files, not generated."""
    settings = SETTINGS[wildcards.scenario]
    return not (settings.is_synthetic_prices or settings.is_synthetic_reserves)


def plug_in_statistics(wildcards):
    """Input function: statistics of the scenario's own charging sessions where it has some, else the embedded ones."""
    if settings_of(wildcards).inputs.sessions:
        return f"data/interim/{dataset_name(settings_of(wildcards))}/plug_in_statistics.parquet"
    return "data/reference/plug_in_statistics.csv"


TEXT = sorted(str(path) for path in Path("reports/text").rglob("*.po"))
TEMPLATES = sorted(
    str(path)
    for folder in ("templates", "theme", "vendor")
    for path in Path("reports", folder).rglob("*.*")
)
CODE = sorted(str(path) for path in Path("analysis").rglob("*.py"))


def committed_inputs(wildcards):
    """Input function: every committed table and law the run can read, and the descriptors it uses."""
    compared = SETTINGS[wildcards.scenario].policy.schemes
    schemes = {f"data/policy/se/{scheme}.yaml" for scheme in compared}
    schemes.update(path for scheme in compared for path in combined_laws(scheme))
    schemes.add("data/policy/se/task53.yaml")  # the designer's family, compared or not
    tables = [
        str(path)
        for folder in ("assumptions", "reference")
        for path in Path("data", folder).glob("*.csv")
    ]
    measured = ["data/evidence/availability_correlation.csv"]
    laws = sorted(schemes)
    return sorted(tables) + measured + laws + descriptors(*INPUT_KINDS)(wildcards)


def combined_laws(scheme):
    """Files of the schemes that a combined scheme puts together; none for a plain one."""
    try:
        described = read_yaml(Path(f"data/policy/se/{scheme}.yaml"))
    except PipelineError as error:
        raise WorkflowError(f"{type(error).__name__}: {error.message}")
    return [f"data/policy/se/{member}.yaml" for member in described.get("combines", [])]


def scheme_members(wildcards):
    """Input function: the files of the schemes that a combined scheme puts together; none for a plain one."""
    return combined_laws(wildcards.scheme)


def lineage_of(wildcards):
    """Params function: the jobs of the scenario's report, and those that recompute what is committed."""
    scenario = wildcards.scenario
    targets = [
        f"data/results/{scenario}/run.yaml",
        f"reports/build/{scenario}/index.html",
        f"data/results/{scenario}/datapackage.json",
        *(str(path) for path in workflow.get_rule("calibrate").input),
    ]
    return job_graph(workflow, targets, INPUTS_ROOT)


def calibration_jobs(wildcards):
    """Params function: the jobs that recompute what is committed."""
    targets = [str(path) for path in workflow.get_rule("calibrate").input]
    return job_graph(workflow, targets, INPUTS_ROOT)


def calibration_files(wildcards):
    """Input function: the user's files that those jobs read."""
    reads = [job["inputs"].values() for job in calibration_jobs(wildcards)]
    paths = {path for listed in reads for names in listed for path in names}
    return sorted(
        f"{INPUTS_ROOT}/{path.removeprefix('INPUTS/')}"
        for path in paths
        if path.startswith("INPUTS/")
    )


def stages_of_rules(wildcards):
    """Params function: the stage of each rule, which is the file it stands in, in the order of the files."""
    return {
        each.name: Path(str(each.snakefile)).stem
        for each in workflow.rules
        if each.name not in ("all", "calibrate")
    }


def snakemake_page(wildcards):
    """Input function: Snakemake's own report of the scenario, from the day it has been made; else none."""
    path = f"reports/build/{wildcards.scenario}/snakemake.html"
    return [path] if Path(path).exists() else []
