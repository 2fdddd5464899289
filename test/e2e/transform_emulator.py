"""moto's server, whose Step Functions runs transform jobs: see emulated_jobs.py for how they end.

A state machine that starts another has to be helped: moto gives boto3 the parameters by the names that they have in the
Amazon States Language (StateMachineArn), which are not those of boto3 (stateMachineArn).
"""

import argparse
import os
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--port", required=True)
parser.add_argument("--outcomes", required=True, type=Path)
options = parser.parse_args()
os.environ["MOTO_PORT"] = options.port

from emulated_jobs import Outcomes, make_time_go_faster, runs_jobs  # noqa: E402
from moto.core.config import default_user_config  # noqa: E402
from moto.core.responses import ActionResult  # noqa: E402
from moto.sagemaker.responses import SageMakerResponse  # noqa: E402
from moto.server import main  # noqa: E402
from moto.stepfunctions.parser.asl.component.state.exec.state_task import state_task_factory  # noqa: E402
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sfn import (  # noqa: E402
    StateTaskServiceSfn,
)

RunsTransformJobs = runs_jobs("TransformJob", lambda backend: backend.transform_jobs, Outcomes(options.outcomes))


class StartsExecutions(StateTaskServiceSfn):
    """What `states:startExecution` does."""

    def _eval_service_task(self, env, resource_runtime_part, normalised_parameters, state_credentials):
        parameters = {name[0].lower() + name[1:]: value for name, value in normalised_parameters.items()}
        super()._eval_service_task(env, resource_runtime_part, parameters, state_credentials)
        response = env.stack.pop()
        env.stack.append({"ExecutionArn": response["executionArn"], "StartDate": response["startDate"].isoformat()})


def service_for(service_name, otherwise=state_task_factory.state_task_service_for):
    services = {"sagemaker": RunsTransformJobs, "states": StartsExecutions}
    return services[service_name]() if service_name in services else otherwise(service_name)


def stop_transform_job(self):
    self.sagemaker_backend.transform_jobs[self._get_param("TransformJobName")].transform_job_status = "Stopped"
    return ActionResult({})


default_user_config["stepfunctions"]["execute_state_machine"] = True
state_task_factory.state_task_service_for = service_for
SageMakerResponse.stop_transform_job = stop_transform_job
make_time_go_faster()
main(["--host", "127.0.0.1", "--port", options.port])
