"""The network is picked by decoder, latent size and training, or from everybody's answers."""

import pytest
from playwright.sync_api import Page, expect

from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import REPORT_CORRUPTION
from dae_core.pictures.samples import load_sample
from tests.sampled import COMMITTED
from tests.visitor import PHONE, changed, picked, pixels, settle, shown, switch

DENOISERS = {
    name: (name.split("-")[1], f"{checkpoint.experiment.model.latent_size:,}")
    for name, checkpoint in COMMITTED.items()
    if checkpoint.experiment.group == "denoiser"
}


def chip(page: Page, row: str, label: str):
    return page.get_by_role("group", name=row, exact=True).get_by_role("button", name=label, exact=True)


@pytest.mark.parametrize("name", DENOISERS)
def test_with_any_decoder_and_latent_size_trained_on_distorted_pictures_no_black_square_is_left(address, visit, name):
    decoder, size = DENOISERS[name]
    page = visit(f"{address}/?model=bottleneck-1000")
    for row, label in (("Trained on", "Any distortion"), ("Decoder", decoder), ("Latent size", size)):
        if label not in picked(page):
            before = shown(page)
            chip(page, row, label).click()
            changed(page, "reconstructed", before)
    assert picked(page) == [decoder, size, "Any distortion"]
    assert f"model={name}" in page.url
    original = load_sample("cat-chelsea")
    squares = (corrupt(original, REPORT_CORRUPTION.only("cutout"), 0) == 0).all(axis=-1) & (original > 0.1).all(axis=-1)
    rebuilt = pixels(page, "reconstructed")
    assert squares.sum() > 300
    assert (rebuilt[squares].max(axis=-1) < 0.1).mean() < 0.02, "a black square is still there"
    wrong, nothing = (((pixels(page, tile) - original) ** 2).mean() for tile in ("reconstructed", "distorted"))
    assert wrong < nothing / 2


def test_what_was_not_trained_is_dashed_says_what_it_leads_to_and_moves_the_other_rows(address, visit):
    page = visit(f"{address}/?model=bottleneck-0032")
    assert picked(page) == ["1", "32", "Clean pictures"]
    decoder = chip(page, "Decoder", "2")
    expect(decoder).to_have_class("missing")
    expect(decoder).to_have_attribute(
        "title",
        "No network has this and all else that is picked. "
        "Leads to: Decoder 2, 4,096 numbers, trained on clean pictures.",
    )
    before = shown(page)
    decoder.click()
    changed(page, "reconstructed", before)
    assert picked(page) == ["2", "4,096", "Clean pictures"]
    assert "model=decoder-2" in page.url
    expect(
        page.get_by_text("This is the nearest: Decoder 2, 4,096 numbers, trained on clean pictures.")
    ).to_be_visible()
    chip(page, "Decoder", "3").click()
    expect(page.get_by_text("This is the nearest")).to_be_hidden()
    assert picked(page) == ["3", "4,096", "Clean pictures"]


def test_the_networks_of_a_row_s_menu_can_be_picked(address, visit):
    page = visit(f"{address}/?model=convolutional-all")
    for menu, option, name in (
        ("Beyond", "Residual", "beyond-residual"),
        ("The report's", "Cutout", "distortion-cutout"),
    ):
        before = shown(page)
        page.get_by_role("combobox", name=menu).select_option(label=option)
        changed(page, "reconstructed", before)
        assert option in picked(page) and f"model={name}" in page.url


@pytest.mark.journey
def test_the_strip_shows_every_network_s_answer_marks_the_one_that_is_on_and_picks_another(address, visit):
    page = visit(f"{address}/?model=bottleneck-1000")
    page.locator(".answers").scroll_into_view_if_needed()
    expect(page.locator(".answers")).to_have_attribute("aria-busy", "false", timeout=60_000)  # All networks are loaded.
    strip = page.locator(".answers button")
    assert set(strip.evaluate_all("all => all.map(one => one.dataset.name)")) == set(COMMITTED)
    on = page.locator(".answers button[aria-pressed=true]")
    expect(on).to_have_attribute("data-name", "bottleneck-1000")
    error = on.locator(".error").inner_text().removeprefix("MSE").strip()
    assert f"error {error}" in page.locator(".st-key-reconstructed").inner_text()
    before = shown(page)
    page.get_by_role("button", name="Blind U-Net: MSE").click()
    changed(page, "reconstructed", before)
    expect(on).to_have_attribute("data-name", "beyond-blind")
    assert picked(page)[0] == "Blind U-Net"
    assert (
        strip.nth(0)
        .evaluate("one => getComputedStyle(one.firstChild).backgroundImage")
        .startswith('url("data:image/webp')
    )


def test_the_strip_waits_until_somebody_looks_and_then_follows(address, visit):
    page = visit(address, viewport=PHONE)
    strip = page.locator(".answers")
    errors = strip.locator(".error")
    page.wait_for_timeout(1000)
    expect(strip).to_have_attribute("aria-busy", "true")
    strip.scroll_into_view_if_needed()
    expect(strip).to_have_attribute("aria-busy", "false", timeout=60_000)  # All networks are loaded.
    first = errors.all_inner_texts()
    assert len(first) == len(COMMITTED) and all(line.startswith("MSE") for line in first)
    before = shown(page)
    switch(page, "cutout")
    changed(page, "distorted", before)
    strip.scroll_into_view_if_needed()
    expect(errors.first).not_to_have_text(first[0])
    expect(strip).to_have_attribute("aria-busy", "false")
    assert all(new != old for new, old in zip(errors.all_inner_texts(), first, strict=True))


def test_the_picker_works_with_the_keyboard_and_keeps_the_focus(address, visit):
    page = visit(f"{address}/?model=bottleneck-0032")
    chip(page, "Latent size", "128").focus()
    before = shown(page)
    page.keyboard.press("Enter")
    changed(page, "reconstructed", before)
    settle(page)
    expect(chip(page, "Latent size", "128")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(chip(page, "Latent size", "256")).to_have_attribute("aria-pressed", "true")
