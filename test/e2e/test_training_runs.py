"""Runs of training jobs: the functions and the state machine as they are deployed, in an emulator.

LocalStack's interpreter of the Amazon States Language, which moto has, runs the state machine. The test is
CloudFormation: it calls the function for a custom resource, and waits at a wait condition's handle.
"""

import hashlib
import json
import os
import queue
import subprocess
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import pytest
from conftest import CREDENTIALS, REGION, emulator, printed_by
from executions import ended, inputs_of
from outcomes import COMPLETED, IN_PROGRESS, NO_CAPACITY, SCRIPT_FAILED, THROTTLED

BUCKET = "models"
SECONDS = 60

# by name, buckets would be hosts below the emulator's, which do not resolve
CALL = """
const { S3Client } = require('@aws-sdk/client-s3');
const send = S3Client.prototype.send;
S3Client.prototype.send = function (...args) { this.config.forcePathStyle = true; return send.apply(this, args); };
const [handler, event] = process.argv.slice(1);
require(`./assets/training/${handler}.lambda`).handler(JSON.parse(event), { getRemainingTimeInMillis: () => 300000 });
"""


@pytest.fixture(scope="module")
def printed():
    return printed_by("training_run.ts")


class Server:
    """Takes what is sent to CloudFormation, by the address that it was sent to."""

    def __init__(self):
        received = self.received = {}
        refusals = self.refusals = {}

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if refusals.get(self.path, 0) > 0:
                    refusals[self.path] -= 1
                    self.send_response(500)
                else:
                    received.setdefault(self.path, queue.Queue()).put(body)
                    self.send_response(200)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def take(self, path):
        return self.received.setdefault(path, queue.Queue()).get(timeout=SECONDS)

    def is_silent(self, path):
        return self.received.setdefault(path, queue.Queue()).empty()

    def close(self):
        self._server.shutdown()


@pytest.fixture(scope="module")
def running(tmp_path_factory, root):
    directory = tmp_path_factory.mktemp("training")
    outcomes = directory / "outcomes"
    with emulator("training_emulator.py", directory / "log", "--outcomes", outcomes, "--root", root) as url:
        yield url, outcomes


class Stack:
    """A stack with one training job, as CloudFormation would create, update, and delete it."""

    def __init__(self, url, outcomes, server, root):
        self._url, self._outcomes, self.server, self._root = url, outcomes, server, root
        self.requests = 0
        account = {"endpoint_url": url, "region_name": REGION, **CREDENTIALS}
        self.sfn, self.sagemaker, self.s3 = (
            boto3.client(name, **account) for name in ("stepfunctions", "sagemaker", "s3")
        )
        self.s3.create_bucket(Bucket=BUCKET)
        self.arn = self.version = None

    def define(self, printed):
        """Creates or updates the state machine, and publishes a version of it."""
        self.printed = printed
        definition = json.dumps(printed["definition"])
        role = "arn:aws:iam::123456789012:role/Run"
        if self.arn is None:
            made = self.sfn.create_state_machine(name="Training", definition=definition, roleArn=role, publish=True)
            self.arn = made["stateMachineArn"]
        else:
            made = self.sfn.update_state_machine(stateMachineArn=self.arn, definition=definition, publish=True)
        self.version = made["stateMachineVersionArn"]

    def outcomes(self, *outcomes):
        self._outcomes.write_text("".join(f"{json.dumps(outcome)}\n" for outcome in outcomes))

    def call(self, request_type, resource=None, request=None):
        """Has the function do something for a resource: a new one, or one that is there."""
        if request is None:
            self.requests += 1
            request = f"request-{self.requests}"
        resource = resource or {"signal": f"/signal/{request}", "properties": self._properties(f"/signal/{request}")}
        event = {
            "RequestType": request_type,
            "ResponseURL": f"{self.server.url}/answer/{request}",
            "StackId": "stack",
            "RequestId": request,
            "LogicalResourceId": "TrainingDeploymentRun",
            "PhysicalResourceId": resource.get("id"),
            "ResourceProperties": resource["properties"],
        }
        self._node("training-run", event)
        answer = self.server.take(f"/answer/{request}")
        assert (answer["Status"], answer.get("Reason")) == ("SUCCESS", None)
        return resource | {"id": answer["PhysicalResourceId"]}

    def tell(self, execution, cause=None):
        """Has Amazon EventBridge tell of the end of an execution."""
        described = self.sfn.describe_execution(executionArn=execution["executionArn"])
        detail = {key: described[key] for key in ("executionArn", "name", "status", "input")} | {"cause": cause}
        self._node("training-signal", {"source": "aws.states", "detail": detail})

    def executions(self):
        return self.sfn.list_executions(stateMachineArn=self.arn)["executions"]

    def execution(self, name):
        """The execution, once it has ended."""
        return ended(self.sfn, self.arn.replace(":stateMachine:", ":execution:") + ":" + name)

    def inputs_of(self, execution, state):
        return inputs_of(self.sfn, execution, state)

    def jobs(self):
        names = [job["TrainingJobName"] for job in self.sagemaker.list_training_jobs()["TrainingJobSummaries"]]
        return {name: self.sagemaker.describe_training_job(TrainingJobName=name) for name in names}

    def wait_for_job(self, name):
        deadline = time.monotonic() + SECONDS
        while name not in self.jobs():
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def put_model(self, key):
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=b"model")

    def _properties(self, signal):
        return {
            "StateMachineArn": self.arn,
            "StateMachineVersionArn": self.version,
            "Revision": self.printed["Revision"],
            "TrainingJobNamePrefix": self.printed["TrainingJobNamePrefix"],
            "Attempts": str(self.printed["Attempts"]),
            "SignalUrl": f"{self.server.url}{signal}",
        }

    def _node(self, handler, event):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")} | {
            "AWS_ENDPOINT_URL": self._url,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
        }
        subprocess.run(["node", "-e", CALL, handler, json.dumps(event)], cwd=self._root, env=environment, check=True)


