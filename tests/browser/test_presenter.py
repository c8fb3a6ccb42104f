"""Presenter mode and short links, in a real Chromium."""

import pytest
from playwright.sync_api import expect

from dae_core.distortions.strengths import KINDS
from tests.visitor import TILES, changed, link, quiet, settle, shown, wait_for_keys


@pytest.mark.journey
def test_in_presenter_mode_keys_do_what_the_controls_do(address, visit):
    page = visit(f"{address}/?present=1")
    wait_for_keys(page)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    for key, tile in {"1": "distorted", "2": "distorted", "3": "distorted", "n": "original", "b": "original"}.items():
        before = shown(page)
        page.keyboard.press(key)
        changed(page, tile, before)
    page.keyboard.press("1")
    expect(page.locator(".st-key-gaussian_noise input")).to_be_checked()
    quiet(page)
    before = shown(page)
    page.keyboard.press("s")
    changed(page, "distorted", before)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("shuffle the draw")
    page.keyboard.press("Escape")
    page.keyboard.press("P")
    page.wait_for_url(lambda url: "present" not in url)
    settle(page)
    page.wait_for_function("getComputedStyle(document.documentElement).fontSize === '16px'")
    page.keyboard.press("2")
    page.wait_for_timeout(500)
    expect(page.locator(".st-key-cutout input")).not_to_be_checked()


def test_of_keys_in_quick_succession_none_is_lost(address, visit):
    page = visit(f"{address}/?present=1")
    wait_for_keys(page)
    for key in "123":
        page.keyboard.press(key)
    page.wait_for_url(lambda url: all(f"{kind}=false" in url for kind in KINDS))
    settle(page)
    for kind in KINDS:
        expect(page.locator(f".st-key-{kind} input")).not_to_be_checked()


def test_the_stage_has_large_pictures_all_toggles_and_nothing_else(address, visit):
    page = visit(f"{address}/?present=1")
    wait_for_keys(page)
    # The navigation goes first, and the pictures take its room.
    page.wait_for_function("document.querySelector('.st-key-distorted img').getBoundingClientRect().width >= 380")
    for tile in TILES:
        box = page.locator(f".st-key-{tile} img").bounding_box()
        assert box["width"] >= 380 and box["height"] >= 380
    for kind in KINDS:
        box = page.locator(f".st-key-{kind}").bounding_box()
        assert box["y"] + box["height"] <= 720
    expect(page.locator(".stMarkdownBadge")).to_be_in_viewport()
    for hidden in (".st-key-off_stage", ".st-key-heading", ".stSlider", ".tools"):
        for one in page.locator(hidden).all():
            expect(one).to_be_hidden()
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollHeight <= main.clientHeight")


@pytest.mark.parametrize(
    ("key", "words", "address_then"),
    [
        ("2", "Cutout off", "cutout=false"),
        ("ArrowUp", "Gaussian noise: standard deviation 0.15", "gaussian_noise_std=0.15"),
        ("ArrowDown", "Gaussian noise: standard deviation 0.05", "gaussian_noise_std=0.05"),
        ("ArrowRight", "Better bottleneck", "model=beyond-bottleneck"),
        ("ArrowLeft", "Sharp U-Net", "model=beyond-sharp"),
        ("n", "A tabby cat", "image=cat-tabby"),
    ],
)
def test_what_a_key_did_is_said_for_two_seconds(address, visit, key, words, address_then):
    page = visit(f"{address}/?present=1")
    wait_for_keys(page)
    page.keyboard.press(key)
    expect(page.locator(".said:visible")).to_have_text(words)
    page.wait_for_url(lambda url: address_then in url)
    expect(page.locator(".said")).to_be_hidden(timeout=4000)


def test_arrows_change_the_strength_of_the_distortion_that_was_touched_last(address, visit):
    page = visit(f"{address}/?present=1")
    wait_for_keys(page)
    page.keyboard.press("2")
    page.wait_for_url(lambda url: "cutout=false" in url)
    for key, words in (
        ("ArrowUp", "1 square"),
        ("ArrowUp", "2 squares"),
        ("ArrowDown", "1 square"),
        ("ArrowDown", "off"),
    ):
        settle(page)  # The browser tells the server what its controls show; before that, they show what was before.
        page.keyboard.press(key)
        expect(page.locator(".said")).to_have_text(f"Cutout: {words}")


def test_space_hides_the_reconstruction_and_reveals_it(address, visit):
    page = visit(f"{address}/?present=1")
    wait_for_keys(page)
    before = shown(page)
    page.keyboard.press("Space")
    changed(page, "reconstructed", before)
    expect(page.get_by_text("What do you expect?").first).to_be_visible()
    hidden = shown(page)
    page.keyboard.press("Space")
    changed(page, "reconstructed", hidden)
    assert shown(page) == before


def test_f_fills_the_screen(address, visit):
    page = visit(f"{address}/?present=1")
    wait_for_keys(page)
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    expect(page.locator(".said")).to_have_text("Full screen")
    page.keyboard.press("F")
    page.wait_for_function("document.fullscreenElement === null")


def test_charts_and_strips_can_be_read_from_the_last_row_and_the_sidebar_stays_closed(address, visit):
    page = visit(f"{address}/Decoders?present=1")
    wait_for_keys(page)
    page.get_by_test_id("stExpandSidebarButton").click()
    link(page, "Distortions")
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=15_000)
    sizes = page.locator(".js-plotly-plot").first.locator(".xtick text, .heatmap-label text, .ytick text")
    assert sizes.evaluate_all("all => Math.min(...all.map(one => parseFloat(getComputedStyle(one).fontSize)))") >= 18
    widths = page.get_by_test_id("stMain").locator("img:visible").evaluate_all("all => all.map(one => one.width)")
    assert min(widths) >= 180


def test_keys_do_nothing_while_somebody_types(address, visit):
    page = visit(f"{address}/Decoders?present=1")
    wait_for_keys(page)
    page.locator(".st-key-seed input").fill("12")
    page.locator(".st-key-seed input").press("3")
    page.wait_for_timeout(500)
    expect(page.locator(".st-key-salt_and_pepper input")).to_be_checked()


def test_the_short_link_opens_the_same_picture_for_a_student(address, visit):
    teacher = visit(f"{address}/?image=owl&cutout=false&seed=7&present=1")
    wait_for_keys(teacher)
    teacher.keyboard.press("q")
    code = teacher.get_by_role("dialog").locator("code").inner_text().rpartition("?go=")[2]
    expect(teacher.get_by_role("dialog").locator("img")).to_be_visible()
    student = visit(f"{address}/?go={code}")
    student.wait_for_url(lambda url: "image=owl" in url)
    settle(student)
    assert shown(student) == shown(teacher)
    assert "present" not in student.url


def test_a_short_link_of_another_server_gets_a_sentence(address, visit):
    page = visit(f"{address}/?go=nobody")
    expect(page.get_by_text("This link is from before the server's last start")).to_be_visible()
