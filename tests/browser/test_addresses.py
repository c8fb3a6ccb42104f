"""What stands in an address holds on every page, whatever is clicked first; and Back shows what was there before."""

from urllib.parse import parse_qsl, urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from dae_core.distortions.strengths import KINDS
from tests.visitor import changed, link, settle, shown, switch, wait_for_keys
from ui.frame.page import linked

NAMES = [name for name, _ in linked().values()]
CLASS_LINK = {"image": "owl", "model": "distortion-all", "seed": "7", "cutout": "false", "gaussian_noise_std": "0.2"}
WITHOUT_CONTROLS = ("Report",)


def params(page: Page) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query))


def shows(page: Page, name: str) -> None:
    """Whether the controls of a page show what the class link says, and its address as well."""
    assert params(page) == CLASS_LINK
    if name in WITHOUT_CONTROLS:
        return
    expect(page.locator(".st-key-image input")).to_have_value("An owl")
    expect(page.locator(".st-key-seed input")).to_have_value("7")
    expect(page.locator(".st-key-cutout input")).not_to_be_checked()
    expect(page.locator(".st-key-gaussian_noise_std")).to_contain_text("0.20")


def query(of: dict[str, str]) -> str:
    return "&".join(f"{key}={value}" for key, value in of.items())


@pytest.mark.journey
def test_a_class_link_holds_when_the_navigation_is_the_first_click(address, visit):
    page = visit(f"{address}/?{query(CLASS_LINK)}")
    shows(page, "Playground")
    before = shown(page)
    length = page.evaluate("history.length")
    link(page, "Inside")
    shows(page, "Inside")
    expect(page.locator(".picker").first).to_have_attribute("data-network", "distortion-all")
    assert page.evaluate("history.length") == length + 1
    page.go_back()
    expect(page).to_have_title("Playground · Denoising lab")
    settle(page)
    shows(page, "Playground")
    assert shown(page) == before


@pytest.mark.parametrize(("late", "question"), [("Selectbox", "image=owl"), ("NumberInput", "seed=7")])
def test_a_control_that_comes_late_over_a_slow_network_shows_what_the_link_said(address, chromium, late, question):
    page = chromium.new_page()
    held = []
    page.route(f"**/{late}.*.js", lambda route: held.append(route))
    page.goto(f"{address}/?{question}")
    settle(page)
    for sent in (1, 2):
        before = shown(page)
        switch(page, "cutout")
        changed(page, "distorted", before)
        page.wait_for_url(lambda url, off=sent == 1: ("cutout=false" in url) == off)  # The whole page follows.
        settle(page)
        if sent == 1:
            assert held
            held[0].continue_()
            expect(page.locator(".st-key-image input")).to_be_visible()
            expect(page.locator(".st-key-seed input")).to_be_visible()
    assert params(page) == dict([question.split("=")])
    expect(page.locator(".st-key-image input")).to_have_value("An owl" if late == "Selectbox" else "Chelsea, a cat")
    page.close()


@pytest.mark.parametrize("first", ["Playground", "Report", "Training"])
def test_from_page_to_page_what_the_link_said_stays_and_back_leads_the_same_way(address, visit, first):
    page = visit(f"{address}/{'' if first == 'Playground' else first}?{query(CLASS_LINK)}")
    way = [first, *(name for name in ("Decoders", "Report", "Beyond", "Playground") if name != first)]
    length = page.evaluate("history.length")
    for number, name in enumerate(way[1:], start=1):
        link(page, name)
        shows(page, name)
        assert page.evaluate("history.length") == length + number
    for name in way[-2::-1]:
        page.go_back()
        expect(page).to_have_title(f"{name} · Denoising lab")
        settle(page, ())
        shows(page, name)


