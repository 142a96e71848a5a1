"""Names the pages of a report and where they lie; imports nothing, for the workflow reads it at every start."""

LOCALES = ("sv", "en")
RUN = "run"
"""The page about the run itself; it is made last, of the record of the rest."""
PAGE_IDS = (
    "index",
    "potential",
    "profiles",
    "value",
    "schemes",
    "designer",
    "uncertainty",
    "resilience",
    "evidence",
    "method",
    RUN,
)
"""Pages in reading order."""
OWN_BUILDERS = ("designer", "evidence", RUN)
"""Pages with a builder of their own; every other is its template, its figures and its texts."""
ASSETS = {"sv": "assets/", "en": "../assets/"}
LIBRARY = "plotly-cartesian.min.js"
BRIEF = {locale: f"brief.{locale}.html" for locale in LOCALES}
"""The brief as one file: everything in it, to be mailed."""


def path_of(page_id: str, locale: str) -> str:
    """Path of a page below the report's folder: Swedish at the top, English below ``en``."""
    return f"{page_id}.html" if locale == "sv" else f"en/{page_id}.html"


def book_of(scenario: str) -> str:
    """Name of a scenario's workbook, beside the Swedish pages.

    Examples
    --------
    ``default`` gives ``v2x_default.xlsx``.
    """
    return f"v2x_{scenario}.xlsx"


PAGE_FILES = (
    *(path_of(page_id, locale) for locale in LOCALES for page_id in PAGE_IDS if page_id != RUN), *BRIEF.values(),
)  # fmt: skip
"""Every page of a report below its folder, but that of the run."""
RUN_FILES = tuple(path_of(RUN, locale) for locale in LOCALES)
