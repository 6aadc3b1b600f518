"""What runs the app elsewhere: the image, the compose file, the manifests for a cluster."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import yaml
from docker.utils.build import exclude_paths
from kubernetes_validate import latest_version, validate
from playwright.sync_api import Browser, expect

from app import App
from conftest import Bake, output, tool
from waiting import HANG
from wire import Wire

DOCKER = {"deployment": "docker"}
IN_SESSIONS = DOCKER | {"llm_provider": "openai", "feedback": "none", "avatars": "images"}
WITH_DATABASE = DOCKER | {"llm_provider": "ollama", "extra_providers": "openai_compatible", "history": "database"}
KUBERNETES = {"deployment": "kubernetes", "history": "database"}
SIGNED_IN = KUBERNETES | {"llm_provider": "anthropic", "sign_in": "oidc", "project_slug": "ends-with-a-hyphen-"}
BAKES = [DOCKER, IN_SESSIONS, WITH_DATABASE, KUBERNETES, SIGNED_IN]
# What nobody may find in an image.
SECRETS = [
    *(".env", ".git/config", ".streamlit/secrets.toml", ".venv/bin/python", "chat/__pycache__/settings.pyc"),
    *("chat/providers/__pycache__/keys.pyc", "data/chat.db", "data/feedback.jsonl", "id_ed25519"),
    "kubernetes/secret.yaml",
]
NOT_IN_IMAGE = (
    r"docs/|tests/|kubernetes/|README|AGENTS|LICENSE|\.git|\.pre-commit|\.dockerignore|Dockerfile|compose|.*\.example$"
)

WITH_PODS = ("deployment.yaml", "migration.yaml")


def name_of(answers: dict[str, str]) -> str:
    """The name of a bake in the output of the tests."""
    return "+".join(answers.values())


@pytest.fixture(params=BAKES, ids=name_of)
def answers(request: pytest.FixtureRequest) -> dict[str, str]:
    """The answers of one bake."""
    return request.param


@pytest.fixture
def project(bake: Bake, answers: dict[str, str]) -> Path:
    """One bake."""
    return bake(**answers)


def image_of(project: Path, folder: Path) -> Path:
    """The folder as it is in the image: what Docker would send of the project, and nothing that it would not."""
    names = exclude_paths(str(project), (project / ".dockerignore").read_text("utf-8").splitlines())
    for name in names - {"Dockerfile", ".dockerignore"}:  # which Docker reads and does not copy
        if (project / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(project / name, folder / name)
    return folder


def command_of(project: Path, instruction: str) -> list[str]:
    """The words of the last command of this instruction in a Dockerfile."""
    dockerfile = (project / "Dockerfile").read_text("utf-8")
    return json.loads(re.findall(rf"^{instruction}(?:.*\\\n)? +(?:CMD )?(\[.*\])$", dockerfile, re.MULTILINE)[-1])


def health(project: Path, url: str) -> int:
    """The status with which the image's health check ends, for an app at this address."""
    python, *words = command_of(project, "HEALTHCHECK")
    assert python == "python"
    words = [word.replace("8501", url.rpartition(":")[2]) for word in words]
    return subprocess.run([sys.executable, *words], stderr=subprocess.DEVNULL).returncode


def manifests_of(project: Path) -> dict[str, dict[str, Any]]:
    """The manifests of a bake, by the names of their files."""
    return {path.name: yaml.safe_load(path.read_text("utf-8")) for path in (project / "kubernetes").iterdir()}


def test_hadolint_has_nothing_to_say(project: Path) -> None:
    assert output(tool("hadolint"), "Dockerfile", cwd=project) == ""


