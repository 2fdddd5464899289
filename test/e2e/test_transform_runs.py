"""Runs of batch transforms: their state machines as they are deployed, in an emulator."""

import hashlib
import json
import re
import time
import urllib.request
import uuid

import boto3
import pytest
from conftest import CREDENTIALS, REGION, emulator, printed_by
from executions import ended, inputs_of
from outcomes import COMPLETED, IN_PROGRESS, NO_CAPACITY, THROTTLED

SECONDS = 60
ROLE = "arn:aws:iam::123456789012:role/Run"

FAILED = {
    "status": "Failed",
    "reason": 'ClientError: Bad HTTP status received from algorithm: 400 {"error": "it\'s {wrong}"}',
}


@pytest.fixture(scope="module")
def printed():
    return printed_by("transform_run.ts")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    directory = tmp_path_factory.mktemp("transform")
    outcomes = directory / "outcomes"
    with emulator("transform_emulator.py", directory / "log", "--outcomes", outcomes) as url:
        yield url, outcomes


class Account:
    """An account with the state machines of transforms."""

    def __init__(self, url, outcomes):
        self._outcomes = outcomes
        account = {"endpoint_url": url, "region_name": REGION, **CREDENTIALS}
        self.sfn, self.sagemaker, self.sns, self.sqs = (
            boto3.client(name, **account) for name in ("stepfunctions", "sagemaker", "sns", "sqs")
        )

    def outcomes(self, *outcomes):
        self._outcomes.write_text("".join(f"{json.dumps(outcome)}\n" for outcome in outcomes))

    def make(self, definition, name="Transform"):
        made = self.sfn.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)
        return made["stateMachineArn"]

    def run(self, machine, given=None):
        """The execution, once it has ended."""
        name = str(uuid.uuid4())  # moto gives none
        started = self.sfn.start_execution(stateMachineArn=machine, name=name, input=json.dumps(given or {}))
        return self.wait(started["executionArn"])

    def wait(self, execution):
        return ended(self.sfn, execution)

    def inputs_of(self, execution, state):
        return inputs_of(self.sfn, execution, state)

    def jobs(self):
        names = [job["TransformJobName"] for job in self.sagemaker.list_transform_jobs()["TransformJobSummaries"]]
        return {name: self.sagemaker.describe_transform_job(TransformJobName=name) for name in sorted(names)}


@pytest.fixture
def account(running):
    url, outcomes = running
    urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST")).close()
    return Account(url, outcomes)


@pytest.fixture
def machine(account, printed):
    return account.make(printed["onDemand"]["definition"])


def pattern(printed, attempt=1):
    digits = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    return re.compile(f"{printed['onDemand']['transformJobNamePrefix']}-{digits}-{attempt}")


def input_of(job):
    return job["TransformInput"]["DataSource"]["S3DataSource"]


def test_a_transform_that_succeeds_says_where_its_results_are(account, machine, printed):
    account.outcomes(COMPLETED)
    execution = account.run(machine)
    assert execution["status"] == "SUCCEEDED"
    [(name, job)] = account.jobs().items()
    assert pattern(printed).fullmatch(name)
    assert len(name) <= 63
    output = json.loads(execution["output"])
    assert (output["TransformJobName"], output["TransformJobStatus"]) == (name, "Completed")
    assert output["TransformOutput"]["S3OutputPath"] == f"s3://results/scores/{name}"
    assert input_of(job) == {"S3DataType": "S3Prefix", "S3Uri": "s3://data/incoming/"}
    assert (job["TransformInput"]["SplitType"], job["BatchStrategy"]) == ("Line", "SingleRecord")


def test_each_transform_has_a_folder_of_its_own(account, machine):
    account.outcomes(COMPLETED, COMPLETED)
    first, second = (json.loads(account.run(machine)["output"]) for _ in range(2))
    assert first["TransformOutput"]["S3OutputPath"] != second["TransformOutput"]["S3OutputPath"]


def test_a_transform_scores_what_its_input_says(account, machine):
    account.outcomes(COMPLETED)
    account.run(machine, {"prefix": "incoming/it's {a} \"day\"/part-"})
    [job] = account.jobs().values()
    assert input_of(job)["S3Uri"] == "s3://data/incoming/it's {a} \"day\"/part-"


@pytest.mark.parametrize("given", ["others/", "", 1, None, ["incoming/"]])
def test_a_transform_scores_nothing_else(account, machine, given):
    execution = account.run(machine, {"prefix": given})
    cause = "the input of the execution must have a `prefix` that begins with incoming/"
    assert (execution["status"], execution["error"], execution["cause"]) == ("FAILED", "WrongInput", cause)
    assert account.jobs() == {}


