"""Later runs of a training job whose models an endpoint gets: the state machine and the function, in an emulator."""

import json
import os
import subprocess
import urllib.request
import uuid

import boto3
import pytest
from answers import Answers
from conftest import CREDENTIALS, REGION, emulator, printed_by
from executions import ended, outputs_of
from outcomes import COMPLETED

BUCKET = "models"
VARIANT = {"VariantName": "AllTraffic", "InstanceType": "ml.c5.large", "InitialInstanceCount": 1}

CALL = """
const { handler } = require('./assets/training/training-redeploy.lambda');
handler(JSON.parse(process.argv[1]), { getRemainingTimeInMillis: () => 60000 });
"""


@pytest.fixture(scope="module")
def printed():
    return printed_by("training_redeploy.ts")


class Stack:
    """A stack with a job and an endpoint that its deployment has given a model."""

    def __init__(self, url, directory, root, printed):
        self._url, self._root = url, root
        self._outcomes, self._updates = directory / "outcomes", directory / "updates"
        account = {"endpoint_url": url, "region_name": REGION, **CREDENTIALS}
        self.sfn, self.sagemaker, self.s3, self.cloudformation = (
            boto3.client(name, **account) for name in ("stepfunctions", "sagemaker", "s3", "cloudformation")
        )
        self.s3.create_bucket(Bucket=BUCKET)
        topic = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
        self.id = self.cloudformation.create_stack(StackName="Stack", TemplateBody=topic)["StackId"]
        self.prefix = printed["first"]["properties"]["TrainingJobNamePrefix"]
        self.deployed = f"training/{self.prefix}-first-1/output/model.tar.gz"
        self.arn = None
        self.define(printed["first"])
        container = {"Image": "image", "ModelDataUrl": f"s3://{BUCKET}/{self.deployed}", "Environment": {"A": "1"}}
        role = "arn:aws:iam::123456789012:role/Model"
        self.sagemaker.create_model(
            ModelName="Deployed",
            PrimaryContainer=container,
            ExecutionRoleArn=role,
            EnableNetworkIsolation=True,
            Tags=self.printed["tags"],
        )
        variants = [VARIANT | {"ModelName": "Deployed"}]
        self.sagemaker.create_endpoint_config(
            EndpointConfigName="Deployed", ProductionVariants=variants, KmsKeyId="volume"
        )
        self.sagemaker.create_endpoint(EndpointName="Endpoint", EndpointConfigName="Deployed")

    def define(self, printed):
        self.printed = printed
        definition = json.dumps(printed["definition"]).replace("aws::stackid", self.id)
        if self.arn is None:
            role = "arn:aws:iam::123456789012:role/Run"
            made = self.sfn.create_state_machine(name="Training", definition=definition, roleArn=role)
            self.arn = made["stateMachineArn"]
        else:
            self.sfn.update_state_machine(stateMachineArn=self.arn, definition=definition)

    def start(self, *updates):
        self._outcomes.write_text(f"{json.dumps(COMPLETED)}\n")
        self._updates.write_text("".join(f"{json.dumps(update)}\n" for update in updates))
        name = str(uuid.uuid4())
        return self.sfn.start_execution(stateMachineArn=self.arn, name=name, input="{}")["executionArn"]

    def keep_busy(self, polls):
        """Has somebody else update the endpoint."""
        variants = [VARIANT | {"ModelName": "Deployed", "InstanceType": "ml.c5.xlarge"}]
        self.sagemaker.create_endpoint_config(EndpointConfigName="Other", ProductionVariants=variants)
        self._updates.write_text(json.dumps({"polls": polls}))
        self.sagemaker.update_endpoint(EndpointName="Endpoint", EndpointConfigName="Other")

    def end(self, execution):
        return ended(self.sfn, execution)

    def run(self, *updates):
        return self.end(self.start(*updates))

    def answers(self, execution):
        """What the function has answered, each time."""
        return [output["redeployment"] for output in outputs_of(self.sfn, execution, "Redeploy")]

    def served(self):
        name = self.sagemaker.describe_endpoint(EndpointName="Endpoint")["EndpointConfigName"]
        config = self.sagemaker.describe_endpoint_config(EndpointConfigName=name)
        return config, self.sagemaker.describe_model(ModelName=config["ProductionVariants"][0]["ModelName"])

    def names(self):
        configs = self.sagemaker.list_endpoint_configs(NameContains="e")["EndpointConfigs"]
        models = self.sagemaker.list_models(NameContains="e")["Models"]
        return {c["EndpointConfigName"] for c in configs}, {m["ModelName"] for m in models}

    def ask(self, request_type="Update", printed=None):
        """What CloudFormation is told in the next deployment."""
        event = {
            "RequestType": request_type,
            "StackId": self.id,
            "RequestId": "request",
            "LogicalResourceId": "ServedModel",
            "PhysicalResourceId": "ServedModel",
            "ResourceProperties": (printed or self.printed)["properties"] | {"DeployedKey": self.deployed},
        }
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")} | {
            "AWS_ENDPOINT_URL": self._url,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
        }
        with Answers() as answers:
            event["ResponseURL"] = answers.url
            subprocess.run(["node", "-e", CALL, json.dumps(event)], cwd=self._root, env=environment, check=True)
        (answer,) = answers.received
        assert (answer["Status"], answer.get("Reason")) == ("SUCCESS", None)
        return answer.get("Data", {}).get("Key")


