"""Checks what a scheme file says as a whole: shares, lists, dates, budgets and stacks. Each finding is a fault."""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping

from analysis.errors import Fault
from analysis.policy.model import PAYING_FORMS, STATUSES, Component, Part, PolicyParameter, Scheme, Value
from analysis.policy.parts import FACTORS, KINDS, WORDS

Parameters = Mapping[str, PolicyParameter]


def role_faults(role: str, unit: str, parameter: PolicyParameter, place: str) -> Iterator[Fault]:
    """Faults of a parameter in a role of a part: unit, a share above 1, a power of 0 to divide by, an unknown word."""
    wanted = "pu" if unit == "share" else unit
    if parameter.unit != wanted:
        yield Fault(place, f"{parameter.name} in {parameter.unit}", f"unit {wanted}", "Use a parameter of that unit.")
        return
    for dated in parameter.values:
        spot, value = f"{parameter.place}.values.{dated.start}.value", dated.value
        if unit == "share" and isinstance(value, float) and value > 1:
            yield Fault(spot, f"{value:g}", "a share from 0 to 1", "Write 50 % as 0.5.")
        if role == "reference_kw" and value == 0:
            yield Fault(spot, "0", "a power above 0", "Write the power whose factor is one.")
        for word in value if isinstance(value, tuple) and role in WORDS else ():
            if word not in WORDS[role]:
                yield Fault(spot, repr(word), f"words among {', '.join(WORDS[role])}", "Correct the word.")


def component_faults(component: Component, parameters: Parameters, place: str) -> Iterator[Fault]:
    """Faults of one component: no amount or two to multiply, a part given twice, a phase-out that ends too early."""
    bases = [part.name for part in component.amount if part.name not in FACTORS]
    if len(bases) != 1 and not (component.form == "mandate" and bases):
        known = ", ".join(sorted(set(KINDS[component.form]["amount"]) - set(FACTORS)))
        yield Fault(f"{place}.amount", f"{len(bases)} of {known}", "exactly one", "Say what the other parts multiply.")
    parts = (*component.amount, *component.limits, *component.conditions)
    for name, count in Counter(part.name for part in parts).items():
        if count > 1:
            yield Fault(f"{place}: {name}", f"{count} of this part", "one", "Remove the others.")
    for part in parts:
        if part.name == "phase_out":
            yield from _phase_out_faults(part, parameters, place)


def _phase_out_faults(part: Part, parameters: Parameters, place: str) -> Iterator[Fault]:
    first, last = parameters[part.roles["first_day"]], parameters[part.roles["last_day"]]
    for day in _starts((first, last)):
        begins, ends = _on(first, day), _on(last, day)
        if isinstance(begins, datetime.date) and isinstance(ends, datetime.date) and begins >= ends:
            found = f"first day {begins} and last day {ends} from {day}"
            yield Fault(f"{place}: phase_out", found, "a last day after the first", "Correct the dates.")


def scheme_faults(scheme: Scheme) -> Iterator[Fault]:
    """Faults between the components of one scheme: names given twice, a budget for some, or too small for one grant."""
    for name, count in Counter(each.name for each in scheme.components).items():
        if count > 1:
            yield Fault(f"{scheme.place}: components", f"{count} named {name}", "a name each", "Rename them.")
    paying = [each for each in scheme.components if each.form in PAYING_FORMS]
    budgets = [_role(each, "annual_budget", "budget") for each in paying]
    if len(set(budgets)) > 1:
        found = ", ".join(sorted(str(name) for name in set(budgets)))
        expected = "one annual_budget for all payments of a scheme"
        yield Fault(f"{scheme.place}: components", found, expected, "Give each payment the same budget, or none.")
        return
    budget = scheme.parameters.get(budgets[0] or "") if budgets else None
    if budget is not None:
        for each in paying:
            yield from _small_budget_faults(each, scheme, budget)


def _small_budget_faults(component: Component, scheme: Scheme, budget: PolicyParameter) -> Iterator[Fault]:
    roles = [("fixed_amount", "amount"), ("cap_amount", "cap"), ("cap_per_year", "cap")]
    named = [_role(component, part, role) or "" for part, role in roles]
    held = [scheme.parameters[name] for name in named if name in scheme.parameters]
    for day in _starts((budget, *held)) if held else ():
        money = _on(budget, day)
        single = [value for value in (_on(each, day) for each in held) if isinstance(value, float)]
        if isinstance(money, float) and single and money < min(single):
            yield Fault(
                f"{budget.place}: {day}",
                f"a budget of {money:g} SEK a year",
                f"at least one payment of {component.name}, {min(single):g} SEK",
                "Correct the budget or the amount.",
            )


