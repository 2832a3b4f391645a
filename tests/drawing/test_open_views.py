"""Open-ended views: touched, typed, pressed, learnt beside the page; in the book, a recorded session."""

import asyncio
import html
import io
import re
import threading

import ipywidgets
import pytest
from PIL import Image

from dlcourse.drawing import OpenView, Player, Touch, explore, show
from dlcourse.drawing.background import Job
from tests.drawing.example_views import Trainer
from tests.drawing.views import check_view, swept

START = "dots: 1 points, of which the mean so far is 0.000."
SECONDS = 30  # the most to wait for a thread; none is waited for without an event


@pytest.fixture(autouse=True)
def live(monkeypatch):
    monkeypatch.delenv("DLCOURSE_DRAWING", raising=False)
    monkeypatch.delenv("DLCOURSE_RECORDING", raising=False)


def sent(bench, *points):
    """Give a bench a message of the browser; return what it answers."""
    answers = []
    bench.surface.send = lambda content, buffers=None: answers.append(content)
    bench.surface._received(bench.surface, {"points": [list(point) for point in points]}, [])
    return answers


def over(bench):
    """Wait until the work beside the page is over."""
    job = bench._job
    assert job is None or job.join(SECONDS)


class Held(Trainer):
    """Its work waits before each step until it is let go, and tells that it has come there, and that it has ended."""

    def __init__(self):
        self.arrived, self.go = threading.Semaphore(0), threading.Semaphore(0)
        self.closed = threading.Event()

    def __copy__(self):
        return self  # the bench's canvas has a copy, but there is one pair of semaphores

    def work(self, state):
        try:
            for step in super().work(state):
                self.arrived.release()
                assert self.go.acquire(timeout=SECONDS)
                yield step
        finally:
            if state["training"]:
                self.closed.set()


# Pure ----------------------------------------------------------------------------------------------------


def test_the_example_passes():
    states = check_view(Trainer())
    assert [state["points"] for state in states[-3:]] == [state["points"] for _, state in Trainer().session()]


def test_the_session_is_swept_after_the_knobs():
    assert len(swept(Trainer())) == 3 * 2 + 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"session": lambda self: [("late", self.state(mean=0.5))]}, "starts elsewhere"),
        ({"session": lambda self: []}, "expected a session of at least one state, got none"),
        ({"pressed": lambda self, button, state: state.update(mean=1.0) or {}}, "changes the state in place"),
        ({"pressed": lambda self, button, state: {"men": 1.0}}, "adds to the state what `start` does not have"),
        ({"typed": lambda self, text, state: {"mean": float("inf")}}, "is not finite"),
    ],
)
def test_what_is_wrong_with_an_open_ended_view_is_found(change, words):
    wrong = type("Wrong", (Trainer,), change)()
    with pytest.raises((AssertionError, ValueError), match=words):
        check_view(wrong)


def test_a_state_holds_controls_and_all_else():
    state = Trainer().state(lr=0.1, points=())
    assert state == {"lr": 0.1, "colour": "blue", "points": (), "text": "dots", "training": False, "mean": 0.0}
    with pytest.raises(ValueError, match="there is no control 'speed'"):
        Trainer().state(speed=1)
    with pytest.raises(ValueError, match=r"expected one of 0\.1, 0\.5, 1\.0, got 3"):
        Trainer().state(lr=3)


def test_what_a_view_does_not_write_changes_nothing():
    view = OpenView()
    assert (
        view.start() == view.touched(Touch(0, 0, 0, True), {}) == view.pressed("Go", {}) == view.turned("lr", {}) == {}
    )
    assert view.typed("abc", {}) == {"text": "abc"}
    assert list(view.work({})) == [] and not view.works and Trainer().works
    with pytest.raises(NotImplementedError, match=r"OpenView\.session is not written"):
        view.session()


# By hand -------------------------------------------------------------------------------------------------


