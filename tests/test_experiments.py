"""The experiments are those of the report, and the denoisers that visitors pick from."""

from dataclasses import replace

import pytest

from dae_core.experiments import EXPERIMENTS

ALL = {"gaussian_noise", "cutout", "salt_and_pepper"}
# Name: architecture, latent size, trained on, patience.
EXPECTED = {
    "decoder-1": ("network-1", 4096, set(), 3),
    "decoder-2": ("network-2", 4096, set(), 3),
    "decoder-3": ("network-3", 4096, set(), 3),
    "bottleneck-0032": ("network-1", 32, set(), 3),
    "bottleneck-0128": ("network-1", 128, set(), 3),
    "bottleneck-0256": ("network-1", 256, set(), 3),
    "bottleneck-0512": ("network-1", 512, set(), 3),
    "bottleneck-1000": ("network-1", 1000, set(), 3),
    "bottleneck-2048": ("network-1", 2048, set(), 3),
    "distortion-cutout": ("network-1", 1000, {"cutout"}, 3),
    "distortion-gaussian": ("network-1", 1000, {"gaussian_noise"}, 3),
    "distortion-salt-pepper": ("network-1", 1000, {"salt_and_pepper"}, 3),
    "distortion-cutout-gaussian": ("network-1", 1000, {"cutout", "gaussian_noise"}, 3),
    "distortion-cutout-salt-pepper": ("network-1", 1000, {"cutout", "salt_and_pepper"}, 3),
    "distortion-gaussian-salt-pepper": ("network-1", 1000, {"gaussian_noise", "salt_and_pepper"}, 3),
    "distortion-all": ("network-1", 1000, ALL, 3),
    "convolutional-all": ("convolutional", 4096, ALL, 10),
}


REPORT = [experiment for experiment in EXPERIMENTS if experiment.name in EXPECTED]


def test_there_are_the_17_of_the_report_and_no_two_of_one_name():
    assert len(REPORT) == len(EXPECTED) == 17
    assert len({experiment.name for experiment in EXPERIMENTS}) == len(EXPERIMENTS)


@pytest.mark.parametrize("experiment", REPORT, ids=lambda experiment: experiment.name)
def test_each_is_what_its_name_says(experiment):
    model = experiment.model
    found = (model.architecture, model.latent_size, set(experiment.trained_on), experiment.patience)
    assert found == EXPECTED[experiment.name]
    assert len(experiment.trained_on) == len(set(experiment.trained_on))


@pytest.mark.parametrize("experiment", REPORT, ids=lambda experiment: experiment.name)
def test_all_are_trained_by_the_protocol_of_the_report(experiment):
    assert (experiment.optimizer, experiment.learning_rate, experiment.epochs) == ("adam", 0.001, 50)
    assert experiment.batch_size == 32


def test_a_denoiser_for_every_latent_size_and_every_decoder_is_trained_like_the_convolutional_one():
    denoisers = {experiment.name: experiment for experiment in EXPERIMENTS if experiment.group == "denoiser"}
    wanted = [(1, size) for size in (32, 128, 256, 512, 1000, 2048, 4096)] + [(2, 1000), (3, 1000)]
    assert set(denoisers) == {f"denoiser-{decoder}-{size:04d}" for decoder, size in wanted}
    (convolutional,) = (experiment for experiment in EXPERIMENTS if experiment.name == "convolutional-all")
    for decoder, size in wanted:
        experiment = denoisers[f"denoiser-{decoder}-{size:04d}"]
        assert (experiment.model.architecture, experiment.model.latent_size) == (f"network-{decoder}", size)
        assert experiment == replace(convolutional, name=experiment.name, model=experiment.model, blind=True)


def test_every_experiment_has_a_title_of_its_own_that_people_can_read():
    titles = {experiment.name: experiment.title for experiment in EXPERIMENTS}
    assert len(set(titles.values())) == len(EXPERIMENTS)
    assert titles["denoiser-1-1000"] == "Decoder 1, 1,000 numbers"
    assert titles["decoder-2"] == "Decoder 2, 4,096 numbers, trained on clean pictures"
    assert titles["convolutional-all"] == "Fully convolutional"
    assert titles["beyond-blind"] == "Blind U-Net"
    assert not {name for name, title in titles.items() if "-all" in title or "network-" in title}


def test_the_learning_rate_is_constant_but_for_the_convolutional_network():
    for experiment in REPORT:
        first, second, last = (experiment.learning_rate_in(epoch) for epoch in (1, 2, 50))
        assert first == 0.001
        if experiment.name == "convolutional-all":
            assert second == pytest.approx(0.00095) and last == pytest.approx(0.001 * 0.95**49)
        else:
            assert second == last == 0.001


def test_a_training_that_warms_up_comes_to_its_learning_rate_in_equal_steps():
    experiment = replace(REPORT[0], learning_rate=0.01, learning_rate_decay=1.0, warm_up_epochs=4)
    assert [experiment.learning_rate_in(epoch) for epoch in (1, 2, 3, 4, 5, 6)] == pytest.approx(
        [0.002, 0.004, 0.006, 0.008, 0.01, 0.01]
    )


def test_group_and_summary_tell_what_an_experiment_is():
    by_name = {experiment.name: experiment for experiment in EXPERIMENTS}
    assert by_name["bottleneck-0032"].group == "bottleneck"
    assert "32 numbers" in by_name["bottleneck-0032"].summary and "clean pictures" in by_name["bottleneck-0032"].summary
    assert by_name["distortion-cutout-gaussian"].summary.endswith("trained on Gaussian noise, cutout")
    assert len({(experiment.group, experiment.summary) for experiment in EXPERIMENTS}) == len(EXPERIMENTS)


def test_an_experiment_cannot_be_changed():
    with pytest.raises(AttributeError):
        EXPERIMENTS[0].epochs = 1
