"""Found words are marked, and what a person wrote stays text."""

from intake.pages.found import at_most, mark_found


def test_found_words_are_marked_and_everything_is_escaped():
    shown = mark_found("<b>三轮车</b> 被ETC拍了", ("etc", "三轮车", "轮"))

    assert shown == "&lt;b&gt;<mark>三轮车</mark>&lt;/b&gt; 被<mark>ETC</mark>拍了"
    assert mark_found("<i>", None) == "&lt;i&gt;"
    assert mark_found(None, ("x",)) == ""


def test_large_counts_are_not_told_exactly():
    assert [at_most(n) for n in (0, 999, 1000, 5000)] == ["0", "999", "999+", "999+"]
