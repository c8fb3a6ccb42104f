"""The real server in a real Chromium, used as a visitor would."""

import csv
import io
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from dae_core.baselines import BASELINES
from dae_core.checkpoints import list_checkpoints
from dae_core.data import SAMPLES
from tests.browser import PHONE, ROOT, TILES, changed, choose, link, settle, shown, switch, wait_for_keys
from ui.methods import MATRIX

HOUSE_MODELS = ("convolutional-all", "distortion-all")


@pytest.fixture
def house(tmp_path) -> Path:
    """A copy of what the app needs, with two models, to be damaged."""
    for folder in (
        "pages",
        "ui",
        "dae_core",
        "samples",
        ".streamlit",
        *(f"checkpoints/{name}" for name in HOUSE_MODELS),
    ):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", tmp_path)
    return tmp_path


def png(colour: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (100, 80), colour).save(file, "PNG")
    return file.getvalue()


def upload(page: Page, name: str, content: bytes) -> None:
    picker = page.locator(".st-key-upload_file input[type=file]")
    picker.set_input_files({"name": name, "mimeType": "image/png", "buffer": content})


def test_the_first_load_shows_three_different_pictures_with_alt_text(address, visit):
    page = visit(address)
    assert len(set(shown(page).values())) == 3
    for tile in TILES:
        image = page.locator(f".st-key-{tile} img")
        assert image.get_attribute("alt").startswith("Chelsea, a cat")
        assert image.evaluate("image => image.complete && image.naturalWidth === 384")


@pytest.mark.parametrize("key", ["gaussian_noise", "cutout", "salt_and_pepper"])
def test_each_toggle_changes_the_distorted_picture_and_back(address, visit, key):
    page = visit(address)
    before = shown(page)
    switch(page, key)
    changed(page, "distorted", before)
    assert shown(page)["original"] == before["original"]
    off = shown(page)
    switch(page, key)
    changed(page, "distorted", off)
    assert shown(page) == before


def test_shuffle_changes_the_noise(address, visit):
    page = visit(address)
    before = shown(page)
    page.get_by_role("button", name="Shuffle").click()
    changed(page, "distorted", before)
    assert "seed=" in page.url


def test_another_model_changes_the_reconstruction_alone(address, visit):
    page = visit(address)
    before = shown(page)
    choose(page, "model", list(list_checkpoints()[0])[-1])
    changed(page, "reconstructed", before)
    assert shown(page)["distorted"] == before["distorted"]


def test_models_and_pictures_can_be_picked_from_their_galleries(address, visit):
    page = visit(address)
    before = shown(page)
    page.get_by_role("button", name="All pictures").click()
    page.get_by_role("button", name="Pancakes").click()
    changed(page, "original", before)
    page.keyboard.press("Escape")
    before = shown(page)
    page.get_by_role("button", name="All models").click()
    page.get_by_role("button", name=list(list_checkpoints()[0])[-1]).click()
    changed(page, "reconstructed", before)
    assert "image=pancakes" in page.url
    assert "model=" in page.url


def test_a_link_shows_the_same_pixels_in_another_browser(address, visit):
    page = visit(address)
    for key in ("cutout", "salt_and_pepper"):
        before = shown(page)
        switch(page, key)
        changed(page, "distorted", before)
    before = shown(page)
    choose(page, "image", "dog-golden-retriever")
    changed(page, "original", before)
    before = shown(page)
    page.locator(".st-key-seed input").fill("321")
    page.locator(".st-key-seed input").press("Enter")
    changed(page, "distorted", before)
    before = shown(page)
    choose(page, "model", list(list_checkpoints()[0])[-1])
    changed(page, "reconstructed", before)
    assert shown(visit(page.url)) == shown(page)


def test_an_address_full_of_nonsense_shows_the_page(address, visit):
    page = visit(f"{address}/?image=../../etc&model=nobody&seed=-5&gaussian_noise_std=x&cutout=perhaps&view=<b>")
    assert shown(page) == shown(visit(address))


def test_an_uploaded_picture_is_cropped_shown_and_rebuilt(address, visit):
    page = visit(f"{address}/?image=upload")
    before = shown(page)
    upload(page, "red.png", png((255, 0, 0)))
    changed(page, "original", before)
    assert "Your picture" in page.locator(".st-key-original").inner_text()
    assert shown(page)["reconstructed"] != before["reconstructed"]


