"""Training a tiny network in the pocket edition, as a visitor does."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.pocket.test_playground import changes


@pytest.fixture
def page(come, home) -> Page:
    page = come(home)
    page.locator("#trainer").scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    return page


def error_of(page: Page, title: str) -> float:
    text = page.locator("#trainer figure").filter(has_text=title).locator("figcaption div").inner_text()
    return float(text.removeprefix("error "))


def test_it_learns_epoch_by_epoch_and_can_be_paused_and_stopped(page):
    page.get_by_role("button", name="One epoch").click()
    expect(page.locator("#trainer .status")).to_have_text("Epoch 1 of 30. 4,907 parameters.", timeout=30_000)
    after_one = error_of(page, "Reconstructed")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#trainer .status")).to_contain_text(re.compile("Epoch [6-9]"), timeout=60_000)
    assert error_of(page, "Reconstructed") < min(after_one, error_of(page, "Distorted"))
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Go on")).to_be_enabled()
    expect(page.get_by_label("Filters")).to_be_disabled()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_label("Filters")).to_be_enabled()


def test_two_networks_race(page):
    page.get_by_role("button", name="Race two").click()
    page.get_by_label("Filters").first.select_option("4")
    page.get_by_role("button", name="One epoch").click()
    for number in (1, 2):
        shown = page.locator("#trainer figure").filter(has_text=f"Network {number}")
        expect(shown).to_contain_text(re.compile("error 0[.]0"), timeout=30_000)
    both = re.compile("network 1 0[.]0.*network 2 0[.]0")
    expect(page.locator("#trainer .curve")).to_have_attribute("aria-label", both)


def test_ones_own_network_answers_in_the_playground(page):
    page.get_by_role("button", name="One epoch").click()
    expect(page.locator("#trainer .status")).to_contain_text("Epoch 1 of 30", timeout=30_000)
    changes(page, page.get_by_role("button", name="Use it above").click)
    expect(page.locator("#model")).to_have_value("yours")
    changes(page, lambda: page.locator("#cutout").uncheck())
    page.locator("#trainer").scroll_into_view_if_needed()
    page.get_by_role("button", name="Stop").click()
    changes(page, lambda: page.locator("#salt_and_pepper").uncheck())
    assert "model" not in page.url
    changes(page, lambda: page.locator("#model").select_option("beyond-blind"))
