"""Reads from the tests which cases break when a part is taken out of the model, and says it in a sentence each."""

import ast
from collections.abc import Mapping

from analysis.report.text import Voice

TABLE = "BROKEN"


def broken_cases(source: str) -> dict[str, tuple[str, ...]]:
    """Read part and broken cases from the assignment to :data:`TABLE` in a test module.

    Empty where the module has none, or one that is not written out.

    Examples
    --------
    ``BROKEN = {"wear": ("PR018",)}`` gives ``{"wear": ("PR018",)}``.
    """
    for statement in ast.parse(source).body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == TABLE for target in targets):
            try:
                found = ast.literal_eval(getattr(statement, "value"))  # noqa: B009 (an assignment, plain or annotated)
            except ValueError:
                return {}
            return {str(part): tuple(str(case) for case in cases) for part, cases in dict(found).items()}
    return {}


def teeth_told(broken: Mapping[str, tuple[str, ...]], voice: Voice) -> list[str]:
    """Say of each part which cases break without it."""
    return [
        voice.say("weighed.teeth_part", part=voice.name("part_of_model", part), cases=", ".join(cases))
        for part, cases in broken.items()
    ]
