"""The lesson in the real server and a real Chromium, walked as somebody without a mouse would."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from dae_core.checkpoints import list_checkpoints
from dae_core.telling.lessons import Step, load_lesson
from tests.visitor import PHONE, PICTURES, TILES, link, settle, switch, wait_for_keys
from ui.parts.lesson import PLACES

STEPS = load_lesson("denoising", PLACES).steps
SETTINGS = ("image", "seed")
SWITCHES = ("gaussian_noise", "cutout", "salt_and_pepper")


def tab_to(page: Page, name: str, role: str) -> None:
    """Presses Tab until a control has the focus; it has to come within a page's worth of controls."""
    target = page.get_by_role(role, name=name, exact=True)
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement || element.contains(document.activeElement)"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {name}")


def pick(page: Page, text: str) -> None:
    """Goes to the choices by Tab, picks the first by Space, and moves on by arrows."""
    group = page.get_by_role("radiogroup").filter(has_text=text)
    for _ in range(60):
        if group.evaluate("group => group.contains(document.activeElement)"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(4):
        if text in group.locator("label:has(input:checked)").inner_text():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows do not reach {text}")


def unfold(page: Page) -> None:
    """Opens what there is to break, unless it is open."""
    if not page.locator(".st-key-image").is_visible():
        page.get_by_text("Now try to break it").click()
    expect(page.locator(".st-key-image")).to_be_visible()


def controls(page: Page) -> list:
    """What the controls are set to."""
    values = [page.locator(".picker").get_attribute("data-network")]
    values += [page.locator(f".st-key-{key} input").input_value() for key in SETTINGS]
    return values + [page.locator(f".st-key-{key} input").is_checked() for key in SWITCHES]


def asked(number: int) -> list:
    """What a step sets them to."""
    state = STEPS[number - 1].state
    return [
        state.model,
        PICTURES[state.image],
        str(state.seed),
        *(getattr(state.corruption, key) > 0 for key in SWITCHES),
    ]


def test_the_lesson_can_be_walked_by_keyboard_alone(address, visit):
    page = visit(f"{address}/Lesson")
    trained = list_checkpoints()[0]
    for number, step in enumerate(STEPS, start=1):
        expect(page.get_by_role("heading", name=step.title)).to_be_visible(timeout=15_000)
        if missing := step.missing(trained):
            expect(page.get_by_text(f"not here: {missing[0]}")).to_be_visible()
        else:
            settle(page)
            picture = page.locator(".st-key-reconstructed img")
            assert (picture.get_attribute("alt") == "Hidden until the question is answered") == step.hide
            pick(page, step.choices[1])
            tab_to(page, "Check", "button")
            page.keyboard.press("Enter")
            expect(page.get_by_text(re.compile("^That is right|^Not quite"))).to_be_visible()
            expect(picture).to_have_attribute("alt", re.compile("reconstructed"))
            settle(page)
            unfold(page)
            assert controls(page) == asked(number)
        if number < len(STEPS):
            tab_to(page, "Next", "button")
            page.keyboard.press("Enter")
    expect(page.get_by_text("You predicted")).to_be_visible()
    assert "step=11" in page.url and "answers=1.1." in page.url


def test_a_reload_and_a_way_over_another_page_keep_progress_and_controls(address, visit):
    page = visit(f"{address}/Lesson?step=2")
    page.get_by_text("Dark patches").click()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("That is right")).to_be_visible()
    unfold(page)
    switch(page, "gaussian_noise")  # Back to its default, of which an address says nothing.
    expect(page.locator(".st-key-gaussian_noise input")).to_be_checked()
    page.wait_for_url(lambda url: "gaussian_noise=false" not in url)
    settle(page)
    changed = controls(page)
    page.reload()
    settle(page)
    expect(page.get_by_text("That is right")).to_be_visible()
    unfold(page)
    assert controls(page) == changed
    link(page, "Playground")
    link(page, "Lesson")
    settle(page)
    expect(page.get_by_text("That is right")).to_be_visible()
    unfold(page)
    assert controls(page) == changed
    assert "answers=-.1." in page.url
    again = visit(page.url)
    settle(again)
    unfold(again)
    assert controls(again) == changed


@pytest.mark.parametrize("number", range(1, len(STEPS) + 1))
def test_question_and_answer_fit_a_projector_without_scrolling(address, visit, number):
    step = STEPS[number - 1]
    page = visit(f"{address}/Lesson?step={number}")
    if step.missing(list_checkpoints()[0]):
        return
    settle(page)
    for locator in (
        *(page.locator(f".st-key-{tile} img") for tile in TILES),
        page.get_by_text(step.choices[-1], exact=True),
        *(page.get_by_role("button", name=name) for name in ("Check", "Next", "Restart")),
    ):
        box = locator.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 720
    page.get_by_text(step.choices[0], exact=True).click()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text(re.compile("^That is right|^Not quite"))).to_be_visible()
    shown = [page.locator(".st-key-reconstructed p").last, page.locator(".st-key-explanation p").last]
    assert_large_and_in_view(page, step, *shown, page.get_by_role("button", name="Next"))
    page.keyboard.press("Shift+P")
    wait_for_keys(page)
    assert_large_and_in_view(page, step, *shown)  # The type is larger, and keys lead on.


def assert_large_and_in_view(page: Page, step: Step, *locators: Locator) -> None:
    settle(page)
    widest = page.locator(".st-key-reconstructed img").bounding_box()["width"]
    assert widest >= {0: 270, 1: 200, 2: 130}[len(step.beside)]
    for locator in locators:
        page.wait_for_function(
            "one => { const { top, bottom } = one.getBoundingClientRect(); return top >= 0 && bottom <= 720 }",
            arg=locator.element_handle(),
        )


