"""training_emulator's server, with models, endpoint configurations and endpoints that are as they were asked for.

moto keeps only some of their properties, and has no UpdateEndpoint. Here each request must be one that the API takes,
and is described whole. How updates go is said by the file that the variable UPDATES names, one line for each update:

    {"polls": 2}                  the endpoint has its new configuration when it was looked at twice
    {"polls": 2, "reason": "..."} it goes back, for this reason
"""

import json
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import botocore.session
import training_emulator
from botocore.validate import ParamValidator
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.sagemaker.models import SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse
from moto.server import main
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils

UPDATES = Path(os.environ["UPDATES"])
SERVICE = botocore.session.get_session().get_service_model("sagemaker")
KINDS = {"Model": "model", "EndpointConfig": "endpoint-config", "Endpoint": "endpoint"}
WORDS = {"Model": "model", "EndpointConfig": "endpoint configuration", "Endpoint": "endpoint"}

CALL = """
const { handler } = require('./assets/training/training-redeploy.lambda');
handler(JSON.parse(process.argv[1])).then((result) => console.log(JSON.stringify(result)));
"""

made = {kind: {} for kind in KINDS}


def fault(message):
    return JsonRESTError("ValidationException", message)


def arn(kind, name):
    return f"arn:aws:sagemaker:us-east-1:123456789012:{KINDS[kind]}/{name.lower()}"


def found(kind, name):
    if name not in made[kind]:
        raise fault(f'Could not find {WORDS[kind]} "{arn(kind, name)}".')
    return made[kind][name]


def create(kind, request):
    name = request[f"{kind}Name"]
    if name in made[kind]:
        raise fault(f'Cannot create already existing {WORDS[kind]} "{arn(kind, name)}".')
    made[kind][name] = {**request, f"{kind}Arn": arn(kind, name), "CreationTime": datetime.now(timezone.utc)}
    if kind == "EndpointConfig":
        for variant in request["ProductionVariants"]:
            found("Model", variant["ModelName"])
    if kind == "Endpoint":
        made[kind][name] |= {"EndpointStatus": "InService", "LastModifiedTime": datetime.now(timezone.utc)}
    return {f"{kind}Arn": arn(kind, name)}


def describe(kind, request):
    thing = found(kind, request[f"{kind}Name"])
    if kind == "Endpoint" and "Update" in thing:
        update = thing["Update"]
        update["polls"] -= 1
        if update["polls"] < 0:
            del thing["Update"]
            back = {"FailureReason": update["reason"]} if "reason" in update else {"EndpointConfigName": update["to"]}
            thing |= {"EndpointStatus": "InService", **back}
            made[kind][thing["EndpointName"]] = thing
    return {name: value for name, value in thing.items() if name not in ("Tags", "Update")}


def update_endpoint(request):
    thing = found("Endpoint", request["EndpointName"])
    found("EndpointConfig", request["EndpointConfigName"])
    if thing["EndpointStatus"] != "InService":
        raise fault(f'Cannot update in-progress endpoint "{thing["EndpointArn"]}".')
    first, *rest = UPDATES.read_text().splitlines()
    UPDATES.write_text("".join(f"{line}\n" for line in rest))
    thing |= {"EndpointStatus": "Updating", "Update": json.loads(first) | {"to": request["EndpointConfigName"]}}
    return {"EndpointArn": thing["EndpointArn"]}


def delete(kind, request):
    found(kind, request[f"{kind}Name"])
    del made[kind][request[f"{kind}Name"]]
    return {}


def listed(kind, request):
    # all is old enough to be deleted
    latest = datetime.fromtimestamp(request.get("CreationTimeBefore", 1e11), timezone.utc) + timedelta(hours=2)
    names = [n for n, t in made[kind].items() if request["NameContains"] in n and t["CreationTime"] < latest]
    things = [made[kind][name] for name in names]
    return {f"{kind}s": [{n: t[n] for n in (f"{kind}Name", f"{kind}Arn", "CreationTime")} for t in things]}


def list_tags(request):
    tags = {thing[f"{kind}Arn"]: thing.get("Tags", []) for kind, things in made.items() for thing in things.values()}
    if request["ResourceArn"] not in tags:
        raise fault(f"Could not find {request['ResourceArn']}.")
    return {"Tags": tags[request["ResourceArn"]]}


def operation(name, act):
    def respond(self):
        request = json.loads(self.body)
        # a time is a number in JSON, which botocore does not take for one
        report = ParamValidator().validate(
            {n: v for n, v in request.items() if n != "CreationTimeBefore"}, SERVICE.operation_model(name).input_shape
        )
        if report.has_errors():
            raise fault(report.generate_report())
        return ActionResult(act(request))

    return respond


OPERATIONS = {"UpdateEndpoint": update_endpoint, "ListTags": list_tags}
for made_kind in KINDS:
    for verb, does in {"Create": create, "Describe": describe, "Delete": delete}.items():
        OPERATIONS[f"{verb}{made_kind}"] = lambda request, does=does, kind=made_kind: does(kind, request)
    OPERATIONS[f"List{made_kind}s"] = lambda request, kind=made_kind: listed(kind, request)

METHODS = {"UpdateEndpoint": "update_endpoint", "ListTags": "list_tags"}
for made_kind in KINDS:
    snake = KINDS[made_kind].replace("-", "_")
    METHODS |= {f"{verb}{made_kind}": f"{verb.lower()}_{snake}" for verb in ("Create", "Describe", "Delete")}
    METHODS[f"List{made_kind}s"] = f"list_{snake}s"
for operation_name, acts in OPERATIONS.items():
    setattr(SageMakerResponse, METHODS[operation_name], operation(operation_name, acts))


def call_function(parameters, region, state_credentials, otherwise=training_emulator.call_function):
    """Calls the function that redeploys, or the one that signals."""
    if "Redeploy" not in parameters["FunctionName"]:
        return otherwise(parameters, region, state_credentials)
    return training_emulator.run_handler(CALL, parameters, region)


def reset(self, otherwise=SageMakerModelBackend.reset):
    for things in made.values():
        things.clear()
    otherwise(self)


SageMakerModelBackend.reset = reset
lambda_eval_utils._invoke_lambda_function = call_function
if __name__ == "__main__":
    main(["--host", "127.0.0.1", "--port", training_emulator.options.port])
