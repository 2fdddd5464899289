"""An AWS account on this machine: the CDK CLI and boto3, talking to an emulator."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from answers import Answers

E2E = Path(__file__).resolve().parent
ROOT = E2E.parents[1]

ACCOUNT = "123456789012"
REGION = "us-east-1"
CREDENTIALS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
EMULATOR_STARTS_WITHIN = 60


class CdkFailed(Exception):
    pass


class Account:
    """An account in the emulator."""

    id = ACCOUNT
    region = REGION

    def __init__(self, url, log, cdk):
        self._url = url
        self._log = log
        self._cdk = cdk

    @property
    def environment(self):
        """What makes an AWS SDK talk to the emulator."""
        return {
            "AWS_ENDPOINT_URL": self._url,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
        }

    def client(self, service):
        return boto3.client(service, endpoint_url=self._url, region_name=REGION, **CREDENTIALS)

    def cdk(self, app, *arguments):
        try:
            self._cdk(app, *arguments, AWS_ENDPOINT_URL=self._url)
        except CdkFailed as error:
            # the CLI does not say what went wrong inside of the emulator
            log = "\n".join(self._log.read_text().splitlines()[-20:])
            raise CdkFailed(f"{error}\nThe emulator's log ends with:\n{log}") from None

    def clear(self):
        """Removes everything that is in the account."""
        request = urllib.request.Request(f"{self._url}/moto-api/reset", method="POST")
        urllib.request.urlopen(request).close()


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def cdk(tmp_path_factory):
    """Runs the CDK CLI in the directory of an app."""
    home = tmp_path_factory.mktemp("home")
    # nothing of the user's own account must get in, neither its settings nor what the CLI remembers
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "CDK_"))}
    environment = inherited | {
        "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
        "AWS_CONFIG_FILE": str(home / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": REGION,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "true",
        "CDK_HOME": str(home),
        "CI": "true",
    }

    def run(app, *arguments, **more):
        cli = ["node", str(ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"), "--no-notices"]
        done = subprocess.run(
            [*cli, *arguments],
            cwd=app,
            env=environment | more,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode != 0:
            raise CdkFailed(f"cdk {' '.join(arguments)}\n{done.stdout}")

    return run


@pytest.fixture(scope="session")
def account(cdk, tmp_path_factory):
    """An empty account in an emulator that runs as long as the tests."""
    log = tmp_path_factory.mktemp("emulator") / "log"
    with emulator("emulator.py", log, "--host", "127.0.0.1") as url:
        yield Account(url, log, cdk)


@pytest.fixture
def answers():
    """Where CloudFormation would wait for the answer of a custom resource's function."""
    with Answers() as given:
        yield given.received, given.url


def printed_by(script):
    """What a script in TypeScript prints as JSON."""
    command = ["node", "-r", "ts-node/register/transpile-only", f"test/e2e/{script}"]
    environment = os.environ | {"TS_NODE_PROJECT": "tsconfig.dev.json"}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


@contextmanager
def emulator(script, log, *arguments, environment=None):
    """The address of an emulator that runs as long as the `with` lasts."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    # by any other name, the emulator takes the first part of it for a bucket
    url = f"http://localhost:{port}"
    command = [sys.executable, str(E2E / script), *map(str, arguments), "--port", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
    try:
        wait_for(url, process, log)
        yield url
    finally:
        process.terminate()
        process.wait()


def wait_for(url, process, log):
    deadline = time.monotonic() + EMULATOR_STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/moto-api/").close()
            return
        except urllib.error.URLError:
            time.sleep(0.1)
    pytest.fail(f"the emulator did not start:\n{log.read_text()}")