def test_an_open_ended_view_has_its_knobs_field_buttons_surface_and_bar_in_this_order():
    bench = show(Trainer())
    kinds = [type(child).__name__ for child in bench.children]
    assert kinds == ["SelectionSlider", "ToggleButtons", "Text", "HBox", "_Surface", "HTML"]
    assert [button.description for button in bench.children[3].children] == ["Train", "Clear"]
    assert (bench.field.description, bench.field.value) == ("name", "dots")
    assert bench.surface.gesture == "click" and bench.progress.layout.visibility == "hidden"


def test_its_bundle_holds_sentence_picture_and_widget():
    data, about = show(Trainer())._repr_mimebundle_()
    assert data["text/plain"] == about["image/png"]["alt"] == START
    assert {"image/png", "application/vnd.jupyter.widget-view+json"} <= set(data)


def test_touches_of_the_browser_change_state_and_picture():
    bench = show(Trainer())
    before = bench.surface.png
    assert sent(bench, (0.55, 0.55, True)) == [{"done": True}]
    assert bench.state["points"][1] == pytest.approx((5, 0.5))
    assert bench.surface.alt == repr(bench) == START.replace("1 p", "2 p")
    assert bench.surface.png != before


def test_a_button_changes_knob_and_field_with_the_state():
    bench = show(Trainer(), mean=0.25)
    bench.buttons["Clear"].click()
    assert bench.state["points"] == () and bench.state["lr"] == bench.knobs["lr"].value == 0.1
    assert bench.field.value == "" and repr(bench) == "Unnamed: 0 points, of which the mean so far is 0.250."


def test_a_text_is_read_as_it_is_typed():
    bench = show(Trainer())
    bench.field.value = "daisies"
    assert bench.state["text"] == "daisies" and repr(bench).startswith("daisies: 1 points")


def test_a_knob_may_change_what_is_no_knob():
    bench = show(Trainer(), mean=0.25)
    bench.knobs["colour"].value = "red"
    assert (bench.state["colour"], bench.state["mean"]) == ("red", 0.25)
    bench.knobs["lr"].value = 1.0
    assert (bench.state["lr"], bench.state["mean"]) == (1.0, 0.0)


def test_an_error_by_hand_is_shown_until_the_next_change_mends_it():
    bench = show(Trainer())
    assert sent(bench, (0.16, 0.5, True)) == [{"done": True}]
    assert "ArithmeticError: too far <left>" in bench.surface.error and len(bench.state["points"]) == 1
    bench.buttons["Clear"].click()
    assert bench.surface.error == ""


class Fragile(Trainer):
    def frame(self, **state):
        if state["lr"] == 1.0:
            raise ArithmeticError("too steep")
        return super().frame(**state)


def test_a_knob_that_fails_is_mended_by_moving_it_back():
    bench = show(Fragile())
    bench.knobs["lr"].value = 1.0
    assert "ArithmeticError: too steep" in bench.surface.error
    bench.knobs["lr"].value = 0.5
    assert bench.surface.error == "" and bench.state["lr"] == 0.5


def test_a_picture_without_a_gesture_is_not_touched():
    class Still(Trainer):
        gesture = None

    assert show(Still()).surface.gesture == ""


# Beside the page -----------------------------------------------------------------------------------------


def test_work_goes_on_to_its_end_and_its_result_is_shown():
    bench = show(Trainer())
    bench.buttons["Train"].click()
    over(bench)
    assert bench.state["mean"] == pytest.approx(0.25 * (1 - 0.5**4))
    assert bench.state["training"] is False and "0.234" in repr(bench) == bench.surface.alt
    assert bench.progress.layout.visibility == "hidden"


