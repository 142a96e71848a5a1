"""Declared assumptions are found where they stand, whole, and nothing else."""

import pandas as pd
from pandas.testing import assert_frame_equal

from analysis.report.assume import list_assumptions

SOURCE = '''"""Text with # ASSUME: not a comment."""
# ASSUME: cars live 17 years,
# as in the register.
x = 1  # ASSUME: one car a household
# SOURCE: somewhere
y = "# ASSUME: a text, not a comment"
# ASSUME: rates are real
# SOURCE: elsewhere
# a plain comment
'''


def test_lists_each_comment_once_with_its_place():
    expected = pd.DataFrame(
        {
            "path": ["a.py", "a.py", "a.py"],
            "line": [2, 4, 7],
            "assumption": ["cars live 17 years, as in the register.", "one car a household", "rates are real"],
        }
    ).astype({"path": "str", "assumption": "str"})
    assert_frame_equal(list_assumptions({"b.py": "z = 2\n", "a.py": SOURCE}), expected)


def test_no_files_give_an_empty_list():
    assert list_assumptions({}).empty
