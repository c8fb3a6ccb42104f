"""Serves the lab to a classroom: `python -m deploy.classroom [PORT]`, or `make class`."""

import runpy
import socket
import sys

import segno

from ui.frame.share import own_address

PORT = 8501
EXPOSED = """Everyone in this network can open the lab while it runs; there is no password. They can use its pages, and
see neither your files nor your screen. What they upload stays in this computer's memory until they close the page.
If the address is `localhost`, this computer is in no network. Ctrl-C ends it for all."""


def main(port: int) -> str:
    """Prints how to get here and what that means, and serves; what keeps it from serving, if something does."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            return f"Port {port} is in use already: close what uses it, or take another: make class PORT={port + 1}"
    address = f"http://{own_address()}:{port}"
    segno.make(address).terminal(compact=True)
    print(f"Students open {address}\n\n{EXPOSED}", flush=True)
    sys.argv = ["streamlit", "run", "app.py", f"--server.port={port}", "--server.address=0.0.0.0"]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
    return ""


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else PORT) or None)