def test_a_transform_that_fails_is_not_tried_again_and_says_why(account, machine):
    account.outcomes(FAILED)
    execution = account.run(machine)
    [name] = account.jobs()
    reason = f"{FAILED['reason']}; transform job {name}, log group /aws/sagemaker/TransformJobs"
    assert (execution["status"], execution["error"], execution["cause"]) == ("FAILED", "TransformFailed", reason)


def test_a_transform_job_that_somebody_stops_fails(account, machine):
    account.outcomes(IN_PROGRESS)
    execution = account.sfn.start_execution(stateMachineArn=machine, name="stopped", input="{}")["executionArn"]
    deadline = time.monotonic() + SECONDS
    while not account.jobs():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    [name] = account.jobs()
    account.sagemaker.stop_transform_job(TransformJobName=name)
    ended = account.wait(execution)
    cause = f"transform job {name} was stopped; log group /aws/sagemaker/TransformJobs"
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", "TransformFailed", cause)


def test_throttling_of_a_transform_is_retried_under_the_same_name(account, machine, printed):
    account.outcomes(THROTTLED, THROTTLED, COMPLETED)
    assert account.run(machine)["status"] == "SUCCEEDED"
    [name] = account.jobs()
    assert pattern(printed).fullmatch(name)


def test_a_transform_that_stays_refused_fails_with_its_error(account, machine):
    account.outcomes(*[{"error": "SageMaker.AmazonSageMakerException", "cause": "1 validation error detected"}] * 5)
    execution = account.run(machine)
    assert execution["cause"] == "1 validation error detected (SageMaker.AmazonSageMakerException)"
    assert account.jobs() == {}


def test_lack_of_capacity_of_a_transform_is_waited_out_under_new_names(account, machine, printed):
    limit = {
        "error": "SageMaker.ResourceLimitExceededException",
        "cause": "The account-level service limit is 2 Instances, with 2 in use",
    }
    account.outcomes(NO_CAPACITY, limit, COMPLETED)
    execution = account.run(machine)
    assert execution["status"] == "SUCCEEDED"
    first, third = account.jobs()
    assert pattern(printed, 1).fullmatch(first) and pattern(printed, 3).fullmatch(third)
    assert json.loads(execution["output"])["TransformOutput"]["S3OutputPath"] == f"s3://results/scores/{third}"
    waits = [given["attempt"] for given in account.inputs_of(execution, "Wait for capacity")]
    assert waits == [{"number": 2, "delay": 120}, {"number": 3, "delay": 240}]


def test_lack_of_capacity_of_a_transform_ends_with_the_attempts(account, machine):
    account.outcomes(NO_CAPACITY, NO_CAPACITY, NO_CAPACITY)
    execution = account.run(machine)
    names = list(account.jobs())
    assert len(names) == 3
    cause = f"{NO_CAPACITY['reason']}; transform job {names[-1]}, log group /aws/sagemaker/TransformJobs"
    assert execution["cause"] == cause


def test_an_account_that_may_have_no_instances_does_not_wait_for_them(account, machine):
    limit = {
        "error": "SageMaker.ResourceLimitExceededException",
        "cause": "The account-level service limit 'ml.c5.xlarge for transform job usage' is 0 Instances",
    }
    account.outcomes(limit)
    execution = account.run(machine)
    assert execution["cause"] == f"{limit['cause']} ({limit['error']})"


def messages(account, printed, *outcomes):
    topic = account.sns.create_topic(Name="runs")["TopicArn"]
    queue = account.sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = account.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    account.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    account.outcomes(*outcomes)
    execution = account.run(account.make(printed["told"]["definition"]))
    received = account.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    bodies = [json.loads(message["Body"]) for message in received]
    return execution, [(body["Subject"], json.loads(body["Message"])) for body in bodies]


def test_a_topic_is_told_of_a_success(account, printed):
    execution, told = messages(account, printed, COMPLETED)
    assert execution["status"] == "SUCCEEDED"
    [name] = account.jobs()
    message = {
        "status": "Completed",
        "transformJobName": name,
        "input": "s3://data/incoming/",
        "output": f"s3://results/scores/{name}",
    }
    assert told == [("A batch transform has completed", message)]
    assert json.loads(execution["output"])["TransformJobName"] == name


def test_a_topic_is_told_of_a_failure_once(account, printed):
    execution, told = messages(account, printed, NO_CAPACITY, FAILED)
    assert execution["status"] == "FAILED"
    name = list(account.jobs())[-1]
    [(subject, message)] = told
    assert subject == "A batch transform has failed"
    assert message["reason"] == execution["cause"]
    assert (message["status"], message["transformJobName"]) == ("Failed", name)


