"""What answers while it is dragged or painted on, in a real Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.visitor import PHONE, changed, settle, shown


def frames(page: Page, key: str) -> list[str]:
    """Where in its sprite each of a scrubber's pictures is."""
    return page.locator(f".st-key-{key} .frame").evaluate_all("all => all.map(one => one.style.backgroundPosition)")


@pytest.mark.parametrize(
    ("path", "key", "said"),
    [
        ("/?view=Drag+the+strength", "strength_scrubber", "gaussian_noise_std=0.4"),
        ("/Bottleneck", "bottleneck_scrubber", "bottleneck=4096"),
        ("/Inside", "morph_scrubber", "way=100"),
    ],
)
def test_dragging_changes_pixels_and_words_without_the_server_and_letting_go_sets_the_control(
    address, visit, path, key, said
):
    page = visit(address + path)
    slider = page.locator(f".st-key-{key} input")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    before, words, sent = frames(page, key), slider.get_attribute("aria-valuetext"), visit.messages[page]
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2, steps=10)
    assert frames(page, key) != before
    assert slider.get_attribute("aria-valuetext") != words
    assert visit.messages[page] == sent
    end, url = frames(page, key), page.url
    page.mouse.up()
    page.wait_for_url(lambda now: now != url)
    settle(page, ())
    assert frames(page, key) == end
    assert said in page.url


def test_a_scrubber_can_be_moved_with_the_keyboard(address, visit):
    page = visit(f"{address}/?view=Drag+the+strength")
    slider = page.locator(".st-key-strength_scrubber input")
    slider.focus()
    before = shown(page)
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "off"
    changed(page, "distorted", before)
    expect(page.locator(".st-key-gaussian_noise input")).not_to_be_checked()


@pytest.mark.journey
def test_the_reconstruction_follows_each_stroke_of_the_brush(address, visit):
    page = visit(f"{address}/?view=Paint")
    canvas, rebuilt = page.locator(".st-key-brush canvas"), page.locator(".st-key-brush img")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    seen = [rebuilt.get_attribute("src")]

    def follows() -> None:
        expect(rebuilt).not_to_have_attribute("src", seen[-1], timeout=15_000)
        settle(page)
        seen.append(rebuilt.get_attribute("src"))

    def stroke(height: float) -> None:
        page.mouse.move(box["x"] + 60, box["y"] + height)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + height, steps=8)
        page.mouse.up()
        page.wait_for_timeout(500)  # The last report of a stroke may follow another one.
        follows()

    stroke(80)
    page.get_by_text("White", exact=True).click()
    stroke(160)
    canvas.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    follows()
    for back in (2, 1):
        page.get_by_role("button", name="Undo").click()
        follows()
        assert seen[-1] == seen[back]
    page.get_by_role("button", name="Clear").click()
    follows()
    assert seen[-1] == seen[0]


def test_a_finger_can_paint(address, visit):
    page = visit(f"{address}/?view=Paint", viewport=PHONE, has_touch=True)
    rebuilt = page.locator(".st-key-brush img")
    expect(rebuilt).to_have_attribute("src", re.compile("^data:"))  # The component is there before its pictures are.
    before = rebuilt.get_attribute("src")
    page.locator(".st-key-brush canvas").tap()
    expect(rebuilt).not_to_have_attribute("src", before)
