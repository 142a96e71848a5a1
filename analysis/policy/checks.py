"""Checks what a scheme file says as a whole: shares, lists, dates, budgets and stacks. Each finding is a fault."""

from collections.abc import Iterator

from analysis.errors import Fault
from analysis.policy.model import PolicyParameter
from analysis.policy.parts import WORDS


def role_faults(role: str, unit: str, parameter: PolicyParameter, place: str) -> Iterator[Fault]:
    """Faults of a parameter in a role of a part: its unit, a share above 1, a word the role does not know."""
    wanted = "pu" if unit == "share" else unit
    if parameter.unit != wanted:
        yield Fault(place, f"{parameter.name} in {parameter.unit}", f"unit {wanted}", "Use a parameter of that unit.")
        return
    for dated in parameter.values:
        spot = f"{parameter.place}.values.{dated.start}.value"
        if unit == "share" and isinstance(dated.value, float) and dated.value > 1:
            yield Fault(spot, f"{dated.value:g}", "a share from 0 to 1", "Write 50 % as 0.5.")
        for word in dated.value if isinstance(dated.value, tuple) and role in WORDS else ():
            if word not in WORDS[role]:
                yield Fault(spot, repr(word), f"words among {', '.join(WORDS[role])}", "Correct the word.")
