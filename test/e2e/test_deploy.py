"""The example app from `cdk bootstrap` to `cdk destroy`, in an emulator of AWS.

A pass says that the CDK CLI deploys and updates what we synthesize, and that the emulator makes of
it what was meant. It does not say that SageMaker would take it.
"""

import io
import shutil
import tarfile
from types import SimpleNamespace
from urllib.parse import urlparse

import pytest

APP = "examples/serve-saved-model"
MODEL = "examples/models/half_plus_three"
STACKS = ["ServeSavedModel", "ServeSavedModelAnywhere"]
VARIANTS = [("AllTraffic", "ml.c5.large", 1, 1.0)]
IMAGE = "763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:2.19.0-cpu"

# these rights have no resource that they could be narrowed to
UNNARROWABLE = {"cloudwatch:PutMetricData", "ecr:GetAuthorizationToken"}

# moto can neither update a stack by a change set nor reuse a parameter that has its default value
DEPLOY = ["--require-approval=never", "--method=direct", "--no-previous-parameters"]


@pytest.fixture(scope="module", params=STACKS)
def stack(request, root, account, tmp_path_factory):
    """One of the app's stacks, not deployed yet, in an account with nothing but the CDK's own."""
    app = root / APP
    output = f"--output={tmp_path_factory.mktemp('cdk.out')}"
    account.clear()
    account.cdk(app, "bootstrap", f"aws://{account.id}/{account.region}", output)
    return SimpleNamespace(
        name=request.param,
        account=account,
        cdk=lambda command, *more: account.cdk(app, command, request.param, output, *more),
        model=root / MODEL,
        models=tmp_path_factory.mktemp("models"),
        before=inventory(account),
    )


@pytest.fixture(scope="module")
def deployed(stack):
    stack.cdk("deploy", *DEPLOY)
    return look_at(stack)


@pytest.fixture(scope="module")
def redeployed(stack, deployed):
    """The same model again, from another directory and with the times of now."""
    copy = shutil.copytree(stack.model, stack.models / "same" / stack.model.name)
    for path in copy.rglob("*"):
        path.touch()
    stack.cdk("deploy", f"--context=model={copy}", *DEPLOY)
    return look_at(stack)


@pytest.fixture(scope="module")
def changed_model(stack):
    copy = shutil.copytree(stack.model, stack.models / "changed" / stack.model.name)
    asset = next(copy.glob("*/assets/*"))
    asset.write_bytes(asset.read_bytes()[:-1] + b"~")
    return copy


@pytest.fixture(scope="module")
def updated(stack, redeployed, changed_model):
    stack.cdk("deploy", f"--context=model={changed_model}", *DEPLOY)
    return look_at(stack)


@pytest.fixture(scope="module")
def left_behind(stack, updated):
    stack.cdk("destroy", "--force")
    return inventory(stack.account)


def test_deploy_puts_one_endpoint_in_service(deployed):
    (endpoint,) = deployed.endpoints
    (config,) = deployed.configs
    assert endpoint["EndpointStatus"] == "InService"
    assert endpoint["EndpointConfigName"] == config["EndpointConfigName"]
    assert endpoint["EndpointName"] == deployed.outputs["EndpointName"]


def test_deploy_makes_the_variants_from_the_model(deployed):
    (config,) = deployed.configs
    (model,) = deployed.models
    assert variants(config) == VARIANTS
    assert {v["ModelName"] for v in config["ProductionVariants"]} == {model["ModelName"]}


def test_deploy_takes_the_image_of_the_region(deployed):
    (model,) = deployed.models
    assert model["PrimaryContainer"]["Image"] == IMAGE


def test_deploy_uploads_the_saved_model_as_the_container_reads_it(stack, deployed):
    (artifact,) = deployed.artifacts
    assert artifact.files == as_packed(stack.model)


def test_deploy_lets_the_role_read_the_artifact_and_little_else(deployed):
    (role,) = deployed.roles
    (artifact,) = deployed.artifacts
    assert role.trusted == ["sagemaker.amazonaws.com"]
    # read off the template, because moto attaches no managed policy to a role that it makes
    assert "ManagedPolicyArns" not in str(deployed.template)
    assert role.allowed["s3:GetObject"] == [artifact.arn]
    assert [action for action in role.allowed if "*" in action] == []
    on_everything = {action for action, resources in role.allowed.items() if "*" in resources}
    assert on_everything <= UNNARROWABLE


def test_same_model_again_replaces_nothing(deployed, redeployed):
    assert redeployed.names == deployed.names


