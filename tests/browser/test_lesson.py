"""The lesson in the real server and a real Chromium, walked as somebody without a mouse would."""

import re

import pytest
from playwright.sync_api import Page, expect

from dae_core.checkpoints import list_checkpoints
from dae_core.telling.lessons import load_lesson
from tests.visitor import PHONE, TILES, link, settle, switch, wait_for_keys
from ui.parts.lesson import PLACES

STEPS = load_lesson("denoising", PLACES).steps
SETTINGS = ("image", "seed")
SWITCHES = ("gaussian_noise", "cutout", "salt_and_pepper")


def tab_to(page: Page, name: str, role: str) -> None:
    """Presses Tab until a control has the focus; it has to come within a page's worth of controls."""
    target = page.get_by_role(role, name=name, exact=True)
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement || element.contains(document.activeElement)"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {name}")


def pick(page: Page, text: str) -> None:
    """Goes to the choices by Tab, picks the first by Space, and moves on by arrows."""
    group = page.get_by_role("radiogroup").filter(has_text=text)
    for _ in range(60):
        if group.evaluate("group => group.contains(document.activeElement)"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(4):
        if text in group.locator("label:has(input:checked)").inner_text():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows do not reach {text}")


def controls(page: Page) -> list:
    """What the controls are set to."""
    values = [page.locator(".picker").get_attribute("data-network")]
    values += [page.locator(f".st-key-{key} input").input_value() for key in SETTINGS]
    return values + [page.locator(f".st-key-{key} input").is_checked() for key in SWITCHES]


def asked(number: int) -> list:
    """What a step sets them to."""
    state = STEPS[number - 1].state
    return [state.model, state.image, str(state.seed), *(getattr(state.corruption, key) > 0 for key in SWITCHES)]


def test_the_lesson_can_be_walked_by_keyboard_alone(address, visit):
    page = visit(f"{address}/Lesson")
    trained = list_checkpoints()[0]
    for number, step in enumerate(STEPS, start=1):
        expect(page.get_by_role("heading", name=step.title)).to_be_visible(timeout=15_000)
        if missing := step.missing(trained):
            expect(page.get_by_text(f"not here: {missing[0]}")).to_be_visible()
        else:
            settle(page)
            assert controls(page) == asked(number)
            picture = page.locator(".st-key-reconstructed img")
            assert (picture.get_attribute("alt") == "Hidden until the question is answered") == step.hide
            pick(page, step.choices[1])
            tab_to(page, "Check", "button")
            page.keyboard.press("Enter")
            expect(page.get_by_text(re.compile("^That is right|^Not quite"))).to_be_visible()
            expect(picture).to_have_attribute("alt", re.compile("reconstructed"))
        if number < len(STEPS):
            tab_to(page, "Next", "button")
            page.keyboard.press("Enter")
    expect(page.get_by_text("You predicted")).to_be_visible()
    assert "step=10" in page.url and "answers=1.1." in page.url


def test_a_reload_and_a_way_over_another_page_keep_progress_and_controls(address, visit):
    page = visit(f"{address}/Lesson?step=2")
    page.get_by_text("Dark patches").click()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("That is right")).to_be_visible()
    switch(page, "gaussian_noise")  # Back to its default, of which an address says nothing.
    expect(page.locator(".st-key-gaussian_noise input")).to_be_checked()
    settle(page)
    changed = controls(page)
    page.reload()
    settle(page)
    expect(page.get_by_text("That is right")).to_be_visible()
    assert controls(page) == changed
    link(page, "Playground")
    link(page, "Lesson")
    settle(page)
    expect(page.get_by_text("That is right")).to_be_visible()
    assert controls(page) == changed
    assert "answers=-.1." in page.url
    again = visit(page.url)
    settle(again)
    assert controls(again) == changed


@pytest.mark.parametrize("number", range(1, len(STEPS) + 1))
def test_question_and_tiles_fit_a_projector_without_scrolling(address, visit, number):
    page = visit(f"{address}/Lesson?step={number}")
    if STEPS[number - 1].missing(list_checkpoints()[0]):
        return
    settle(page)
    for locator in (
        *(page.locator(f".st-key-{tile} img") for tile in TILES),
        *(page.locator(f".st-key-{key}") for key in (*SWITCHES, "image")),
        page.get_by_text(STEPS[number - 1].choices[-1], exact=True),
        *(page.get_by_role("button", name=name) for name in ("Check", "Next", "Restart")),
    ):
        box = locator.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 720


def test_the_lesson_fits_a_phone(address, visit):
    page = visit(f"{address}/Lesson?notes=true&answers=1", viewport=PHONE)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth <= main.clientWidth")
    last = page.locator(".st-key-step button").last.bounding_box()
    assert last["x"] + last["width"] <= PHONE["width"]
    images = page.locator(", ".join(f".st-key-{tile} img" for tile in TILES))
    tops = images.evaluate_all("all => all.map(one => Math.round(one.getBoundingClientRect().top))")  # At one moment.
    assert len(tops) == len(TILES) and len(set(tops)) == 1


def test_the_keys_of_presenter_mode_lead_from_step_to_step(address, visit):
    page = visit(f"{address}/Lesson?present=1")
    wait_for_keys(page)
    for key, step in ((".", "2"), (".", "3"), (",", "2")):
        page.keyboard.press(key)
        page.wait_for_url(lambda url, step=step: f"step={step}" in url)
        settle(page, ())
