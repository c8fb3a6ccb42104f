"""The page Blur in a real Chromium: draws come one after the other, follow the brush, and can be averaged."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.visitor import PHONE, quiet, settle

ALL = 30_000  # Milliseconds for sixteen draws on a busy machine.


def draw(page: Page, number: int) -> Locator:
    return page.get_by_role("img", name=re.compile(rf", draw {number}: MSE"))


def test_all_sixteen_draws_come_and_the_mean_of_more_has_less_error(address, visit):
    page = visit(f"{address}/Blur")
    expect(draw(page, 16)).to_be_visible(timeout=ALL)
    settle(page, ())
    slider = page.locator(".st-key-blur_average input")
    slider.focus()
    errors = {}
    for key, number in (("Home", 1), ("End", 16)):
        page.keyboard.press(key)
        expect(slider).to_have_attribute("aria-valuetext", str(number))
        line = page.locator(".st-key-blur_average").get_by_text("Mean of the draws").inner_text()
        errors[number] = float(line.split()[-1])
    assert errors[16] < errors[1]


def test_what_is_painted_is_drawn_around(address, visit):
    page = visit(f"{address}/Blur")
    expect(draw(page, 16)).to_be_visible(timeout=ALL)
    before = draw(page, 16).get_attribute("src")
    page.locator(".paper").click(position={"x": 40, "y": 40})
    expect(draw(page, 16)).not_to_have_attribute("src", before, timeout=ALL)


def test_the_playground_leads_here_with_the_picture_on_screen(address, visit):
    page = visit(f"{address}/?image=owl&seed=3", viewport=PHONE)
    page.get_by_text("Why is it blurry?").first.click()
    quiet(page)  # The link moves while the answer unfolds.
    page.get_by_role("link", name="Draw what else could be there").click()
    expect(draw(page, 16)).to_be_visible(timeout=ALL)
    assert draw(page, 1).get_attribute("alt").startswith("An owl, draw 1")
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth <= main.clientWidth")
