"""A stack with a training job, from its creation to its deletion, by CloudFormation.

The template is the one that is synthesized, and the functions are those that are uploaded with it. The engine is that of
moto; `emulator.py` and `cloudformation_engine.py` say what it does not do by itself. The interpreter of the Amazon States
Language runs the state machine; the test says how each training job ends.
"""

import io
import json
import subprocess
import time
import urllib.error
import urllib.request
import zipfile

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from conftest import CREDENTIALS, REGION, emulator
from outcomes import IN_PROGRESS, SCRIPT_FAILED

SECONDS = 120
ASSETS = "cdk-hnb659fds-assets-123456789012-us-east-1"
PREFIX = "stack-training-"

COMPLETED = {"status": "Completed", "model": "a model"}


@pytest.fixture(scope="module")
def assemblies(root, tmp_path_factory):
    """The stack in each of its states, as `cdk synth` leaves it."""
    directory = tmp_path_factory.mktemp("assemblies")
    command = ["node", "-r", "ts-node/register/transpile-only", "test/e2e/training_stack.ts", str(directory)]
    subprocess.run(command, cwd=root, check=True)
    return directory


@pytest.fixture(scope="module")
def running(tmp_path_factory, root):
    directory = tmp_path_factory.mktemp("deployment")
    outcomes = directory / "outcomes"
    with emulator("deployment_emulator.py", directory / "log", "--outcomes", outcomes, "--root", root) as url:
        yield url, outcomes


class Stack:
    """The stack, and what is in the account."""

    def __init__(self, url, outcomes, assemblies):
        self._outcomes, self._assemblies = outcomes, assemblies
        account = {"endpoint_url": url, "region_name": REGION, **CREDENTIALS}
        # no request is sent again by itself: a second one is another one here
        config = Config(retries={"total_max_attempts": 1}, read_timeout=SECONDS)
        services = ("cloudformation", "stepfunctions", "sagemaker", "s3", "scheduler")
        self.cfn, self.sfn, self.sagemaker, self.s3, self.scheduler = (
            boto3.client(name, config=config, **account) for name in services
        )
        for bucket in (ASSETS, "models", "code", "data"):
            self.s3.create_bucket(Bucket=bucket)
        self.seen = set()
        self.id = None

    def outcomes(self, *outcomes):
        self._outcomes.write_text("".join(f"{json.dumps(outcome)}\n" for outcome in outcomes))

    def template(self, name):
        """The template of a state, whose assets are there then."""
        directory = self._assemblies / name
        files = json.loads((directory / "Stack.assets.json").read_text())["files"]
        for asset in files.values():
            (place,) = asset["destinations"].values()
            assert place["bucketName"] == ASSETS
            if asset["source"]["packaging"] == "zip":
                self.s3.put_object(Bucket=ASSETS, Key=place["objectKey"], Body=zipped(directory / asset["source"]["path"]))
        return (directory / "Stack.template.json").read_text()

    def start(self, name, *outcomes):
        """Begins to create or to update it."""
        self.outcomes(*outcomes)
        given = {"StackName": "Stack", "TemplateBody": self.template(name)}
        if self.id is None:
            self.id = self.cfn.create_stack(**given)["StackId"]
        else:
            self.cfn.update_stack(**given)

    def deploy(self, name, *outcomes):
        """Creates or updates it; the status that it comes to."""
        self.start(name, *outcomes)
        return self.settled()

    def delete(self):
        self.cfn.delete_stack(StackName=self.id)
        # the status is that of before until the request is seen to
        return self.wait_for_status(lambda status: status in ("DELETE_COMPLETE", "DELETE_FAILED"))

    def settled(self):
        return self.wait_for_status(lambda status: not status.endswith("_IN_PROGRESS"))

    def wait_for_status(self, is_wanted):
        return wait_until(lambda: status if is_wanted(status := self.status()) else None, self.status)

    def status(self):
        (stack,) = self.cfn.describe_stacks(StackName=self.id)["Stacks"]
        return stack["StackStatus"]

    def outputs(self):
        (stack,) = self.cfn.describe_stacks(StackName=self.id)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def resources(self, type_):
        """The resources of a type, by their logical ids."""
        resources = self.cfn.describe_stack_resources(StackName=self.id)["StackResources"]
        return {r["LogicalResourceId"]: r for r in resources if r["ResourceType"] == type_}

    def resource(self, type_):
        """The only one of a type."""
        (resource,) = self.resources(type_).values()
        return resource

    def events(self):
        """What has happened since this was asked for last: (type or stack, status, reason)."""
        events = self.cfn.describe_stack_events(StackName=self.id)["StackEvents"][::-1]
        new = [event for event in events if event["EventId"] not in self.seen]
        self.seen |= {event["EventId"] for event in new}
        return [
            (event["ResourceType"].rsplit("::", 1)[1], event["ResourceStatus"], event.get("ResourceStatusReason")) for event in new
        ]

    def of_stack(self, events):
        return [status for type_, status, _ in events if type_ == "Stack"]

    def executions(self):
        machine = self.outputs()["StateMachineArn"]
        return {e["name"]: e for e in self.sfn.list_executions(stateMachineArn=machine)["executions"]}

    def jobs(self):
        names = [job["TrainingJobName"] for job in self.sagemaker.list_training_jobs()["TrainingJobSummaries"]]
        return {name: self.sagemaker.describe_training_job(TrainingJobName=name) for name in names}

    def served(self):
        """Where the model is that the endpoint serves."""
        endpoint = self.sagemaker.describe_endpoint(EndpointName=self.outputs()["EndpointName"])
        config = self.sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
        (variant,) = config["ProductionVariants"]
        return self.sagemaker.describe_model(ModelName=variant["ModelName"])["PrimaryContainer"]["ModelDataUrl"]


