"""The tool that photographs a lesson."""

import numpy as np
import pytest
from PIL import Image

from tests.browser import notebooks
from tools import lab as real
from tools import look

pytestmark = pytest.mark.browser

RED = """
from IPython.display import HTML
HTML('<div style="height: 2000px; width: 100px; background: #f00"></div>')
"""


def test_each_cell_is_photographed_whole(lab, chromium, folder, tmp_path):
    name = notebooks.write(folder, "94_look.ipynb", "1 + 1", RED, "'below'")
    with real.opened(chromium, lab, name) as lesson:
        real.run(lesson)
        assert look.photograph(lesson, tmp_path) == 3
        assert lesson.page.viewport_size == {"width": real.WIDTH, "height": real.HEIGHT}
    pictures = sorted(tmp_path.iterdir())
    assert [path.name for path in pictures] == ["000_code.png", "001_code.png", "002_code.png"]
    red = (np.array(Image.open(pictures[1]).convert("RGB")) == (255, 0, 0)).all(axis=2)
    assert red.sum() == 2000 * 100


@pytest.mark.parametrize(("cells", "count"), [("1", 1), ("1-", 2), ("0-1", 2), ("2-9", 1)])
def test_some_cells_are_photographed(lab, chromium, folder, tmp_path, cells, count):
    name = notebooks.write(folder, "94_look.ipynb", "1", "2", "3")
    with real.opened(chromium, lab, name, dark=True) as lesson:
        assert look.photograph(lesson, tmp_path, look.cell_range(cells)) == count
        real.set_theme(lesson.page, "Light")
        corner = Image.open(min(tmp_path.iterdir())).convert("L").getpixel((2, 2))
        assert corner < 60  # it is dark