@pytest.fixture
def stack(running, printed, root):
    url, outcomes = running
    urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST")).close()
    server = Server()
    made = Stack(url, outcomes, server, root)
    made.define(printed["first"])
    yield made
    server.close()


def job_of(stack, resource, attempt=1):
    return f"{stack.printed['TrainingJobNamePrefix']}-{resource['id']}-{attempt}"


def key_of(stack, resource, attempt=1):
    return f"training/{job_of(stack, resource, attempt)}/output/model.tar.gz"


def created(stack, *outcomes, attempt=1):
    """A resource whose job leaves a model, and what its deployment is told."""
    stack.outcomes(*outcomes)
    # the model is there before the job has ended
    request = f"request-{stack.requests + 1}"
    name = f"{stack.printed['Revision']}-{hashlib.sha256(request.encode()).hexdigest()[:8]}"
    stack.put_model(key_of(stack, {"id": name}, attempt))
    resource = stack.call("Create")
    assert resource["id"] == name
    return resource, stack.server.take(resource["signal"])


def test_a_run_that_succeeds(stack):
    resource, signal = created(stack, COMPLETED)
    name = job_of(stack, resource)
    assert signal == {
        "Status": "SUCCESS",
        "Reason": f"training job {name} has completed",
        "UniqueId": "artifact",
        "Data": key_of(stack, resource),
    }
    execution = stack.execution(resource["id"])
    assert execution["status"] == "SUCCEEDED"
    assert execution["stateMachineArn"].startswith(stack.arn)
    output = json.loads(execution["output"])
    assert output["TrainingJobName"] == name
    assert output["ModelArtifacts"]["S3ModelArtifacts"] == f"s3://{BUCKET}/{key_of(stack, resource)}"
    assert output["FinalMetricDataList"][0]["MetricName"] == "train:progress"

    job = stack.jobs()[name]
    assert job["HyperParameters"]["sagemaker_job_name"] == f'"{name}"'
    assert job["HyperParameters"]["epochs"] == "1"
    assert job["CheckpointConfig"] == {"S3Uri": f"s3://{BUCKET}/checkpoints/{name}", "LocalPath": "/opt/ml/checkpoints"}
    assert len(name) <= 63


def test_a_signal_that_is_not_taken_is_given_again(stack):
    # as often as the function tries by itself, and once more
    stack.server.refusals["/signal/request-1"] = 4
    resource, signal = created(stack, COMPLETED)
    assert signal["Status"] == "SUCCESS"
    assert len(stack.inputs_of(stack.execution(resource["id"]), "Signal success")) == 1


def test_a_script_that_fails_is_not_tried_again_and_says_why(stack):
    stack.outcomes(SCRIPT_FAILED)
    resource = stack.call("Create")
    signal = stack.server.take(resource["signal"])
    name = job_of(stack, resource)
    reason = f"{SCRIPT_FAILED['reason']}; training job {name}, log group /aws/sagemaker/TrainingJobs"
    assert signal == {"Status": "FAILURE", "Reason": reason, "UniqueId": "artifact", "Data": ""}
    execution = stack.execution(resource["id"])
    assert (execution["status"], execution["error"], execution["cause"]) == ("FAILED", "TrainingFailed", reason)
    assert list(stack.jobs()) == [name]