def test_a_broken_upload_gets_its_sentence_and_the_page_lives_on(address, visit):
    page = visit(f"{address}/?image=upload")
    upload(page, "cat.png", b"this is not a picture")
    expect(page.get_by_text("This file is not a picture")).to_be_visible()
    upload(page, "cut.png", png((255, 0, 0))[:-40])
    expect(page.get_by_text("broken or cut short")).to_be_visible()
    before = shown(page)
    upload(page, "good.png", png((0, 0, 255)))
    changed(page, "original", before)
    expect(page.get_by_text("broken or cut short")).to_be_hidden()


def test_a_picture_outlives_a_look_at_another_one(address, visit):
    page = visit(f"{address}/?image=upload")
    before = shown(page)
    upload(page, "green.png", png((0, 255, 0)))
    changed(page, "original", before)
    own = shown(page)
    choose(page, "image", "owl")
    changed(page, "original", own)
    owl = shown(page)
    choose(page, "image", "upload")
    changed(page, "original", owl)
    assert shown(page) == own


def test_two_visitors_do_not_see_each_others_pictures(address, visit):
    red, blue = visit(f"{address}/?image=upload"), visit(f"{address}/?image=upload")
    before = shown(red)
    assert shown(blue) == before
    upload(red, "red.png", png((255, 0, 0)))
    changed(red, "original", before)
    switch(blue, "cutout")
    changed(blue, "distorted", before)
    assert shown(blue)["original"] == before["original"]
    upload(blue, "blue.png", png((0, 0, 255)))
    changed(blue, "original", before)
    assert shown(red)["original"] not in (before["original"], shown(blue)["original"])


def test_the_wipe_follows_the_keyboard_without_asking_the_server(address, visit):
    page = visit(address)
    said = visit.messages[page]
    handle = page.get_by_label("Uncover the distorted picture")
    handle.focus()
    for _ in range(10):
        handle.press("ArrowRight")
    box = page.locator(".wipe").first
    assert box.evaluate("box => box.style.getPropertyValue('--at')") == "60%"
    assert visit.messages[page] == said
    switch(page, "cutout")
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    assert visit.messages[page] > said


def test_every_closer_look_shows_something(address, visit):
    page = visit(address)
    page.get_by_role("radio", name="Error map").or_(page.get_by_text("Error map", exact=True)).first.click()
    expect(page.locator(".js-plotly-plot .heatmaplayer image").first).to_be_attached(timeout=20_000)
    expect(page.get_by_text("Absolute")).to_be_visible()
    page.get_by_text("Several pictures", exact=True).click()
    expect(page.get_by_alt_text("Pancakes: distorted, reconstructed, original")).to_be_visible()


def test_the_downloads_hold_what_is_on_screen(address, visit):
    page = visit(f"{address}/?seed=4&image=owl")
    with page.expect_download() as download:
        page.get_by_role("button", name="Pictures as PNG").click()
    with Image.open(download.value.path()) as image:
        assert image.size == (3 * 384, 384)
    with page.expect_download() as download:
        page.get_by_role("button", name="Numbers as CSV").click()
    rows = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
    assert [row["picture"] for row in rows] == ["distorted", "reconstructed"]
    assert {row["seed"] for row in rows} == {"4"}
    assert f"MSE\u00a0{float(rows[1]['mse']):.4f}" in page.locator(".st-key-reconstructed").inner_text()


@pytest.mark.parametrize("view", ["Before and after", "Error map", "Several pictures"])
def test_a_phone_shows_the_tiles_side_by_side_and_never_scrolls_sideways(address, visit, view):
    page = visit(f"{address}/?view={view}", viewport=PHONE, has_touch=True)
    page.wait_for_timeout(1000)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    boxes = [page.locator(f".st-key-{tile} img").bounding_box() for tile in TILES]
    assert len({round(box["y"]) for box in boxes}) == 1
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"] for box in boxes)
    for image in page.locator("img:visible").all():
        box = image.bounding_box()
        assert box["x"] + box["width"] <= PHONE["width"]


def test_tiles_scores_and_controls_fit_a_projector_without_scrolling(address, visit):
    page = visit(address)
    for locator in (
        *(page.locator(f".st-key-{tile}") for tile in TILES),
        *(page.locator(f".st-key-{key}") for key in ("gaussian_noise", "cutout", "salt_and_pepper", "seed")),
        *(page.locator(f".st-key-{key}") for key in ("model", "image")),
        page.get_by_role("button", name="Shuffle"),
    ):
        box = locator.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 720


def test_a_damaged_checkpoint_is_named_and_the_others_work(house, serve, visit):
    model = house / "checkpoints" / HOUSE_MODELS[0] / "encoder.onnx"
    model.write_bytes(model.read_bytes()[:-1])
    page = visit(serve(house))
    expect(page.get_by_text(f"The checkpoint {HOUSE_MODELS[0]} is unavailable: its encoder.onnx")).to_be_visible()
    before = shown(page)
    switch(page, "cutout")
    changed(page, "reconstructed", before)


