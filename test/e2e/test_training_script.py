"""The examples' training script, run by the programs of AWS's training image with what the examples' jobs ask for.

Instead of SageMaker, the test lays out the directories that a container gets. They are not at /opt/ml, so that is
another directory wherever the request names it.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import time

import pytest
from conftest import ACCOUNT, E2E, REGION, ROOT

NAME = "job-1"
HOST = "localhost"  # SageMaker calls it algo-1
SECONDS = 300

PSEUDO_PARAMETERS = {
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/Stack/5f1a2b3c-0000-4000-8000-0123456789ab",
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}

# asks TensorFlow for predictions, and the check of AWS's image whether the model can be served
ASK = """
import json, logging, sys
import tensorflow as tf
from sagemaker_tensorflow_container.training import _log_model_missing_warning

logging.basicConfig(stream=sys.stderr, format="SERVABLE? %(message)s")
model, version, rows = sys.argv[1:]
_log_model_missing_warning(model)
signature = tf.saved_model.load(f"{model}/{version}").signatures["serving_default"]
(inputs,) = signature.structured_input_signature[1]
(answer,) = signature(**{inputs: tf.constant(json.loads(rows), tf.float32)}).values()
print(json.dumps(answer.numpy().tolist()))
"""


@pytest.fixture(scope="session")
def image():
    """The programs of the image, in an environment of their own."""
    venv = ROOT / ".venv-tensorflow"
    requirements = E2E / "requirements-training.txt"
    wanted = f"{sys.version}\n{requirements.read_text()}"
    installed = venv / "installed"
    if not installed.exists() or installed.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        pip = [venv / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--no-deps", "--requirement", requirements], check=True)
        installed.write_text(wanted)
    return venv


class Job:
    """What SageMaker makes of a request: directories and variables for the container, and an archive of the model."""

    def __init__(self, account, request, base):
        self.request = request
        self.base = base
        self._write_config()
        self._bring_inputs(account.client("s3"))
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "SM_", "TF_", "SAGEMAKER_", "PYTHON"))}
        self._environment = inherited | account.environment | request.get("Environment", {}) | {
            "SAGEMAKER_BASE_DIR": str(base),
            "TRAINING_JOB_NAME": NAME,
            # what the image sets
            "SAGEMAKER_TRAINING_MODULE": "sagemaker_tensorflow_container.training:main",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "UTF-8",
            "PYTHONUNBUFFERED": "1",
        }

    @property
    def model(self):
        return self.base / "model"

    @property
    def checkpoints(self):
        return self.base / "checkpoints"

    def _write_config(self):
        for directory in ("input/config", "input/data", "model", "output", "checkpoints"):
            (self.base / directory).mkdir(parents=True, exist_ok=True)
        assert self.request["ResourceConfig"]["InstanceCount"] == 1
        groups = [{
            "instance_group_name": "homogeneousCluster",
            "instance_type": self.request["ResourceConfig"]["InstanceType"],
            "hosts": [HOST],
        }]
        config = {
            "hyperparameters": {k: v.replace("/opt/ml", str(self.base)) for k, v in self.request["HyperParameters"].items()},
            "resourceconfig": {
                "current_host": HOST,
                "current_instance_type": groups[0]["instance_type"],
                "current_group_name": "homogeneousCluster",
                "hosts": [HOST],
                "instance_groups": groups,
                "network_interface_name": "lo",
            },
            "inputdataconfig": {
                channel["ChannelName"]: {
                    "TrainingInputMode": channel.get("InputMode", self.request["AlgorithmSpecification"]["TrainingInputMode"]),
                    "S3DistributionType": channel["DataSource"]["S3DataSource"]["S3DataDistributionType"],
                    "RecordWrapperType": "None",
                }
                for channel in self.request["InputDataConfig"]
            },
        }
        for name, content in config.items():
            (self.base / "input" / "config" / f"{name}.json").write_text(json.dumps(content))

    def _bring_inputs(self, s3):
        for channel in self.request["InputDataConfig"]:
            source = channel["DataSource"]["S3DataSource"]
            assert source["S3DataType"] == "S3Prefix"
            bucket, prefix = re.fullmatch("s3://([^/]+)/(.+)", source["S3Uri"]).groups()
            for found in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]:
                file = self.base / "input" / "data" / channel["ChannelName"] / found["Key"].removeprefix(prefix)
                file.parent.mkdir(parents=True, exist_ok=True)
                s3.download_file(bucket, found["Key"], str(file))

    def start(self, image):
        return subprocess.Popen(
            [image / "bin" / "train"],
            cwd=self.base,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
        )

    def run(self, image):
        """Trains; gives the log."""
        container = self.start(image)
        try:
            log, _ = container.communicate(timeout=SECONDS)
        finally:
            kill(container)
        assert container.returncode == 0, log
        assert (self.base / "output" / "success").exists() and not (self.base / "output" / "failure").exists(), log
        return log

    def packed(self, archive):
        with tarfile.open(archive, "w:gz") as tar:
            for entry in sorted(self.model.iterdir()):
                tar.add(entry, arcname=entry.name)
        return archive


def kill(container):
    try:
        os.killpg(container.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    container.wait()


def stop_between_checkpoints(container, directory):
    """Stops a container when no checkpoint is being written. Keras writes the weights, and then how far it has come."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        os.killpg(container.pid, signal.SIGSTOP)
        weights, progress = directory / "latest.weights.h5", directory / "training_metadata.json"
        if weights.stat().st_mtime_ns <= progress.stat().st_mtime_ns and progress.stat().st_size > 0:
            return
        os.killpg(container.pid, signal.SIGCONT)
        time.sleep(0.001)
    pytest.fail("the script did not come to a checkpoint")