@pytest.mark.parametrize("width", [390, 640, 700, 820, 911, 1024, 1100, 1200])
def test_the_words_stand_beside_the_pictures_or_have_all_of_the_width(address, visit, width):
    page = visit(f"{address}/Lesson?step=2", viewport={"width": width, "height": 1000})
    settle(page)
    picture = page.locator(".st-key-reconstructed").bounding_box()
    words = page.get_by_text("The same architecture").bounding_box()
    if words["x"] < picture["x"] + picture["width"]:
        assert words["y"] > picture["y"] + picture["height"], "the pictures stand above the question"
        left = page.locator(".st-key-distorted").bounding_box()["x"]
        assert words["x"] == left and words["width"] > 0.95 * (picture["x"] + picture["width"] - left)


def test_the_notes_are_in_a_second_window_that_follows(address, visit):
    page = visit(f"{address}/Lesson?step=2")
    settle(page)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Teacher's notes").click()
    notes = opened.value
    expect(notes.get_by_role("heading", name=STEPS[1].title)).to_be_visible()
    expect(notes.get_by_text("Common wrong answers")).to_be_visible()
    expect(page.get_by_text("Common wrong answers")).to_have_count(0)
    for name, title in (("Next", STEPS[2].title), ("Next", STEPS[3].title), ("Previous", STEPS[2].title)):
        page.get_by_role("button", name=name).click()
        expect(notes.get_by_role("heading", name=title)).to_be_visible()
        settle(page)
    other = page.context.new_page()
    other.goto(f"{address}/Lesson?notes=true")  # By hand: it asks the lesson where it is.
    expect(other.get_by_role("heading", name=STEPS[2].title)).to_be_visible()
    other.reload()
    expect(other.get_by_role("heading", name=STEPS[2].title)).to_be_visible()


def test_the_link_for_the_class_carries_neither_notes_nor_answers(address, visit):
    teacher = visit(f"{address}/Lesson?step=2&answers=-.1&present=1")
    expect(teacher.get_by_text("That is right")).to_be_visible()
    wait_for_keys(teacher)
    teacher.keyboard.press("q")
    code = teacher.get_by_role("dialog").locator("code").inner_text().rpartition("?go=")[2]
    student = visit(f"{address}/?go={code}")
    student.wait_for_url(lambda url: "step=2" in url)
    settle(student)
    expect(student.get_by_role("heading", name=STEPS[1].title)).to_be_visible()
    expect(student.get_by_text("0 answered")).to_be_visible()
    expect(student.get_by_text("That is right")).to_have_count(0)
    assert not re.search("answers|notes|present", student.url)


def test_the_lesson_fits_a_phone(address, visit):
    page = visit(f"{address}/Lesson?answers=1", viewport=PHONE)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth <= main.clientWidth")
    last = page.locator(".st-key-step button").last.bounding_box()
    assert last["x"] + last["width"] <= PHONE["width"]
    images = page.locator(", ".join(f".st-key-{tile} img" for tile in TILES))
    bottoms = images.evaluate_all("all => all.map(one => one.getBoundingClientRect().bottom)")  # At one moment.
    assert len(bottoms) == len(TILES) and max(bottoms) <= PHONE["height"]
    assert page.get_by_text("That is right").bounding_box()["y"] > max(bottoms)


def test_the_pictures_stay_in_view_on_a_phone_while_a_control_is_moved(address, visit):
    page = visit(f"{address}/Lesson?answers=1", viewport=PHONE)
    settle(page)
    page.get_by_text("Now try to break it").click()
    page.wait_for_function("!document.querySelector('details:has(.st-key-seed)').style.height")  # It has unfolded.
    page.locator(".st-key-seed input").scroll_into_view_if_needed()
    page.get_by_test_id("stMain").evaluate("main => main.scrollBy(0, 500)")
    expect(page.locator(".pinned img")).to_have_count(len(TILES))


def test_space_hides_the_answer_and_reveals_it_again(address, visit):
    page = visit(f"{address}/Lesson?answers=1&present=1")
    wait_for_keys(page)
    picture = page.locator(".st-key-reconstructed img")
    for alt in ("Hidden", "reconstructed"):
        page.keyboard.press("Space")
        expect(picture).to_have_attribute("alt", re.compile(alt))


def test_space_reveals_a_step_that_nobody_has_answered_and_a_key_leads_to_the_next_which_is_hidden(address, visit):
    page = visit(f"{address}/Lesson?present=1")
    wait_for_keys(page)
    picture = page.locator(".st-key-reconstructed img")
    expect(picture).to_have_attribute("alt", re.compile("Hidden"))
    page.keyboard.press("Space")
    expect(page.locator(".said")).to_have_text("Revealed")
    expect(picture).to_have_attribute("alt", re.compile("reconstructed"))
    page.keyboard.press(".")
    page.wait_for_url(lambda url: "step=2" in url)
    expect(picture).to_have_attribute("alt", re.compile("Hidden"))


def test_the_keys_of_presenter_mode_lead_from_step_to_step(address, visit):
    page = visit(f"{address}/Lesson?present=1")
    wait_for_keys(page)
    for key, step in ((".", "2"), (".", "3"), (",", "2")):
        page.keyboard.press(key)
        page.wait_for_url(lambda url, step=step: f"step={step}" in url)
        settle(page, ())