def zipped(directory):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in directory.rglob("*"):
            archive.write(path, path.relative_to(directory))
    return content.getvalue()


def wait_until(found, what=lambda: ""):
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        value = found()
        if value:
            return value
        time.sleep(0.2)
    pytest.fail(f"still waiting: {what()}")


def address_of(job):
    return f"s3://models/training/{job}/output/model.tar.gz"


@pytest.fixture
def stack(running, assemblies):
    url, outcomes = running
    urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST")).close()
    return Stack(url, outcomes, assemblies)


@pytest.fixture
def created(stack):
    """A stack whose first job has succeeded."""
    assert stack.deploy("first", COMPLETED) == "CREATE_COMPLETE"
    stack.events()
    return stack


def test_create_waits_for_the_job_and_serves_its_model(stack):
    assert stack.deploy("first", COMPLETED) == "CREATE_COMPLETE"
    (job,) = stack.jobs()
    assert job.startswith(PREFIX) and stack.served() == address_of(job)
    for type_ in ("Custom::TensorFlowTrainingRun", "Custom::TensorFlowTrainingRuns", "AWS::CloudFormation::WaitCondition"):
        assert stack.resource(type_)["ResourceStatus"] == "CREATE_COMPLETE"
    events = [(type_, status) for type_, status, _ in stack.events()]
    order = [
        ("Stack", "CREATE_IN_PROGRESS"),
        ("TensorFlowTrainingRun", "CREATE_COMPLETE"),
        ("WaitCondition", "CREATE_IN_PROGRESS"),
        ("WaitCondition", "CREATE_COMPLETE"),
        ("Model", "CREATE_IN_PROGRESS"),
        ("Endpoint", "CREATE_COMPLETE"),
        ("Stack", "CREATE_COMPLETE"),
    ]
    assert [event for event in events if event in order] == order
    assert not [status for _, status in events if "FAILED" in status]


def test_create_whose_job_fails_is_rolled_back_with_the_reason_of_sagemaker(stack):
    assert stack.deploy("first", SCRIPT_FAILED) == "ROLLBACK_COMPLETE"
    (job,) = stack.jobs()
    reason = f"{SCRIPT_FAILED['reason']}; training job {job}, log group /aws/sagemaker/TrainingJobs"
    events = stack.events()
    assert ("WaitCondition", "CREATE_FAILED", f"WaitCondition received failed message: '{reason}' for uniqueId: artifact") in events
    assert [event for event in events if event[1].endswith("_FAILED")] == [
        ("WaitCondition", "CREATE_FAILED", f"WaitCondition received failed message: '{reason}' for uniqueId: artifact")
    ]
    assert stack.of_stack(events) == ["CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE"]
    assert stack.sagemaker.list_models()["Models"] == []
    assert stack.delete() == "DELETE_COMPLETE"


def test_update_without_a_change_is_none(created):
    with pytest.raises(ClientError, match="No updates are to be performed"):
        created.deploy("first")
    assert created.status() == "CREATE_COMPLETE"


