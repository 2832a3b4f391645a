"""Every view of a lesson, moved as a learner would: by keyboard and by mouse."""

import math
import statistics
from pathlib import Path

from tools import lab

WATCH = Path(__file__).with_name("watch.js").read_text(encoding="utf-8")
ANSWER = 1000  # milliseconds in which a view has to answer
QUIET = 60  # milliseconds without a change, after which a view is at rest
ARROWS = ("ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft")
ROWS = (0.5, 0.35, 0.65, 0.2, 0.8)  # of a picture, where it is clicked; fractions from its lower edge
VISITED = """async ([view, kinds]) => [...view.querySelectorAll(kinds)].indexOf(document.activeElement)"""
TABBED = (
    ".noUi-handle, .widget-toggle-button, .widget-play button, .widget-button, .widget-text input, [role=application]"
)


def views(lesson, answer=ANSWER):
    """Scroll through a lesson that has run; yield a `Mover` for each of its views."""
    page = lesson.page
    page.evaluate(WATCH)
    for i in range(page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")):
        cell = page.evaluate_handle(lab.SHOW_CELL, i)
        for view in page.evaluate_handle("cell => watch.views(cell)", cell).get_properties().values():
            yield Mover(lesson, view.as_element(), f"cell {i}", answer)


class Mover:
    """One view; what does not answer as it should is added to the lesson's troubles."""

    def __init__(self, lesson, view, name, answer):
        self.page, self.view, self.name = lesson.page, view, name
        self._troubles, self._answer = lesson.troubles, answer

    def find(self, kinds):
        """Return the elements of the view that fit a selector."""
        return self.view.query_selector_all(kinds)

    def move_all(self):
        """Use all that can be used."""
        self._note("", self.page.evaluate("view => watch.unknown(view)", self.view))
        self._note("", self.page.evaluate("view => watch.wrong(view)", self.view))
        self.walk_with_tab()
        for handle in self.find(".noUi-handle"):
            self.move_slider(handle)
        for group in self.find(".widget-toggle-buttons"):
            self.choose(group.query_selector_all("button"))
        for play in self.find(".widget-play"):
            self.play(play)
        for stage in self.find("[role=application]"):
            self.touch(stage)
        for field in self.find(".widget-text input"):
            self.type_into(field)
        for button in self.find(".widget-button"):
            self.press_button(button)

    def expect(self, what, act):
        """Act, and note when caption and picture do not follow in time."""
        self.page.evaluate("view => watch.remember(view)", self.view)
        act()
        self._note(what, self.page.evaluate("([view, most]) => watch.changed(view, most)", [self.view, self._answer]))
        self.settle()

    def settle(self):
        """Wait until view and kernel are at rest."""
        self.page.evaluate("([view, quiet]) => watch.settled(view, quiet, 5000)", [self.view, QUIET])

    def _note(self, what, troubles):
        self._troubles.extend(f"{self.name}: {what}{': ' if what else ''}{trouble}" for trouble in troubles)

    # Each kind of control -------------------------------------------------------------------------------

    def walk_with_tab(self):
        """Tab from the first control on; every other one must be reached."""
        controls = self.find(TABBED)
        if not controls:
            return
        controls[0].focus()
        reached = {0}
        for _ in range(3 * len(controls)):  # the numbers beside the sliders take the focus, too
            self.page.keyboard.press("Tab")
            reached.add(self.page.evaluate(VISITED, [self.view, TABBED]))
        missed = [control for i, control in enumerate(controls) if i not in reached]
        self._note("", [f"Tab does not reach {missed[0].evaluate('one => one.outerHTML')[:120]}"] if missed else [])

    def move_slider(self, handle):
        """One step and back by keyboard, by mouse to the end that is farther away, and back where it was."""
        name, start = _label(handle), _range(handle)[0]
        there, back = self.arrows(handle)
        handle.focus()
        for key in (there, back):
            self.expect(f"{key} on slider {name}", lambda key=key: self.page.keyboard.press(key))
        now, low, high = _range(handle)
        end = low if now > (low + high) / 2 else high
        for target in (end, start):
            self.expect(f"mouse on slider {name}", lambda target=target: self._drag_handle(handle, target))
            if _range(handle)[0] != target:
                self._note(f"mouse on slider {name}", [f"it went to {_range(handle)[0]}, expected {target}"])

    def arrows(self, handle):
        """Return the arrow key that a slider can follow, and the one back."""
        now, _, high = _range(handle)
        return ("ArrowLeft", "ArrowRight") if now == high else ("ArrowRight", "ArrowLeft")

    def _go_home(self, handle, home):
        """Put a slider back where it was: another one may have nothing to show where this one was left."""
        if _range(handle)[0] != home:
            self._drag_handle(handle, home)
            self.settle()

    def _drag_handle(self, handle, target):
        track = handle.evaluate_handle("handle => handle.closest('.noUi-target')").as_element().bounding_box()
        box = handle.bounding_box()
        _, low, high = _range(handle)
        y = box["y"] + box["height"] / 2
        self.page.mouse.move(box["x"] + box["width"] / 2, y)
        self.page.mouse.down()
        self.page.mouse.move(track["x"] + track["width"] * (target - low) / (high - low), y, steps=6)
        self.page.mouse.up()

    def choose(self, buttons):
        """Click each of the buttons of a choice, then press each with the keyboard."""
        pressed = [i for i, one in enumerate(buttons) if "mod-active" in one.get_attribute("class")]
        order = [i for i in range(len(buttons)) if i not in pressed] + pressed
        for i in order:
            self.expect(f"click on {buttons[i].inner_text()}", buttons[i].click)
        for i in order:
            buttons[i].focus()
            self.expect(f"Space on {buttons[i].inner_text()}", lambda: self.page.keyboard.press("Space"))

    def play(self, play):
        """Start and stop by mouse, then by keyboard; rewind, and go back where it was."""
        start, rewind = play.query_selector_all("button")[:2]
        handle = play.evaluate_handle("play => play.parentElement.querySelector('.noUi-handle')").as_element()
        home = _range(handle)[0]
        for what, press in (("click on", start.click), ("Space on", lambda: start.press(" "))):
            self.expect_going(f"{what} play", press)
            press()
            self.settle()
            if not self.page.evaluate("view => watch.unchanged(view, 300)", self.view):
                self._note(f"{what} pause", ["it plays on"])
        self.expect("click on rewind", rewind.click)
        self._go_home(handle, home)

    def expect_going(self, what, act):
        """Act, and note when caption and picture do not change, and change again."""
        for one in (act, lambda: None):
            self.page.evaluate("view => watch.remember(view)", self.view)
            one()
            changed = self.page.evaluate("([view, most]) => watch.changed(view, most)", [self.view, self._answer])
            self._note(what, changed)

    def touch(self, stage):
        """Use the picture with the mouse and with keys, as its gesture asks."""
        stage.scroll_into_view_if_needed()
        says = stage.get_attribute("aria-label")
        if "Shift with an arrow" in says:
            strokes = [lambda: self._stroke(stage), *[lambda k=k: self._stroke(stage, k) for k in range(1, 6)]]
            self._until_changed("strokes with the mouse", strokes)
            stage.focus()
            for key in ("Space", "Shift+Arrow"):
                walk = [lambda side=side, key=key: self._paint_side(key, side) for side in range(8)]
                self._until_changed(f"{key} on the picture", walk)
        elif "clicks" in says:
            rows = [lambda up=up: self._click_row(stage, up) for up in ROWS]
            self._until_changed("click on the picture", [lambda: self.page.mouse.click(*_ring(stage)), *rows])
            stage.focus()
            walk = [lambda side=side: self._walk_side(side) for side in range(13)]
            self._until_changed("Enter on the picture", walk)
        else:
            self.expect("a drag with the mouse", lambda: self._stroke(stage))
            stage.focus()
            for key in ("ArrowLeft", "ArrowUp"):
                self.expect(f"{key} on the picture", lambda key=key: self._press(key, 3))

    def _until_changed(self, what, acts):
        """Not each place of a picture is one to click; some must answer."""
        for act in acts:
            self.page.evaluate("view => watch.remember(view)", self.view)
            act()
            troubles = self.page.evaluate("view => watch.changed(view, 250)", self.view)
            if not any("did not change" in trouble for trouble in troubles):
                self._note(what, troubles)
                return self.settle()
        self._note(what, ["no place answered"])

    def _stroke(self, stage, turn=0):
        """A stroke through the place where the keyboard would go on; `turn` sets its direction."""
        x, y = _ring(stage)
        across, up = 25 * math.cos(turn), 25 * math.sin(turn)
        self.page.mouse.move(x - across, y - up)
        self.page.mouse.down()
        self.page.mouse.move(x + across, y + up, steps=6)
        self.page.mouse.move(x, y, steps=3)
        self.page.mouse.up()

    def _click_row(self, stage, up):
        box = stage.query_selector("img").bounding_box()
        for across in (0.5, 0.3, 0.7, 0.2, 0.8, 0.4, 0.6):
            self.page.mouse.click(box["x"] + across * box["width"], box["y"] + (1 - up) * box["height"])

    def _press(self, key, times):
        for _ in range(times):
            self.page.keyboard.press(key)

    def _paint_side(self, key, side):
        arrow = ARROWS[side % 4]
        for _ in range(side + 1):
            self._press(f"Shift+{arrow}" if key == "Shift+Arrow" else arrow, 2)
            if key == "Space":
                self.page.keyboard.press("Space")

    def _walk_side(self, side):
        """Walk a side of a spiral around the place where the keyboard starts; touch at each of its stops."""
        for _ in range((side + 1) // 2):
            self._press(ARROWS[side % 4], 4)
            self.page.keyboard.press("Enter")
        if not side:
            self.page.keyboard.press("Enter")

    def type_into(self, field):
        """Replace the text, letter by letter, and put back what was there."""
        old = field.input_value()
        new = old[:-1] if len(old) > 1 else old + "a"
        for text in (new, old):
            self.expect(f"typing {text!r}", lambda text=text: (field.fill(""), field.type(text)))

    def press_button(self, button):
        """Press a button by mouse and keyboard; the picture is touched before, so that there is something to do."""
        for what, press in (("click on", button.click), ("Space on", lambda: button.press(" "))):
            for stage in self.find("[role=application]"):
                self._stroke(stage)
                self.settle()
            self.expect(f"{what} button {button.inner_text()}", press)

    # Time -----------------------------------------------------------------------------------------------

    def times(self, presses):
        """Return milliseconds from key press to pixels, `presses` for each slider.

        Measured in the page: from the time that the browser stamped on the key press until the frame with the new
        picture, decoded, has been painted. View and kernel are at rest before.
        """
        return [time for handle in self.find(".noUi-handle") for time in self._times(handle, presses)]

    def _times(self, handle, presses):
        home, key = _range(handle)[0], self.arrows(handle)[0]
        handle.focus()
        for _ in range(presses):
            now, low, high = _range(handle)
            if now == (high if key == "ArrowRight" else low):
                key = "ArrowLeft" if key == "ArrowRight" else "ArrowRight"
            self.page.evaluate("(all) => watch.startTiming(...all)", [self.view, QUIET, 5 * ANSWER])
            self.page.keyboard.press(key)
            time = self.page.evaluate("() => watch.stopTiming()")
            assert time is not None, f"{self.name}: {key} from {now} on slider {_label(handle)} changed no picture"
            yield time
        self._go_home(handle, home)


def median_time(lesson, presses):
    """Return the median over all key presses on all sliders of a lesson, and how many there were."""
    times = [time for mover in views(lesson) for time in mover.times(presses)]
    return statistics.median(times) if times else 0.0, len(times)


def _ring(stage):
    """Return where the keyboard would go on, in pixels of the page; the mouse moves it, too."""
    box = stage.query_selector("img").bounding_box()
    ring = stage.evaluate("stage => { const { left, top } = stage.querySelector('div').style; return [left, top]; }")
    across, down = (float(place.rstrip("%")) / 100 for place in ring)
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def _label(handle):
    return handle.evaluate("handle => handle.closest('.widget-slider').querySelector('label').textContent")


def _range(handle):
    return handle.evaluate("handle => ['now', 'min', 'max'].map(what => +handle.getAttribute(`aria-value${what}`))")