@pytest.mark.journey
def test_every_change_is_one_step_back(address, visit):
    page = visit(address)
    states = [(params(page), shown(page))]
    length = page.evaluate("history.length")
    for kind in KINDS:
        before = shown(page)
        switch(page, kind)
        changed(page, "distorted", before)
        page.wait_for_url(lambda url, kind=kind: f"{kind}=false" in url)
        states.append((params(page), shown(page)))
        assert page.evaluate("history.length") == length + len(states) - 1
    for there, pictures in states[-2::-1]:
        before = shown(page)
        page.go_back()
        changed(page, "distorted", before)
        assert (params(page), shown(page)) == (there, pictures)
    before = shown(page)
    page.go_forward()
    changed(page, "distorted", before)
    assert (params(page), shown(page)) == states[1]


def test_presenter_mode_goes_with_the_teacher(address, visit):
    page = visit(f"{address}/Decoders?present=1")
    wait_for_keys(page)
    page.get_by_test_id("stExpandSidebarButton").click()
    link(page, "Inside")
    wait_for_keys(page)
    assert params(page) == {"present": "1"}


def test_a_step_of_the_lesson_holds_when_the_navigation_is_the_first_click(address, visit):
    page = visit(f"{address}/Lesson?step=5&answers=-.-.-.-.0")
    expect(page.get_by_text("Step 5 of 11")).to_be_visible()
    picture = page.locator(".st-key-image input").input_value()
    length = page.evaluate("history.length")
    link(page, "Inside")
    expect(page.locator(".st-key-image input")).to_have_value(picture)
    assert page.evaluate("history.length") == length + 1
    link(page, "Lesson")
    expect(page.get_by_text("Step 5 of 11")).to_be_visible()
    page.go_back()
    expect(page).to_have_title("Inside · Denoising lab")
    page.go_back()
    expect(page).to_have_title("Lesson · Denoising lab")
    expect(page.get_by_text("Step 5 of 11")).to_be_visible()


def test_a_number_that_was_just_typed_goes_along(address, visit):
    page = visit(address)
    page.locator(".st-key-seed input").fill("12")
    # The click that leaves the field, as long as a person's: Streamlit sends the number when the button goes down.
    page.get_by_test_id("stSidebar").get_by_role("link", name="Inside").click(delay=150)
    expect(page).to_have_title("Inside · Denoising lab")
    expect(page.locator(".st-key-seed input")).to_have_value("12")
    page.wait_for_url(lambda url: "seed=12" in url)


def test_names_may_be_typed_in_capitals_and_junk_is_the_default(address, visit):
    page = visit(f"{address}/?image=OWL&seed=inf&cutout=maybe&cutout_squares=99&model=nobody")
    expect(page.locator(".st-key-image input")).to_have_value("An owl")
    expect(page.locator(".st-key-seed input")).to_have_value("0")
    expect(page.locator(".st-key-cutout input")).to_be_checked()
    expect(page.locator(".st-key-cutout_squares")).to_contain_text("squares: 10")


def test_a_page_s_address_may_be_typed_in_small_letters(address, visit):
    for name in {*NAMES} - {"Playground"}:
        with urlopen(f"{address}/{name.lower()}?image=OWL") as answer:
            assert answer.url == f"{address}/{name}?image=OWL"
    page = visit(f"{address}/decoders?image=OWL")
    expect(page).to_have_title("Decoders · Denoising lab")
    assert urlsplit(page.url).path == "/Decoders" and params(page)["image"].lower() == "owl"


def refuse(socket: WebSocketRoute) -> None:
    socket.close()


@pytest.mark.parametrize(
    ("answers", "sentence"), [(True, "blocks web sockets, which the lab needs"), (False, "The server does not answer")]
)
def test_a_page_without_its_connection_says_why_after_five_seconds(address, chromium, answers, sentence):
    page = chromium.new_page()
    page.route_web_socket("**", refuse)
    if not answers:
        page.route("**/_stcore/health", lambda route: route.abort())
    page.goto(address)
    expect(page.locator("#no-connection")).to_contain_text(sentence, timeout=30_000)
    page.close()


def test_a_page_with_its_connection_says_nothing(address, visit):
    page = visit(address)
    page.wait_for_timeout(6000)
    expect(page.locator("#no-connection")).to_have_count(0)