@pytest.fixture(scope="module")
def running(tmp_path_factory, root):
    directory = tmp_path_factory.mktemp("redeploy")
    arguments = ("--outcomes", directory / "outcomes", "--root", root)
    environment = os.environ | {"UPDATES": str(directory / "updates")}
    with emulator("redeploy_emulator.py", directory / "log", *arguments, environment=environment) as url:
        yield url, directory


@pytest.fixture
def stack(running, root, printed):
    url, directory = running
    urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST")).close()
    return Stack(url, directory, root, printed)


def test_a_run_gives_the_endpoint_its_model_and_the_next_deployment_keeps_it(stack):
    execution = stack.run({"polls": 3})
    assert execution["status"] == "SUCCEEDED", execution.get("cause")
    job = json.loads(execution["output"])
    name = job["TrainingJobName"]
    config, model = stack.served()
    assert config["KmsKeyId"] == "volume"
    assert config["ProductionVariants"] == [VARIANT | {"ModelName": model["ModelName"]}]
    address = job["ModelArtifacts"]["S3ModelArtifacts"]
    assert model["PrimaryContainer"] == {"Image": "image", "ModelDataUrl": address, "Environment": {"A": "1"}}
    assert model["EnableNetworkIsolation"] is True
    tags = {t["Key"]: t["Value"] for t in stack.sagemaker.list_tags(ResourceArn=model["ModelArn"])["Tags"]}
    assert tags == {
        "cdk-tensorflow-serving:stack": stack.id,
        "cdk-tensorflow-serving:revision": stack.printed["properties"]["Revision"],
        "cdk-tensorflow-serving:training-job": name,
    }
    statuses = [answer["status"] for answer in stack.answers(execution)]
    assert statuses == ["wait", "wait", "wait", "wait", "redeployed"]
    assert stack.ask() == address.removeprefix(f"s3://{BUCKET}/")


def test_each_run_replaces_what_the_one_before_has_made_and_nothing_of_the_deployment(stack):
    stack.run({"polls": 0})
    first, _ = stack.served()
    stack.run({"polls": 0})
    config, model = stack.served()
    assert config["EndpointConfigName"] != first["EndpointConfigName"]
    assert stack.names() == ({"Deployed", config["EndpointConfigName"]}, {"Deployed", model["ModelName"]})
    stack.sagemaker.delete_endpoint(EndpointName="Endpoint")
    assert stack.ask("Delete") is None
    assert stack.names() == ({"Deployed"}, {"Deployed"})


def test_an_endpoint_that_goes_back_fails_the_run_and_counts_as_not_served(stack):
    execution = stack.run({"polls": 2, "reason": "Alarm Errors is in ALARM"})
    reason = "endpoint Endpoint went back to the model that it had before: Alarm Errors is in ALARM"
    assert (execution["status"], execution["error"], execution["cause"]) == ("FAILED", "RedeploymentFailed", reason)
    assert stack.served()[0]["EndpointConfigName"] == "Deployed"
    assert stack.ask() == stack.deployed


def test_a_run_waits_for_an_endpoint_that_is_busy(stack):
    stack.keep_busy(2)
    execution = stack.run({"polls": 0})
    assert execution["status"] == "SUCCEEDED", execution.get("cause")
    reasons = [answer["reason"] for answer in stack.answers(execution)]
    assert reasons[:2] == ["endpoint Endpoint is Updating"] * 2
    # what was changed in the meantime stays
    assert stack.served()[0]["ProductionVariants"][0]["InstanceType"] == "ml.c5.xlarge"


def test_a_run_of_what_was_deployed_before_leaves_the_endpoint_alone(stack, printed):
    # so long as the endpoint is busy, the run waits
    stack.keep_busy(3)
    execution = stack.start({"polls": 0})
    stack.define(printed["second"])
    ended = stack.end(execution)
    assert ended["status"] == "SUCCEEDED", ended.get("cause")
    assert [answer["status"] for answer in stack.answers(ended)] == ["wait", "wait", "wait", "skipped"]
    assert stack.served()[0]["EndpointConfigName"] == "Other"


def test_a_changed_job_does_not_keep_what_was_served_before(stack, printed):
    stack.run({"polls": 0})
    assert stack.ask() != stack.deployed
    assert stack.ask(printed=printed["second"]) == stack.deployed


def test_an_endpoint_that_is_gone_fails_the_run(stack):
    stack.sagemaker.delete_endpoint(EndpointName="Endpoint")
    execution = stack.run()
    assert (execution["status"], execution["cause"]) == ("FAILED", "there is no endpoint Endpoint")
