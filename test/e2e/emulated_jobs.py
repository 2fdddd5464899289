"""Jobs of SageMaker for moto's Step Functions.

moto runs state machines with LocalStack's interpreter of the Amazon States Language, which does not know how Step
Functions waits for a job. Time goes faster: a wait is a thousandth of what it says. How jobs end is said by a file,
one line for each job that is asked for:

    {"status": "Completed"}                   and so on: the statuses of Describe...Job
    {"status": "Failed", "reason": "..."}     with a FailureReason
    {"status": "InProgress"}                  until it is stopped
    {"error": "SageMaker...", "cause": "..."} where the request is refused
"""

import json
import threading

import botocore.session
from moto.sagemaker.models import sagemaker_backends
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import ResourceCondition
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str

FASTER = 1000
ACCOUNT = "123456789012"


class Outcomes:
    """How the next jobs end."""

    def __init__(self, path):
        self._path = path
        self._lock = threading.Lock()

    def next(self):
        with self._lock:
            first, *rest = self._path.read_text().splitlines()
            self._path.write_text("".join(f"{line}\n" for line in rest))
        return json.loads(first)


def runs_jobs(kind, jobs_of, outcomes, made=lambda job, outcome, region: None):
    """What `sagemaker:create<kind>.sync` does, for jobs of moto's that have a status of their own.

    `made` gets each job as it was made, and how it ends, to give it what only its kind has.
    """
    snake = {"TransformJob": "transform_job", "TrainingJob": "training_job"}[kind]

    class RunsJobs(StateTaskServiceCallback):
        def __init__(self):
            super().__init__(
                supported_integration_patterns={ResourceCondition.Sync, ResourceCondition.WaitForTaskToken}
            )

        def _get_supported_parameters(self):
            service = botocore.session.get_session().get_service_model("sagemaker")
            return set(service.operation_model(f"Create{kind}").input_shape.members)

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
            return jobs_of(sagemaker_backends[ACCOUNT][region])[name]

        def _eval_service_task(self, env, resource_runtime_part, normalised_parameters, state_credentials):
            outcome = outcomes.next()
            if "error" in outcome:
                raise self._failure(env, outcome["error"], outcome["cause"])
            region = resource_runtime_part.region
            client = boto_client_for(service="sagemaker", region=region)
            response = getattr(client, f"create_{snake}")(**normalised_parameters)
            response.pop("ResponseMetadata")
            job = self._job(region, normalised_parameters[f"{kind}Name"])
            setattr(job, f"{snake}_status", outcome["status"])
            job.failure_reason = outcome.get("reason")
            made(job, outcome, region)
            env.stack.append(response)

        def _build_sync_resolver(self, env, resource_runtime_part, normalised_parameters, state_credentials):
            env.stack.pop()
            name = normalised_parameters[f"{kind}Name"]
            region = resource_runtime_part.region

            def resolve():
                if getattr(self._job(region, name), f"{snake}_status") == "InProgress":
                    return None
                client = boto_client_for(service="sagemaker", region=region)
                description = getattr(client, f"describe_{snake}")(**{f"{kind}Name": name})
                description.pop("ResponseMetadata")
                description = json.loads(to_json_str(description))
                if description[f"{kind}Status"] == "Completed":
                    return description
                raise self._failure(env, "States.TaskFailed", json.dumps(description))

            return resolve

    return RunsJobs


class FastTime:
    @staticmethod
    def sleep(seconds):
        threading.Event().wait(seconds / FASTER)


def make_time_go_faster():
    retrier_decl.time = FastTime
    WaitFunction._wait_interval = lambda self, env, wait_seconds: env.program_state_event.wait(wait_seconds / FASTER)
