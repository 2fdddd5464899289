"""moto's server, whose Step Functions runs training jobs and calls the function that signals.

moto runs state machines with LocalStack's interpreter of the Amazon States Language, which knows neither how
Step Functions waits for a training job, nor a function without Docker. Time goes faster: a wait is a thousandth of
what it says. How training jobs end is said by a file, one line for each job that is asked for:

    {"status": "Completed"}                   and so on: the statuses of DescribeTrainingJob
    {"status": "Failed", "reason": "..."}     with a FailureReason; "secondary" is the SecondaryStatus
    {"status": "InProgress"}                  until it is stopped
    {"error": "SageMaker...", "cause": "..."} where the request is refused
    {"status": "Completed", "model": "..."}   where the job leaves this text as its model
    {"artifacts": "s3://...", "status": ...}  where the model is, if that is not where archives are
    {"refusals": ["...", ...], "status": ...} where SageMaker refuses to register the model, as often as there are reasons
"""

import argparse
import json
import os
import subprocess
import threading
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--port", required=True)
parser.add_argument("--outcomes", required=True, type=Path)
parser.add_argument("--root", required=True)
options = parser.parse_args()
os.environ["MOTO_PORT"] = options.port

import botocore.session  # noqa: E402
from moto.core.config import default_user_config  # noqa: E402
from moto.core.exceptions import JsonRESTError  # noqa: E402
from moto.core.responses import ActionResult  # noqa: E402
from moto.sagemaker.models import sagemaker_backends  # noqa: E402
from moto.sagemaker.responses import SageMakerResponse  # noqa: E402
from moto.server import main  # noqa: E402
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails  # noqa: E402
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName  # noqa: E402
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (  # noqa: E402
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl  # noqa: E402
from moto.stepfunctions.parser.asl.component.state.exec.state_task import (  # noqa: E402
    lambda_eval_utils,
    state_task_factory,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import ResourceCondition  # noqa: E402
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (  # noqa: E402
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction  # noqa: E402
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails  # noqa: E402
from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for  # noqa: E402
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str  # noqa: E402
from moto.stepfunctions.parser.models import StepFunctionsParserBackend  # noqa: E402

FASTER = 1000
ACCOUNT = "123456789012"

lock = threading.Lock()
refusals = []


def next_outcome():
    with lock:
        first, *rest = options.outcomes.read_text().splitlines()
        options.outcomes.write_text("".join(f"{line}\n" for line in rest))
    return json.loads(first)


class RunsTrainingJobs(StateTaskServiceCallback):
    """What `sagemaker:createTrainingJob.sync` does."""

    def __init__(self):
        super().__init__(supported_integration_patterns={ResourceCondition.Sync, ResourceCondition.WaitForTaskToken})

    def _get_supported_parameters(self):
        service = botocore.session.get_session().get_service_model("sagemaker")
        return set(service.operation_model("CreateTrainingJob").input_shape.members)

    def _failure(self, env, error, cause):
        details = TaskFailedEventDetails(
            resource=self._get_sfn_resource(),
            resourceType=self._get_sfn_resource_type(),
            error=error,
            cause=cause,
        )
        return FailureEventException(
            FailureEvent(
                env=env,
                error_name=CustomErrorName(error),
                event_type=HistoryEventType.TaskFailed,
                event_details=EventDetails(taskFailedEventDetails=details),
            )
        )

    def _job(self, region, name):
        return sagemaker_backends[ACCOUNT][region].training_jobs[name]

    def _eval_service_task(self, env, resource_runtime_part, normalised_parameters, state_credentials):
        outcome = next_outcome()
        if "error" in outcome:
            raise self._failure(env, outcome["error"], outcome["cause"])
        region = resource_runtime_part.region
        client = boto_client_for(service="sagemaker", region=region)
        response = client.create_training_job(**normalised_parameters)
        response.pop("ResponseMetadata")
        job = self._job(region, normalised_parameters["TrainingJobName"])
        job.training_job_status = outcome["status"]
        job.secondary_status = outcome.get("secondary", outcome["status"])
        job.failure_reason = outcome.get("reason")
        if "artifacts" in outcome:
            job.model_artifacts = {"S3ModelArtifacts": outcome["artifacts"]}
        if "model" in outcome:
            bucket, key = job.model_artifacts["S3ModelArtifacts"].removeprefix("s3://").split("/", 1)
            boto_client_for(service="s3", region=region).put_object(Bucket=bucket, Key=key, Body=outcome["model"])
        refusals[:] = outcome.get("refusals", [])
        env.stack.append(response)

    def _build_sync_resolver(self, env, resource_runtime_part, normalised_parameters, state_credentials):
        env.stack.pop()
        name = normalised_parameters["TrainingJobName"]
        region = resource_runtime_part.region

        def resolve():
            if self._job(region, name).training_job_status == "InProgress":
                return None
            client = boto_client_for(service="sagemaker", region=region)
            description = client.describe_training_job(TrainingJobName=name)
            description.pop("ResponseMetadata")
            description = json.loads(to_json_str(description))
            if description["TrainingJobStatus"] == "Completed":
                return description
            raise self._failure(env, "States.TaskFailed", json.dumps(description))

        return resolve


def service_for(service_name, otherwise=state_task_factory.state_task_service_for):
    return RunsTrainingJobs() if service_name == "sagemaker" else otherwise(service_name)


def stop_training_job(self):
    name = self._get_param("TrainingJobName")
    job = self.sagemaker_backend.training_jobs[name]
    job.training_job_status = job.secondary_status = "Stopped"
    return ActionResult({})


def create_model_package(self, otherwise=SageMakerResponse.create_model_package):
    if refusals:
        raise JsonRESTError("ThrottlingException", refusals.pop(0))
    return otherwise(self)


# by name, buckets would be hosts below the emulator's, which do not resolve
CALL = """
const { S3Client } = require('@aws-sdk/client-s3');
const send = S3Client.prototype.send;
S3Client.prototype.send = function (...args) { this.config.forcePathStyle = true; return send.apply(this, args); };
const { handler } = require('./assets/training/training-signal.lambda');
handler(JSON.parse(process.argv[1])).then((result) => console.log(JSON.stringify(result)));
"""


def call_function(parameters, region, state_credentials):
    """Calls the function that signals, whatever it is called."""
    environment = os.environ | {
        "AWS_ENDPOINT_URL": f"http://localhost:{options.port}",
        "AWS_REGION": region,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }
    command = ["node", "-e", CALL, parameters["Payload"].decode()]
    done = subprocess.run(command, cwd=options.root, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        payload = {"errorType": "Error", "errorMessage": done.stderr}
        return {"FunctionError": "Unhandled", "Payload": payload, "StatusCode": 200}
    return {"Payload": json.loads(done.stdout), "StatusCode": 200}


class FastTime:
    @staticmethod
    def sleep(seconds):
        threading.Event().wait(seconds / FASTER)


def start_execution(self, state_machine_arn, *others, otherwise=StepFunctionsParserBackend.start_execution, **more):
    """Runs the definition of a version, where the ARN has one."""
    version = state_machine_arn.partition(":stateMachine:")[2].partition(":")[2]
    state_machine = self.describe_state_machine(state_machine_arn.removesuffix(f":{version}"))
    if not version:
        return otherwise(self, state_machine_arn, *others, **more)
    with lock:
        newest = state_machine.definition
        state_machine.definition = state_machine.versions[int(version)].definition
        try:
            return otherwise(self, state_machine.arn, *others, **more)
        finally:
            state_machine.definition = newest


default_user_config["stepfunctions"]["execute_state_machine"] = True
state_task_factory.state_task_service_for = service_for
StepFunctionsParserBackend.start_execution = start_execution
SageMakerResponse.stop_training_job = stop_training_job
SageMakerResponse.create_model_package = create_model_package
lambda_eval_utils._invoke_lambda_function = call_function
retrier_decl.time = FastTime
WaitFunction._wait_interval = lambda self, env, wait_seconds: env.program_state_event.wait(wait_seconds / FASTER)
if __name__ == "__main__":
    main(["--host", "127.0.0.1", "--port", options.port])
