"""moto's server, whose Step Functions runs training jobs and calls the function that signals.

The interpreter does not know a function without Docker. emulated_jobs.py says how jobs end; training jobs have more:

    {"secondary": "...", "status": ...}       the SecondaryStatus, where it is not the status
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

from emulated_jobs import Outcomes, make_time_go_faster, runs_jobs  # noqa: E402
from moto.core.config import default_user_config  # noqa: E402
from moto.core.exceptions import JsonRESTError  # noqa: E402
from moto.core.responses import ActionResult  # noqa: E402
from moto.sagemaker.responses import SageMakerResponse  # noqa: E402
from moto.server import main  # noqa: E402
from moto.stepfunctions.parser.asl.component.state.exec.state_task import (  # noqa: E402
    lambda_eval_utils,
    state_task_factory,
)
from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for  # noqa: E402
from moto.stepfunctions.parser.models import StepFunctionsParserBackend  # noqa: E402

lock = threading.Lock()
refusals = []


def made(job, outcome, region):
    job.secondary_status = outcome.get("secondary", outcome["status"])
    if "artifacts" in outcome:
        job.model_artifacts = {"S3ModelArtifacts": outcome["artifacts"]}
    if "model" in outcome:
        bucket, key = job.model_artifacts["S3ModelArtifacts"].removeprefix("s3://").split("/", 1)
        boto_client_for(service="s3", region=region).put_object(Bucket=bucket, Key=key, Body=outcome["model"])
    refusals[:] = outcome.get("refusals", [])


RunsTrainingJobs = runs_jobs("TrainingJob", lambda backend: backend.training_jobs, Outcomes(options.outcomes), made)


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


def run_handler(script, parameters, region):
    """Runs a function of ours with Node, as Lambda would."""
    environment = os.environ | {
        "AWS_ENDPOINT_URL": f"http://localhost:{options.port}",
        "AWS_REGION": region,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }
    command = ["node", "-e", script, parameters["Payload"].decode()]
    done = subprocess.run(command, cwd=options.root, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        payload = {"errorType": "Error", "errorMessage": done.stderr}
        return {"FunctionError": "Unhandled", "Payload": payload, "StatusCode": 200}
    return {"Payload": json.loads(done.stdout), "StatusCode": 200}


def call_function(parameters, region, state_credentials):
    """Calls the function that signals, whatever it is called."""
    return run_handler(CALL, parameters, region)


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
make_time_go_faster()
if __name__ == "__main__":
    main(["--host", "127.0.0.1", "--port", options.port])