def replaced_faults(scheme: Scheme, name: str) -> Iterator[Fault]:
    """Faults of a scheme after one of its parameters was replaced: in the roles it fills and between components."""
    changed = scheme.parameters[name]
    for component in scheme.components:
        for group, parts in (
            ("amount", component.amount), ("limits", component.limits), ("conditions", component.conditions),
        ):  # fmt: skip
            for part in parts:
                units = KINDS[component.form][group][part.name].units
                for role in (role for role, held in part.roles.items() if held == name):
                    yield from role_faults(role, units[role], changed, changed.place)
        yield from component_faults(component, scheme.parameters, changed.place)
    yield from scheme_faults(scheme)


def stack_faults(scheme: Scheme) -> Iterator[Fault]:
    """Faults of a combination: no rule, a member counted twice, a budget for a part of it, more than the cost."""
    place, rule = scheme.place, scheme.parameters.get("stacking")
    if len(scheme.combines) > 1 and rule is None:
        yield Fault(f"{place}: parameters.stacking", "nothing", "the stacking rule", "Add it, unit stacking_rule.")
    if rule is not None and rule.unit != "stacking_rule":
        yield Fault(f"{place}: parameters.stacking", rule.unit, "stacking_rule", "Correct it.")
    if rule is not None and any(dated.value is None for dated in rule.values):
        yield Fault(f"{place}: parameters.stacking", "null", "a rule", "A rule cannot end: write the one that follows.")
    plain = _plain(scheme)
    for name, count in Counter(member.scheme for member in plain).items():
        if count > 1:
            yield Fault(f"{place}: combines", f"{name}, {count} times", "each scheme once", "Remove the others.")
    paying = [member for member in plain if any(each.form in PAYING_FORMS for each in member.components)]
    budgeted = [
        each.scheme for each in paying if any(_role(part, "annual_budget", "budget") for part in each.components)
    ]
    if budgeted and len(paying) > 1:
        expected = "no annual_budget beside another payment: it would ration one of the two"
        yield Fault(f"{place}: combines", ", ".join(budgeted), expected, "Put the payments in one file.")
    if rule is not None and any(dated.value == "supported_cost_out" for dated in rule.values):
        yield from _excess_faults(plain, place)


def _excess_faults(plain: tuple[Scheme, ...], place: str) -> Iterator[Fault]:
    shares = {member.scheme: _cost_share(member) for member in plain}
    if sum(shares.values()) > 1 + 1e-9:
        parts = " + ".join(f"{name} {share:g}" for name, share in shares.items() if share)
        expected = "shares of the cost that add up to at most 1"
        yield Fault(f"{place}: combines", parts, expected, "Lower a share, or let one shut out the other.")


def _cost_share(scheme: Scheme) -> float:
    """Highest share of the cost that a scheme's grants give by their own words; 0 where no share is written."""
    found = [0.0]
    for component in scheme.components:
        on_cost = any(part.name == "cost_base" for part in component.amount)
        roles = [("cap_share_of_cost", "share"), *([("rate", "rate")] if on_cost else [])]
        names = [_role(component, part, role) or "" for part, role in roles]
        tops = [
            max(
                (dated.value for dated in scheme.parameters[name].values if isinstance(dated.value, float)), default=0.0
            )
            for name in names
            if name in scheme.parameters
        ]
        found.append(min(tops, default=0.0))
    return max(found)


def _plain(scheme: Scheme) -> tuple[Scheme, ...]:
    if not scheme.combines:
        return (scheme,)
    return tuple(plain for member in scheme.combines for plain in _plain(member))


def _role(component: Component, part_name: str, role: str) -> str | None:
    """Name of the parameter in a role of a part of a component, if it has that part."""
    parts = (*component.amount, *component.limits, *component.conditions)
    return next((part.roles.get(role) for part in parts if part.name == part_name), None)


def _starts(parameters: tuple[PolicyParameter, ...]) -> list[datetime.date]:
    return sorted({dated.start for parameter in parameters for dated in parameter.values})


def _on(parameter: PolicyParameter, day: datetime.date) -> Value:
    """The value on a day whatever its status; nothing before the first."""
    if not parameter.values or day < parameter.values[0].start:
        return None
    return parameter.on(day, STATUSES).value
