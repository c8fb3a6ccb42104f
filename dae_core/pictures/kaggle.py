"""The report's pictures, Animal Faces-HQ, from the place that its footnote names."""

import json
import tarfile
import zipfile
import zlib
from pathlib import Path

from dae_core.pictures.dataset import DataError

WORD = "kaggle"  # It stands for the path of this data set; a folder of that name is `./kaggle`.
DATASET = "andrewmvd/animal-faces"
BY_HAND = f"Or download it by hand from kaggle.com/datasets/{DATASET}, unpack it, and give the folder to --prepare."


def download() -> Path:
    """Fetches the data set, 0.7 GB, and unpacks it, where that was not done before; kagglehub shows how far it is.

    It stays in the folder that `KAGGLEHUB_CACHE` names, usually `~/.cache/kagglehub`; what an interrupted download left
    there is gone on with.

    Returns:
        The folder of the unpacked data set.

    Raises:
        DataError: kagglehub is not installed, or the data set cannot be fetched, written or unpacked.
    """
    try:
        import kagglehub  # Nobody else needs it.
    except ImportError as error:
        raise DataError(
            "--prepare kaggle needs kagglehub: run `pip install -r requirements-kaggle.txt`, then the same command. "
            f"{BY_HAND}"
        ) from error
    import requests

    try:
        folder = Path(kagglehub.dataset_download(DATASET))
        print(f"The download stays in {folder}: remove it when you need the room.")
        return folder
    except (requests.RequestException, json.JSONDecodeError) as error:
        raise DataError(f"{_what_failed(error)} {BY_HAND}") from error
    except OSError as error:
        raise DataError(
            f"The download could not be written to {_cache()} ({error.strerror or error}): make room there, or name "
            "another folder in the variable KAGGLEHUB_CACHE, then run the same command."
        ) from error
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, ValueError) as error:
        for archive in _cache().glob(f"datasets/{DATASET}/*.archive"):
            archive.unlink()  # kagglehub would take it for a complete download again.
        raise DataError(f"What came is no whole archive ({error}): run the same command again. {BY_HAND}") from error
    except Exception as error:  # kagglehub's own errors have nothing else in common.
        raise DataError(f"kagglehub could not fetch {DATASET} ({_line(error)}): try later. {BY_HAND}") from error


def _cache() -> Path:
    from kagglehub.config import get_cache_folder

    return Path(get_cache_folder())


def _what_failed(error: Exception) -> str:
    """A sentence for whatever goes wrong between here and Kaggle."""
    import requests
    from urllib3.exceptions import MaxRetryError

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"Kaggle does not give {DATASET} now (status {error.response.status_code}): try later."
    if isinstance(error, requests.ConnectionError) and isinstance(next(iter(error.args), None), MaxRetryError):
        return "Kaggle cannot be reached: is there a network, and does it let you through? Then run the same command."
    if isinstance(error, requests.ConnectionError | requests.Timeout | requests.exceptions.ChunkedEncodingError):
        return "The download broke off: the same command goes on from there."
    return f"Kaggle did not answer as expected ({_line(error)}): try later."


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