def test_progress_is_seen_while_work_is_under_way():
    view = Held()
    bench = show(view)
    bench.buttons["Train"].click()
    seen = []
    bench.progress.observe(lambda change: seen.append((change.new, bench.progress.layout.visibility)), "value")
    for _ in range(view.steps + 1):
        assert view.arrived.acquire(timeout=SECONDS)
        bench._drawn = 0.0  # as if long ago
        view.go.release()
    over(bench)
    pages = "".join(page for page, _ in seen)
    assert "Training <progress" in pages and "25 %" in pages and "75 %" in pages


def test_a_change_by_hand_begins_work_again_from_where_it_was():
    view = Held()
    bench = show(view)
    bench.buttons["Train"].click()
    first = bench._job
    assert view.arrived.acquire(timeout=SECONDS)
    view.go.release()
    assert view.arrived.acquire(timeout=SECONDS)  # one step is done, the second waits
    sent(bench, (0.55, 0.825, True))  # the mean of 0.25 and 0.84 is to be learnt from now on
    assert first.cancelled and bench.state["mean"] == 0.125
    for _ in range(view.steps + 2):
        view.go.release()
    assert first.join(SECONDS)
    over(bench)
    target = (0.25 + bench.state["points"][1][1]) / 2
    assert bench.state["mean"] == pytest.approx(target + (0.125 - target) * 0.5**4)


def test_what_a_cancelled_job_still_yields_is_dropped_and_its_clean_up_is_done():
    view = Held()
    bench = show(view)
    bench.buttons["Train"].click()
    job = bench._job
    assert view.arrived.acquire(timeout=SECONDS)
    bench.buttons["Clear"].click()  # ends the training
    view.go.release()
    assert job.join(SECONDS) and view.closed.is_set()
    over(bench)
    assert bench.state["mean"] == 0.0 and bench.progress.layout.visibility == "hidden"


def test_a_closed_widget_stops_working():
    view = Held()
    bench = show(view)
    bench.buttons["Train"].click()
    job = bench._job
    assert view.arrived.acquire(timeout=SECONDS)
    bench.close()
    view.go.release()
    assert job.join(SECONDS) and view.closed.is_set() and bench.state["mean"] == 0.0


def test_the_work_of_another_view_takes_the_place_of_the_one_before():
    view, other = Held(), show(Trainer())
    bench = show(view)
    bench.buttons["Train"].click()
    job = bench._job
    assert view.arrived.acquire(timeout=SECONDS)
    other.buttons["Train"].click()
    second = other._job
    assert job.cancelled and not second.join(0)  # it waits for the step that is under way
    view.go.release()
    assert job.join(SECONDS) and second.join(SECONDS)
    assert bench.state["mean"] == 0.0 and other.state["mean"] > 0.2
    assert bench._job is None and bench.progress.layout.visibility == "hidden"


class Failing(Trainer):
    def work(self, state):
        yield from super().work(state)
        if state["points"] == ():
            raise FloatingPointError("diverged <here>")


def test_an_error_of_work_is_shown_in_the_place_of_the_picture():
    bench = show(Failing())
    bench.buttons["Clear"].click()
    over(bench)
    assert "FloatingPointError: diverged <here>" in bench.surface.error
    assert bench.progress.layout.visibility == "hidden"
    sent(bench, (0.55, 0.55, True))
    over(bench)
    assert bench.surface.error == ""


def test_a_state_of_work_that_cannot_be_drawn_is_an_error_too():
    class Undrawable(Trainer):
        def work(self, state):
            yield 0.5, {"points": "none"}

    bench = show(Undrawable())
    over(bench)
    assert "Undrawable" in type(bench._view).__name__ and "ValueError" in bench.surface.error


def test_nothing_works_while_outputs_are_recorded(monkeypatch):
    monkeypatch.setenv("DLCOURSE_RECORDING", "1")
    bench = show(Trainer(), training=True)
    bench.buttons["Train"].click()
    assert bench._job is None and bench.state["mean"] == 0.0


