"""The pocket edition's Playground, as a visitor uses it."""

import re
import shutil
import time

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from dae_core.pictures.samples import SAMPLES_FOLDER
from deploy.pocket import service_worker
from tests.pocket.conftest import PLACE, changes, serving
from tests.visitor import PHONE, ROOT, TILES


@pytest.mark.journey
def test_the_first_screen_shows_three_pictures_whose_controls_change_them(come, home):
    page = come(home)
    for tile in TILES:
        expect(page.locator(f"#{tile} img")).to_have_attribute("alt", re.compile("^Chelsea, a cat, "))
    expect(page.locator("#reconstructed figcaption")).to_contain_text("% less")
    changes(page, lambda: page.locator("#cutout").uncheck(), "distorted")
    changes(page, lambda: page.locator("#gaussian_noise_std").fill("0.3"))
    changes(page, lambda: page.locator("#image").select_option("owl"), "original")
    changes(page, lambda: (page.locator("#seed").fill("5"), page.keyboard.press("Enter")), "distorted")
    changes(page, lambda: page.locator("#model").select_option("convolutional-all"))
    assert "cutout=false" in page.url and "image=owl" in page.url and "model=convolutional-all" in page.url


def test_reloading_shows_the_same_and_another_visitor_sees_it_too(come, home):
    page = come(f"{home}?seed=3&salt_and_pepper=0&model=beyond-unet")
    changes(page, lambda: page.get_by_role("button", name="Shuffle").click())
    there = page.evaluate("Array.from(lab.pixels('distorted'))")
    other = come(page.url)
    assert other.evaluate("Array.from(lab.pixels('distorted'))") == there
    page.reload()
    page.evaluate("lab.ready")
    assert page.evaluate("Array.from(lab.pixels('distorted'))") == there


def test_nonsense_in_an_address_gives_way_to_what_there_is(come, home):
    page = come(f"{home}?image=unicorn&model=zzz&seed=-5&gaussian_noise_std=99&cutout=maybe&cutout_squares=2.9")
    expect(page.locator("#image")).to_have_value("cat-chelsea")
    expect(page.locator("#seed")).to_have_value("0")
    expect(page.locator("#gaussian_noise_std")).to_have_value("0.5")
    expect(page.locator("#cutout_squares")).to_have_value("2")
    expect(page.locator("#cutout")).to_be_checked()


def test_a_stroke_on_the_first_picture_is_rebuilt(come, home):
    page = come(home)
    box = page.locator("#distorted img").bounding_box()

    def paint():
        page.mouse.move(box["x"] + 50, box["y"] + 50)
        page.mouse.down()
        page.mouse.move(box["x"] + 150, box["y"] + 90, steps=5)
        page.mouse.up()

    changes(page, paint)
    assert page.evaluate("lab.pixels('distorted').filter(value => value === 0).length") > 1000
    changes(page, lambda: page.get_by_role("button", name="Undo").click())


def test_everything_can_be_reached_by_keyboard(come, home):
    page = come(home)
    page.locator("#gaussian_noise").focus()
    changes(page, lambda: page.keyboard.press("Space"))
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    changes(page, lambda: page.keyboard.press("ArrowRight"))
    expect(page.locator("#gaussian_noise_std")).to_have_value("0.11")


def test_chips_and_strip_pick_a_network_and_large_ones_are_loaded_only_then(come, home):
    page = come(f"{home}?model=convolutional-all")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("#answers button").first.scroll_into_view_if_needed()
    expect(page.locator("#answers .answers")).to_have_attribute("aria-busy", "false", timeout=20_000)
    assert not [url for url in asked if "denoiser-" in url or "restorer" in url]
    expect(page.locator('#answers [data-name="beyond-restorer"] .error')).to_contain_text("MB to load")
    expect(page.locator('#answers [data-name="beyond-unet"] .error')).to_contain_text("MSE 0.0")
    changes(page, lambda: page.locator('#answers [data-name="denoiser-2-1000"]').click())
    expect(page.locator("#model")).to_have_value("denoiser-2-1000")
    changes(page, lambda: page.locator("#picker").get_by_role("button", name="3", exact=True).click())
    expect(page.locator("#model")).to_have_value("denoiser-3-1000")