def test_the_image_holds_what_the_app_runs_with_and_no_secret(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    used = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    used = {name for name in used if not re.match(NOT_IN_IMAGE, name)}
    for name in [*SECRETS, "uv.lock"]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("a secret")
    image = image_of(folder, tmp_path / "image")
    assert {path.relative_to(image).as_posix() for path in image.rglob("*") if path.is_file()} == used | {"uv.lock"}


def test_git_ignores_the_secrets(project: Path, answers: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    output("git", "init", "--quiet", cwd=folder)
    secrets = [".streamlit/secrets.toml", *(["kubernetes/secret.yaml"] if "kubernetes" in answers.values() else [])]
    secrets += [".env"] if "history" in answers else []
    assert output("git", "check-ignore", *secrets, cwd=folder).splitlines() == secrets


def test_the_image_is_run_by_nobody_in_particular(project: Path, answers: dict[str, str]) -> None:
    _, built, run = re.split("^FROM ", (project / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    assert "USER 10001:10001" in run
    assert "pip install" in built
    assert "pip install" not in run
    assert ("libgomp1" in run) == ("llm_provider" not in answers)
    assert (" data\n" in run) == ("feedback" not in answers)
    assert command_of(project, "CMD")[:2] == ["streamlit", "run"]


def test_the_compose_file_is_valid_and_gives_no_more_rights_than_needed(project: Path, answers: dict[str, str]) -> None:
    output(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "compose.yaml", cwd=project)
    compose = yaml.safe_load((project / "compose.yaml").read_text("utf-8"))
    chat = compose["services"]["chat"]
    assert chat["read_only"]
    assert chat["tmpfs"] == ["/tmp"]  # noqa: S108
    assert chat["cap_drop"] == ["ALL"]
    assert chat["security_opt"] == ["no-new-privileges:true"]
    assert chat["ports"] == ["127.0.0.1:8501:8501"]
    assert ("database" in compose["services"]) == ("history" in answers)
    assert ("secrets" in compose) == ("llm_provider" in answers)
    volumes = [volume for service in compose["services"].values() for volume in service.get("volumes", [])]
    assert {volume.partition(":")[0] for volume in volumes} == compose.get("volumes", {}).keys()
    if "history" in answers:
        password = re.search(r"\$\{(\w+):\?", chat["environment"]["DATABASE_URL"])
        assert password
        assert password[1] in (project / ".env.example").read_text("utf-8")
        assert "$" in compose["services"]["database"]["environment"][password[1]]
        assert chat["depends_on"] == {"database": {"condition": "service_healthy"}}
        assert compose["services"]["database"]["healthcheck"]


@pytest.mark.parametrize("answers", [KUBERNETES, SIGNED_IN], ids=name_of)
def test_the_manifests_are_valid_in_the_newest_kubernetes(project: Path) -> None:
    manifests = manifests_of(project)
    kustomization = manifests.pop("kustomization.yaml")
    assert set(kustomization["resources"]) == manifests.keys() - {"secret.example.yaml"}
    for manifest in manifests.values():
        validate(manifest, latest_version(), strict=True)
    names = [kustomization["namespace"], kustomization["images"][0]["newName"].partition("/")[2]]
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]{,61}[a-z0-9])?", name) for name in names)


@pytest.mark.parametrize("answers", [KUBERNETES, SIGNED_IN], ids=name_of)
def test_the_pods_are_as_restricted_as_kubernetes_knows(project: Path) -> None:
    manifests = manifests_of(project)
    for name in WITH_PODS:
        pod = manifests[name]["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not pod["automountServiceAccountToken"]
        (container,) = pod["containers"]
        assert not container["securityContext"]["allowPrivilegeEscalation"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"].keys() == {"memory"}
        assert f"USER {pod['securityContext']['runAsUser']}:" in (project / "Dockerfile").read_text("utf-8")


@pytest.mark.parametrize("answers", [KUBERNETES, SIGNED_IN], ids=name_of)
def test_the_manifests_name_each_other_rightly(project: Path) -> None:
    manifests = manifests_of(project)
    deployment, secret = manifests["deployment.yaml"], manifests["secret.example.yaml"]
    template = deployment["spec"]["template"]
    (container,) = template["spec"]["containers"]
    for selector in (
        deployment["spec"]["selector"]["matchLabels"],
        manifests["service.yaml"]["spec"]["selector"],
        manifests["disruptions.yaml"]["spec"]["selector"]["matchLabels"],
        template["spec"]["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"],
    ):
        assert selector.items() <= template["metadata"]["labels"].items()
    assert manifests["autoscaler.yaml"]["spec"]["scaleTargetRef"]["name"] == deployment["metadata"]["name"]
    (port,) = manifests["service.yaml"]["spec"]["ports"]
    assert port["targetPort"] == container["ports"][0]["name"]
    backend = manifests["ingress.yaml"]["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert backend == {"name": manifests["service.yaml"]["metadata"]["name"], "port": {"name": port["name"]}}
    (volume,) = [volume["secret"] for volume in template["spec"]["volumes"] if "secret" in volume]
    assert volume["secretName"] == secret["metadata"]["name"]
    keys = {mount["subPath"] for mount in container["volumeMounts"] if "subPath" in mount}
    keys |= {variable["valueFrom"]["secretKeyRef"]["key"] for variable in container.get("env", [])}
    assert secret["stringData"].keys() == keys
    images = {manifests[name]["spec"]["template"]["spec"]["containers"][0]["image"] for name in WITH_PODS}
    assert images == {manifests["kustomization.yaml"]["images"][0]["name"]}


def test_what_the_dockerfile_does_makes_an_app_that_runs(bake: Bake, tmp_path: Path) -> None:
    """Its steps, one after the other, where no Docker is needed."""
    project = bake(**DOCKER)
    image = image_of(project, tmp_path / "image")
    dockerfile = (project / "Dockerfile").read_text("utf-8")
    (install,) = re.findall(r"^RUN .*\b(uv sync.*)$", dockerfile, re.MULTILINE)
    env = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"}}
    output(tool("uv"), *install.split()[1:], "--quiet", "--python", sys.executable, cwd=image, env=env)
    assert not list(image.glob(".venv/lib/*/site-packages/pytest"))
    program, *words = command_of(project, "CMD")
    process = subprocess.Popen(
        [image / ".venv" / "bin" / program, *words, "--server.port=0", "--server.address=127.0.0.1"],
        cwd=image,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    url = next(line for line in process.stdout if "URL:" in line).split()[-1]
    with urlopen(f"{url}/readyz") as response:
        assert response.read() == b"ready"
    assert health(project, url) == 0
    process.terminate()
    process.communicate(timeout=HANG)
    assert health(project, url) != 0


def test_an_app_that_is_told_to_stop_ends_in_mid_reply(
    bake: Bake, browser: Browser, wire: Wire, tmp_path: Path
) -> None:
    """Without waiting for anybody, though somebody is at its page and a reply is coming that would never end."""
    project = bake(**IN_SESSIONS)
    image = image_of(project, tmp_path / "image")
    arguments = command_of(project, "CMD")[2:]
    app = App(image, browser, *arguments, OPENAI_API_KEY="any", OPENAI_BASE_URL=wire.base_url("openai"))
    wire.play("good", text="word " * 1000, chunks=1000, until=20)
    app.ask("Hello")
    expect(app.messages.nth(1)).to_contain_text("word")
    app.process.terminate()
    app.process.communicate(timeout=HANG)
    assert wire.requests[-1].wait_closed()
    assert wire.requests[-1].closed_by == "client"
    app.context.close()
