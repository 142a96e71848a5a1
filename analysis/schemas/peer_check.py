"""Contract of the check against other models on the same inputs."""

import pandas as pd
import pandera.pandas as pa

from analysis.schemas.base import Table

PEERS = ("emobpy", "ev2gym", "linopy", "vencopy")


class PeerCheck(Table):
    """Grain: peer × subject × measure: our number and that of another model, from the same inputs.

    ``subject`` is a car, a week, a strategy or a band of temperature. ``difference_pu`` is theirs less ours over ours.
    ``tolerance_pu`` is what rounding or solver may differ by, or a fifth where the two are different models of the same
    thing; ``is_within`` says whether it holds. A difference beyond it is explained in the README beside the table.
    """

    peer: str = pa.Field(isin=PEERS)
    peer_version: str
    pandas_version: str
    subject: str
    measure: str
    unit: str
    ours: float
    theirs: float
    difference_pu: float
    tolerance_pu: float = pa.Field(gt=0)
    is_within: bool

    class Config(Table.Config):
        unique = ["peer", "subject", "measure"]

    @pa.dataframe_check(error="difference_pu is theirs less ours over ours")
    def difference_is_computed(cls, table: pd.DataFrame) -> pd.Series:
        """To the digits that the table holds."""
        return (table["theirs"] / table["ours"] - 1 - table["difference_pu"]).abs() < 1e-4

    @pa.dataframe_check(error="is_within follows from difference and tolerance")
    def within_is_computed(cls, table: pd.DataFrame) -> pd.Series:
        """A verdict that was typed by hand is found here."""
        return table["is_within"] == (table["difference_pu"].abs() <= table["tolerance_pu"])
