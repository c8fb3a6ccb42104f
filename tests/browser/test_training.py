"""The page Training in the real server and a real Chromium: the replay runs in the browser, the training beside it."""

import hashlib
import re
import time

import pytest
from playwright.sync_api import Page, expect

from dae_core.checkpoints import list_checkpoints
from dae_core.pictures.samples import SAMPLES
from dae_core.training.history import read_history
from tests.visitor import PHONE, choose_network, settle, switch

STILL = {"reduced_motion": "reduce"}


def pictures(page: Page) -> str:
    """A fingerprint of all that the replay draws of the pictures."""
    canvases = page.locator(".replay canvas")
    expect(canvases).to_have_count(len(SAMPLES))
    content = canvases.evaluate_all("all => all.map(canvas => canvas.toDataURL()).join()")
    return hashlib.sha256(content.encode()).hexdigest()


def drawn(page: Page) -> str:
    """The fingerprint once the pictures are decoded: the input on top, what is rebuilt of it, the original."""
    expect(page.locator(".replay canvas")).to_have_count(len(SAMPLES))
    for canvas in page.locator(".replay canvas").all():
        opaque = "canvas => [0, 64, 128].every(y => canvas.getContext('2d').getImageData(0, y, 1, 1).data[3])"
        deadline = time.monotonic() + 15
        while not canvas.evaluate(opaque):
            assert time.monotonic() < deadline, "a picture is not drawn"
            page.wait_for_timeout(50)
    return pictures(page)


def mark(page: Page) -> str:
    return page.locator(".replay .curve .mark").get_attribute("transform")


def scrubber(page: Page):
    return page.get_by_role("slider", name="Epoch", exact=True)


def ready(page: Page):
    """The scrubber, when it is at its start and can be moved."""
    expect(scrubber(page)).to_have_attribute("aria-valuetext", re.compile("^epoch 1,"))
    return scrubber(page)


def test_playing_moves_the_mark_and_the_pictures_and_asks_the_server_nothing(address, visit):
    page = visit(f"{address}/Training?model=convolutional-all", **STILL)
    expect(scrubber(page)).to_have_value("1")
    before, place, said = drawn(page), mark(page), visit.messages[page]
    page.get_by_role("button", name="Play").click()
    expect(scrubber(page)).to_have_value(re.compile(r"^([6-9]|\d\d)$"))
    page.get_by_role("button", name="Pause").click()
    assert mark(page) != place and pictures(page) != before
    epoch = scrubber(page).input_value()
    assert int(epoch) > 5
    expect(page.get_by_text(f"reconstructed after epoch {epoch}; original")).to_be_visible()
    page.wait_for_timeout(300)
    assert scrubber(page).input_value() == epoch
    page.get_by_label("Epochs per second").select_option("20")
    page.get_by_role("button", name="Play").click()
    last = list_checkpoints()[0]["convolutional-all"].manifest["epochs_run"]
    expect(scrubber(page)).to_have_value(str(last), timeout=10_000)
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert visit.messages[page] == said


def test_the_scrubber_works_by_keyboard_and_says_where_it_is(address, visit):
    page = visit(f"{address}/Training?model=convolutional-all", **STILL)
    said, slider = visit.messages[page], ready(page)
    slider.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    at_49 = drawn(page)
    row = read_history(list_checkpoints()[0]["convolutional-all"].folder / "history.csv")[48]
    words = f"epoch 49, validation {row['val_loss']:.4f}, training {row['loss']:.4f}"
    expect(slider).to_have_attribute("aria-valuetext", words)
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"epoch 4, validation 0\.0\d\d\d, training"))
    assert pictures(page) != at_49
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play").focus()
    before = int(slider.input_value())
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_value(str(before - 1))
    assert visit.messages[page] == said


def test_the_curve_can_be_dragged(address, visit):
    page = visit(f"{address}/Training?model=convolutional-all", **STILL)
    ready(page)
    box = page.locator(".replay .curve").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 80)
    page.mouse.up()
    expect(scrubber(page)).to_have_value("50")