def test_ones_own_picture_is_rebuilt_and_stays_out_of_the_address(come, home):
    page = come(home)
    file = page.locator("#file")
    changes(page, lambda: file.set_input_files(SAMPLES_FOLDER / "parrot.png"), "original")
    expect(page.locator("#own")).to_be_visible()
    assert "image" not in page.url
    own = np.float32(page.evaluate("Array.from(lab.pixels('original'))"))
    page.locator("#image").select_option("parrot")
    page.wait_for_function("document.querySelector('#original img').alt.startsWith('A parrot')")
    shipped = np.float32(page.evaluate("Array.from(lab.pixels('original'))"))
    assert np.abs(own - shipped).mean() < 0.02  # The browser has another way to make a picture small.
    page.locator("#gaussian_noise_std").fill("0.3")
    file.set_input_files({"name": "cat.jpg", "mimeType": "image/jpeg", "buffer": b"no cat"})
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("choose a JPEG or PNG file")
    page.wait_for_timeout(500)
    expect(alert).to_be_visible()  # The reconstruction that was under way does not take it away.
    expect(page.locator("#image")).to_have_value("parrot")
    page.locator("#cutout").uncheck()
    expect(alert).to_be_hidden()


def test_the_camera_is_rebuilt_as_it_moves_and_nothing_of_it_is_in_the_address(come, home):
    page = come(home, permissions=["camera"])
    camera = page.get_by_role("button", name="Live camera")
    changes(page, camera.click, "original")
    changes(page, lambda: None, "reconstructed")
    changes(page, lambda: page.locator("#mirror").uncheck(), "original")
    expect(page.locator("#original img")).to_have_attribute("alt", "What the camera sees, the original")
    camera.click()
    expect(camera).to_have_attribute("aria-pressed", "false")
    assert "image" not in page.url


def test_a_blocked_camera_gets_a_sentence(come, home):
    page = come(home)
    page.get_by_role("button", name="Live camera").click()
    expect(page.get_by_role("alert")).to_contain_text("The camera is blocked")
    changes(page, lambda: page.locator("#cutout").uncheck())
    expect(page.get_by_role("alert")).to_be_hidden()


def test_the_picture_goes_through_every_latent_size_while_a_strength_is_moved(come, home):
    page = come(home)
    page.get_by_role("button", name="Every latent size").click()
    last = page.locator("#sizes .strip figure").last
    expect(last).to_contain_text("1,000error 0.00", timeout=20_000)
    before = last.locator("img").get_attribute("src")
    changes(page, lambda: page.locator("#gaussian_noise_std").fill("0.3"))
    expect(last.locator("img")).not_to_have_attribute("src", before)
    leaves = page.get_by_role("slider", name="Latent size")
    leaves.focus()
    changes(page, lambda: page.keyboard.press("Home"))
    expect(page.locator("#model")).to_have_value("denoiser-1-0032")
    expect(page.get_by_role("img", name=re.compile("Reconstructed at 32: error"))).to_be_visible()


def test_a_network_shows_how_it_learned(come, home):
    page = come(home)
    page.get_by_text("How did this network learn?").click()
    epoch = page.get_by_role("slider", name="Epoch", exact=True)
    epoch.focus()
    page.keyboard.press("End")
    last = epoch.input_value()
    expect(page.locator("#history")).to_contain_text(f"reconstructed after epoch {last}; original")
    page.locator("#model").select_option("denoiser-1-0032")
    expect(epoch).to_have_value("1")
    expect(page.locator("#history p").first).to_have_text("Decoder 1, 32 numbers")


def test_a_link_for_the_class_is_there_as_a_code_and_to_be_copied(come, home):
    page = come(f"{home}?seed=9")
    page.get_by_role("button", name="Link for the class").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"{home}?seed=9")
    page.wait_for_function("document.querySelector('dialog img').naturalWidth > 100")


def until(page: Page, predicate: str) -> None:
    """Waits for what a function promises, which Playwright itself would take for true."""
    deadline = time.monotonic() + 30
    while not page.evaluate(predicate):
        assert time.monotonic() < deadline, predicate
        page.wait_for_timeout(100)


