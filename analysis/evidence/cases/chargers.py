"""Cases of charger prices and powers: what the report's ranges and ratios come to in the run's own prices."""

from analysis.evidence.case import Case

CASES: tuple[Case, ...] = ()