def test_a_success_that_nobody_can_be_told_of_stays_one(account, printed):
    account.outcomes(COMPLETED)
    assert account.run(account.make(printed["told"]["definition"]))["status"] == "SUCCEEDED"


def event(key, sequencer="0055AED6DCD90281E5"):
    return {"id": "1", "detail": {"bucket": {"name": "data"}, "object": {"key": key, "sequencer": sequencer}}}


class Arrivals:
    """A transform that objects start which arrive."""

    def __init__(self, account, printed):
        self.account = account
        self.machine = account.make(printed["definition"])
        arrival = json.loads(json.dumps(printed["arrival"]))
        arrival["States"]["Start"]["Parameters"]["StateMachineArn"] = self.machine
        self._arrival = account.make(arrival, "Arrival")

    def arrive(self, key, **more):
        return self.account.run(self._arrival, event(key, **more))

    def executions(self):
        """The executions of the transform, once they have ended."""
        listed = self.account.sfn.list_executions(stateMachineArn=self.machine)["executions"]
        return [self.account.wait(execution["executionArn"]) for execution in listed]


@pytest.fixture
def markers(account, printed):
    return Arrivals(account, printed["onMarker"])


@pytest.mark.parametrize(
    "folder",
    [
        "incoming/",
        "incoming/2024-05-01/",
        "incoming/a/b/c/d/",
        "incoming/it's {a} \\ \"day\"/ü + %20&/",
        "incoming/_SUCCESS/",
    ],
)
def test_a_marker_has_its_folder_scored(account, markers, folder):
    account.outcomes(COMPLETED)
    arrived = markers.arrive(f"{folder}_SUCCESS")
    assert arrived["status"] == "SUCCEEDED"
    [execution] = markers.executions()
    assert execution["status"] == "SUCCEEDED"
    assert json.loads(execution["input"]) == {"prefix": f"{folder}part-"}
    [job] = account.jobs().values()
    assert input_of(job) == {"S3DataType": "S3Prefix", "S3Uri": f"s3://data/{folder}part-"}
    # the marker is not among what is scored
    assert not f"s3://data/{folder}_SUCCESS".startswith(input_of(job)["S3Uri"])


def test_a_marker_that_is_told_of_twice_is_scored_once(account, markers):
    account.outcomes(COMPLETED, COMPLETED)
    first = markers.arrive("incoming/a/_SUCCESS")
    markers.executions()
    second = markers.arrive("incoming/a/_SUCCESS")
    assert (first["status"], second["status"]) == ("SUCCEEDED", "SUCCEEDED")
    assert [len(account.inputs_of(arrived, "Started before")) for arrived in (first, second)] == [0, 1]
    [execution] = markers.executions()
    digest = hashlib.sha256(b"data/incoming/a/_SUCCESS#0055AED6DCD90281E5").hexdigest()
    assert execution["name"] == digest
    assert len(account.jobs()) == 1


def test_a_marker_that_is_written_again_is_scored_again(account, markers):
    account.outcomes(COMPLETED, COMPLETED)
    markers.arrive("incoming/a/_SUCCESS")
    markers.executions()
    markers.arrive("incoming/a/_SUCCESS", sequencer="0055AED6DCD90281E6")
    assert len(markers.executions()) == 2
    assert len(account.jobs()) == 2


@pytest.mark.parametrize("key", ["incoming/a_SUCCESS", "incoming//_SUCCESS"])
def test_what_is_no_marker_in_a_folder_is_not_scored(account, markers, key):
    arrived = markers.arrive(key)
    cause = f"{key} is no marker in a folder whose parts all have names"
    assert (arrived["status"], arrived["error"], arrived["cause"]) == ("FAILED", "NotAMarker", cause)
    assert markers.executions() == []


def test_a_transform_of_arrivals_scores_nothing_by_itself(account, markers):
    execution = account.run(markers.machine)
    assert (execution["status"], execution["error"]) == ("FAILED", "WrongInput")


def test_a_manifest_has_what_it_lists_scored(account, printed):
    manifests = Arrivals(account, printed["onManifest"])
    account.outcomes(COMPLETED)
    manifests.arrive("incoming/today.manifest")
    [execution] = manifests.executions()
    assert json.loads(execution["input"]) == {"manifest": "incoming/today.manifest"}
    [job] = account.jobs().values()
    assert input_of(job) == {"S3DataType": "ManifestFile", "S3Uri": "s3://data/incoming/today.manifest"}
