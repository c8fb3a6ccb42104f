"""A page that the browser translates goes on showing the scores of the picture that is on it."""

import re

import pytest
from playwright.sync_api import Page

from tests.visitor import TILES, changed, choose_picture, settle, shown, switch

# What browsers do: every text that may be translated comes into an element of its own, in another language.
TRANSLATE = """() => {
  const walker = document.createTreeWalker(document.querySelector("[data-testid=stMain]"), NodeFilter.SHOW_TEXT)
  const texts = []
  while (walker.nextNode()) texts.push(walker.currentNode)
  for (const text of texts) {
    if (!text.parentElement.translate || !/\\S/.test(text.data) || text.parentElement.closest("script, style")) continue
    const font = document.createElement("font")
    font.textContent = text.data
    text.replaceWith(font)
  }
}"""


def scores(page: Page) -> list[str]:
    """The numbers below the tiles and in the strip, as they are read."""
    texts = [page.locator(f".st-key-{tile}").inner_text() for tile in TILES]
    return re.findall(r"\d+\.\d+", " ".join(texts))


@pytest.mark.parametrize("place", ["", "Bottleneck", "Beyond"])
def test_numbers_are_those_of_the_picture(address, visit, place):
    page, reference = visit(f"{address}/{place}"), visit(f"{address}/{place}")
    page.evaluate(TRANSLATE)
    for each in (page, reference):
        choose_picture(each, "owl")
        switch(each, "gaussian_noise")
        each.wait_for_url(lambda url: "gaussian_noise=false" in url and "image=owl" in url)
        settle(each, ())
        each.wait_for_timeout(500)
    numbers = r"(?:MSE|PSNR|SSIM|error)\s[−\d.]+"
    read = [re.findall(numbers, one.get_by_test_id("stMain").inner_text()) for one in (page, reference)]
    assert len(read[0]) > 1 and read[0] == read[1]


def test_scores_follow_a_change_after_the_translation(address, visit):
    page = visit(address)
    page.evaluate(TRANSLATE)
    for kind in ("cutout", "gaussian_noise", "salt_and_pepper"):
        before = shown(page)
        old = scores(page)
        switch(page, kind)
        changed(page, "distorted", before)
        assert scores(page) != old
