"""The picture of the rules: layers, fewest arrows, fewest crossings, and boxes that do not lie over each other."""

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.report.rule_graph import BOX_PX, crossings, layers, name_lines, needed_edges, rule_edges, rule_graph

CHAIN = {("a", "b"), ("b", "c"), ("a", "c")}


def job(rule, reads, makes):
    return {"rule": rule, "inputs": {"": list(reads)}, "outputs": {"made": list(makes)}}


def test_an_edge_is_a_file_handed_on():
    jobs = [job("a", ["raw"], ["x"]), job("b", ["x"], ["y1"]), job("b", ["x"], ["y2"]), job("c", ["y1", "y2"], ["z"])]
    assert rule_edges(jobs) == {("a", "b"), ("b", "c")}


def test_a_rule_that_reads_its_own_file_is_no_edge():
    assert rule_edges([job("a", ["raw"], ["x"]), job("a", ["x"], ["y"])]) == set()


def test_layers_follow_the_longest_way():
    assert layers("abcd", CHAIN) == {"a": 0, "b": 1, "c": 2, "d": 0}


def test_an_edge_with_a_longer_way_is_left_out():
    assert needed_edges(CHAIN) == {("a", "b"), ("b", "c")}
    assert needed_edges({("a", "b"), ("a", "c")}) == {("a", "b"), ("a", "c")}


def test_crossings_are_counted_between_neighbouring_layers():
    rows = [["a", "b"], ["c", "d"]]
    assert crossings(rows, [("a", "d"), ("b", "c")]) == 1
    assert crossings(rows, [("a", "c"), ("b", "d")]) == 0
    assert crossings(rows, [("a", "c"), ("a", "d")]) == 0


def test_layout_by_hand():
    """Two sources in the wrong order are turned, so that nothing crosses: b above c, a above d."""
    jobs = [job("a", [], ["1"]), job("b", [], ["2"]), job("c", ["2"], ["3"]), job("d", ["1"], ["4"])]
    drawn = rule_graph(jobs, dict.fromkeys("abcd", "stage"))
    at = {box.rule: (box.x, box.y) for box in drawn.boxes}
    assert at["a"][0] == at["d"][0]
    assert at["b"][0] == at["c"][0]
    assert at["a"][1] == at["b"][1] < at["c"][1] == at["d"][1]
    assert abs(at["a"][0] - at["b"][0]) == BOX_PX[0] + 14
    assert len(drawn.arrows) == 2


def test_an_arrow_passes_beside_the_boxes_between():
    """With a to b to c and d to c, d above: the arrow from d stands in the layer of b, clear of b's box."""
    jobs = [job("a", [], ["1"]), job("b", ["1"], ["2"]), job("d", [], ["4"]), job("c", ["2", "4"], ["3"])]
    drawn = rule_graph(jobs, {})
    middle = next(box for box in drawn.boxes if box.rule == "b")
    long = next(arrow for arrow in drawn.arrows if "V" in arrow)
    passed = float(re.search(r" ([\d.]+) [\d.]+V", long)[1])
    assert not middle.x < passed < middle.x + BOX_PX[0]


def test_a_name_breaks_behind_an_underscore():
    assert name_lines("build_prices") == ("build_prices",)
    assert name_lines("measure_deliverable_power") == ("measure_deliverable_", "power")


def test_no_jobs_give_an_empty_picture():
    assert rule_graph([], {}).boxes == ()


@settings(max_examples=30, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30))
def test_any_graph_is_drawn_downwards_with_boxes_apart(pairs):
    edges = {(f"r{low}", f"r{high}") for low, high in pairs if low < high}
    names = sorted({name for edge in edges for name in edge})
    jobs = [job(name, [first for first, then in edges if then == name], [name]) for name in names]
    drawn = rule_graph(jobs, {})
    at = {box.rule: box for box in drawn.boxes}
    assert set(at) == set(names)
    for first, then in edges:
        assert at[first].y + BOX_PX[1] < at[then].y
    boxes = sorted(drawn.boxes, key=lambda box: (box.y, box.x))
    for left, right in pairwise(boxes):
        assert left.y != right.y or right.x - left.x >= BOX_PX[0]
    assert all(0 <= box.x <= drawn.width - BOX_PX[0] and box.y <= drawn.height - BOX_PX[1] for box in boxes)
    assert len(drawn.arrows) == len(needed_edges(edges))


@given(st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=20))
def test_what_is_left_out_can_still_be_reached(pairs):
    edges = {(str(low), str(high)) for low, high in pairs if low < high}
    assert reach(needed_edges(edges)) == reach(edges)


def reach(edges):
    found = set(edges)
    while more := {(a, d) for a, b in found for c, d in found if b == c} - found:
        found |= more
    return found