@pytest.fixture
def train_and_serve(cdk, account, tmp_path):
    return requested(cdk, account, "train-and-serve", tmp_path / "cdk.out")


@pytest.fixture
def retrain_nightly(cdk, account, tmp_path):
    return requested(cdk, account, "retrain-nightly", tmp_path / "cdk.out")


def requested(cdk, account, example, output):
    """What the job of an example asks for, and its code and data uploaded."""
    account.clear()
    cdk(ROOT / "examples" / example, "synth", "--quiet", f"--output={output}")
    (assets,) = output.glob("*.assets.json")
    (template,) = output.glob("*.template.json")
    upload(account, json.loads(assets.read_text()), output)
    template = json.loads(template.read_text())
    (machine,) = [r for r in template["Resources"].values() if r["Type"] == "AWS::StepFunctions::StateMachine"]
    definition = json.loads(resolved(machine["Properties"]["DefinitionString"], template))
    return filled_in(definition["States"]["Train"]["Parameters"], definition["States"]["Begin"]["Parameters"])


def upload(account, manifest, directory):
    s3 = account.client("s3")
    for asset in manifest["files"].values():
        if asset["source"]["packaging"] == "file":
            for destination in asset["destinations"].values():
                bucket = substituted(destination["bucketName"])
                s3.create_bucket(Bucket=bucket)
                s3.upload_file(str(directory / asset["source"]["path"]), bucket, destination["objectKey"])


def substituted(text):
    return re.sub(r"\$\{(AWS::\w+)\}", lambda match: PSEUDO_PARAMETERS[match[1]], text)


def resolved(value, template):
    """A value as it is once the stack is deployed."""
    if isinstance(value, list):
        return [resolved(item, template) for item in value]
    if not isinstance(value, dict):
        return value
    (name, argument), *others = value.items()
    assert not others, value
    argument = argument if name == "Fn::Sub" else resolved(argument, template)
    match name:
        case "Ref":
            return PSEUDO_PARAMETERS.get(argument, argument.lower())
        case "Fn::GetAtt":
            return f"arn:aws:some:{REGION}:{ACCOUNT}:{argument[0]}"
        case "Fn::Join":
            return argument[0].join(argument[1])
        case "Fn::Split":
            return argument[1].split(argument[0])
        case "Fn::Select":
            return argument[1][int(argument[0])]
        case "Fn::Sub":
            return substituted(argument)
        case "Fn::FindInMap":
            table, *keys = argument
            found = template["Mappings"][table]
            for key in keys:
                found = found[key]
            return found
    raise ValueError(name)


