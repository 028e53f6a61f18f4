"""What happens to a result, among the interleavings: corrections, scoring again, rulings."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

GOOD = {"goal": "clear", "audience": "clear", "respect": "yes", "honest": "yes"}
VAGUE, POOR = {**GOOD, "goal": "vague"}, {**GOOD, "honest": "no", "audience": "absent"}
SHEETS = (VAGUE, POOR, {**POOR, "goal": "absent"}, GOOD)

who = st.integers(0, 5)
sheet = st.sampled_from(SHEETS)
sheets = st.lists(sheet, min_size=6, max_size=6)
ruling = st.sampled_from(["keep", "take_back", "lift"])


class ResultRules:
    """Rules for a machine that has `people`, `staff`, `learners` and `kit`."""

    @rule(n=who, asks=st.booleans(), agree=st.booleans(), sheet=sheet)
    def correct(self, n, asks, agree, sheet):
        if asks:
            self.people.ask_correction(self.staff[n])
            self.people.answer_corrections(agree=agree)
        self.people.correct(self.staff[n], sheet)

    @rule(n=st.integers(0, 1), number=st.integers(1, 2))
    def rescore(self, n, number):
        self.people.rescore(self.learners[n], number)

    @rule(sheets=sheets, ruling=ruling)
    def scored_again(self, sheets, ruling):
        """What was asked for is scored, adjudicated and ruled on."""
        self.people.rescore(self.learners[0], 1)
        self.people.work()
        for _ in range(2):  # an adjudicator hands in twice
            for person, sheet in zip(self.staff, sheets, strict=True):
                self.people.hand_in(person, sheet)
            self.kit.clock.move(seconds=300)
            self.people.work()
        self.people.rule(ruling)

    @rule(ruling=ruling)
    def rule_on_it(self, ruling):
        self.people.rule(ruling)
