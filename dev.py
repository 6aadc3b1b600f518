"""All commands for this template. They need only Python 3.11 or newer, and create their own environment in .dev.

python3 dev.py demo [name=value …]   bake an app with these answers and open it; with --starter, the one-page app
python3 dev.py configure             open a page that shows what each answer does, and lets you download the app
python3 dev.py test [argument …]     run the tests; arguments go to pytest
python3 dev.py bench [argument …]    measure speed and memory; --peers compares with Chainlit and Gradio
"""

import os
import shutil
import signal
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
DEV = ROOT / ".dev"
SCRIPTS, SUFFIX = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
ENVIRONMENT = DEV / "environment"
PYTHON = ENVIRONMENT / SCRIPTS / f"python{SUFFIX}"
UV = DEV / "uv" / SCRIPTS / f"uv{SUFFIX}"
UV_REQUIREMENT = "uv>=0.13,<1"
PEERS = DEV / "peers"
PEERS_PYTHON = PEERS / SCRIPTS / f"python{SUFFIX}"
KEPT_IN_DEMO = (".venv", "data", "uv.lock", ".streamlit/secrets.toml")


def say(what: str) -> None:
    """Print what happens next."""
    print(f"* {what}", flush=True)


def run(*command: str | Path, cwd: Path = ROOT, quiet: bool = False, **environment: str) -> int:
    """Run a command in the foreground and return its exit status. It ends when this program does."""
    words = [str(word) for word in command]
    errors = subprocess.DEVNULL if quiet else None
    process = subprocess.Popen(words, cwd=cwd, env={**os.environ, **environment}, stderr=errors)
    try:
        return process.wait()
    except SystemExit:  # this program was told to end
        process.terminate()
        raise
    finally:  # also after Ctrl+C, which reaches the command too
        process.wait()


def must(*command: str | Path, cwd: Path = ROOT, **environment: str) -> None:
    """Run a command that the rest needs: if it fails, this program ends."""
    if status := run(*command, cwd=cwd, **environment):
        sys.exit(f"Failed with status {status}: {' '.join(map(str, command))}")


def sync(folder: Path, environment: Path, **options: str) -> None:
    """Install a project's dependencies into an environment: offline if uv's cache has them all."""
    into = {"UV_PROJECT_ENVIRONMENT": str(environment), "UV_PYTHON": sys.executable} | options
    if environment.exists() and run(UV, "sync", "--offline", "--quiet", cwd=folder, quiet=True, **into) == 0:
        return
    must(UV, "sync", "--quiet", cwd=folder, **into)


def prepare() -> None:
    """Create the development environment, or update it."""
    if not UV.exists():
        say("installing uv into .dev/uv")
        venv.create(DEV / "uv", with_pip=True)
        must(UV.with_name(PYTHON.name), "-m", "pip", "install", "--quiet", UV_REQUIREMENT)
    say("installing the development dependencies into .dev/environment (slow the first time)")
    sync(ROOT, ENVIRONMENT, UV_COMPILE_BYTECODE="1")  # the tests start many processes, which write no bytecode


def prepare_peers() -> None:
    """Create or update the environment of the chats that the app is compared with."""
    say("installing Chainlit and Gradio into .dev/peers")
    must(UV, "venv", "--quiet", "--allow-existing", "--python", sys.executable, PEERS)
    requirements = ROOT / "bench" / "peers" / "requirements.txt"
    must(UV, "pip", "install", "--quiet", "--python", PEERS, "--requirement", requirements)


def prepare_browser() -> None:
    """Install Chromium for the tests: with apt-get if run as root, else Playwright's own."""
    if shutil.which("chromium"):
        return
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        say("installing Chromium with apt-get")
        if (
            run("apt-get", "-qq", "update") == 0
            and run("apt-get", "-qq", "install", "--yes", "chromium", "fonts-noto-color-emoji") == 0
        ):
            return
    say("installing Playwright's Chromium")
    must(PYTHON, "-m", "playwright", "install", "chromium")


def demo(arguments: list[str]) -> None:
    """Bake an app into .dev/demo and open it; keep the ratings, secrets and packages of the previous one."""
    answers = [argument for argument in arguments if argument != "--starter"]
    directory, demos = (["--directory", "starter"], "demo-starter") if "--starter" in arguments else ([], "demo")
    prepare()
    say(f"baking an app with {', '.join(answers) or 'the default answers'}")
    new = DEV / "new"
    shutil.rmtree(new, ignore_errors=True)
    must(PYTHON, "-m", "cookiecutter", ROOT, *directory, "--no-input", "--output-dir", new, *answers)
    (baked,) = new.iterdir()
    app = DEV / demos / baked.name
    for kept in KEPT_IN_DEMO:
        if (app / kept).exists():
            (app / kept).rename(baked / kept)
    shutil.rmtree(app, ignore_errors=True)
    app.parent.mkdir(exist_ok=True)
    baked.rename(app)
    say(f"installing its dependencies into {app.relative_to(ROOT) / '.venv'}")
    sync(app, app / ".venv")
    say("starting it (Ctrl+C ends it)")
    sys.exit(run(app / ".venv" / SCRIPTS / "streamlit", "run", "--server.address=localhost", cwd=app))


def configure(arguments: list[str]) -> None:
    """Open the page that shows what each answer does; its commands name this folder."""
    prepare()
    say("starting the page (Ctrl+C ends it)")
    page = ROOT / "configurator" / "streamlit_app.py"
    command = [PYTHON, "-m", "streamlit", "run", page, "--server.address=localhost", *arguments]
    sys.exit(run(*command, CONFIGURATOR_TEMPLATE=str(ROOT)))


def test(arguments: list[str]) -> None:
    """Run the tests."""
    prepare()
    prepare_browser()
    say("running the tests")
    sys.exit(run(PYTHON, "-m", "pytest", *arguments))


def bench(arguments: list[str]) -> None:
    """Measure."""
    prepare()
    prepare_browser()
    say("measuring")
    sys.exit(run(PYTHON, "-m", "bench", *arguments))


if __name__ == "__main__":
    commands = {command.__name__: command for command in (demo, configure, test, bench)}
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # A script's background processes ignore Ctrl+C, and so would their children: not here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        commands[sys.argv[1]](sys.argv[2:])
    except KeyboardInterrupt:
        sys.exit(130)
