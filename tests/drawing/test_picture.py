"""Pictures for notebook cells: their bytes, their bundle, their alternative text; the style they are drawn in."""

import base64
import hashlib
import io
import struct
import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest
from matplotlib.figure import Figure
from PIL import Image

from dlcourse.drawing import Picture, picture, style
from tests.drawing.examples import product_of_a_sum

ALT = "A straight line from 0 to 1."


def line(fig):
    axes = fig.add_axes((0.15, 0.15, 0.8, 0.8))
    axes.plot([0, 1], [0, 1])
    axes.imshow([[0.0, 0.3], [0.6, 1.0]], extent=(0, 1, 0, 1))


def chunks(png):
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8].decode()
        at += 12 + length


def test_the_bundle_holds_a_sentence_a_figure_and_a_picture():
    shown = picture(line, ALT, size=(5.0, 3.0))
    data, about = shown._repr_mimebundle_()
    assert data["text/plain"] == repr(shown) == ALT
    assert base64.b64decode(data["image/png"]) == shown.png
    assert about == {"image/png": {"alt": ALT, "width": 500, "height": 300}}
    html = data["text/html"]
    assert html.startswith("<figure")
    assert f'<img alt="{ALT}" width="500" height="300" style="max-width:100%;height:auto;background:#FFFFFF"' in html
    assert f'src="data:image/png;base64,{data["image/png"]}"' in html
    assert f'color:inherit">{ALT}</figcaption></figure>' in html


def test_an_alternative_text_with_signs_of_html_is_escaped():
    html = picture(line, 'If a < b & "c" then <script> is text.')._repr_mimebundle_()[0]["text/html"]
    assert 'alt="If a &lt; b &amp; &quot;c&quot; then &lt;script&gt; is text."' in html
    assert "<script>" not in html


def test_the_png_is_a_fixed_canvas_of_few_colours_without_metadata():
    shown = picture(line, ALT)
    image = Image.open(io.BytesIO(shown.png))
    assert image.size == (shown.width, shown.height) == (640, 360)
    assert len(image.convert("RGB").getcolors(1000)) <= 128
    assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert set(chunks(shown.png)) == {"IHDR", "PLTE", "IDAT", "IEND"}


def test_the_same_input_gives_the_same_bytes_here_and_in_another_process():
    here = hashlib.sha256(product_of_a_sum().png).hexdigest()
    assert hashlib.sha256(product_of_a_sum().png).hexdigest() == here
    code = (
        "import hashlib; from tests.drawing.examples import product_of_a_sum as draw;"
        "print(hashlib.sha256(draw().png).hexdigest())"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == here


def test_a_finished_figure_can_be_shown_too():
    figure = Figure(figsize=(4, 2))
    figure.add_axes((0.2, 0.2, 0.7, 0.7)).plot([0, 1])
    shown = Picture(figure, ALT)
    assert (shown.width, shown.height) == (400, 200)
    assert shown.figure is figure


@pytest.mark.parametrize(
    "alt", ["Too short.", "x" * 261, " " * 30, "The loss ended at nan after 3 epochs.", "The loss is NaN now."]
)
def test_a_bad_alternative_text_is_refused(alt):
    with pytest.raises(ValueError, match="Picture: "):
        picture(line, alt)


@pytest.mark.parametrize("alt", ["x" * 20, "x" * 260, "Nanometres and bananas are no missing numbers."])
def test_a_good_alternative_text_is_kept(alt):
    assert picture(line, alt).alt == alt


def test_an_alternative_text_must_be_a_text():
    with pytest.raises(TypeError, match="expected alt to be a sentence, got NoneType"):
        picture(line, None)


def test_what_the_notebook_has_set_neither_changes_a_picture_nor_is_changed():
    before = picture(line, ALT).png
    with matplotlib.rc_context({"font.size": 30, "axes.linewidth": 9, "xtick.direction": "in"}):
        assert picture(line, ALT).png == before
        assert matplotlib.rcParams["font.size"] == 30


def test_importing_drawing_loads_neither_matplotlib_nor_pillow():
    code = "import sys, dlcourse.drawing; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"matplotlib", "PIL", "cycler", "ipywidgets"} & {m.split(".")[0] for m in done.stdout.split()} == set()


def test_drawing_never_loads_pyplot():
    code = (
        "import sys; from tests.drawing.examples import product_of_a_sum as draw; draw();"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_names_of_functions_are_not_hidden_by_their_modules():
    import dlcourse.drawing
    import dlcourse.drawing.lint
    import dlcourse.drawing.picture

    assert callable(dlcourse.drawing.picture)
    assert callable(dlcourse.drawing.lint)
    assert set(dlcourse.drawing.__all__) <= set(dir(dlcourse.drawing))


# The style -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("theme", "cycle"), [("light", style.CYCLE), ("dark", style.DARK_CYCLE)])
def test_a_series_is_told_apart_by_colour_line_and_marker(theme, cycle):
    series = list(style.rc(theme)["axes.prop_cycle"])
    assert tuple(s["color"] for s in series) == cycle
    for sign in ("color", "linestyle", "marker"):
        assert len({s[sign] for s in series}) == 4


def test_the_cycles_are_those_of_the_design():
    assert style.CYCLE == ("#004488", "#CC3311", "#009988", "#000000")
    assert style.DARK_CYCLE == ("#56B4E9", "#FFFFFF", "#CCBB44", "#CC6677")


def test_letters_are_dejavu_sans_of_11_points():
    assert (style.rc()["font.family"], style.rc()["font.size"]) == ("DejaVu Sans", 11)


def test_an_unknown_theme_is_refused():
    with pytest.raises(ValueError, match="expected a theme of light, dark, got 'sepia'"):
        style.rc("sepia")
