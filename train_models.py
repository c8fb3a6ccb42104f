"""Trains the experiments and writes their checkpoints: `python train_models.py --help`."""

import _thread
import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dae_core.checkpoints import CHECKPOINTS_FOLDER, list_checkpoints, listing, open_checkpoint
from dae_core.errors import UserError
from dae_core.experiments import EXPERIMENTS, PRECISIONS, Experiment, select
from dae_core.pictures import kaggle
from dae_core.pictures.dataset import DATA_FOLDER, Split, load_split
from dae_core.pictures.prepare import prepare, refuse_to_overwrite
from dae_core.training.cluster import sweep
from dae_core.training.handover import publish_finished
from dae_core.training.hardware import in_float32_if_slow
from dae_core.training.locks import label, state_folder
from dae_core.training.publish import in_words, publish, refuse_other_data, repeat, shipped, smoke, start_over, trained


def main(arguments: Sequence[str] | None = None) -> int:
    """Carries out a command line; returns the exit status, 0 when all that was asked for is done."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    anew = "nothing was changed, and the same command begins anew."
    again = "the same command without --force" if options.force else "the same command"
    goes_on = f"{again} goes on after the last finished epoch."
    commands = (  # What is asked for, what does it, and what is true when Ctrl-C stops that.
        (options.prepare == kaggle.WORD, prepare_data, "no data folder was made; what was downloaded is kept."),
        (options.prepare, prepare_data, anew),
        (options.list, show_list, anew),
        (options.evaluate, evaluate_all, "what was said to be measured is, and the same command begins anew."),
        (options.latents, map_latents, anew),
        (options.publish, publish_all, "what was said to be published is, and the same command goes on."),
        (options.repeat, repeat_all, goes_on),
        (options.smoke, train_all, anew),
        (options.all or options.names or options.patience, train_all, goes_on),
        (True, lambda _: parser.print_help(), anew),
    )
    command, if_stopped = next((command, sentence) for asked, command, sentence in commands if asked)
    try:
        command(options)
    except (UserError, OSError) as error:
        print(f"train_models.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\ntrain_models.py: stopped; {if_stopped}", file=sys.stderr)
        return 130
    return 0


def make_parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    parser = argparse.ArgumentParser(
        description="Train experiments and write their checkpoints, and a line for every training into repeats.csv. "
        "Experiments that have a checkpoint are skipped, with --seeds those that have a line; "
        "after an interruption of any kind, the same command goes on after the last finished epoch.",
        epilog="Examples: `train_models.py --list`, `train_models.py decoder-1 'bottleneck-*'`, "
        "`train_models.py 'decoder-*' --seeds 2023 2024 2025`, `KERAS_BACKEND=jax train_models.py --all`.",
    )
    add_tasks(parser)
    add_settings(parser)
    return parser


def add_tasks(parser: argparse.ArgumentParser) -> None:
    """Adds what is to be done."""
    add = parser.add_argument
    add("names", nargs="*", metavar="NAME", help="experiment to train, or a pattern such as 'decoder-*'")
    add("--all", action="store_true", help="train every experiment")
    add("--list", action="store_true", help="show every experiment: name, what it is, size in MB, test MSE")
    add("--evaluate", action="store_true", help="measure what is trained, and the classical denoisers, once more")
    add("--latents", action="store_true", help="make the map of the latents once more, in a minute")
    add(
        "--seeds",
        type=natural,
        nargs="+",
        metavar="N",
        help="train with each of these numbers, which fix weights, order and distortions; the checkpoint is the one "
        "with the lowest validation MSE of all that were ever trained (default: 2023)",
    )
    add("--publish", type=Path, metavar="PATH", help="make lines and checkpoints of the finished trainings in a folder")
    add(
        "--repeat",
        action="store_true",
        help="train a variation, with another --patience or --precision, for a line in repeats.csv only",
    )
    add("--patience", type=positive, metavar="N", help="with --repeat: stop after N epochs without progress")
    add("--smoke", action="store_true", help="one epoch on the shipped pictures, in a temporary folder: does it work?")
    add("--force", action="store_true", help="replace checkpoints, and throw unfinished runs away")


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Adds how, with which pictures, and where."""
    add = parser.add_argument
    add("--epochs", type=positive, metavar="N", help="at most N passes over the pictures (default: its own, mostly 50)")
    add("--batch-size", type=positive, metavar="N", help="pictures per training step (default: its own, mostly 32)")
    add(
        "--precision",
        choices=PRECISIONS,
        help="what to compute in while training; the second takes half the time on processors and GPUs that are made "
        "for it, and ten times as long on others (default: the experiment's, float32 on such others)",
    )
    add("--data", type=Path, default=DATA_FOLDER, metavar="PATH", help="folder of the pictures (default: data)")
    add(
        "--ray",
        metavar="ADDRESS",
        help="train on a Ray cluster, all experiments and seeds at once: HOST:PORT of its head, or auto",
    )
    add(
        "--cores",
        type=positive,
        metavar="N",
        help="processor cores per training with --ray (default: 4, on small nodes fewer)",
    )
    add("--prepare", metavar="PATH", help="make the --data folder of PATH, a folder per class; kaggle: the report's")
    add("--checkpoints", type=Path, default=CHECKPOINTS_FOLDER, metavar="PATH", help="where to (default: checkpoints)")


