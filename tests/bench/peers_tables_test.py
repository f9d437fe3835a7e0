"""The tables and drawings of bench/peers, from figures made up here."""

import os
import sys
import unittest
import xml.etree.ElementTree

BENCH = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"], "bench")
sys.path[:0] = [os.path.join(BENCH, "peers"), BENCH]

# pylint: disable=wrong-import-position
from results import BEST, Results, Table
from svg import OURS, Bar, Panel, draw, short_number

SVG = "{http://www.w3.org/2000/svg}"


def results_of(**columns):
    results = Results()
    for column, values in columns.items():
        for value in values:
            results.add("t", "row", column, value)
    return results


class ResultsTest(unittest.TestCase):

    def test_medians_with_the_smallest_and_the_largest(self):
        results = results_of(a=[3, 1, 2], b=[1000])
        self.assertEqual(results.markdown(Table("p", "t", "", 1)).splitlines(), [
            "|  | a | b |", "| --- | --- | --- |", "| row | 2.0 (1.0-3.0) | 1,000.0 |"])

    def test_a_ratio_is_taken_round_by_round(self):
        # The medians' ratio is 4 / 2; the machine was slow in the last round.
        results = results_of(a=[1, 4, 40], b=[1, 2, 40])
        text = results.markdown(Table("p", "t", "", 0, ratios=[("a / b", "a", "b")]))
        self.assertIn("| 1.00 (1.00-2.00) |", text)

    def test_the_best_of_the_others_that_count(self):
        results = results_of(ours=[6], floor=[1], near=[3], far=[9])
        table = Table("p", "t", "", 0, ratios=[("ours / best", "ours", BEST)])
        self.assertTrue(results.markdown(table, not_best=["floor"]).endswith("| 2.00 |"))

    def test_a_column_without_figures_stays_empty(self):
        results = results_of(a=[1], b=[2])
        results.add("t", "other", "b", 3)
        table = Table("p", "t", "", 0, ratios=[("a / b", "a", "b")])
        self.assertEqual(results.markdown(table).splitlines()[-1], "| other |  | 3 |  |")


class SvgTest(unittest.TestCase):

    def drawing(self, title="Title"):
        bars = [Bar("ours", [1, 2, 4], OURS), Bar("a < b", [8, 8, 8])]
        return xml.etree.ElementTree.fromstring(
            draw(title, "note", [Panel("one & two", bars), Panel("none", [Bar("zero", [0])])]))

    def texts(self, root):
        return [text.text for text in root.iter(SVG + "text")]

    def test_names_and_medians_are_written(self):
        texts = self.texts(self.drawing())
        for text in ("Title", "note", "one & two", "a < b", "ours", "2.00", "8.00", "0.00"):
            self.assertIn(text, texts)

    def test_a_bar_is_as_long_as_its_median(self):
        def length(path):
            # "M116 120.0h37.0a3 3 ...": up to where its end is rounded.
            return float(path.get("d").partition("h")[2].partition("a")[0]) + 3
        bars = [path for path in self.drawing().iter(SVG + "path")
                if path.get("class") in ("ours", "other")]
        self.assertAlmostEqual(length(bars[1]), 4 * length(bars[0]), delta=0.3)

    def test_only_figures_that_differ_have_a_spread(self):
        spreads = [path for path in self.drawing().iter(SVG + "path")
                   if path.get("class") == "spread"]
        self.assertEqual(len(spreads), 1)

    def test_a_long_title_makes_the_drawing_wider(self):
        narrow, wide = self.drawing(), self.drawing("wide " * 40)
        self.assertGreater(int(wide.get("width")), int(narrow.get("width")))

    def test_numbers_keep_three_digits(self):
        self.assertEqual([short_number(n) for n in (0.257, 3.7, 27.93, 152.4, 12345.6)],
                         ["0.26", "3.70", "27.9", "152", "12,346"])


if __name__ == "__main__":
    unittest.main()