def test_an_altered_checkpoint_is_refused_when_it_is_picked_and_another_can_be(house, serve, visit):
    model = house / "checkpoints" / HOUSE_MODELS[-1] / "decoder.onnx"
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    page = visit(serve(house))
    choose(page, "model", HOUSE_MODELS[-1])
    expect(page.get_by_text("its decoder.onnx is not the file that was published")).to_be_visible()
    choose(page, "model", HOUSE_MODELS[0])
    settle(page)
    expect(page.get_by_text("is not the file that was published")).to_be_hidden()


def test_without_any_checkpoint_the_page_says_how_to_train_one(house, serve, chromium):
    shutil.rmtree(house / "checkpoints")
    page = chromium.new_page()
    page.goto(serve(house))
    expect(page.get_by_text("There is no trained model yet: run")).to_be_visible(timeout=30_000)
    page.close()


def test_with_a_data_folder_test_pictures_can_be_shown(house, data_folder, serve, visit):
    shutil.copytree(data_folder, house / "data")
    page = visit(f"{serve(house)}/?image=test&test_picture=5")
    expect(page.get_by_text("A dog of the test set").first).to_be_visible()
    before = shown(page)
    page.locator(".st-key-test_picture input").fill("0")
    page.locator(".st-key-test_picture input").press("Enter")
    changed(page, "original", before)
    expect(page.get_by_text("A cat of the test set").first).to_be_visible()


# The other pages.


def test_the_navigation_leads_to_every_page_and_the_picture_goes_with_one(address, visit):
    page = visit(address)
    before = shown(page)
    choose(page, "image", "owl")
    changed(page, "original", before)
    before = shown(page)
    switch(page, "cutout")
    changed(page, "distorted", before)
    original = shown(page)["original"]
    for name in ("Decoders", "Bottleneck", "Distortions", "Inside", "Report"):
        link(page, name)
        expect(page.get_by_test_id("stMain").locator("img").first).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)
        if name != "Report":
            expect(page.locator(".st-key-image input")).to_have_value("owl")
            assert "image=owl" in page.url and "cutout=false" in page.url
    link(page, "Playground")
    settle(page)
    assert shown(page)["original"] == original


def test_a_cell_of_the_matrix_opens_its_method_and_its_distortion(address, visit):
    page = visit(address)
    link(page, "Distortions")
    cells = page.locator(".st-key-matrix .heatmaplayer image")
    expect(cells).to_be_visible(timeout=15_000)
    rows = len(list_checkpoints()[0].keys() & {*MATRIX}) + len(BASELINES)

    def click(row: int, column: int) -> None:
        settle(page, ())
        box = cells.bounding_box()
        page.mouse.click(box["x"] + box["width"] * (column + 0.5) / 8, box["y"] + box["height"] * (row + 0.5) / rows)

    click(rows - 7, 2)  # The first classical denoiser, on salt and pepper.
    expect(page.locator(".st-key-cutout input")).not_to_be_checked()
    expect(page.locator(".st-key-gaussian_noise input")).not_to_be_checked()
    expect(page.locator(".st-key-salt_and_pepper input")).to_be_checked()
    expect(page.locator(".st-key-classical input")).to_have_value(next(iter(BASELINES)))
    click(0, 3)  # The network that was trained on clean pictures, on black squares.
    expect(page.locator(".st-key-model input")).to_have_value("bottleneck-1000")
    expect(page.locator(".st-key-cutout input")).to_be_checked()
    expect(page.locator(".st-key-salt_and_pepper input")).not_to_be_checked()


def test_a_block_of_the_drawing_and_a_point_of_the_map_can_be_clicked(address, visit):
    page = visit(f"{address}/Inside?model=bottleneck-1000")

    def click(mark: Locator) -> None:
        mark.scroll_into_view_if_needed(timeout=15_000)
        settle(page, ())
        box = mark.bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    click(page.locator(".st-key-architecture .points path").nth(3))
    expect(page.get_by_alt_text("Distorted: channel 1 of 128")).to_be_visible()
    assert "block=encoder+block+3" in page.url
    points = page.locator(".st-key-latent_map .points path.point")
    click(points.nth(984 + list(SAMPLES).index("sunflower")))  # After the test pictures; it lies apart from them.
    expect(page.locator(".st-key-image input")).to_have_value("sunflower")


