"""The verdict on an answer: run it, compare, diagnose, say."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcourse.checking import diagnosis, learner_code, patterns, typed, wording
from dlcourse.checking.cases import Case
from dlcourse.checking.comparing import Raised, first_step, same
from dlcourse.checking.limits import Limits, OutOfTime
from dlcourse.checking.observing import Observer, custom, value
from dlcourse.checking.result import Result
from dlcourse.checking.runs import Run, run, run_into

if TYPE_CHECKING:
    from dlcourse.checking.exercise import Exercise


class Verdict:
    """The grading of one answer to one exercise."""

    def __init__(self, exercise: Exercise, candidate: Any, seed: int) -> None:
        self.exercise, self.candidate, self.seed = exercise, candidate, seed
        look = exercise.observe or value()
        self.look = look if isinstance(look, Observer) else custom(look)
        self.limits = Limits()
        self.cases: list[Case] = []

    def result(self) -> Result:
        exercise = self.exercise
        if self.candidate is ... or learner_code.is_untouched(exercise.stub, self.candidate):
            return self.not_started([])
        unfit = typed.unfit(exercise, self.candidate, self.look.functions)
        if unfit:
            return Result("failed", 0.0, f"{exercise.id} not yet: {unfit}", step="type")
        if exercise.is_code:
            self.prepare_cases()
        truths = self.trusted_runs(exercise.reference, self.cases)
        for truth in truths:
            for error in [truth.error, *truth.parts.values()]:
                if isinstance(error, Raised):
                    raise RuntimeError(f"exercise {exercise.id}: its reference fails: {error.kind} {error.message}")
        table = diagnosis.tabulate(truths, self.candidate_runs())
        failures = self.judge(table)
        gaps = self.gaps(table, failures)
        if gaps is not None:
            return self.not_started(gaps)
        score = diagnosis.score(table, failures)
        if not failures:
            learn = f" {exercise.learn}" if exercise.learn else ""
            return Result("passed", 1.0, f"{exercise.id} passed.{learn}", details=tuple(self.side_effects()))
        return self.failed(failures, table, truths, score)

    def judge(self, table: diagnosis.Table) -> list[diagnosis.Failure]:
        return diagnosis.judge(
            table,
            tolerance=self.exercise.tolerance,
            loose=not self.exercise.is_code,
            gradients=self.look.gradients,
        )

    # Runs -------------------------------------------------------------------------------------------------

    def prepare_cases(self) -> None:
        draw = self.exercise.cases
        self.cases = list(draw(np.random.default_rng(self.seed))) if draw else [Case()]
        for i, case in enumerate(self.cases):
            case.seed = (self.seed, i, 1)  # with zeros at its end it would be the seed that the inputs came from

    def trusted_runs(self, answer: Any, cases: Sequence[Case]) -> list[Run]:
        """Run the reference or a mistake, without limits."""
        if not self.exercise.is_code:
            return [typed.read(self.exercise, answer)]
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [run(self.look, answer, case) for case in cases]

    def candidate_runs(self) -> list[Run]:
        if not self.exercise.is_code:
            return [typed.read(self.exercise, self.candidate)]
        runs = []
        for case in self.cases:
            seen = Run()
            try:
                self.limits.run(functools.partial(run_into, seen, self.look, self.candidate, case))
            except OutOfTime:
                seen.error = Raised("OutOfTime", "")
            runs.append(seen)
        return runs

    # Verdicts ---------------------------------------------------------------------------------------------

    def gaps(self, table: diagnosis.Table, failures: list[diagnosis.Failure]) -> list[str] | None:
        """Return the parts that are still ``...``, [] if it can't be said which, None if the answer is complete."""
        if not self.exercise.is_code and not learner_code.holds_ellipsis(self.candidate):
            return None
        open_parts = [part for row in table for part, (_, got) in row.items() if learner_code.holds_ellipsis(got)]
        if open_parts:
            return list(dict.fromkeys(open_parts))
        broken = any(isinstance(f.got, Raised) or f.got is None for f in failures)
        return [] if not self.exercise.is_code or (broken and learner_code.has_gaps(self.candidate)) else None

    def not_started(self, open_parts: list[str]) -> Result:
        exercise = self.exercise
        all_parts = typed.part_names(exercise) if not exercise.is_code else []
        if open_parts and set(open_parts) != set(all_parts):
            listed = wording.join(
                [wording.named(part) for part in open_parts]
                if exercise.is_code
                else wording.alike(open_parts, all_parts)
            )
            told = f"not finished: {listed} {'is' if len(open_parts) == 1 else 'are'} still `...`."
        elif "..." in exercise.stub or not exercise.stub:
            told = "not started: fill in the `...` and run this cell again."
        else:
            told = "not started: change the code above and run this cell again."
        return Result("not started", 0.0, f"{exercise.id} {told}")

    def failed(
        self, failures: list[diagnosis.Failure], table: diagnosis.Table, truths: list[Run], score: float
    ) -> Result:
        exercise, first = self.exercise, failures[0]
        name = self.mistake_name(first, table, truths)
        mistake = next((m for m in exercise.mistakes if m.name == name), None)
        function = _function(first.part)
        names = exercise.input_names(function) if self.look.passes_inputs else []
        no_test = first.step in {"run", "type"}  # an error or None has no property to test
        if exercise.is_code:
            case = self.cases[first.case_index]
            told = wording.sentence(
                first,
                answer=exercise.answer,
                tolerance=exercise.tolerance,
                signature=exercise.signature(function),
                names=names,
                edge=case.edge,
            )
            why = patterns.pattern(first, table, self.cases, names)
            details = wording.case_in_numbers(first, case, names, self.look.dys(case, first.part))
            details += self.second_opinion(first, names) + self.already_right(table, failures) + self.side_effects()
        else:
            told, why, details = typed.sentence(exercise, failures, table[0], is_named=mistake is not None), "", []
        return Result(
            "failed",
            score,
            f"{exercise.id} not yet: {told}",
            mistake=name,
            part=first.part,
            case_index=first.case_index if exercise.is_code else None,
            step=first.step,
            look=mistake.look if mistake else "" if no_test else exercise.look,
            why=f"{mistake.name.replace('_', ' ')}: {mistake.hint}" if mistake and exercise.kind != "choice" else why,
            mend=mistake.mend if mistake else "",
            details=tuple(details),
        )

    def mistake_name(self, first: diagnosis.Failure, table: diagnosis.Table, truths: list[Run]) -> str | None:
        def is_wrong(truth: Any, got: Any) -> bool:
            return bool(first_step(truth, got, tolerance=self.exercise.tolerance, loose=not self.exercise.is_code))

        here, tables = first.case_index, {}
        for mistake in self.exercise.mistakes:
            answer = mistake.function if self.exercise.is_code else mistake.function()
            row = diagnosis.tabulate([truths[here]], self.trusted_runs(answer, self.cases[here : here + 1]))[0]
            # Most mistakes differ from the answer where it failed, and need no further run.
            if first.part in row and same(row[first.part][1], first.got):
                tables[mistake.name] = diagnosis.tabulate(truths, self.trusted_runs(answer, self.cases))
        return diagnosis.named_mistake(first.part, table, tables, is_wrong)

    def second_opinion(self, first: diagnosis.Failure, names: list[str]) -> list[tuple[str, str]]:
        """Return what central differences say of the entry that is wrong, unless it lies at a kink."""
        if first.step != "gradient":
            return []
        at = wording.first_wrong(first, self.exercise.tolerance)
        look: Any = self.look
        dys = look.dys(self.cases[first.case_index], first.part)
        try:
            with np.errstate(all="ignore"):
                i, slope = look.slope(self.exercise.reference, self.cases[first.case_index], first.part, at)
        except Exception:  # moved out of where the reference is defined
            return []
        if i >= len(names) or not np.isclose(slope, np.asarray(first.truth)[at], rtol=1e-4, atol=1e-6):
            return []
        moved = wording.entry(f"`{names[i]}`", at).strip("`")
        products = wording.join([f"{name} * {name[1:]}" for name in dys]) if dys else "dy * y"
        whole = products if all(np.ndim(dy) == 0 for dy in dys.values()) and dys else f"the sum of {products}"
        told = f"Move {moved} by a little: {whole} changes at the rate {wording.show(slope)}."
        return [("A second opinion, by central differences", told)]

    @staticmethod
    def already_right(table: diagnosis.Table, failures: list[diagnosis.Failure]) -> list[tuple[str, str]]:
        wrong = {f.part for f in failures}
        unsound = {_function(part) for part in wrong}
        right = [part for part in table[0] if part not in wrong and part != diagnosis.INPUTS]
        listed = [part if _function(part) in unsound else _function(part) or part for part in right]
        return [("Already right in every case", ", ".join(dict.fromkeys(listed)))] if right else []

    def side_effects(self) -> list[tuple[str, str]]:
        """Return what the answer printed and the warnings it caused."""
        blocks = []
        if self.limits.warnings:
            lines = []
            own = {function.__code__.co_filename for function in learner_code.functions_of(self.candidate)}
            for kind, message, file, line in self.limits.warnings:
                where = f" (line {line}: {learner_code.line_text(file, line)})" if file in own else ""
                lines.append(f"{kind}: {message}{where}")
            blocks.append(("Warnings", "\n".join(lines)))
        if self.limits.printed.text:
            blocks.append(("Printed", self.limits.printed.shown()))
        return blocks


def _function(part: str) -> str:
    """Return the function that a part belongs to, in an answer of several."""
    return part.rpartition(": ")[0]
