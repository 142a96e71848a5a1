"""Says which cases break when a part is taken out of the model, a sentence a part."""

import re

import pandas as pd

from analysis.report.text import Voice

PUBLISHED = re.compile(r"^(PR|EX)\d+$")


def teeth_told(broken_cases: pd.DataFrame, voice: Voice) -> list[str]:
    """Say of each part which cases break without it: published results by id, others by name.

    Parameters
    ----------
    broken_cases
        ``BrokenCases``.
    """
    return [
        voice.say(
            "weighed.teeth_part",
            part=voice.name("part_of_model", str(part)),
            cases=", ".join(_told(str(case), voice) for case in rows["case_id"]),
        )
        for part, rows in broken_cases.groupby("part", sort=False)
    ]


def _told(case_id: str, voice: Voice) -> str:
    return case_id if PUBLISHED.match(case_id) else voice.say(f"broken_case.{case_id}")