def natural(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0 to {2**32 - 1}")
    return int(text)


def positive(text: str) -> int:
    if natural(text) == 0:
        raise argparse.ArgumentTypeError("0 is not a whole number from 1")
    return int(text)


def prepare_data(options: argparse.Namespace) -> None:
    """Makes the data folder, and says how many pictures are in it."""
    refuse_to_overwrite(options.data)
    source = kaggle.download() if options.prepare == kaggle.WORD else Path(options.prepare).expanduser()
    prepared = prepare(source, options.data)
    numbers = ", ".join(f"{number} {split}" for split, number in prepared.counts.items())
    print(f"{options.data}: {numbers}; classes: {', '.join(prepared.classes)}")


def show_list(options: argparse.Namespace) -> None:
    """Prints what there is."""
    print(listing(options.checkpoints))


def train_all(options: argparse.Namespace) -> None:
    """Trains and publishes the chosen experiments with the chosen seeds, one by one or, with --ray, all at once.

    Raises:
        UserError: Flags that do not go with each other, or a training that cannot be.
    """
    if options.patience:
        raise UserError("--patience goes with --repeat: a checkpoint has the patience of its experiment.")
    if options.ray and options.smoke:
        raise UserError("--smoke tries this machine, without --ray.")
    chosen = select(options.names) if options.names else list(EXPERIMENTS)
    if options.smoke:
        smoke(trainings(chosen if options.names else chosen[:1], options))
        return
    wanted = trainings(chosen, options)
    todo = [one for one in wanted if options.force or not is_done(one, options)]
    for name in sorted({one.name for one in wanted} - {one.name for one in todo}):
        print(f"{name} is trained already; --force trains it again.")
    if not todo:
        return
    splits = tuple(load_split(split, options.data) for split in ("train", "val", "test"))
    if options.ray:
        train_on_cluster(todo, splits, options)
        return
    if options.force:
        for one in todo:
            start_over(options.checkpoints, one)
    for one in todo:
        print(f"{label(one)}: {in_words(one, publish(one, splits, options.checkpoints))}", flush=True)


def trainings(chosen: Sequence[Experiment], options: argparse.Namespace) -> list[Experiment]:
    """What the command line makes of experiments; the first seed of all of them comes first."""
    asked = {name: getattr(options, name) for name in ("epochs", "batch_size", "patience", "precision")}
    changes = {key: value for key, value in asked.items() if value is not None}
    seeds = dict.fromkeys(options.seeds or [Experiment.seed])
    wanted = [replace(experiment, **changes, seed=seed) for seed in seeds for experiment in chosen]
    if options.precision:
        return wanted
    fast = in_float32_if_slow(wanted)
    if fast != wanted:
        print(
            "This processor has no instructions for bfloat16, so training computes in float32; "
            "--precision mixed_bfloat16 would take ten times as long."
        )
    return fast


def is_done(training: Experiment, options: argparse.Namespace) -> bool:
    """Whether there is nothing to do: without --seeds, any checkpoint will do."""
    if options.seeds:
        return trained(options.checkpoints, training) is not None
    begun = state_folder(options.checkpoints, training).exists()
    return not begun and shipped(options.checkpoints, training) is not None


def train_on_cluster(experiments: list[Experiment], splits: tuple[Split, ...], options: argparse.Namespace) -> None:
    """Trains on the nodes of a Ray cluster.

    Raises:
        UserError: The cluster cannot be used, or a training failed.
    """
    failures = sweep(experiments, splits, options.checkpoints, options.ray, options.cores, options.force)
    if failures:
        raise UserError(f"{len(failures)} of {len(experiments)} trainings failed.\n" + "\n".join(failures))


def repeat_all(options: argparse.Namespace) -> None:
    """Trains variations of the named experiments, with another patience or precision, for their scores.

    Raises:
        UserError: No names, nothing that differs, or flags that do not go with it.
    """
    if not options.names or not (options.patience or options.precision):
        raise UserError(
            "--repeat needs names, and a patience or precision: `train_models.py decoder-2 --repeat --patience 10`. "
            "Other seeds need no --repeat: `train_models.py decoder-2 --seeds 2024`."
        )
    if options.epochs or options.batch_size or options.force or options.ray:
        raise UserError(
            "--repeat changes nothing but patience, precision and seeds: leave "
            "--epochs, --batch-size, --force and --ray away."
        )
    others = trainings(select(options.names), options)
    if same := sorted({other.name for other in others if replace(other, seed=Experiment.seed) in EXPERIMENTS}):
        raise UserError(f"That is {', '.join(same)} itself: take another patience or precision.")
    splits = tuple(load_split(split, options.data) for split in ("train", "val", "test"))
    for other in others:
        result = repeat(other, splits, options.checkpoints)
        print(f"{label(other)}, patience {other.patience}, {other.precision}: test MSE {result.test_mse:.5f}")


def publish_all(options: argparse.Namespace) -> None:
    """Publishes the finished trainings in a folder."""
    splits = tuple(load_split(split, options.data) for split in ("train", "val", "test"))
    if failures := publish_finished(options.publish, splits, options.checkpoints):
        raise UserError("not all was published.\n" + "\n".join(failures))


def evaluate_all(options: argparse.Namespace) -> None:
    """Measures checkpoints again, the named or all of them, and then the classical denoisers as well."""
    from dae_core.scores.evaluate import rescore, write_baselines  # --help need not wait for ONNX Runtime.
    from dae_core.scores.principal_components import write_component_errors
    from dae_core.scores.times import write_times
    from dae_core.serving.classical import PARAMETERS_FILE, load_parameters

    usable, broken = list_checkpoints(options.checkpoints)
    chosen = [e.name for e in select(options.names)] if options.names else list(usable)
    val_split, test_split = load_split("val", options.data), load_split("test", options.data)
    refuse_other_data(options.checkpoints, {"val": val_split, "test": test_split})
    if not options.names:
        write_baselines(options.checkpoints, val_split, test_split)
        write_component_errors(options.checkpoints, load_split("train", options.data), val_split)
    for name in chosen:
        if name in usable:
            rescore(usable[name], val_split, test_split)
            print(f"{name} is measured.")
        else:
            broken.append(f"{name} is not trained yet: `python train_models.py {name}` does that.")
    if not options.names:
        write_times(options.checkpoints, usable, load_parameters(options.checkpoints / PARAMETERS_FILE.name))
    if broken:
        raise UserError(" ".join(broken))


def map_latents(options: argparse.Namespace) -> None:
    """Writes the map of the latents that the page Inside shows."""
    from dae_core.serving.latents import LATENTS_FILE, MAPPED, make_map, write_map

    checkpoint = open_checkpoint(options.checkpoints / MAPPED)
    splits = {split: load_split(split, options.data) for split in ("train", "test")}
    refuse_other_data(options.checkpoints, splits)
    latent_map = make_map(checkpoint, *splits.values())
    write_map(latent_map, options.checkpoints / LATENTS_FILE.name)
    print(f"{LATENTS_FILE.name}: its two directions carry {latent_map.explained.sum():.1%} of the variance.")


def pass_on(unraisable: "sys.UnraisableHookArgs") -> None:
    """Ctrl-C in the midst of somebody's clearing up comes once more; what else Python says of that helps nobody."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        _thread.interrupt_main()


if __name__ == "__main__":
    # A name may have letters that the terminal has not.
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    # Ctrl-C in the midst of TensorFlow's work leaves objects half made.
    sys.unraisablehook = pass_on
    sys.exit(main())
