"""The Playground in the real server and a real Chromium, used as a visitor would."""

import csv
import io
import shutil
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.sampled import COMMITTED
from tests.visitor import (
    HOUSE_MODELS,
    PHONE,
    TILES,
    changed,
    choose_network,
    choose_picture,
    picked,
    settle,
    shown,
    switch,
    upload,
)


def png(colour: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (100, 80), colour).save(file, "PNG")
    return file.getvalue()


@pytest.mark.journey
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
    choose_network(page, list(COMMITTED)[-1])
    changed(page, "reconstructed", before)
    assert shown(page)["distorted"] == before["distorted"]


def test_pictures_and_networks_can_be_picked_from_what_is_shown_of_them(address, visit):
    page = visit(address)
    before = shown(page)
    page.get_by_role("button", name="All pictures").click()
    page.get_by_role("button", name="Pancakes").click()
    changed(page, "original", before)
    page.keyboard.press("Escape")
    before = shown(page)
    page.locator(".answers button[data-name=beyond-unet]").click()
    changed(page, "reconstructed", before)
    assert "image=pancakes" in page.url
    assert "model=beyond-unet" in page.url


@pytest.mark.journey
def test_a_link_shows_the_same_pixels_in_another_browser(address, visit):
    page = visit(address)
    for key in ("cutout", "salt_and_pepper"):
        before = shown(page)
        switch(page, key)
        changed(page, "distorted", before)
    before = shown(page)
    choose_picture(page, "dog-golden-retriever")
    changed(page, "original", before)
    before = shown(page)
    page.locator(".st-key-seed input").fill("321")
    page.locator(".st-key-seed input").press("Enter")
    changed(page, "distorted", before)
    before = shown(page)
    choose_network(page, list(COMMITTED)[-1])
    changed(page, "reconstructed", before)
    assert shown(visit(page.url)) == shown(page)


def test_an_address_full_of_nonsense_shows_the_page(address, visit):
    page = visit(f"{address}/?image=../../etc&model=nobody&seed=-5&gaussian_noise_std=x&cutout=perhaps&view=<b>")
    assert shown(page) == shown(visit(address))


@pytest.mark.journey
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
    choose_picture(page, "owl")
    changed(page, "original", own)
    owl = shown(page)
    choose_picture(page, "upload")
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
    handle = page.get_by_label("Uncover Distorted on the left")
    handle.focus()  # It is further down, below the strip that asks for all networks' answers.
    expect(page.locator(".answers")).to_have_attribute("aria-busy", "false", timeout=60_000)  # All networks are loaded.
    settle(page)
    said = visit.messages[page]
    for _ in range(10):
        handle.press("ArrowRight")
    box = page.locator(".wipe").first
    assert box.evaluate("box => box.style.getPropertyValue('--at')") == "60%"
    assert visit.messages[page] == said
    switch(page, "cutout")
    page.wait_for_url("**cutout=false**")
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
    assert f"error {float(rows[1]['mse']):.4f}" in page.locator(".st-key-reconstructed").inner_text()


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


@pytest.mark.journey
def test_tiles_scores_and_controls_fit_a_projector_without_scrolling(address, visit):
    page = visit(address)
    for locator in (
        *(page.locator(f".st-key-{tile}") for tile in TILES),
        *(page.locator(f".st-key-{key}") for key in ("gaussian_noise", "cutout", "salt_and_pepper", "seed")),
        *(page.locator(where) for where in (".picker", ".st-key-image")),
        page.get_by_role("button", name="Shuffle"),
    ):
        box = locator.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 720


def test_a_number_beyond_all_bounds_in_the_address_is_left_out(address, visit):
    page = visit(f"{address}/?seed=1e999&image=owl&gaussian_noise_std=-inf")
    expect(page.get_by_alt_text("Owl, the original")).to_be_visible()
    expect(page.get_by_role("spinbutton", name="Seed of the draw")).to_have_value("0")
    switch(page, "cutout")
    page.wait_for_url(lambda url: "cutout=false" in url and "1e999" not in url and "inf" not in url)


def test_a_damaged_checkpoint_is_named_and_the_others_work(house, serve, visit):
    model = house / "checkpoints" / HOUSE_MODELS[0] / "encoder.onnx"
    model.write_bytes(model.read_bytes()[:-1])
    page = visit(serve(house))
    expect(page.get_by_text(f"The checkpoint {HOUSE_MODELS[0]} is unavailable: its encoder.onnx")).to_be_visible()
    before = shown(page)
    switch(page, "cutout")
    changed(page, "reconstructed", before)


def test_an_altered_checkpoint_is_refused_when_it_is_wanted_and_another_takes_its_place(house, serve, visit):
    model = house / "checkpoints" / HOUSE_MODELS[-1] / "decoder.onnx"
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    page = visit(f"{serve(house)}/?model={HOUSE_MODELS[-1]}")
    expect(page.get_by_text("its decoder.onnx is not the file that was published")).to_be_visible()
    assert picked(page)[0] == "Fully convolutional"
    before = shown(page)
    switch(page, "cutout")
    changed(page, "reconstructed", before)


def test_without_any_checkpoint_the_page_says_how_to_train_one(house, serve, chromium):
    shutil.rmtree(house / "checkpoints")
    page = chromium.new_page()
    page.goto(serve(house))
    expect(page.get_by_text("There is no trained network yet: run")).to_be_visible(timeout=30_000)
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