def filled_in(value, begun):
    """Parameters of a task, with what the state machine puts into them for the first job of a run."""
    known = {"$.name, $.attempt.number": NAME.split("-")}
    known |= {f"$.addresses[{i}], $.name, $.attempt.number": [a, *NAME.split("-")] for i, a in enumerate(begun["addresses"])}
    if isinstance(value, list):
        return [filled_in(item, begun) for item in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for name, item in value.items():
        if name.endswith(".$"):
            template, arguments = re.fullmatch(r"States\.Format\('(.*?)', (.*)\)", item).groups()
            result[name[:-2]] = template.format(*known[arguments])
        else:
            result[name] = filled_in(item, begun)
    return result


def node(*command):
    environment = os.environ | {"TS_NODE_PROJECT": "tsconfig.dev.json"}
    done = subprocess.run(["node", *command], cwd=ROOT, env=environment, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(image, model, rows):
    """What TensorFlow predicts, and what AWS's image has to say of the model."""
    done = subprocess.run(
        [image / "bin" / "python", "-c", ASK, model, "1", json.dumps(rows)],
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2"},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return [row[0] for row in json.loads(done.stdout)], re.findall("SERVABLE\\? (.*)", done.stderr)


def data_of(example):
    """The rows that the script sees, in their order."""
    lines = [
        line
        for file in sorted((ROOT / "examples" / example / "data").glob("*.csv"))
        for line in file.read_text().splitlines()[1:]
    ]
    return [[float(value) for value in line.split(",")] for line in lines]


def test_script_of_the_example_trains_a_model_that_is_served(image, account, train_and_serve, tmp_path):
    job = Job(account, train_and_serve, tmp_path / "ml")

    log = job.run(image)

    # the container has passed on what the job asks for, and the archive is the example's directory
    arguments = re.search(r"^SM_USER_ARGS=(.*)$", log, re.MULTILINE)
    assert json.loads(arguments[1]) == ["--epochs", "100", "--learning-rate", "0.1", "--model_dir", str(job.model)]
    script = ROOT / "examples" / "train-and-serve" / "training" / "train.py"
    assert (job.base / "code" / "train.py").read_bytes() == script.read_bytes()
    assert sorted(file.name for file in (job.base / "input" / "data" / "training").iterdir()) == ["part-1.csv", "part-2.csv"]

    # the metrics are in the log, one an epoch
    definitions = job.request["AlgorithmSpecification"]["MetricDefinitions"]
    metrics = {metric["Name"]: [float(value) for value in re.findall(metric["Regex"], log)] for metric in definitions}
    assert {name: len(values) for name, values in metrics.items()} == {"training:loss": 100, "validation:loss": 100}

    # what SageMaker packs is what the library takes
    archive = job.packed(tmp_path / "model.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "extracted", filter="data")
    command = ["bin/cdk-tensorflow-serving.js", "inspect", tmp_path / "extracted", "--json"]
    ((version,),) = [model["versions"] for model in json.loads(node(*command))["models"]]
    assert version["version"] == "1"
    signature = version["signatures"]["serving_default"]
    assert signature["method"] == "tensorflow/serving/predict"
    assert {name: (i["dtype"], i["shape"]) for name, i in signature["inputs"].items()} == {"features": ("DT_FLOAT", [-1, 2])}
    served = json.loads(node("-r", "ts-node/register/transpile-only", "test/e2e/training_model.ts", archive))
    assert served["PrimaryContainer"]["ModelDataUrl"].endswith(".tar.gz")

    # it is the function that the data has, up to the noise of it
    rows = [[0, 0], [1, 0], [0, 1], [-5, 20]]
    predictions, warnings = ask(image, tmp_path / "extracted", rows)
    assert warnings == []
    assert predictions == pytest.approx([3 * x1 - 2 * x2 + 1 for x1, x2 in rows], abs=0.1)

    # it is as good as Keras said, on the last fifth of the rows
    data = data_of("train-and-serve")
    validation = data[int(len(data) * 0.8):]
    predictions, _ = ask(image, tmp_path / "extracted", [row[:2] for row in validation])
    loss = sum((y - predicted) ** 2 for (*_, y), predicted in zip(validation, predictions)) / len(validation)
    assert loss == pytest.approx(metrics["validation:loss"][-1], abs=0.0001)


def test_script_goes_on_when_its_instance_was_taken_away(image, account, retrain_nightly, tmp_path):
    assert retrain_nightly["EnableManagedSpotTraining"] is True
    assert retrain_nightly["CheckpointConfig"]["S3Uri"].endswith(f"/checkpoints/{NAME}")
    # where SageMaker keeps checkpoints, unless it is told another place
    assert "LocalPath" not in retrain_nightly["CheckpointConfig"]
    first = Job(account, retrain_nightly, tmp_path / "first" / "ml")

    container = first.start(image)
    try:
        for line in container.stdout:
            if line.startswith("Epoch 30/100"):
                break
        else:
            pytest.fail("the script did not train")
        stop_between_checkpoints(container, first.checkpoints)
    finally:
        kill(container)

    second = Job(account, retrain_nightly, tmp_path / "second" / "ml")
    second.checkpoints.rmdir()
    first.checkpoints.rename(second.checkpoints)
    log = second.run(image)

    epochs = [int(epoch) for epoch in re.findall(r"^Epoch (\d+)/100$", log, re.MULTILINE)]
    assert 30 <= epochs[0] < 100
    assert epochs == list(range(epochs[0], 101))
    predictions, warnings = ask(image, second.model, [[1, 2]])
    assert (predictions, warnings) == (pytest.approx([0], abs=0.1), [])
