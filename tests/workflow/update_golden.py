"""Write golden_minimal.csv from the finished run of `minimal` here; look at the difference before committing."""

from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    table = pd.read_parquet(HERE.parents[1] / "data" / "results" / "minimal" / "headlines.parquet")
    table[["headline_id", "price_area", "value", "low", "high", "unit"]].to_csv(
        HERE / "golden_minimal.csv", index=False, float_format="%.8g"
    )
