"""What answers while it is dragged or painted on, in a real Chromium."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.visitor import PHONE, changed, pixels, quiet, settle, shown


def frames(page: Page, key: str) -> list[str]:
    """Where in its sprite each of a scrubber's pictures is."""
    return page.locator(f".st-key-{key} .frame").evaluate_all("all => all.map(one => one.style.backgroundPosition)")


@pytest.mark.parametrize(
    ("path", "key", "said"),
    [
        ("/Bottleneck?trained=clean", "bottleneck_scrubber", "bottleneck=4096"),
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
    page = visit(f"{address}/Bottleneck?trained=clean")
    slider = page.locator(".st-key-bottleneck_scrubber input")
    expect(slider).to_have_attribute("aria-valuetext", "1,000")
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "32")
    page.wait_for_url(lambda url: "bottleneck=32" in url)


def lies_on_its_picture(page) -> dict[str, float]:
    """Waits until the paper of the canvas lies on the distorted picture, and says where that is."""
    page.wait_for_function(
        """() => {
          const roots = [...document.querySelectorAll("*")].map((host) => host.shadowRoot).filter(Boolean)
          const paper = roots.map((root) => root.querySelector(".paper")).find(Boolean)
          const picture = document.querySelector(".st-key-distorted img")
          const boxes = [paper, picture].map((one) => one.getBoundingClientRect())
          return JSON.stringify(boxes[0]) === JSON.stringify(boxes[1])
        }"""
    )
    return page.locator(".paper").bounding_box()


def test_the_paper_stays_on_its_picture_when_something_between_them_grows(address, visit):
    page = visit(address)
    lies_on_its_picture(page)
    page.evaluate("document.querySelector('.st-key-distorted img').parentElement.style.marginBottom = '24px'")
    lies_on_its_picture(page)


@pytest.mark.journey
def test_the_reconstruction_follows_each_stroke_on_the_picture(address, visit):
    page = visit(address)
    paper = page.locator(".paper")
    box = lies_on_its_picture(page)
    seen = [shown(page)]

    def follows() -> None:
        for tile in ("distorted", "reconstructed"):
            changed(page, tile, seen[-1])
        seen.append(shown(page))

    def stroke(height: float) -> None:
        page.mouse.move(box["x"] + 60, box["y"] + height)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + height, steps=8)
        page.mouse.up()
        quiet(page)  # The last report of a stroke may follow another one.
        follows()

    stroke(80)
    page.get_by_role("radio", name="White").check(force=True)
    stroke(160)
    paper.focus()
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


def test_the_eraser_takes_paint_away_and_a_colour_shows_as_it_is(address, visit):
    page = visit(address)
    box = page.locator(".st-key-distorted img").bounding_box()
    centre = (box["x"] + 0.75 * box["width"], box["y"] + 0.75 * box["height"])
    before = shown(page)
    page.get_by_role("radio", name="Blue").check(force=True)
    page.mouse.click(*centre)
    changed(page, "distorted", before)
    assert (pixels(page, "distorted")[48, 48] * 255).round().tolist() == [0, 114, 178]
    painted = shown(page)
    page.get_by_role("radio", name="Eraser").check(force=True)
    page.mouse.click(*centre)
    changed(page, "distorted", painted)
    assert shown(page) == before


def test_what_is_painted_is_in_every_part_of_the_page(address, visit):
    page = visit(address)
    strip = page.locator(".answers")
    strip.scroll_into_view_if_needed()
    expect(strip).to_have_attribute("aria-busy", "false", timeout=60_000)  # All networks are loaded.
    errors = strip.locator(".error").all_inner_texts()
    before = shown(page)
    page.locator(".paper").click(position={"x": 200, "y": 200})
    changed(page, "reconstructed", before)
    strip.scroll_into_view_if_needed()
    expect(strip.locator(".error")).not_to_have_text(errors)  # One of them may stay the same, as far as it is shown.
    expect(strip).to_have_attribute("aria-busy", "false")
    on = strip.locator("button[aria-pressed=true] .error").inner_text()
    assert on.removeprefix("MSE").strip() in page.locator(".st-key-reconstructed").inner_text()


def test_a_finger_can_paint(address, visit):
    page = visit(address, viewport=PHONE, has_touch=True)
    before = shown(page)
    page.locator(".paper").tap()
    changed(page, "reconstructed", before)


def test_the_pictures_follow_a_strength_while_it_is_dragged(address, visit):
    page = visit(address)
    thumb = page.locator(".st-key-gaussian_noise_std input").bounding_box()
    x, y = thumb["x"] + thumb["width"] / 2, thumb["y"] + thumb["height"] / 2
    before, url = shown(page), page.url
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=4)
    for tile in ("distorted", "reconstructed"):
        changed(page, tile, before)
    quiet(page)
    held = shown(page)
    assert page.url == url and held["original"] == before["original"]
    page.mouse.up()
    page.wait_for_url(lambda now: "gaussian_noise_std=" in now)
    settle(page)
    assert shown(page) == held


@pytest.mark.parametrize("skip", [False, True])
def test_on_the_first_visit_the_distortion_creeps_in_and_is_repaired_once(address, visit, skip):
    page = visit(address, reduced_motion="no-preference")
    veil = page.locator(".veil")
    began = time.monotonic()
    if skip:
        assert veil.evaluate(
            """veil => new Promise(done => {
              dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }))
              requestAnimationFrame(() => requestAnimationFrame(() => done(veil.hidden)))
            })"""
        )
    page.wait_for_function("document.querySelector('.st-key-reconstructed img').getAnimations().length === 0")
    expect(veil).to_be_hidden()
    assert time.monotonic() - began < 10  # It takes 1.6 s; what is measured here waits for other things, too.
    page.reload()
    settle(page)
    page.wait_for_timeout(200)
    expect(veil).to_be_hidden()


def test_who_wants_no_motion_gets_none(address, visit):
    page = visit(address, reduced_motion="reduce")
    page.wait_for_timeout(200)
    expect(page.locator(".veil")).to_be_hidden()
    assert page.locator(".st-key-reconstructed img").evaluate("image => image.getAnimations().length") == 0
