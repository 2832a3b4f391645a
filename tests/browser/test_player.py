"""A frozen view in a plain page, without a server, a kernel or a network."""

import pytest

from dlcourse.drawing import Player
from tests.drawing.example_views import Blur, Descent
from tools import lab as real

pytestmark = pytest.mark.browser

CAPTION = "#caption"


@pytest.fixture(scope="module")
def opened(chromium, tmp_path_factory):
    """A file with two players in it, opened; gives the page and the document inside each frame."""
    players = [Player(Descent(), play="step", grid={"lr": [0.1]}), Player(Blur())]
    frames = [player._repr_mimebundle_()[0]["text/html"] for player in players]
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><title>Two players</title>{''.join(frames)}", "utf-8")
    with real.watched_page(chromium) as (page, troubles):
        chromium.set_offline(True)
        page.goto(path.as_uri())
        yield page, [element.content_frame() for element in page.query_selector_all("iframe")], troubles
        chromium.set_offline(False)


@pytest.fixture
def descent(opened):
    return opened[1][0]


@pytest.fixture
def blur(opened):
    return opened[1][1]


@pytest.fixture(autouse=True)
def nothing_goes_wrong(opened):
    yield
    assert opened[2] == []


def seen(frame):
    """Return the caption and the address of the picture, which must be decoded and inside its frame."""
    inside = """async () => { const image = document.getElementById('picture'); await image.decode();
        return image.naturalWidth > 0 && image.getBoundingClientRect().right <= innerWidth
            && image.alt === document.getElementById('caption').textContent; }"""
    assert frame.evaluate(inside)
    return frame.inner_text(CAPTION), frame.get_attribute("#picture", "src")


def assert_all_differ(before, after):
    assert all(one != other for one, other in zip(before, after, strict=True))


def test_the_frames_are_as_high_as_what_is_in_them(opened):
    page, frames, _ = opened
    for element, frame in zip(page.query_selector_all("iframe"), frames, strict=True):
        needed = frame.evaluate("() => document.body.scrollHeight")
        assert needed <= element.bounding_box()["height"] < needed + 40


def test_a_slider_follows_the_keys(opened, descent):
    descent.focus("input[type=range]")
    for key, step in (("ArrowLeft", "19"), ("Home", "0"), ("ArrowRight", "1"), ("End", "20")):
        before = seen(descent)
        opened[0].keyboard.press(key)
        assert_all_differ(before, seen(descent))
        assert f"After {step} steps" in descent.inner_text(CAPTION)
        assert descent.get_attribute("input[type=range]", "aria-valuetext") == step


def test_a_slider_follows_the_mouse(opened, descent):
    before, mouse = seen(descent), opened[0].mouse
    box = descent.query_selector("input[type=range]").bounding_box()
    y = box["y"] + box["height"] / 2
    mouse.move(box["x"] + box["width"] - 8, y)
    mouse.down()
    mouse.move(box["x"] + box["width"] / 2, y, steps=5)
    mouse.up()
    assert_all_differ(before, seen(descent))
    assert "After 10 steps" in descent.inner_text(CAPTION)


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_play_starts_and_stops(opened, descent, how):
    button = descent.query_selector("button")
    press = button.click if how == "mouse" else lambda: button.press(" ")
    before = seen(descent)
    press()
    descent.wait_for_function("old => document.getElementById('caption').textContent !== old", arg=before[0])
    assert_all_differ(before, seen(descent))
    assert "Pause" in button.inner_text()
    press()
    stopped = seen(descent)
    opened[0].wait_for_timeout(500)
    assert seen(descent) == stopped and "Play step" in button.inner_text()


def test_a_choice_follows_mouse_and_keys(opened, blur):
    before = seen(blur)
    blur.click("text=checks")
    assert_all_differ(before, seen(blur))
    before = seen(blur)
    opened[0].keyboard.press("ArrowRight")
    assert_all_differ(before, seen(blur))
    assert "The ramp" in blur.inner_text(CAPTION)


def test_tab_reaches_every_knob(opened, descent, blur):
    page = opened[0]
    descent.focus("input[type=range]")
    met = []
    for _ in range(3):
        page.keyboard.press("Tab")
        met += [
            frame.evaluate("() => document.hasFocus() ? document.activeElement.type : ''") for frame in (descent, blur)
        ]
    assert [one for one in met if one and one != "iframe"] == ["button", "radio", "range"]


def test_a_key_press_reaches_the_pixels_in_time(opened, descent):
    page = opened[0]
    descent.focus("input[type=range]")
    descent.evaluate("""() => {
        window.times = [];
        addEventListener('keydown', (event) => requestAnimationFrame(async () => {
            await document.getElementById('picture').decode();
            requestAnimationFrame(() => times.push(performance.now() - event.timeStamp));
        }), true);
    }""")
    for key in ["Home", *["ArrowRight"] * 10, *["ArrowLeft"] * 10]:
        page.keyboard.press(key)
        page.wait_for_timeout(40)
    times = sorted(descent.evaluate("() => times"))
    print(f"player: {times[len(times) // 2]:.1f} ms from key press to pixels, median of {len(times)}")
    assert len(times) == 21 and times[10] < 60