def test_changed_model_is_another_object(deployed, updated, changed_model):
    (artifact,) = updated.artifacts
    assert artifact.files == as_packed(changed_model)
    assert artifact.arn not in [old.arn for old in deployed.artifacts]


def test_changed_model_replaces_model_and_config_and_keeps_the_endpoint(deployed, updated):
    assert updated.names["endpoints"] == deployed.names["endpoints"]
    for kind in ["configs", "models"]:
        assert len(updated.names[kind]) == 1
        assert updated.names[kind] != deployed.names[kind]


def test_changed_model_is_what_the_endpoint_serves(updated):
    (endpoint,) = updated.endpoints
    (config,) = updated.configs
    (model,) = updated.models
    assert endpoint["EndpointStatus"] == "InService"
    assert endpoint["EndpointConfigName"] == config["EndpointConfigName"]
    assert variants(config) == VARIANTS
    assert {v["ModelName"] for v in config["ProductionVariants"]} == {model["ModelName"]}


def test_changed_model_is_what_the_role_can_read(updated):
    (role,) = updated.roles
    (artifact,) = updated.artifacts
    assert role.allowed["s3:GetObject"] == [artifact.arn]


def test_destroy_leaves_nothing_behind(stack, left_behind):
    assert left_behind == stack.before


def inventory(account):
    """The names of all that is in the account."""
    sagemaker = account.client("sagemaker")
    stacks = account.client("cloudformation").describe_stacks()["Stacks"]
    roles = account.client("iam").list_roles()["Roles"]
    return {
        "stacks": sorted(stack["StackName"] for stack in stacks),
        "roles": sorted(role["RoleName"] for role in roles),
        "models": sorted(m["ModelName"] for m in sagemaker.list_models()["Models"]),
        "configs": sorted(
            c["EndpointConfigName"] for c in sagemaker.list_endpoint_configs()["EndpointConfigs"]
        ),
        "endpoints": sorted(e["EndpointName"] for e in sagemaker.list_endpoints()["Endpoints"]),
    }


def look_at(stack):
    """What is in the account, and in particular what SageMaker says of it."""
    names = inventory(stack.account)
    sagemaker = stack.account.client("sagemaker")
    cloudformation = stack.account.client("cloudformation")
    (description,) = cloudformation.describe_stacks(StackName=stack.name)["Stacks"]
    models = [sagemaker.describe_model(ModelName=name) for name in names["models"]]
    return SimpleNamespace(
        names=names,
        outputs={o["OutputKey"]: o["OutputValue"] for o in description["Outputs"]},
        template=cloudformation.get_template(StackName=stack.name)["TemplateBody"],
        endpoints=[sagemaker.describe_endpoint(EndpointName=n) for n in names["endpoints"]],
        configs=[
            sagemaker.describe_endpoint_config(EndpointConfigName=n) for n in names["configs"]
        ],
        models=models,
        artifacts=[artifact_of(stack.account, model) for model in models],
        roles=[role_of(stack.account, model) for model in models],
    )


def variants(config):
    return [
        (v["VariantName"], v["InstanceType"], v["InitialInstanceCount"], v["InitialVariantWeight"])
        for v in config["ProductionVariants"]
    ]


def artifact_of(account, model):
    url = urlparse(model["PrimaryContainer"]["ModelDataUrl"])
    place = url.netloc + url.path if url.scheme == "s3" else url.path.lstrip("/")
    bucket, key = place.split("/", 1)
    body = account.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body), mode="r:gz") as archive:
        files = {m.name: archive.extractfile(m).read() for m in archive if m.isfile()}
    return SimpleNamespace(arn=f"arn:aws:s3:::{bucket}/{key}", files=files)


def as_packed(model):
    """The files of a tree of versions, in the layout `<name>/<version>/...`."""
    files = [path for path in model.rglob("*") if path.is_file()]
    return {path.relative_to(model.parent).as_posix(): path.read_bytes() for path in files}


def role_of(account, model):
    iam = account.client("iam")
    name = model["ExecutionRoleArn"].rsplit("/", 1)[1]
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    allowed = {}
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for statement in document["Statement"]:
            assert statement["Effect"] == "Allow"
            for action in as_list(statement["Action"]):
                allowed.setdefault(action, []).extend(as_list(statement["Resource"]))
    return SimpleNamespace(
        trusted=[statement["Principal"]["Service"] for statement in trust["Statement"]],
        allowed=allowed,
    )


def as_list(value):
    return value if isinstance(value, list) else [value]
