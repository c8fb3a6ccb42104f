"""The other pages in a real Chromium: reached, clicked, printed, on a phone, and without barriers."""

import csv
import io
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from dae_core.checkpoints import list_checkpoints
from dae_core.experiments import TITLES
from dae_core.serving.classical import BASELINES
from dae_core.telling.steps import RECOMMENDED
from tests.sampled import COMMITTED
from tests.visitor import PHONE, changed, choose_picture, link, picked, quiet, settle, shown, switch
from ui.controls.distortions import SLIDERS
from ui.frame.page import linked
from ui.parts.decoders import DECODERS
from ui.parts.denoisers import MATRIX

OTHERS = [name for name, _ in linked().values() if name != "Playground"]


@pytest.mark.journey
def test_the_navigation_leads_to_every_page_and_the_picture_goes_with_one(address, visit):
    page = visit(address)
    before = shown(page)
    choose_picture(page, "owl")
    changed(page, "original", before)
    before = shown(page)
    switch(page, "cutout")
    changed(page, "distorted", before)
    original = shown(page)["original"]
    for name in OTHERS:
        if name == "Lesson":  # It sets the controls, as test_lesson.py says.
            continue
        link(page, name)
        expect(page.get_by_test_id("stMain").locator("img, canvas").first).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)
        if name != "Report":
            expect(page.locator(".st-key-image input")).to_have_value("An owl")
            assert "image=owl" in page.url and "cutout=false" in page.url
    link(page, "Playground")
    settle(page)
    assert shown(page)["original"] == original


def test_a_cell_of_the_matrix_opens_its_method_and_its_distortion(address, visit):
    page = visit(address)
    link(page, "Distortions")
    cells = page.locator(".st-key-matrix .heatmaplayer image")
    expect(cells).to_be_visible(timeout=15_000)
    rows = len(COMMITTED.keys() & {*MATRIX, RECOMMENDED}) + len(BASELINES)

    def click(row: int, column: int) -> None:
        quiet(page)  # The chart is drawn anew.
        cells.evaluate("cells => cells.scrollIntoView({block: 'center'})")
        box = cells.bounding_box()
        page.mouse.click(box["x"] + box["width"] * (column + 0.5) / 8, box["y"] + box["height"] * (row + 0.5) / rows)

    click(rows - 7, 2)  # The first classical denoiser, on salt and pepper.
    expect(page.locator(".st-key-cutout input")).not_to_be_checked()
    expect(page.locator(".st-key-gaussian_noise input")).not_to_be_checked()
    expect(page.locator(".st-key-salt_and_pepper input")).to_be_checked()
    expect(page.locator(".st-key-classical input")).to_have_value(next(iter(BASELINES.values())).title)
    click(0, 3)  # The network that was trained on clean pictures, on black squares.
    expect(page.locator(".st-key-cutout input")).to_be_checked()
    assert picked(page) == ["1", "1,000", "Clean pictures"]
    expect(page.locator(".st-key-salt_and_pepper input")).not_to_be_checked()