def test_throttling_is_retried_under_the_same_name(stack):
    resource, signal = created(stack, THROTTLED, THROTTLED, COMPLETED)
    assert signal["Status"] == "SUCCESS"
    assert list(stack.jobs()) == [job_of(stack, resource)]


def test_a_request_that_stays_refused_fails_with_its_error(stack):
    refused = {"error": "SageMaker.AmazonSageMakerException", "cause": "1 validation error detected"}
    stack.outcomes(*[refused] * 5)
    signal = stack.server.take(stack.call("Create")["signal"])
    assert signal["Reason"] == "1 validation error detected (SageMaker.AmazonSageMakerException)"


def test_lack_of_capacity_is_waited_out_under_new_names(stack):
    limit = {
        "error": "SageMaker.ResourceLimitExceededException",
        "cause": "The account-level service limit is 2 Instances, with 2 in use",
    }
    resource, signal = created(stack, NO_CAPACITY, limit, COMPLETED, attempt=3)
    assert signal["Data"] == key_of(stack, resource, 3)
    assert sorted(stack.jobs()) == [job_of(stack, resource, 1), job_of(stack, resource, 3)]
    inputs = stack.inputs_of(stack.execution(resource["id"]), "Wait for capacity")
    waits = [given["attempt"] for given in inputs]
    assert waits == [{"number": 2, "limit": 41280, "delay": 120}, {"number": 3, "limit": 40140, "delay": 240}]


def test_lack_of_capacity_ends_with_the_attempts(stack):
    stack.outcomes(NO_CAPACITY, NO_CAPACITY, NO_CAPACITY)
    resource = stack.call("Create")
    signal = stack.server.take(resource["signal"])
    last = job_of(stack, resource, 3)
    assert signal["Reason"] == f"{NO_CAPACITY['reason']}; training job {last}, log group /aws/sagemaker/TrainingJobs"
    assert len(stack.jobs()) == 3


@pytest.mark.parametrize(
    "outcome",
    [
        {"error": "SageMaker.ResourceLimitExceededException", "cause": "The account-level service limit is 0 Instances"},
        {"status": "Failed", "reason": "AlgorithmError: CapacityError: the bucket of the script is full"},
    ],
)
def test_what_only_looks_like_lack_of_capacity_is_not_waited_out(stack, outcome):
    stack.outcomes(outcome)
    signal = stack.server.take(stack.call("Create")["signal"])
    assert signal["Status"] == "FAILURE"
    assert len(stack.executions()) == 1


def test_a_job_that_is_stopped_fails(stack):
    stack.outcomes(IN_PROGRESS)
    resource = stack.call("Create")
    name = job_of(stack, resource)
    stack.wait_for_job(name)
    stack.sagemaker.stop_training_job(TrainingJobName=name)
    signal = stack.server.take(resource["signal"])
    assert signal["Reason"] == f"training job {name} was stopped: Stopped; log group /aws/sagemaker/TrainingJobs"


def test_a_job_at_its_time_limit_has_what_it_left(stack):
    resource, signal = created(stack, {"status": "Stopped", "secondary": "MaxRuntimeExceeded"})
    assert signal["Status"] == "SUCCESS"


def test_a_job_that_takes_longer_than_cloudformation_waits_is_stopped(stack, printed):
    slow = json.loads(json.dumps(printed["first"]).replace("42300", "1"))
    stack.define(slow)
    stack.outcomes(IN_PROGRESS)
    resource = stack.call("Create")
    name = job_of(stack, resource)
    signal = stack.server.take(resource["signal"])
    assert signal["Reason"].startswith(f"training job {name} takes longer than CloudFormation waits, which is 12 hours")
    assert stack.jobs()[name]["TrainingJobStatus"] == "Stopped"


def test_a_job_without_a_model_fails(stack):
    stack.outcomes(COMPLETED)
    resource = stack.call("Create")
    signal = stack.server.take(resource["signal"])
    reason = (
        f"training job {job_of(stack, resource)} has left no model: "
        "save it where the variable SM_MODEL_DIR says, which is /opt/ml/model"
    )
    assert (signal["Status"], signal["Reason"]) == ("FAILURE", reason)
    execution = stack.execution(resource["id"])
    assert (execution["error"], execution["cause"]) == ("NoModel", reason)


def test_an_execution_that_somebody_stops_fails_the_deployment(stack):
    stack.outcomes(IN_PROGRESS)
    resource = stack.call("Create")
    stack.wait_for_job(job_of(stack, resource))
    running = stack.executions()[0]
    stack.sfn.stop_execution(executionArn=running["executionArn"], cause="Wrong data")
    stack.execution(resource["id"])
    assert stack.server.is_silent(resource["signal"])
    stack.tell(running)
    reason = f"execution {resource['id']} of the state machine has ended: ABORTED"
    assert stack.server.take(resource["signal"])["Reason"] == reason
    stack.tell(running, cause="Wrong data")
    assert stack.server.take(resource["signal"])["Reason"] == "Wrong data"


