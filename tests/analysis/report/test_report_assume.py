"""Declared assumptions are found where they stand, whole, and nothing else."""

import pandas as pd
from pandas.testing import assert_frame_equal

from analysis.report.assume import list_assumptions

SOURCE = '''"""Text."""
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


DOCUMENTED = '''"""Turns a into b.

A level is a pair. ASSUME: between two levels a car
keeps the better one.

More text.
"""


def f():
    """Do it.

    # ASSUME: switched on per local day.
    """
    text = "ASSUME: not a mark, since this is a value"
    return text
'''


DESCRIBED = '''"""Turns a into b."""
SHARE_PU = 0.5
"""# ASSUME: half the cars
stay at home."""
"""ASSUME: a text below a text describes nothing."""


class Car:
    """A car."""

    weight: float = 1.0
    """ASSUME: every car counts alike."""
'''


def test_marks_in_the_text_below_a_constant_count_too():
    found = list_assumptions({"a.py": DESCRIBED})
    assert list(zip(found["line"], found["assumption"], strict=True)) == [
        (3, "half the cars stay at home."),
        (12, "every car counts alike."),
    ]


def test_marks_in_docstrings_count_too():
    found = list_assumptions({"a.py": DOCUMENTED})
    assert list(zip(found["line"], found["assumption"], strict=True)) == [
        (3, "between two levels a car keeps the better one."),
        (13, "switched on per local day."),
    ]
