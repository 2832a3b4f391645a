"""Strokes of a pen, and the small image that a network is given of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

Stroke = Sequence[tuple[float, float]]

FINE, COARSE = 32, 8  # pixels across
BOX = 24  # fine pixels: how wide a digit may be; its height is all of FINE
INK = 310  # fine pixels that are black
THINNEST, THICKEST = 1.5, 4.0  # half the width of the pen, in fine pixels
REACH = 9  # half fine pixels: no pen is wider
FLATTEST = 0.3  # height for width; what is flatter, such as a dash, is not stretched to the full height

# Points (x, y) of 100 units a digit's height, y upwards; a stroke goes smoothly through them, a point given twice is
# a corner, and a bar begins the next stroke.
EXAMPLES = (
    "36,100 14,88 4,50 14,10 36,0 58,12 66,50 56,90 36,100",
    "8,76 34,100 34,100 32,0",
    "6,78 18,96 38,100 54,90 54,70 38,44 4,2 4,2 62,4",
    "8,88 26,100 48,94 52,76 40,58 24,54 24,54 48,46 58,26 46,6 24,0 6,10",
    "30,100 4,42 4,42 62,44 | 48,72 40,0",
    "58,100 58,100 14,100 14,100 8,58 8,58 36,60 56,42 52,14 28,0 4,8",
    "44,100 20,74 6,38 10,8 32,0 52,14 50,36 30,46 10,30",
    "4,92 4,98 4,98 60,98 60,98 40,56 26,0 | 16,48 54,50",
    "50,84 34,100 14,88 18,66 42,44 52,22 36,0 14,6 10,26 30,52 48,68 52,84",
    "52,82 34,100 12,88 8,66 28,52 48,64 54,88 54,88 52,40 42,0",
)


def example_digit(digit: int) -> list[Stroke]:
    """Return a digit in the course's own hand, in the middle of a pad of width and height 1."""
    return written(EXAMPLES[digit])


def written(text: str) -> list[Stroke]:
    """Return the strokes that a line like those of `EXAMPLES` stands for, in the middle of a pad."""
    parts = [np.array([point.split(",") for point in part.split()], float) for part in text.split("|")]
    points = np.concatenate(parts)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    return [[(x, y) for x, y in (0.5 + 0.007 * (_smooth(part) - middle)).tolist()] for part in parts]


def _smooth(points: np.ndarray) -> np.ndarray:
    """Points on a cubic curve through `points`: between two of them it leaves along the line of their neighbours."""
    padded = np.concatenate([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, 8, endpoint=False)[:, None]
    pieces = []
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        if (start == end).all():
            continue
        leave = (end - before) / 2 * (before != start).any()  # at a corner the curve comes to rest
        arrive = (after - start) / 2 * (end != after).any()
        to_start, to_end = 2 * t**3 - 3 * t**2 + 1, 3 * t**2 - 2 * t**3
        pieces.append(to_start * start + (t**3 - 2 * t**2 + t) * leave + to_end * end + (t**3 - t**2) * arrive)
    return np.concatenate([*pieces, points[-1:]])


def image_of(strokes: Iterable[Stroke]) -> np.ndarray:
    """Return strokes as the image that the data set would hold of them, whatever their place and size.

    Its makers fitted each digit into 32 by 32 pixels of black and white and counted the black ones in blocks of 4 by
    4. There every digit is as high as the image and its ink covers about 310 pixels, a thin 1 as well as a wide 0;
    so the pen is made as wide as that takes.

    Parameters
    ----------
    strokes : list of lists of (x, y), y upwards

    Returns
    -------
    array (8, 8)
        From 0 (white) to 1 (ink), of float32; all 0 without strokes.

    Examples
    --------
    >>> image = image_of([[(0.5, 0.1), (0.5, 0.9)]])
    >>> image.shape, image[4].tolist()
    ((8, 8), [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    """
    lines = [np.array(stroke, float) for stroke in strokes if len(stroke)]
    if not lines:
        return np.zeros((COARSE, COARSE), np.float32)
    pen = (THINNEST + THICKEST) / 2
    for _ in range(3):  # the pen's width and what is left for its way depend on each other
        distance = _distances(_grid(_fitted(lines, pen)))
        pen = float(np.clip(np.partition(distance, INK)[INK], THINNEST, THICKEST))
    block = FINE // COARSE
    black = (distance <= pen).reshape(COARSE, block, COARSE, block)
    return (black.mean(axis=(1, 3))).astype(np.float32)


def _fitted(lines: list[np.ndarray], pen: float) -> list[np.ndarray]:
    """The strokes in fine pixels, y downwards, with room for half a pen around them."""
    points = np.concatenate(lines)
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = np.maximum(high - low, 1e-3)
    down = (FINE - 2 * pen) / max(height, FLATTEST * width)
    across = min(down, (BOX - 2 * pen) / width)
    return [(line - (low + high) / 2) * [across, -down] + FINE / 2 for line in lines]


def _grid(lines: list[np.ndarray]) -> np.ndarray:
    """Where the strokes pass, on a grid of half fine pixels with a margin of `REACH` on each side."""
    passed = []
    for line in lines:
        steps = np.hypot(*np.diff(line, axis=0).T)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        at = np.linspace(0, along[-1], 2 + int(2 * along[-1]))
        passed.append(np.stack([np.interp(at, along, line[:, k]) for k in (0, 1)], axis=1))
    across, down = np.round(2 * np.concatenate(passed)).astype(int).T + REACH
    grid = np.zeros((2 * FINE + 2 * REACH + 1,) * 2, bool)
    grid[down, across] = True
    return grid


def _distances(grid: np.ndarray) -> np.ndarray:
    """How far the middle of each fine pixel is from the strokes, row by row; infinite where that is out of reach."""
    down, across = np.indices((2 * REACH + 1, 2 * REACH + 1)) - REACH
    around = np.lib.stride_tricks.sliding_window_view(grid, across.shape)[1::2, 1::2]
    return np.where(around, np.hypot(across, down) / 2, np.inf).min(axis=(2, 3)).ravel()