def test_an_execution_by_hand_has_nobody_to_tell(stack, printed):
    for which in ("first", "onDemand"):
        stack.define(printed[which])
        for given in ("{}", "[]", '{"signalUrl": "no name"}', '{"any": "thing"}'):
            stack.outcomes(COMPLETED)
            # with characters and a length that no training job can have
            name = f"by_hand.{stack.requests}".ljust(80, "x")
            stack.requests += 1
            stack.sfn.start_execution(stateMachineArn=stack.arn, name=name, input=given)
            execution = stack.execution(name)
            assert execution["status"] == "SUCCEEDED"
            job = json.loads(execution["output"])["TrainingJobName"]
            assert job.startswith("stack-training-") and job.endswith("-1") and len(job) <= 63
    stack.outcomes(SCRIPT_FAILED)
    stack.sfn.start_execution(stateMachineArn=stack.arn, name="fails", input="{}")
    assert stack.execution("fails")["cause"].startswith("AlgorithmError")
    assert len(stack.jobs()) == 9


@pytest.fixture
def group(stack):
    stack.sagemaker.create_model_package_group(ModelPackageGroupName="half-plus-three")
    return lambda: stack.sagemaker.list_model_packages(ModelPackageGroupName="half-plus-three")["ModelPackageSummaryList"]


def test_a_run_registers_its_model(stack, printed, group):
    stack.define(printed["registered"])
    resource, signal = created(stack, COMPLETED)
    assert (signal["Status"], signal["Data"]) == ("SUCCESS", key_of(stack, resource))
    execution = stack.execution(resource["id"])
    output = json.loads(execution["output"])
    (version,) = group()
    assert output["OutputModelPackageArn"] == version["ModelPackageArn"]
    assert output["TrainingJobName"] == job_of(stack, resource)
    package = stack.sagemaker.describe_model_package(ModelPackageName=version["ModelPackageArn"])
    (container,) = package["InferenceSpecification"]["Containers"]
    assert container["ModelDataUrl"] == f"s3://{BUCKET}/{key_of(stack, resource)}"
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    assert package["MetadataProperties"] == {"GeneratedBy": output["TrainingJobArn"]}
    # the next run is the next version
    stack.outcomes(COMPLETED)
    stack.sfn.start_execution(stateMachineArn=stack.arn, name="by-hand", input="{}")
    by_hand = json.loads(stack.execution("by-hand")["output"])
    assert by_hand["OutputModelPackageArn"] != version["ModelPackageArn"]
    assert len(group()) == 2


@pytest.mark.parametrize("end", ["", "/"])
def test_a_run_registers_files_by_an_address_that_ends_in_a_slash(stack, printed, group, end):
    stack.define(printed["registeredFiles"])
    stack.outcomes(COMPLETED | {"artifacts": f"s3://{BUCKET}/training/job/output/model{end}"})
    stack.sfn.start_execution(stateMachineArn=stack.arn, name="files", input="{}")
    output = json.loads(stack.execution("files")["output"])
    package = stack.sagemaker.describe_model_package(ModelPackageName=output["OutputModelPackageArn"])
    (container,) = package["InferenceSpecification"]["Containers"]
    assert container["ModelDataSource"]["S3DataSource"]["S3Uri"] == f"s3://{BUCKET}/training/job/output/model/"
    assert output["ModelArtifacts"] == {"S3ModelArtifacts": f"s3://{BUCKET}/training/job/output/model{end}"}


def test_registering_that_is_throttled_is_tried_again(stack, printed, group):
    stack.define(printed["registered"])
    resource, signal = created(stack, COMPLETED | {"refusals": ["Rate exceeded"] * 4})
    assert signal["Status"] == "SUCCESS"
    assert len(group()) == 1


def test_a_model_that_cannot_be_registered_fails_the_run(stack, printed, group):
    stack.define(printed["registered"])
    resource, signal = created(stack, COMPLETED | {"refusals": ["Rate exceeded"] * 5})
    assert signal["Status"] == "FAILURE"
    beginning = f"the model of training job {job_of(stack, resource)} could not be registered: "
    assert signal["Reason"].startswith(beginning) and "Rate exceeded" in signal["Reason"]
    execution = stack.execution(resource["id"])
    assert (execution["status"], execution["cause"]) == ("FAILED", signal["Reason"])
    assert group() == []


