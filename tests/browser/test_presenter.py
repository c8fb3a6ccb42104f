"""Presenter mode and short links, in a real Chromium."""

import pytest
from playwright.sync_api import expect

from tests.visitor import changed, settle, shown, wait_for_keys


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
