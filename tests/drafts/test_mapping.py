from hypothesis import given, settings
from hypothesis import strategies as st

from reviewhub.domain.codec import decode
from reviewhub.domain.drafts.build import build
from reviewhub.domain.drafts.mapping import SHAPES, Reading, guess
from reviewhub.domain.drafts.table import place, rows_of_text, tidy_rows
from reviewhub.domain.errors import Invalid
from reviewhub.domain.rubric import Part
from tests.rubrics import rubrics

WIDE = """First aid, our rubric
Part,Criterion,Description,4 - Excellent,3 - Good,2 - Weak
Overview,Goal,Why it is done,Clear and tested,Clear,Unclear
,Audience,For whom,Named with needs,Named,Not named
Practice,Order,First what matters,Explained,Right,Random
"""
LONG = """Section;Indicator;Level;What it looks like;Points;Met?
A;Goal;Low;none;0;
;;High;clear;2,5;yes
A;Audience;Low;none;1;no
;;Some;few;2;no
;;High;all;4;yes
"""


def parts_of(text):
    rows = rows_of_text(text)
    built = build(rows, guess(rows), ("report",))
    assert not built.problems
    return tuple(decode(Part, part) for part in built.parts)


def test_columns_as_levels():
    assert guess(rows_of_text(WIDE)) == Reading(
        "wide", 1, ("part", "criterion", "description", "level", "level", "level"), False, "Good"
    )
    overview, practice = parts_of(WIDE)
    goal, audience = overview.criteria
    assert [level.name for level in goal.levels] == ["Weak", "Good", "Excellent"]
    assert [int(level.points) for level in goal.levels] == [2, 3, 4]
    assert (goal.met_from, goal.requirements) == ("good", ("report",))
    assert (audience.name, audience.levels[0].description) == ("Audience", "Not named")
    assert practice.criteria[0].levels[1].description == "Right"


def test_a_row_for_each_level():
    (part,) = parts_of(LONG)
    goal, audience = part.criteria
    assert [(level.name, str(level.points)) for level in goal.levels] == [("Low", "0"), ("High", "2.5")]
    assert [criterion.met_from for criterion in part.criteria] == ["high", "high"]
    assert len(audience.levels) == 3


def test_headings_between_criteria_are_parts():
    text = "Skill,Beginning,Proficient\nPart one,,\ngoal,a,b\nPart two,,\norder,c,d\n"
    assert [(part.name, part.criteria[0].name) for part in parts_of(text)] == [
        ("Part one", "goal"), ("Part two", "order")]  # fmt: skip


def test_what_is_guessed_from_the_names_of_levels():
    for heads, lowest_first, met_from in (
        ("Not yet,Partly,Met,Exceeds", True, "Met"),
        ("Exemplary,Proficient,Developing,Beginning", False, "Proficient"),
        ("Level 1,Level 2,Level 3", True, "Level 2"),
        ("Yes,No", False, "Yes"),
    ):
        reading = guess(rows_of_text(f"Criterion,{heads}\na,b,c\n"))
        assert (reading.lowest_first, reading.met_from) == (lowest_first, met_from), heads


def test_what_has_no_place_is_named_with_row_and_column():
    rows = rows_of_text(
        "Criterion,Level,Descriptor,Points,Met\n,Low,x,1,\nGoal,Low,a,one,maybe\nGoal,Low,b,,\n"
    )
    said = [problem.message for problem in build(rows, guess(rows)).problems]
    assert [line.partition(":")[0] for line in said] == [
        "Row 2, column B", "Row 2, column C", "Row 2, column D", "Row 3, column D", "Row 3, column E",
        "Row 4, column B", "Row 4, column C"]  # fmt: skip


names = st.sampled_from(["", "", "Goal", "Low", "High", "3", "x", "Part, too"])


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_cell_of_a_mapped_column_is_lost_in_silence(data):
    width = data.draw(st.integers(2, 6))
    table = data.draw(st.lists(st.lists(names, min_size=width, max_size=width), min_size=1, max_size=7))
    try:
        rows = tidy_rows(table)
    except Invalid:
        return
    shape = data.draw(st.sampled_from(["wide", "long"]))
    once = data.draw(st.permutations([role for role in SHAPES[shape] if role != "level"]))
    spare = "level" if shape == "wide" else ""
    columns = (*once, *[spare] * width)[: len(rows[0])]
    first = data.draw(st.booleans())
    built = build(rows, Reading(shape, 0, tuple(columns), first, "Low"))
    decode(tuple[Part, ...], built.parts)
    if "criterion" not in columns:
        return
    kept = set(texts(built.parts))
    told = " ".join(problem.message for problem in built.problems)
    for r, row in enumerate(rows[1:], 1):
        for c, cell in enumerate(row):
            said = place(r, c)[1:] in told or f"Row {r + 1}:" in told
            numbers = columns[c] in ("points", "met", "") or cell in kept
            assert numbers or not cell or said, (r, c, built)


def texts(parts):
    for part in parts:
        yield part["name"]
        for criterion in part["criteria"]:
            yield from (criterion["name"], criterion["description"])
            for level in criterion["levels"]:
                yield from (level["name"], level["description"])


@settings(max_examples=40, deadline=None)
@given(rubrics())
def test_a_rubric_written_as_a_long_table_is_read_again(rubric):
    rows = [("Part", "Criterion", "Description", "Level", "Descriptor", "Points", "Met")]
    for part in rubric.parts:
        for n, c in enumerate(part.criteria):
            for level in c.levels:
                met = "yes" if c.is_met(level.id) else "no"
                head = (part.name, f"{n} {c.name}", c.description)
                rows.append((*head, level.name, level.description, str(level.points), met))
    built = build(tidy_rows(rows), guess(tidy_rows(rows)))
    assert not built.problems
    (part,) = decode(tuple[Part, ...], built.parts)
    for had, got in zip(rubric.criteria, part.criteria, strict=True):
        assert got.description == had.description
        assert [(x.name, x.description, x.points) for x in got.levels] == [
            (x.name, x.description, x.points) for x in had.levels]  # fmt: skip
        assert got.index(got.met_from) == had.index(had.met_from)