def test_update_that_changes_something_else_runs_nothing(created):
    assert created.deploy("unrelated") == "UPDATE_COMPLETE"
    assert len(created.executions()) == len(created.jobs()) == 1
    assert {type_ for type_, _, _ in created.events()} == {"Stack", "LogGroup"}


def test_update_that_changes_the_job_runs_it_and_serves_the_new_model(created):
    (first,) = created.jobs()
    before = created.resource("Custom::TensorFlowTrainingRun")["LogicalResourceId"]
    assert created.deploy("second", COMPLETED) == "UPDATE_COMPLETE"
    (second,) = created.jobs().keys() - {first}
    assert created.jobs()[second]["HyperParameters"]["epochs"] == "2"
    assert created.served() == address_of(second)
    # another resource, and the old one goes when all is well
    assert created.resource("Custom::TensorFlowTrainingRun")["LogicalResourceId"] != before
    events = created.events()
    assert created.of_stack(events) == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"]
    mattering = [event[:2] for event in events if event[0] in ("Stack", "WaitCondition", "TensorFlowTrainingRun", "Endpoint")]
    assert mattering == [
        ("Stack", "UPDATE_IN_PROGRESS"),
        ("TensorFlowTrainingRun", "CREATE_IN_PROGRESS"),
        ("TensorFlowTrainingRun", "CREATE_COMPLETE"),
        ("WaitCondition", "CREATE_IN_PROGRESS"),
        ("WaitCondition", "CREATE_COMPLETE"),
        ("Endpoint", "UPDATE_IN_PROGRESS"),
        ("Endpoint", "UPDATE_COMPLETE"),
        ("Stack", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("WaitCondition", "DELETE_IN_PROGRESS"),
        ("WaitCondition", "DELETE_COMPLETE"),
        ("TensorFlowTrainingRun", "DELETE_IN_PROGRESS"),
        ("TensorFlowTrainingRun", "DELETE_COMPLETE"),
        ("Stack", "UPDATE_COMPLETE"),
    ]
    assert {e["status"] for e in created.executions().values()} == {"SUCCEEDED"}


def test_update_whose_job_fails_is_rolled_back_and_runs_again_when_it_is_tried_again(created):
    (first,) = created.jobs()
    endpoint = created.outputs()["EndpointName"]
    assert created.deploy("second", SCRIPT_FAILED) == "UPDATE_ROLLBACK_COMPLETE"
    (second,) = created.jobs().keys() - {first}
    reason = f"{SCRIPT_FAILED['reason']}; training job {second}, log group /aws/sagemaker/TrainingJobs"
    events = created.events()
    assert [event for event in events if event[1].endswith("_FAILED")] == [
        ("WaitCondition", "CREATE_FAILED", f"WaitCondition received failed message: '{reason}' for uniqueId: artifact")
    ]
    assert created.of_stack(events) == [
        "UPDATE_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
    ]
    assert (created.outputs()["EndpointName"], created.served()) == (endpoint, address_of(first))
    assert created.resource("AWS::CloudFormation::WaitCondition")["ResourceStatus"] == "CREATE_COMPLETE"
    # a run that has failed is not what the next one finds
    assert created.deploy("second", COMPLETED) == "UPDATE_COMPLETE"
    (third,) = created.jobs().keys() - {first, second}
    assert created.served() == address_of(third)


def test_update_that_goes_back_serves_what_was_trained_before(created):
    (first,) = created.jobs()
    assert created.deploy("second", COMPLETED) == "UPDATE_COMPLETE"
    created.events()
    assert created.deploy("first") == "UPDATE_COMPLETE"
    assert len(created.jobs()) == len(created.executions()) == 2
    assert created.served() == address_of(first)
    assert ("WaitCondition", "CREATE_COMPLETE", None) in created.events()


def test_update_that_is_cancelled_stops_its_job_and_no_other(created):
    (first,) = created.jobs()
    machine = created.outputs()["StateMachineArn"]
    created.outcomes(IN_PROGRESS)
    created.sfn.start_execution(stateMachineArn=machine, name="nightly", input="{}")
    wait_until(lambda: len(created.jobs()) == 2)
    (nightly,) = created.jobs().keys() - {first}
    created.start("second", IN_PROGRESS)
    wait_until(lambda: len(created.jobs()) == 3)
    (second,) = created.jobs().keys() - {first, nightly}
    created.cfn.cancel_update_stack(StackName="Stack")
    assert created.settled() == "UPDATE_ROLLBACK_COMPLETE"
    assert created.jobs()[second]["TrainingJobStatus"] == "Stopped"
    assert created.jobs()[nightly]["TrainingJobStatus"] == "InProgress"
    assert sorted(e["status"] for e in created.executions().values()) == ["ABORTED", "RUNNING", "SUCCEEDED"]
    assert created.served() == address_of(first)


def test_delete_stops_all_that_runs_whoever_has_started_it(created):
    (first,) = created.jobs()
    machine = created.outputs()["StateMachineArn"]
    created.outcomes(IN_PROGRESS, IN_PROGRESS)
    for name in ("by-hand", "nightly"):
        created.sfn.start_execution(stateMachineArn=machine, name=name, input="{}")
    wait_until(lambda: len(created.jobs()) == 3)
    arns = {name: execution["executionArn"] for name, execution in created.executions().items()}
    assert created.delete() == "DELETE_COMPLETE"
    assert {job["TrainingJobStatus"] for name, job in created.jobs().items() if name != first} == {"Stopped"}
    # nothing can start a run once they are stopped, and what it takes to stop them is there until then
    gone = [type_ for type_, status, _ in created.events() if status == "DELETE_COMPLETE"]
    order = ["Schedule", "TensorFlowTrainingRuns", "StateMachine"]
    assert [type_ for type_ in gone if type_ in order] == order
    assert created.scheduler.list_schedules()["Schedules"] == []
    assert len(arns) == 3


def test_delete_before_the_first_run_has_ended_stops_it(stack):
    stack.start("first", IN_PROGRESS)
    wait_until(lambda: len(stack.jobs()) == 1)
    assert stack.status() == "CREATE_IN_PROGRESS"
    assert stack.delete() == "DELETE_COMPLETE"
    (job,) = stack.jobs().values()
    assert job["TrainingJobStatus"] == "Stopped"
    assert ("WaitCondition", "CREATE_FAILED", "Resource creation cancelled") in stack.events()


# --- the emulator's own wait conditions, by what the CloudFormation User Guide says of them


def waiting(count=1, timeout=10_000):
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    properties = {"Handle": {"Ref": "Handle"}, "Timeout": str(timeout), "Count": count}
    condition = {"Type": "AWS::CloudFormation::WaitCondition", "Properties": properties}
    outputs = {"Data": {"Value": {"Fn::GetAtt": ["Condition", "Data"]}}}
    return json.dumps({"Resources": {"Handle": handle, "Condition": condition}, "Outputs": outputs})


def signal(url, type_="", **body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": type_}, method="PUT")
    return urllib.request.urlopen(request).close()


@pytest.fixture
def conditions(stack):
    def create(**given):
        stack.id = stack.cfn.create_stack(StackName="Waiting", TemplateBody=waiting(**given))["StackId"]
        handles = wait_until(lambda: stack.resources("AWS::CloudFormation::WaitConditionHandle"))
        return handles["Handle"]["PhysicalResourceId"]

    return create


def test_a_condition_is_met_by_as_many_ids_as_it_counts(stack, conditions):
    url = conditions(count=2)
    signal(url, Status="SUCCESS", UniqueId="a", Reason="", Data="1")
    signal(url, Status="SUCCESS", UniqueId="a", Reason="", Data="2")
    assert stack.status() == "CREATE_IN_PROGRESS"
    signal(url, Status="SUCCESS", UniqueId="b", Reason="", Data="3")
    assert stack.settled() == "CREATE_COMPLETE"
    assert stack.outputs()["Data"] == '{"a":"2","b":"3"}'


def test_a_condition_that_is_not_signalled_times_out(stack, conditions):
    conditions(count=1, timeout=500)
    assert stack.settled() == "ROLLBACK_COMPLETE"
    reason = "WaitCondition timed out. Received 0 conditions when expecting 1"
    assert ("WaitCondition", "CREATE_FAILED", reason) in stack.events()


def test_a_handle_takes_no_signal_with_a_type(stack, conditions):
    url = conditions()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        signal(url, "application/json", Status="SUCCESS", UniqueId="a", Reason="", Data="")
    signal(url, Status="FAILURE", UniqueId="a", Reason="No", Data="")
    assert stack.settled() == "ROLLBACK_COMPLETE"
    assert ("WaitCondition", "CREATE_FAILED", "WaitCondition received failed message: 'No' for uniqueId: a") in stack.events()