def test_a_block_of_the_drawing_can_be_clicked(address, visit):
    page = visit(f"{address}/Inside?model=bottleneck-1000")
    mark = page.locator(".st-key-architecture .points path").nth(3)
    mark.scroll_into_view_if_needed(timeout=15_000)
    quiet(page)
    box = mark.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_alt_text("Distorted: channel 1 of 128")).to_be_visible()
    assert "block=encoder_block_3" in page.url


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two boxes lie upon each other."""
    return all(
        one[start] < other[start] + other[length] and other[start] < one[start] + one[length]
        for start, length in (("x", "width"), ("y", "height"))
    )


def test_a_point_of_the_map_shows_its_picture_and_can_be_picked(address, visit):
    page = visit(f"{address}/Inside")
    plane = page.locator(".st-key-latent_map")
    sunflower = plane.get_by_role("button", name="A sunflower")
    sunflower.scroll_into_view_if_needed(timeout=15_000)
    sunflower.hover()
    expect(plane.get_by_role("status")).to_contain_text("A sunflower")
    boxes = [name.bounding_box() for name in plane.locator("button span:last-child").all() if name.is_visible()]
    assert len(boxes) > 5 and not any(overlap(one, other) for one, other in combinations(boxes, 2))
    thumbnail = plane.locator(".thumbnail")
    expect(thumbnail).to_be_visible()
    assert "data:image/webp" in thumbnail.evaluate("one => getComputedStyle(one).backgroundImage")
    sunflower.click()
    expect(page.locator(".st-key-image input")).to_have_value("A sunflower")
    settle(page, ())
    plane.get_by_role("button", name="An owl").press("Enter")
    expect(page.locator(".st-key-image input")).to_have_value("An owl")


@pytest.mark.parametrize("name", OTHERS)
def test_every_page_fits_a_phone_and_can_be_linked_to(address, visit, name):
    page = visit(f"{address}/{name}?image=parrot", viewport=PHONE)
    expect(page).to_have_title(f"{name} · Denoising lab")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth <= main.clientWidth")


@pytest.mark.parametrize("name", ["", "Decoders", "Bottleneck", "Distortions", "Inside", "Beyond"])
def test_on_a_phone_the_pictures_stay_in_view_while_a_control_is_moved(address, visit, name):
    page = visit(f"{address}/{name}", viewport=PHONE, has_touch=True)
    pinned = page.locator(".pinned")
    expect(pinned).to_be_hidden()
    page.locator(".st-key-cutout").evaluate("control => control.scrollIntoView({ block: 'center' })")
    page.locator(".st-key-seed").evaluate("control => control.scrollIntoView({ block: 'center' })")
    expect(pinned).to_be_visible()
    box = pinned.bounding_box()
    assert (box["y"], box["height"]) == (0, 72) and box["x"] + box["width"] <= PHONE["width"]
    pictures = pinned.locator("img")
    before = pictures.evaluate_all("all => all.map(one => one.src)")
    page.locator(".st-key-seed input").fill("7")
    page.locator(".st-key-seed input").press("Enter")
    expect(pictures.first).not_to_have_attribute("src", before[0])
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    expect(pinned).to_be_hidden()


def test_on_a_phone_the_navigation_closes_when_a_page_is_picked(address, visit):
    page = visit(address, viewport=PHONE, has_touch=True)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Bottleneck").click()
    expect(page).to_have_title("Bottleneck · Denoising lab")
    expect(page.get_by_test_id("stSidebar").get_by_role("link", name="Bottleneck")).not_to_be_in_viewport()


@pytest.mark.parametrize(("name", "pages"), [("Playground", (1, 1)), ("Lesson", (1, 1)), ("Report", (5, 8))])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_printed_is_black_on_white_and_without_buttons(address, visit, name, pages, scheme):
    page = visit(f"{address}/{'' if name == 'Playground' else name}", color_scheme=scheme)
    if name == "Report":
        expect(page.locator(".js-plotly-plot").last).to_be_visible(timeout=15_000)
    page.emulate_media(media="print")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    for button in ("Shuffle", "All pictures", "All scores", "Link for the class"):
        expect(page.get_by_role("button", name=button)).to_be_hidden()
    with Image.open(io.BytesIO(page.screenshot())) as image:
        grey = np.asarray(image.convert("L"))
    assert np.median(grey) > 250 and grey.min() < 100
    assert pages[0] <= page.pdf(format="A4").count(b"/Type /Page\n") <= pages[1]


@pytest.mark.parametrize("name", ["Decoders", "Beyond"])
def test_plotly_comes_with_the_first_chart_that_is_in_view(address, visit, name):
    page = visit(f"{address}/{name}", viewport=PHONE)

    def files():
        return page.evaluate("performance.getEntriesByType('resource').map(file => file.name)")

    places = page.get_by_test_id("stMain").locator(".place")
    expect(places.first).to_be_attached()
    page.wait_for_timeout(500)
    assert not any("lotly" in file for file in files())
    before = page.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
    places.first.scroll_into_view_if_needed()
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=15_000)
    expect(places).to_have_count(0)
    assert any("lotly" in file for file in files())
    page.wait_for_function(
        "before => Math.abs(document.querySelector('[data-testid=stMain]').scrollHeight - before) < 0.05 * before",
        arg=before,
    )


@pytest.mark.parametrize("name", ["", "Bottleneck", "Lesson"])
def test_type_grows_with_the_screen_and_everything_fits(address, visit, name):
    sizes = []
    page = visit(f"{address}/{name}")
    for width in (1280, 1920, 2560):
        page.set_viewport_size({"width": width, "height": width * 9 // 16})
        sizes.append(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))
        assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth <= main.clientWidth")
    assert sizes[0] < sizes[1] < sizes[2]


def test_the_type_of_charts_grows_with_the_screen(address, visit):
    sizes = []
    for width in (1280, 1920, 2560):
        page = visit(f"{address}/Bottleneck", viewport={"width": width, "height": width * 9 // 16})
        # A large screen sees it at once, and has the chart in its place in the middle of scrolling there.
        page.locator(".place, .js-plotly-plot").first.evaluate("place => place.scrollIntoView()")
        tick = page.locator(".js-plotly-plot .ytick text").first
        expect(tick).to_be_visible(timeout=15_000)
        sizes.append(tick.evaluate("text => parseFloat(getComputedStyle(text).fontSize)"))
    assert sizes == [12, 14, 18]


def test_a_card_can_be_opened_or_all_of_them_and_all_scores_be_downloaded(address, visit):
    page = visit(address)
    link(page, "Report")
    main = page.get_by_test_id("stMain")
    cards = main.get_by_test_id("stExpander").filter(has_text=TITLES["distortion-all"])
    expect(cards).to_have_count(1)
    expect(cards.get_by_role("table")).to_have_count(0)
    cards.locator("summary").click()
    expect(cards.get_by_role("table")).to_be_visible()
    expect(cards.get_by_text("Data.")).to_be_visible()
    switch(page, "unfold")
    expect(main.get_by_test_id("stExpander").get_by_role("table")).to_have_count(len(list_checkpoints()[0]))
    with page.expect_download() as download:
        page.get_by_role("button", name="All scores").click()
    rows = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
    assert {*list_checkpoints()[0], *BASELINES, "damaged input"} == {row["experiment"] for row in rows}


def test_with_two_models_and_no_scores_every_page_says_what_is_missing(house, serve, visit):
    page = visit(serve(house))
    for name, sentence in {
        "Decoders": f"Missing here: {'; '.join(TITLES[name] for name in DECODERS)}.",
        "Bottleneck": "No network is trained for this yet: run",
        "Distortions": "baselines.json, are missing or broken",
        "Inside": f"Missing here: {TITLES['bottleneck-1000']}.",
        "Report": "baselines.csv, are missing or broken",
        "Beyond": "Missing here: Residual",
    }.items():
        link(page, name)
        expect(page.get_by_text(sentence).first).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stSidebar").get_by_role("link", name="Blur")).to_have_count(0)


# For everyone.

OF_COLOURS = ["color-contrast", "link-in-text-block"]  # The rules of axe to which a theme matters.
VIEWS = ["?view=Error+map", "?view=Several+pictures", "?present=1"]


@pytest.mark.parametrize("place", ["", *OTHERS, *VIEWS])
def test_axe_finds_no_serious_barrier_in_either_theme(address, visit, place):
    page = visit(f"{address}/{place}", color_scheme="light")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(500)
        quiet(page)  # Charts and components come after the page's own elements.
        rules = {"runOnly": OF_COLOURS} if scheme == "dark" else {}
        violations = Axe().run(page, options={"resultTypes": ["violations"]} | rules).response["violations"]
        assert [one["help"] for one in violations if one["impact"] in ("serious", "critical")] == [], scheme


WIDTHS = (360, 390, 600, 820, 911, 1024, 1280, 2560)


@pytest.mark.parametrize("place", ["", "Decoders", "Inside", "Lesson?answers=1"])
def test_every_slider_is_long_enough_to_be_moved_by_a_finger(address, visit, place):
    page = visit(f"{address}/{place}")
    if place.startswith("Lesson"):
        page.get_by_text("Now try to break it").click()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for key in (slider.key for slider in SLIDERS.values()):
            slider = page.locator(f".st-key-{key} [data-testid=stSlider]")
            page.wait_for_function("slider => slider.getBoundingClientRect().width >= 120", arg=slider.element_handle())
        main = page.get_by_test_id("stMain")
        assert main.evaluate("main => main.scrollWidth <= main.clientWidth"), width
        for toggle in page.get_by_test_id("stCheckbox").all():
            assert toggle.evaluate("one => one.scrollWidth <= one.clientWidth"), (width, toggle.inner_text())