def test_without_a_network_it_opens_after_one_visit(come, pocket):
    with serving(pocket.parents[1]) as address:
        page = come(f"{address}/{PLACE}/", expected="the network is gone")
        page.wait_for_function("navigator.serviceWorker.controller")
        until(
            page,
            "async () => (await (await caches.open((await caches.keys())[0])).keys())"
            ".some(({ url }) => url.includes('/networks/'))",
        )
    page.goto(f"{address}/{PLACE}/?model=beyond-blind&seed=4")
    page.evaluate("lab.ready")
    expect(page.locator("#seed")).to_have_value("4")
    changes(page, lambda: page.locator("#cutout").uncheck())


def test_a_new_version_takes_the_place_of_the_old_one(come, pocket, tmp_path):
    copy = shutil.copytree(pocket, tmp_path / "pocket")
    names = "async () => (await caches.keys()).join()"
    with serving(copy) as address:
        page = come(address)
        page.wait_for_function("navigator.serviceWorker.controller")
        old = page.evaluate(names)
        first, worker = copy / "index.html", copy / "service-worker.js"
        first.write_text(first.read_text().replace("Denoising lab</h1>", "New lab</h1>"))
        shutil.copyfile(ROOT / "pocket" / worker.name, worker)
        worker.write_text(service_worker(copy))
        page.reload()  # It finds the new version, and fetches it while the old one shows.
        until(page, f"async () => (await caches.keys()).join() !== '{old}' && (await caches.keys()).length === 1")
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("New lab")
        page.evaluate("lab.ready")
        page.close()  # Before the server goes.


@pytest.mark.parametrize("damage", ["missing", "cut short"])
def test_a_network_that_cannot_be_loaded_gets_a_sentence_and_the_others_go_on(come, pocket, tmp_path, damage):
    copy = shutil.copytree(pocket, tmp_path / "pocket")
    file = copy / "networks" / "convolutional-all" / "decoder.onnx"
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:5000])
    with serving(copy) as address:
        page = come(f"{address}/?model=convolutional-all", ready=False, expected="a file that is not there")
        expect(page.get_by_role("alert")).to_contain_text("Fully convolutional could not be loaded", timeout=15_000)
        page.locator("#model").select_option("beyond-blind")
        page.evaluate("lab.ready")
        expect(page.get_by_role("alert")).to_be_hidden()


def test_opened_as_a_file_it_says_what_to_do(come, pocket):
    page = come(f"file://{pocket}/index.html", ready=False, expected="modules do not load")
    expect(page.get_by_role("alert")).to_contain_text("python3 -m http.server")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1280, 1920])
def test_at_every_width_nothing_is_cut_and_axe_finds_nothing_serious(come, home, width, theme):
    page = come(home, viewport={"width": width, "height": 844}, color_scheme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [page.locator(f"#{tile} img").bounding_box() for tile in TILES]
    assert all(box["width"] == pytest.approx(box["height"], abs=1) for box in boxes)
    sliders = page.locator("#strengths input[type=range]").evaluate_all("all => all.map(one => one.clientWidth)")
    assert min(sliders) >= 120
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_on_a_first_visit_the_distortion_creeps_in_once(come, home):
    page = come(home, ready=False, reduced_motion="no-preference")
    page.wait_for_function("document.getElementById('canvas').shadowRoot?.querySelector('.veil')?.hidden === false")
    veil = page.locator("#canvas .veil")
    expect(veil).to_be_hidden(timeout=5000)
    page.reload()
    page.evaluate("lab.ready")
    page.wait_for_timeout(300)
    expect(veil).to_be_hidden()


def test_on_a_phone_the_pictures_stay_in_view_while_a_strength_is_moved(come, home):
    page = come(home, viewport=PHONE, has_touch=True)
    page.locator("#salt_and_pepper_amount").scroll_into_view_if_needed()
    page.evaluate("document.getElementById('salt_and_pepper_amount').scrollIntoView({ block: 'start' })")
    box = page.locator("#reconstructed img").bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= PHONE["height"] and box["width"] >= 72
