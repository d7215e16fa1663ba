"""Every colour of the picture can be told from what is behind it, in light and in dark; Axe does not look into SVG.

The ratios are those of WCAG 2.2: 4.5 for text (1.4.3), 3 for shapes (1.4.11).
"""

import re

import pytest

from cli.render.as_svg import style

_RULE = re.compile(r"\.picture ([^{]*)\{([^}]*)\}")
_COLOUR = re.compile(r"(?:fill|stroke): #([0-9a-f]{6})")
Colour = tuple[float, float, float]


def colours(css: str) -> dict[str, Colour]:
    """By selector; of the shaded time of an alert, how strong it is, too."""
    found = {}
    for selector, rules in _RULE.findall(css):
        if colour := _COLOUR.search(rules):
            red, green, blue = (int(colour[1][at : at + 2], 16) / 255 for at in (0, 2, 4))
            found |= {one.strip().removeprefix(".picture "): (red, green, blue) for one in selector.split(",")}
    return found


def modes() -> dict[str, tuple[dict[str, Colour], float]]:
    light, _, dark = style().partition("@media screen and (prefers-color-scheme: dark)")
    strength = [float(one) for one in re.findall(r"\.alerts \{ opacity: ([\d.]+)", light + dark)]
    return {"light": (colours(light), strength[0]), "dark": (colours(light) | colours(dark), strength[1])}


def luminance(colour: Colour) -> float:
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_is_seen_on_paper_and_while_an_alert_fires(mode: str) -> None:
    found, strength = modes()[mode]
    paper, alert = found[".paper"], found[".alert"]
    shaded = tuple(there + (over - there) * strength for there, over in zip(paper, alert, strict=True))
    texts = {"text", ".label", ".number", ".name.c0", ".name.c1", ".name.c2"}
    shapes = {".bad", ".good", ".change", ".note", ".other", ".curve.c0", ".curve.c1", ".curve.c2"}
    assert texts | shapes <= set(found)
    for background in (paper, shaded):
        low = {name: round(contrast(found[name], background), 2) for name in texts | shapes}
        assert not {name: ratio for name, ratio in low.items() if ratio < (4.5 if name in texts else 3)}, background