def test_it_plays_by_itself_unless_motion_is_unwanted_and_once_only_after_a_rerun(address, visit):
    page = visit(f"{address}/Training?model=convolutional-all", reduced_motion="no-preference")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    # Another run of the page must not add a second clock to the first.
    page.locator(".st-key-cutout label").first.click()
    page.wait_for_url("**cutout=false**")
    settle(page, ())
    # Five epochs a second, by a clock that is as slow as the page's own on a machine that has much to do.
    epochs = scrubber(page).evaluate(
        """slider => new Promise(done => {
            slider.value = 1
            slider.dispatchEvent(new Event("input"))
            const first = slider.value
            let ticks = 0
            const clock = setInterval(() => {
                if (++ticks === 10) { clearInterval(clock); done(slider.value - first) }
            }, 200)
        })"""
    )
    assert 6 < epochs < 14
    still = visit(f"{address}/Training?model=convolutional-all", **STILL)
    still.wait_for_timeout(1000)
    expect(scrubber(still)).to_have_value("1")


def test_another_model_shows_its_own_replay_from_the_start(address, visit):
    page = visit(f"{address}/Training?model=convolutional-all", **STILL)
    ready(page).focus()
    page.keyboard.press("End")
    before = drawn(page)
    choose_network(page, "bottleneck-1000")
    epochs = list_checkpoints()[0]["bottleneck-1000"].manifest["epochs_run"]
    expect(scrubber(page)).to_have_attribute("max", str(epochs))
    expect(scrubber(page)).to_have_value("1")
    assert drawn(page) != before
    expect(page.get_by_text(f"so training stopped after epoch {epochs}")).to_be_visible()


@pytest.mark.parametrize("model", ["convolutional-all", "bottleneck-1000"])
def test_a_phone_shows_the_whole_replay(address, visit, model):
    page = visit(f"{address}/Training?model={model}", viewport=PHONE, **STILL)
    expect(page.locator(".replay canvas")).to_have_count(len(SAMPLES))
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth <= main.clientWidth")
    for part in (*page.locator(".replay canvas").all(), *page.locator(".replay .curve text").all(), scrubber(page)):
        box = part.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]


# A tiny network, in the visitor's browser.


def error_of(page: Page, title: str) -> float:
    line = page.locator(".trainer figure").filter(has_text=title).locator("figcaption div").inner_text()
    return float(line.removeprefix("error "))


def test_a_visitor_trains_a_network_and_the_server_has_nothing_to_do(address, visit):
    page = visit(f"{address}/Training?model=convolutional-all", **STILL)
    train = page.get_by_role("button", name="Train", exact=True)
    train.scroll_into_view_if_needed()
    said = visit.messages[page]
    train.click()
    expect(page.locator(".trainer .status")).to_contain_text(re.compile("Epoch [4-9] of 30"), timeout=60_000)
    assert error_of(page, "Reconstructed") < error_of(page, "Distorted")
    assert visit.messages[page] == said


def test_a_training_goes_on_with_its_picture_while_the_page_shows_another(address, visit):
    page = visit(f"{address}/Training?model=convolutional-all", **STILL)
    step, status = page.get_by_role("button", name="One epoch"), page.locator(".trainer .status")
    distorted = page.locator(".trainer canvas[aria-label^=Distorted]")
    step.click()
    expect(status).to_contain_text("Epoch 1 of 30", timeout=30_000)
    before = distorted.get_attribute("aria-label")
    switch(page, "cutout")
    page.wait_for_url("**cutout=false**")
    settle(page, ())
    step.click()
    expect(status).to_contain_text("Epoch 2 of 30", timeout=30_000)
    expect(distorted).to_have_attribute("aria-label", before)
    page.get_by_role("button", name="Stop").click()
    step.click()
    expect(status).to_contain_text("Epoch 1 of 30", timeout=30_000)
    expect(distorted).not_to_have_attribute("aria-label", before)
