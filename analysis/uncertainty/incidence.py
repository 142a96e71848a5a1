"""Turns one scheme's evaluation into who is paid, who gains and who pays: income, dwelling, price area, car or none."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.accounts import Appraisal
from analysis.cba.cells import DWELLINGS, QUINTILES, relative_income
from analysis.schemas.schemes import HOUSEHOLDS
from analysis.uncertainty.evaluate import Evaluation, appraisal_of

Cube = NDArray[np.float64]

SEK_PER_MSEK = 1e6
HOUSEHOLD_COLUMNS = {name: f"household_{name}_count" for name in (*DWELLINGS, "other")}


def outlay_by_cell_sek(evaluation: Evaluation, appraisal: Appraisal | None = None) -> Cube:
    """Support on purchase by dwelling and income quintile: draw × dwelling × quintile; present value if appraised."""
    path = evaluation.with_support
    paid = (path.supported_by_cell.astype(np.float64) * path.support_sek).sum(axis=4)
    if appraisal is None:
        return np.asarray(paid.sum(axis=1))
    return np.stack([appraisal.once_sek(paid[..., row, column]) for row in range(paid.shape[2])
                     for column in range(paid.shape[3])], axis=1).reshape(len(paid), *paid.shape[2:])  # fmt: skip


def top_quintile_outlay_pu(evaluation: Evaluation) -> Cube:
    """Share of the outlay that goes to the fifth with the highest incomes, per draw; NaN where nothing is paid."""
    paid = outlay_by_cell_sek(evaluation).sum(axis=1)
    whole = paid.sum(axis=1)
    return np.asarray(np.divide(paid[:, -1], whole, out=np.full(len(whole), np.nan), where=whole > 0))


def concentration_index(shares_pu: Cube) -> float:
    """Concentration of an amount over income groups of equal size, from poor to rich.

    Examples
    --------
    Equal shares give 0; all of it to the richest of five 0.8; all of it to the poorest −0.8.
    """
    curve = np.concatenate([[0.0], np.cumsum(shares_pu)])
    return float(1.0 - (curve[1:] + curve[:-1]).sum() / len(shares_pu))


def scheme_incidence(scheme: str, evaluation: Evaluation) -> pd.DataFrame:
    """Table ``SchemeIncidence``: means over the draws, present values.

    References
    ----------
    METHODS 6 (distribution).
    """
    groups = _Groups(evaluation)
    parts = {
        "income_quintile": groups.by_income(),
        "dwelling": groups.by_dwelling(),
        "price_area": groups.by_area(),
        "household": groups.by_household(),
    }
    rows = [{"scheme": scheme, "group_kind": kind, **row} for kind, part in parts.items() for row in part]
    return pd.DataFrame(rows)


class _Groups:
    """Means over the draws of all that is shared out."""

    def __init__(self, evaluation: Evaluation) -> None:
        study = evaluation.study
        appraisal = appraisal_of(study.frame.parameters)
        path, ledger = evaluation.with_support, evaluation.ledger
        self.study, self.places = study, study.frame.tables.municipalities
        self.outlay = outlay_by_cell_sek(evaluation, appraisal).mean(axis=0)
        is_paid = path.supported_by_cell * (path.support_sek > 0)
        self.taken = is_paid.sum(axis=(1, 4), dtype=np.float64).mean(axis=0)
        change = (path.new_by_cell - evaluation.without.new_by_cell).sum(axis=(1, 4), dtype=np.float64)
        self.added = np.maximum(change.mean(axis=0), 0.0)
        self.area_outlay = np.array([appraisal.once_sek(path.outlay_sek[:, :, area].sum(axis=2)).mean()
                                     for area in range(path.outlay_sek.shape[2])])  # fmt: skip
        self.area_taken = path.recipient_count.sum(axis=(1, 3)).mean(axis=0)
        more = path.enrolled_count.sum(axis=(3, 4)) - evaluation.without.enrolled_count.sum(axis=(3, 4))
        self.area_added = np.maximum(more.sum(axis=1, dtype=np.float64).mean(axis=0), 0.0)
        self.user = float(ledger.by_account("user").mean())
        self.reaching = float(
            sum(ledger.flows[f"support_{name}", "user"].mean() for name in ("additional", "free_riders"))
        )
        household_part = study.frame.parameters["inc.household_use_share"]
        self.bill = float(ledger.by_account("other_customers").mean()) * household_part
        self.budget = float(ledger.net_budget_cost().mean())
        self.income = relative_income(study.world.draws)[0]
        self.households = {name: float(self.places[column].sum()) for name, column in HOUSEHOLD_COLUMNS.items()}
        self.total = sum(self.households.values())

    def row(
        self, group: str, households: float, taken: float, outlay: float, added_pu: float, tax_pu: float
    ) -> dict[str, object]:
        """One group. What chargers bring or cost beside support goes to those who bought more of them."""
        # ASSUME: what a charger earns and costs its owner is alike in all groups; support is split as it was paid.
        whole = float(self.outlay.sum())
        reaching = self.reaching * outlay / whole if whole > 0 else 0.0
        user = reaching + (self.user - self.reaching) * added_pu
        # ASSUME: households bear alike what electricity customers pay or save together.
        bill, tax = self.bill * households / self.total, self.budget * tax_pu
        return {
            "group": group,
            "household_count": households,
            "recipient_count": taken,
            "outlay_msek": outlay / SEK_PER_MSEK,
            "outlay_share_pu": outlay / whole if whole > 0 else float("nan"),
            "net_user_gain_msek": user / SEK_PER_MSEK,
            "net_bill_gain_msek": bill / SEK_PER_MSEK,
            "tax_cost_msek": tax / SEK_PER_MSEK,
            "net_gain_msek": (user + bill - tax) / SEK_PER_MSEK,
        }

    def by_income(self) -> list[dict[str, object]]:
        """Fifths of all households by income; taxes are paid in proportion to it."""
        # ASSUME: what the state pays is raised in proportion to income.
        tax = self.income / self.income.sum()
        added = _shares(self.added.sum(axis=0))
        return [
            self.row(name, self.total / len(QUINTILES), float(self.taken[:, place].sum()),
                     float(self.outlay[:, place].sum()), float(added[place]), float(tax[place]))
            for place, name in enumerate(QUINTILES)
        ]  # fmt: skip

    def by_dwelling(self) -> list[dict[str, object]]:
        """All households by dwelling; taxes by their number, for incomes by dwelling were not read."""
        added = _shares(self.added.sum(axis=1))
        rows = [
            self.row(name, self.households[name], float(self.taken[place].sum()), float(self.outlay[place].sum()),
                     float(added[place]), self.households[name] / self.total)
            for place, name in enumerate(DWELLINGS)
        ]  # fmt: skip
        return [
            *rows,
            self.row("other", self.households["other"], 0.0, 0.0, 0.0, self.households["other"] / self.total),
        ]

    def by_area(self) -> list[dict[str, object]]:
        """All households by price area; taxes by their number and the median income of their municipality."""
        counts = self.places[list(HOUSEHOLD_COLUMNS.values())].sum(axis=1)
        taxed = counts * self.places["income_median_ksek"]
        areas = self.study.frame.streams.areas
        count, tax = (
            each.groupby(self.places["price_area"]).sum().reindex(list(areas), fill_value=0.0)
            for each in (counts, taxed)
        )
        added = _shares(self.area_added)
        return [
            self.row(name, float(count[name]), float(self.area_taken[place]), float(self.area_outlay[place]),
                     float(added[place]), float(tax[name] / taxed.sum()))
            for place, name in enumerate(areas)
        ]  # fmt: skip

    def by_household(self) -> list[dict[str, object]]:
        """Those who are paid, owners of electric cars who are not, by whether they rent, and everybody else."""
        world = self.study.world
        fleet = self.study.frame.tables.fleet_stock
        owners = float(fleet.loc[fleet["year"] == self.study.frame.span.target_year, "bev_count"].sum())
        taken = float(self.taken.sum())
        renting = float(world.households.cell_pu[0, :, DWELLINGS.index("flat_rental")].sum(axis=1).mean())
        paid_renting = float(self.taken[DWELLINGS.index("flat_rental")].sum())
        tenants = max(owners * renting - paid_renting, 0.0)
        others = max(owners - taken - tenants, 0.0)
        counts = dict(zip(HOUSEHOLDS, (taken, others, tenants, self.total - taken - tenants - others), strict=True))
        tax = self._tax_of_owners(counts)
        return [
            self.row(name, count, taken if name == HOUSEHOLDS[0] else 0.0,
                     float(self.outlay.sum()) if name == HOUSEHOLDS[0] else 0.0, float(name == HOUSEHOLDS[0]),
                     tax[name])
            for name, count in counts.items()
        ]  # fmt: skip

    def _tax_of_owners(self, counts: Mapping[str, float]) -> dict[str, float]:
        """Owners pay tax on the mean income of owners, and all others the rest."""
        owner_income = float((self.study.world.households.cell_pu[0, 0].sum(axis=0) * self.income).sum())
        whole = self.total * float(self.income.mean())
        found = {name: counts[name] * owner_income / whole for name in HOUSEHOLDS[:3]}
        return found | {HOUSEHOLDS[3]: 1.0 - sum(found.values())}


def _shares(amounts: Cube) -> Cube:
    whole = amounts.sum()
    return np.asarray(amounts / whole if whole > 0 else np.full(len(amounts), 1.0 / len(amounts)))