@pytest.mark.parametrize("name", ["Decoders", "Bottleneck", "Distortions", "Inside", "Report"])
def test_every_page_fits_a_phone_and_can_be_linked_to(address, visit, name):
    page = visit(f"{address}/{name}?image=parrot", viewport=PHONE)
    expect(page).to_have_title(f"{name} · Denoising lab")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth <= main.clientWidth")


def test_the_report_can_be_printed(address, visit):
    page = visit(address)
    link(page, "Report")
    expect(page.locator(".js-plotly-plot").last).to_be_visible(timeout=15_000)
    page.emulate_media(media="print")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_role("button", name="All scores")).to_be_hidden()
    pdf = page.pdf(format="A4")
    assert pdf.count(b"/Type /Page\n") > 4  # Not just what the window shows.


def test_all_scores_can_be_downloaded(address, visit):
    page = visit(address)
    link(page, "Report")
    with page.expect_download() as download:
        page.get_by_role("button", name="All scores").click()
    rows = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
    assert {*list_checkpoints()[0], *BASELINES, "damaged input"} == {row["experiment"] for row in rows}


def test_with_two_models_and_no_scores_every_page_says_what_is_missing(house, serve, visit):
    page = visit(serve(house))
    for name, sentence in {
        "Decoders": "Not trained here yet: decoder-1, decoder-2, decoder-3.",
        "Bottleneck": "No network is trained for this page yet: run",
        "Distortions": "baselines.json, are missing or broken",
        "Inside": "Not trained here yet: bottleneck-1000.",
        "Report": "baselines.csv, are missing or broken",
    }.items():
        link(page, name)
        expect(page.get_by_text(sentence).first).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)


# What answers while it is dragged.


def frames(page: Page, key: str) -> list[str]:
    """Where in its sprite each of a scrubber's pictures is."""
    return page.locator(f".st-key-{key} .frame").evaluate_all("all => all.map(one => one.style.backgroundPosition)")


@pytest.mark.parametrize(
    ("path", "key"), [("/?view=Drag+the+strength", "strength_scrubber"), ("/Bottleneck", "bottleneck_scrubber")]
)
def test_dragging_changes_pixels_and_words_without_the_server_and_letting_go_sets_the_control(
    address, visit, path, key
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
    assert "gaussian_noise_std=0.4" in page.url or "bottleneck=4096" in page.url


def test_a_scrubber_can_be_moved_with_the_keyboard(address, visit):
    page = visit(f"{address}/?view=Drag+the+strength")
    slider = page.locator(".st-key-strength_scrubber input")
    slider.focus()
    before = shown(page)
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "off"
    changed(page, "distorted", before)
    expect(page.locator(".st-key-gaussian_noise input")).not_to_be_checked()


def test_the_reconstruction_follows_each_stroke_of_the_brush(address, visit):
    page = visit(f"{address}/?view=Paint")
    canvas, rebuilt = page.locator(".st-key-brush canvas"), page.locator(".st-key-brush img")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    seen = [rebuilt.get_attribute("src")]

    def follows() -> None:
        expect(rebuilt).not_to_have_attribute("src", seen[-1])
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
    before = rebuilt.get_attribute("src")
    page.locator(".st-key-brush canvas").tap()
    expect(rebuilt).not_to_have_attribute("src", before)


# In front of a class.


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
    before = shown(page)
    page.keyboard.press("s")
    changed(page, "distorted", before)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("shuffle the draw")
    page.keyboard.press("Escape")
    page.keyboard.press("P")
    page.wait_for_url(lambda url: "present" not in url)
    settle(page)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "16px"
    page.keyboard.press("2")
    page.wait_for_timeout(500)
    expect(page.locator(".st-key-cutout input")).not_to_be_checked()


def test_keys_do_nothing_while_somebody_types(address, visit):
    page = visit(f"{address}/?present=1")
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


# For everyone.

PLACES = ["", *(path.stem.partition("_")[2] for path in sorted((ROOT / "pages").glob("*.py")))]
VIEWS = ["?view=Paint", "?view=Drag+the+strength", "?view=Error+map", "?view=Several+pictures", "?present=1"]


@pytest.mark.parametrize("place", [*PLACES, *VIEWS])
def test_axe_finds_no_serious_barrier_in_either_theme(address, visit, place):
    page = visit(f"{address}/{place}", color_scheme="light")
    page.wait_for_timeout(1000)  # Charts and components come after the page's own elements.
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(500)
        violations = Axe().run(page).response["violations"]
        assert [one["help"] for one in violations if one["impact"] in ("serious", "critical")] == [], scheme