def test_registering_is_one_version_each_job(stack, printed, group):
    stack.define(printed["registered"])
    resource, _ = created(stack, COMPLETED | {"refusals": ["Rate exceeded"]})
    events = stack.sfn.get_execution_history(
        executionArn=stack.execution(resource["id"])["executionArn"], maxResults=1000
    )["events"]
    scheduled = [event["taskScheduledEventDetails"] for event in events if "taskScheduledEventDetails" in event]
    requests = [json.loads(task["parameters"]) for task in scheduled if task["resource"] == "createModelPackage"]
    token = hashlib.md5(job_of(stack, resource).encode()).hexdigest()
    assert [request["ClientToken"] for request in requests] == [token, token]


def test_a_change_is_a_new_run_and_none_is_none(stack, printed):
    first, _ = created(stack, COMPLETED)
    assert stack.call("Update", first)["id"] == first["id"]
    assert len(stack.executions()) == 1
    stack.define(printed["second"])
    second, signal = created(stack, COMPLETED)
    assert signal["Data"] == key_of(stack, second)
    assert stack.jobs()[job_of(stack, second)]["HyperParameters"]["epochs"] == "2"
    # cleaning up after the update stops nothing
    assert stack.call("Delete", first)["id"] == first["id"]
    assert len(stack.executions()) == 2


def test_a_run_is_of_the_version_that_it_was_meant_for(stack, printed):
    version = stack.version
    stack.define(printed["second"])
    stack.version, stack.printed = version, printed["first"]
    resource, _ = created(stack, COMPLETED)
    assert stack.jobs()[job_of(stack, resource)]["HyperParameters"]["epochs"] == "1"


def test_a_failed_update_goes_back_and_can_be_tried_again(stack, printed):
    first, _ = created(stack, COMPLETED)
    stack.define(printed["second"])
    stack.outcomes(SCRIPT_FAILED)
    failed = stack.call("Create")
    assert stack.server.take(failed["signal"])["Status"] == "FAILURE"
    # back to what it was: the old resource is still there, the new one goes
    stack.define(printed["first"])
    stack.call("Delete", failed)
    # and again: a failed run is not what a new one finds
    stack.define(printed["second"])
    again, signal = created(stack, COMPLETED)
    assert signal["Data"] == key_of(stack, again)
    assert len(stack.jobs()) == 3


def test_a_deployment_that_failed_elsewhere_trains_nothing_again(stack, printed):
    first, _ = created(stack, COMPLETED)
    stack.define(printed["second"])
    second, _ = created(stack, COMPLETED)
    stack.define(printed["first"])
    stack.call("Delete", second)
    stack.define(printed["second"])
    stack.outcomes()
    again = stack.call("Create")
    signal = stack.server.take(again["signal"])
    assert signal == {
        "Status": "SUCCESS",
        "Reason": f"execution {second['id']} has trained this revision before",
        "UniqueId": "artifact",
        "Data": key_of(stack, second),
    }
    assert len(stack.jobs()) == 2


def test_a_model_that_is_gone_is_trained_again(stack):
    first, _ = created(stack, COMPLETED)
    stack.s3.delete_object(Bucket=BUCKET, Key=key_of(stack, first))
    again, signal = created(stack, COMPLETED)
    assert signal["Data"] == key_of(stack, again)


def test_a_call_that_comes_twice_is_one_run(stack):
    stack.outcomes(IN_PROGRESS)
    resource = stack.call("Create", request="same")
    again = stack.call("Create", request="same")
    assert again["id"] == resource["id"]
    assert len(stack.executions()) == 1
    stack.call("Delete", resource)
    # late, when the run has ended
    stack.execution(resource["id"])
    stack.call("Create", request="same")
    assert len(stack.executions()) == 1


def test_a_deployment_that_is_undone_stops_its_run_and_no_other(stack):
    stack.outcomes(IN_PROGRESS, IN_PROGRESS)
    resource = stack.call("Create")
    name = job_of(stack, resource)
    stack.wait_for_job(name)
    stack.sfn.start_execution(stateMachineArn=stack.arn, name="nightly", input="{}")
    stack.call("Delete", resource)
    execution = stack.execution(resource["id"])
    assert execution["status"] == "ABORTED"
    assert stack.jobs()[name]["TrainingJobStatus"] == "Stopped"
    assert {e["name"]: e["status"] for e in stack.executions()}["nightly"] == "RUNNING"
    # and once more, when all is gone
    stack.call("Delete", resource)
    stack.sfn.delete_state_machine(stateMachineArn=stack.arn)
    stack.call("Delete", resource)