def test_redraws_by_work_are_few(monkeypatch):
    class Long(Trainer):
        steps = 2000

    drawn = []
    monkeypatch.setattr("dlcourse.drawing.pointer.Pointer.draw", lambda self, state: drawn.append(state))
    now = iter(range(10**6))
    monkeypatch.setattr("dlcourse.drawing.workbench.time.monotonic", lambda: next(now) / 1000)  # a step takes 1 to 2 ms
    bench = show(Long())
    bench._change(lambda state: {"training": True})
    bench.surface.state = bench.surface.state | {"training": True}
    bench._begin()
    over(bench)
    assert 15 <= len(drawn) <= 65


def test_in_a_kernel_pictures_are_drawn_where_the_cells_run():
    threads = []

    class Watched(Trainer):
        def update(self, frame):
            threads.append(threading.current_thread())
            super().update(frame)

    async def cells():
        bench = show(Watched(), training=True)
        job = bench._job
        await asyncio.to_thread(job.join, SECONDS)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return bench

    bench = asyncio.run(cells())
    assert set(threads) == {threading.main_thread()}
    assert bench.state["training"] is False and "0.234" in repr(bench)


def test_a_job_that_is_cancelled_before_its_turn_does_nothing():
    go, ran, ended = threading.Event(), [], []

    def first():
        yield go.wait(SECONDS)

    jobs = [Job(first, lambda job, item: None, lambda job, error: ended.append(job))]
    jobs += [
        Job(lambda: ran.append(1) or iter(()), lambda *_: None, lambda job, error: ended.append(job)) for _ in "ab"
    ]
    for job in jobs:
        job.start()
    go.set()
    assert all(job.join(SECONDS) for job in jobs)
    assert ran == [1] and set(ended) == set(jobs)


# The book ------------------------------------------------------------------------------------------------


def test_frozen_it_is_a_player_of_the_recorded_session(monkeypatch):
    monkeypatch.setenv("DLCOURSE_DRAWING", "frozen")
    player = show(Trainer())
    assert isinstance(player, Player)
    assert repr(player) == player.captions[0] == START and player.title == "A mean that is learnt"
    assert [control.values for control in player.controls] == [("start", "two", "learnt")]
    assert ["1 points" in caption for caption in player.captions] == [True, False, True]
    bundle = player._repr_mimebundle_()[0]
    assert bundle["text/plain"] == START and bundle["text/html"].startswith("<iframe")
    assert Image.open(io.BytesIO(player.frames[0])).size == (400, 300)


def test_a_long_session_has_a_slider_and_is_played():
    class Long(Trainer):
        def session(self):
            return [(f"step {k}", self.state(mean=k / 10)) for k in range(8)]

    page = html.unescape(Player(Long()).page())
    assert re.search(r'"label": "moment".*"buttons": false, "play": true', page)
    assert '"play": false' in Player(Trainer()).page()


def test_frozen_it_starts_where_it_is_told():
    player = Player(Trainer(), points=(), text="none")
    assert player.captions[0] == "none: 0 points, of which the mean so far is 0.000." and len(player.frames) == 3


@pytest.mark.parametrize("mode", ["live", "frozen"])
@pytest.mark.parametrize("settings", [{"play": "lr"}, {"grid": {"lr": [0.1, 0.5]}}])
def test_an_open_ended_view_takes_neither_play_nor_grid(monkeypatch, mode, settings):
    monkeypatch.setenv("DLCOURSE_DRAWING", mode)
    with pytest.raises(ValueError, match="Trainer is an open-ended view, which takes neither play= nor grid="):
        show(Trainer(), **settings)


def test_a_session_without_a_state_is_refused():
    class Empty(Trainer):
        def session(self):
            return []

    with pytest.raises(ValueError, match="Empty: expected a session of at least one state, got none"):
        Player(Empty())


def test_explore_shows_it_live():
    assert isinstance(explore(Trainer(), lr=0.1), ipywidgets.VBox)
    assert explore(Trainer(), lr=0.1).state["lr"] == 0.1
