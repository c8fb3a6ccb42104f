"""Short links lead back to what they were made of, and nonsense does not lead anywhere."""

import ipaddress

import pytest

from ui.controls import address
from ui.frame import share
from ui.shelf import server


@pytest.fixture(autouse=True)
def no_links():
    server.links().clear()
    yield
    server.links().clear()


def test_the_same_target_has_the_same_short_code_and_another_one_another():
    target = ("app.py", {"cutout": "false"})
    assert share.remember(target) == share.remember(("app.py", {"cutout": "false"}))
    assert share.remember(target) != share.remember(("pages/1_Decoders.py", {"cutout": "false"}))
    assert server.links()[share.remember(target)] == target
    assert len(share.remember(target)) == 6


def test_the_oldest_links_are_forgotten_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(share, "LINKS", 3)
    codes = [share.remember(("app.py", {"seed": str(seed)})) for seed in range(5)]
    assert list(server.links()) == codes[2:]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.0.1", "::1"])
def test_names_that_only_this_machine_understands(host):
    assert address.is_local(host)


@pytest.mark.parametrize("host", ["192.168.1.5", "lab.example.org", "", "::2"])
def test_names_that_others_understand_too(host):
    assert not address.is_local(host)


def test_the_own_address_is_one():
    assert share.own_address() == "localhost" or not ipaddress.ip_address(share.own_address()).is_loopback


def test_the_code_of_one_of_several_servers_begins_with_its_number(monkeypatch):
    target = ("app.py", {"seed": "1"})
    alone = share.remember(target)
    monkeypatch.setenv("DAE_REPLICA", "2")
    assert share.remember(target) == f"2{alone}"
    assert server.links()[f"2{alone}"] == target
