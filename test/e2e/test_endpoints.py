"""The examples of endpoints from `cdk bootstrap` to `cdk destroy`, in an emulator of AWS.

A pass says that the CDK CLI deploys, updates and destroys what we synthesize, that what refers to
something else finds it, and that all which the emulator keeps is what the template says. What it
does not keep is listed here, and the lists are checked.
"""

import json
import shutil

import pytest
from botocore.exceptions import ClientError
from test_deploy import DEPLOY, IMAGE, MODEL, artifact_of, as_packed, role_of

EXAMPLES = {
    "canary": "Canary",
    "async-to-zero": "AsyncToZero",
    "serverless": "Serverless",
    "two-processors": "TwoProcessors",
    "many-models": "ManyModels",
}
GPU_IMAGE = IMAGE.replace("-cpu", "-gpu")

# types that moto makes nothing of
NOT_MADE = {
    "AWS::CDK::Metadata",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
}

# properties that are gone, or something else, in what moto says of the resource
NOT_KEPT = {
    "AWS::Lambda::Function": {"LoggingConfig"},
    "AWS::S3::Bucket": {"LifecycleConfiguration", "PublicAccessBlockConfiguration"},
    # the new configuration is there at once, and with as many instances as it says
    "AWS::SageMaker::Endpoint": {
        "DeploymentConfig",
        "ExcludeRetainedVariantProperties",
        "RetainAllVariantProperties",
    },
    "AWS::SageMaker::Model": {"EnableNetworkIsolation"},
}

# And moto knows nothing of what happens later: no alarm goes off, nothing scales or is rolled back,
# and nobody needs the rights that a role has. Alarms, scaling and custom resources are in a template
# for nothing as well: emulator.py says how they are made all the same.


class Example:
    """An example that is deployed."""

    def __init__(self, account, app, stack, output):
        self.account = account
        self.app = app
        self.stack = stack
        self.output = f"--output={output}"
        self.deployed = self.deploy()

    def deploy(self, *more):
        self.account.cdk(self.app, "deploy", self.stack, self.output, *more, *DEPLOY)
        return Deployed(self.account, self.stack)

    def destroy(self):
        self.account.cdk(self.app, "destroy", self.stack, self.output, "--force")


class Deployed:
    """What the emulator has made of a stack."""

    def __init__(self, account, stack):
        cloudformation = account.client("cloudformation")
        (description,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        self.outputs = {o["OutputKey"]: o["OutputValue"] for o in description["Outputs"]}
        template = cloudformation.get_template(StackName=stack)["TemplateBody"]
        self.template = template["Resources"]
        self.made = {
            made["LogicalResourceId"]: made["PhysicalResourceId"]
            for made in cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
            if "PhysicalResourceId" in made
        }
        self.described = {
            logical_id: DESCRIBE[self.template[logical_id]["Type"]](account, physical_id)
            for logical_id, physical_id in self.made.items()
            if self.template[logical_id]["Type"] in DESCRIBE
        }

    def all(self, resource_type):
        return [
            self.described[logical_id]
            for logical_id, resource in self.template.items()
            if resource["Type"] == resource_type
        ]

    def one(self, resource_type):
        (found,) = self.all(resource_type)
        return found

    @property
    def names(self):
        """What the resources are called, of the types that it was asked about."""
        return {logical_id: self.made[logical_id] for logical_id in self.described}


@pytest.fixture(scope="module")
def bootstrapped(root, account, tmp_path_factory):
    """What is in an account that has nothing but the CDK's own."""
    account.clear()
    output = f"--output={tmp_path_factory.mktemp('cdk.out')}"
    app = root / "examples" / "canary"
    account.cdk(app, "bootstrap", f"aws://{account.id}/{account.region}", output)
    return inventory(account)


@pytest.fixture(scope="module")
def examples(root, account, bootstrapped, tmp_path_factory):
    """The examples that have been asked for."""
    deployed = {}

    def deploy(name):
        if name not in deployed:
            output = tmp_path_factory.mktemp("cdk.out")
            deployed[name] = Example(account, root / "examples" / name, EXAMPLES[name], output)
        return deployed[name]

    deploy.deployed = deployed
    return deploy


@pytest.fixture(scope="module")
def changed_model(root, tmp_path_factory):
    copy = shutil.copytree(root / MODEL, tmp_path_factory.mktemp("changed") / "half_plus_three")
    asset = next(copy.glob("*/assets/*"))
    asset.write_bytes(asset.read_bytes()[:-1] + b"~")
    return copy


@pytest.fixture(scope="module")
def updated_canary(account, examples, changed_model):
    canary = examples("canary")
    # as scaling does
    account.client("sagemaker").update_endpoint_weights_and_capacities(
        EndpointName=canary.deployed.outputs["EndpointName"],
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 5}],
    )
    return canary.deploy(f"--context=model={changed_model}")


@pytest.fixture(scope="module")
def updated_models(root, examples, changed_model, tmp_path_factory):
    """The models of the example in another place, and changed there."""
    many = examples("many-models")
    place = tmp_path_factory.mktemp("many-models")
    app = shutil.copytree(root / "examples" / "many-models", place / "examples" / "many-models")
    shutil.copytree(changed_model, place / MODEL)
    modules = place / "node_modules"
    modules.mkdir()
    for module in (root / "node_modules").iterdir():
        (modules / module.name).symlink_to(module)
    (modules / "cdk-tensorflow-serving").symlink_to(root)
    (place / "tsconfig.json").symlink_to(root / "tsconfig.json")
    many.app = app
    return many.deploy()


@pytest.fixture(scope="module")
def left_behind(account, examples):
    for example in examples.deployed.values():
        example.destroy()
    return inventory(account)


each_example = pytest.mark.parametrize("name", EXAMPLES)


@each_example
def test_endpoint_is_in_service_with_the_models_of_the_stack(examples, name):
    deployed = examples(name).deployed
    endpoint = deployed.one("AWS::SageMaker::Endpoint")
    config = deployed.one("AWS::SageMaker::EndpointConfig")
    assert endpoint["EndpointStatus"] == "InService"
    assert endpoint["EndpointName"] == deployed.outputs["EndpointName"]
    assert endpoint["EndpointConfigName"] == config["EndpointConfigName"]
    models = [model["ModelName"] for model in deployed.all("AWS::SageMaker::Model")]
    assert [variant["ModelName"] for variant in config["ProductionVariants"]] == models


@each_example
def test_rollback_alarms_watch_the_new_instances_and_the_role_may_look_at_them(
    account, examples, name
):
    deployed = examples(name).deployed
    assert rollback_alarms(deployed).keys() == set(deployment_alarms(deployed))
    # no alarm can be told of a serverless endpoint, which is updated all at once
    assert (rollback_alarms(deployed) == {}) == (name == "serverless")
    for alarm in rollback_alarms(deployed).values():
        assert watched(alarm) == watched_variants(deployed)
        for model in deployed.all("AWS::SageMaker::Model"):
            allowed = role_of(account, model).allowed
            assert alarm["AlarmArn"] in allowed["cloudwatch:DescribeAlarms"]


@each_example
def test_all_that_the_emulator_keeps_is_as_in_the_template(examples, name):
    deployed = examples(name).deployed
    for logical_id, described in deployed.described.items():
        resource = deployed.template[logical_id]
        not_kept = {
            key
            for key, value in resource.get("Properties", {}).items()
            if not agree(value, described.get(key))
        }
        # what is off is off in moto too
        properties = {k for k, v in resource.get("Properties", {}).items() if v is not False}
        assert not_kept == NOT_KEPT.get(resource["Type"], set()) & properties, logical_id


@each_example
def test_all_is_made_but_what_moto_makes_nothing_of(examples, name):
    deployed = examples(name).deployed
    not_made = {r["Type"] for key, r in deployed.template.items() if key not in deployed.made}
    assert not_made == NOT_MADE & {r["Type"] for r in deployed.template.values()}


def test_lists_have_nothing_that_no_example_has(examples):
    resources = [r for name in EXAMPLES for r in examples(name).deployed.template.values()]
    assert NOT_MADE <= {resource["Type"] for resource in resources}
    for resource_type, properties in NOT_KEPT.items():
        of_type = [r.get("Properties", {}) for r in resources if r["Type"] == resource_type]
        assert properties <= {key for properties in of_type for key in properties}


def test_canary_has_its_variant_and_scales_it(examples):
    deployed = examples("canary").deployed
    assert variants(deployed) == [("AllTraffic", "ml.c5.large", 2, 1.0)]
    assert targets(deployed) == [("AllTraffic", "DesiredInstanceCount", 2, 8)]
    policy = deployed.one("AWS::ApplicationAutoScaling::ScalingPolicy")
    assert policy["ResourceId"] == resource_id(deployed, "AllTraffic")
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 600


def test_canary_tells_its_topic_of_alarms(examples):
    deployed = examples("canary").deployed
    topic = deployed.one("AWS::SNS::Topic")["TopicArn"]
    told = monitoring_alarms(deployed)
    assert len(told) == 7
    for alarm in told:
        assert alarm["AlarmActions"] == alarm["OKActions"] == [topic]
        assert dimensions(alarm["Dimensions"]) == {
            "EndpointName": deployed.outputs["EndpointName"],
            "VariantName": "AllTraffic",
        }


def test_canary_shows_its_endpoint_and_alarms_on_a_dashboard(examples):
    deployed = examples("canary").deployed
    dashboard = deployed.one("AWS::CloudWatch::Dashboard")
    widgets = json.loads(dashboard["DashboardBody"])["widgets"]
    shown = [arn for w in widgets if w["type"] == "alarm" for arn in w["properties"]["alarms"]]
    assert sorted(shown) == sorted(alarm["AlarmArn"] for alarm in monitoring_alarms(deployed))
    graphs = [widget["properties"] for widget in widgets if widget["type"] == "metric"]
    assert graphs
    for graph in graphs:
        assert graph["region"] == examples("canary").account.region
        assert f'"EndpointName", "{deployed.outputs["EndpointName"]}"' in json.dumps(graph)


def test_canary_with_another_model_keeps_its_endpoint_and_what_is_around_it(
    examples, updated_canary
):
    before, after = examples("canary").deployed, updated_canary
    changed = {key for key in before.names if before.names[key] != after.names.get(key)}
    assert {before.template[key]["Type"] for key in changed} == {
        "AWS::SageMaker::EndpointConfig",
        "AWS::SageMaker::Model",
    }
    assert before.names.keys() == after.names.keys()
    assert after.outputs == before.outputs


def test_canary_with_another_model_serves_and_watches_that(account, updated_canary, changed_model):
    endpoint = updated_canary.one("AWS::SageMaker::Endpoint")
    config = updated_canary.one("AWS::SageMaker::EndpointConfig")
    model = updated_canary.one("AWS::SageMaker::Model")
    assert endpoint["EndpointStatus"] == "InService"
    assert endpoint["EndpointConfigName"] == config["EndpointConfigName"]
    assert [variant["ModelName"] for variant in config["ProductionVariants"]] == [model["ModelName"]]
    artifact = artifact_of(account, model)
    assert artifact.files == as_packed(changed_model)
    assert role_of(account, model).allowed["s3:GetObject"] == [artifact.arn]
    assert len(rollback_alarms(updated_canary)) == 2
    for alarm in rollback_alarms(updated_canary).values():
        assert watched(alarm) == watched_variants(updated_canary)


def test_moto_goes_back_to_the_first_number_of_instances_in_an_update(updated_canary):
    # SageMaker would keep the 5, as RetainAllVariantProperties says
    (variant,) = updated_canary.one("AWS::SageMaker::Endpoint")["ProductionVariants"]
    assert variant["DesiredInstanceCount"] == 2


def test_async_writes_to_its_bucket_and_tells_its_topic(account, examples):
    deployed = examples("async-to-zero").deployed
    bucket = deployed.outputs["BucketName"]
    config = deployed.one("AWS::SageMaker::EndpointConfig")
    assert config["AsyncInferenceConfig"] == {
        "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 4},
        "OutputConfig": {
            "S3OutputPath": f"s3://{bucket}/async-inference/output",
            "S3FailurePath": f"s3://{bucket}/async-inference/failure",
            "NotificationConfig": {"ErrorTopic": deployed.one("AWS::SNS::Topic")["TopicArn"]},
        },
    }
    allowed = role_of(account, deployed.one("AWS::SageMaker::Model")).allowed
    assert f"arn:aws:s3:::{bucket}/async-inference/output/*" in allowed["s3:PutObject"]
    assert f"arn:aws:s3:::{bucket}/async-inference/failure/*" in allowed["s3:PutObject"]
    assert allowed["sns:Publish"] == [deployed.one("AWS::SNS::Topic")["TopicArn"]]


def test_async_scales_from_and_to_zero(examples):
    deployed = examples("async-to-zero").deployed
    assert targets(deployed) == [("AllTraffic", "DesiredInstanceCount", 0, 4)]
    tracking, step = deployed.all("AWS::ApplicationAutoScaling::ScalingPolicy")
    metric = tracking["TargetTrackingScalingPolicyConfiguration"]["CustomizedMetricSpecification"]
    endpoint = {"EndpointName": deployed.outputs["EndpointName"]}
    assert dimensions(metric["Dimensions"]) == endpoint
    (alarm,) = monitoring_alarms(deployed)
    assert alarm["AlarmActions"] == [step["PolicyARN"]]
    assert dimensions(alarm["Dimensions"]) == endpoint


def test_serverless_has_no_instances_and_scales_what_is_warm(examples):
    deployed = examples("serverless").deployed
    (variant,) = deployed.one("AWS::SageMaker::EndpointConfig")["ProductionVariants"]
    assert variant["ServerlessConfig"] == {
        "MemorySizeInMB": 2048,
        "MaxConcurrency": 20,
        "ProvisionedConcurrency": 1,
    }
    assert "InstanceType" not in variant
    assert targets(deployed) == [("AllTraffic", "DesiredProvisionedConcurrency", 1, 10)]
    actions = deployed.one("AWS::ApplicationAutoScaling::ScalableTarget")["ScheduledActions"]
    assert {a["ScheduledActionName"]: a["ScalableTargetAction"] for a in actions} == {
        "Morning": {"MinCapacity": 4},
        "Evening": {"MinCapacity": 1},
    }


def test_two_processors_have_an_image_and_a_scaling_each(examples):
    deployed = examples("two-processors").deployed
    assert variants(deployed) == [
        ("cpu", "ml.c5.xlarge", 1, 4.0),
        ("gpu", "ml.g4dn.xlarge", 1, 1.0),
    ]
    cpu, gpu = deployed.all("AWS::SageMaker::Model")
    assert [m["PrimaryContainer"]["Image"] for m in (cpu, gpu)] == [IMAGE, GPU_IMAGE]
    assert cpu["PrimaryContainer"]["ModelDataUrl"] == gpu["PrimaryContainer"]["ModelDataUrl"]
    assert targets(deployed) == [
        ("cpu", "DesiredInstanceCount", 1, 6),
        ("gpu", "DesiredInstanceCount", 1, 2),
    ]
    for policy in deployed.all("AWS::ApplicationAutoScaling::ScalingPolicy"):
        tracking = policy["TargetTrackingScalingPolicyConfiguration"]
        metric = dimensions(tracking["CustomizedMetricSpecification"]["Dimensions"])
        assert metric["EndpointName"] == deployed.outputs["EndpointName"]
        assert policy["ResourceId"] == resource_id(deployed, metric["VariantName"])


def test_many_models_are_put_where_the_endpoint_looks_for_them(root, account, examples):
    deployed = examples("many-models").deployed
    container = deployed.one("AWS::SageMaker::Model")["PrimaryContainer"]
    assert container["Mode"] == "MultiModel"
    assert container["ModelDataUrl"] == f"s3://{deployed.outputs['BucketName']}/models/"
    assert archives(account, deployed) == dict.fromkeys(
        ["models/north.tar.gz", "models/south.tar.gz"], versions_of(root / MODEL)
    )


def test_many_models_with_other_ones_put_them_there_and_make_new_instances(
    account, examples, updated_models, changed_model
):
    before, after = examples("many-models").deployed, updated_models
    assert archives(account, after) == dict.fromkeys(
        ["models/north.tar.gz", "models/south.tar.gz"], versions_of(changed_model)
    )
    assert after.outputs == before.outputs
    for resource_type, replaced in [
        ("AWS::SageMaker::Model", True),
        ("AWS::SageMaker::EndpointConfig", True),
        ("AWS::SageMaker::Endpoint", False),
        ("Custom::MultiModelArchive", False),
    ]:
        for key in [k for k, r in before.template.items() if r["Type"] == resource_type]:
            assert (after.made[key] != before.made[key]) == replaced


def test_destroy_leaves_nothing_behind_but_the_buckets_of_users(
    account, examples, bootstrapped, left_behind
):
    buckets = sorted(
        example.deployed.outputs["BucketName"]
        for example in examples.deployed.values()
        if "BucketName" in example.deployed.outputs
    )
    expected = {**bootstrapped, "buckets": sorted(bootstrapped["buckets"] + buckets)}
    assert left_behind == expected
    for bucket in buckets:
        assert "Contents" not in account.client("s3").list_objects_v2(Bucket=bucket)


def inventory(account):
    """The names of all that is in the account."""
    client = account.client
    sagemaker = client("sagemaker")
    scaling = client("application-autoscaling")
    namespace = {"ServiceNamespace": "sagemaker"}
    found = {
        "stacks": (client("cloudformation").describe_stacks()["Stacks"], "StackName"),
        "roles": (client("iam").list_roles()["Roles"], "RoleName"),
        "buckets": (client("s3").list_buckets()["Buckets"], "Name"),
        "models": (sagemaker.list_models()["Models"], "ModelName"),
        "configs": (sagemaker.list_endpoint_configs()["EndpointConfigs"], "EndpointConfigName"),
        "endpoints": (sagemaker.list_endpoints()["Endpoints"], "EndpointName"),
        "alarms": (client("cloudwatch").describe_alarms()["MetricAlarms"], "AlarmName"),
        "dashboards": (client("cloudwatch").list_dashboards()["DashboardEntries"], "DashboardName"),
        "topics": (client("sns").list_topics()["Topics"], "TopicArn"),
        "functions": (client("lambda").list_functions()["Functions"], "FunctionName"),
        "logs": (client("logs").describe_log_groups()["logGroups"], "logGroupName"),
        "targets": (scaling.describe_scalable_targets(**namespace)["ScalableTargets"], "ResourceId"),
        "policies": (scaling.describe_scaling_policies(**namespace)["ScalingPolicies"], "PolicyName"),
        "actions": (scaling.describe_scheduled_actions(**namespace)["ScheduledActions"], "ResourceId"),
    }
    return {kind: sorted(item[name] for item in items) for kind, (items, name) in found.items()}


def describe_target(account, physical_id):
    scaling = account.client("application-autoscaling")
    resource, dimension, namespace = physical_id.split("|")
    where = {"ServiceNamespace": namespace, "ScalableDimension": dimension}
    (target,) = scaling.describe_scalable_targets(**where, ResourceIds=[resource])["ScalableTargets"]
    actions = scaling.describe_scheduled_actions(**where, ResourceId=resource)["ScheduledActions"]
    return target | {"ScheduledActions": actions}


def describe_policy(account, arn):
    scaling = account.client("application-autoscaling")
    policies = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    (policy,) = [policy for policy in policies if policy["PolicyARN"] == arn]
    target = [policy[key] for key in ("ResourceId", "ScalableDimension", "ServiceNamespace")]
    return policy | {"ScalingTargetId": "|".join(target)}


def describe_bucket(account, name):
    """A bucket, as a template has it."""
    s3 = account.client("s3")
    described = {}
    rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    described["BucketEncryption"] = {
        "ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"]}
            for rule in rules
        ]
    }
    for key, ask in [
        ("LifecycleConfiguration", s3.get_bucket_lifecycle_configuration),
        ("PublicAccessBlockConfiguration", s3.get_public_access_block),
    ]:
        try:
            answer = ask(Bucket=name)
            described[key] = answer.get(key, answer)
        except ClientError as error:
            assert error.response["Error"]["Code"].startswith("NoSuch")
    return described


def describe_function(account, name):
    function = account.client("lambda").get_function(FunctionName=name)
    # from a bucket of Lambda's, but still called what it was
    code = dict(zip(("S3Bucket", "S3Key"), function["Code"]["Location"].rsplit("/", 1)))
    return function["Configuration"] | {"Code": code}


def describe_logs(account, name):
    groups = account.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return {"RetentionInDays": groups[0]["retentionInDays"]}


def named(service, request, parameter, answer=None):
    """Describes a resource that a request of this parameter finds by the end of its id."""

    def describe(account, physical_id):
        name = physical_id.split("/")[-1]
        found = getattr(account.client(service), request)(**{parameter: name})
        return found[answer] if answer else found

    return describe


def describe_alarm(account, name):
    (alarm,) = account.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return alarm


DESCRIBE = {
    "AWS::ApplicationAutoScaling::ScalableTarget": describe_target,
    "AWS::ApplicationAutoScaling::ScalingPolicy": describe_policy,
    "AWS::CloudWatch::Alarm": describe_alarm,
    "AWS::CloudWatch::Dashboard": named("cloudwatch", "get_dashboard", "DashboardName"),
    "AWS::IAM::Role": named("iam", "get_role", "RoleName", "Role"),
    "AWS::Lambda::Function": describe_function,
    "AWS::Logs::LogGroup": describe_logs,
    "AWS::S3::Bucket": describe_bucket,
    "AWS::SNS::Topic": named("sns", "get_topic_attributes", "TopicArn", "Attributes"),
    "AWS::SageMaker::Endpoint": named("sagemaker", "describe_endpoint", "EndpointName"),
    "AWS::SageMaker::EndpointConfig": named(
        "sagemaker", "describe_endpoint_config", "EndpointConfigName"
    ),
    "AWS::SageMaker::Model": named("sagemaker", "describe_model", "ModelName"),
}


def agree(wanted, found):
    """Whether what was found has all that a template says; what it refers to is for other tests."""
    if isinstance(wanted, dict):
        if any(key == "Ref" or key.startswith("Fn::") for key in wanted):
            return found is not None and found != ""
        return isinstance(found, dict) and all(agree(wanted[k], found.get(k)) for k in wanted)
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) == len(wanted)
            and all(agree(*pair) for pair in zip(wanted, found))
        )
    return found == wanted


def deployment_alarms(deployed):
    """The names of the alarms that would undo an update."""
    (endpoint,) = [
        resource["Properties"]
        for resource in deployed.template.values()
        if resource["Type"] == "AWS::SageMaker::Endpoint"
    ]
    rollback = endpoint.get("DeploymentConfig", {}).get("AutoRollbackConfiguration", {})
    return [deployed.made[alarm["AlarmName"]["Ref"]] for alarm in rollback.get("Alarms", [])]


def rollback_alarms(deployed):
    alarms = deployed.all("AWS::CloudWatch::Alarm")
    return {alarm["AlarmName"]: alarm for alarm in alarms if "EndpointConfigName" in str(alarm)}


def monitoring_alarms(deployed):
    alarms = deployed.all("AWS::CloudWatch::Alarm")
    return [alarm for alarm in alarms if alarm["AlarmName"] not in rollback_alarms(deployed)]


def watched(alarm):
    """The variants that an alarm is about."""
    metrics = [m["MetricStat"]["Metric"] for m in alarm["Metrics"] if "MetricStat" in m] or [alarm]
    return [dimensions(metric["Dimensions"]) for metric in metrics]


def watched_variants(deployed):
    config = deployed.one("AWS::SageMaker::EndpointConfig")
    return [
        {
            "EndpointName": deployed.outputs["EndpointName"],
            "EndpointConfigName": config["EndpointConfigName"],
            "VariantName": variant["VariantName"],
        }
        for variant in config["ProductionVariants"]
    ]


def dimensions(of_metric):
    return {dimension["Name"]: dimension["Value"] for dimension in of_metric}


def variants(deployed):
    keys = ("VariantName", "InstanceType", "InitialInstanceCount", "InitialVariantWeight")
    config = deployed.one("AWS::SageMaker::EndpointConfig")
    return [tuple(variant[key] for key in keys) for variant in config["ProductionVariants"]]


def resource_id(deployed, variant):
    return f"endpoint/{deployed.outputs['EndpointName']}/variant/{variant}"


def targets(deployed):
    """What scales: the variant, what of it, and from where to where."""
    found = []
    for target in deployed.all("AWS::ApplicationAutoScaling::ScalableTarget"):
        variant = target["ResourceId"].rsplit("/", 1)[1]
        assert target["ResourceId"] == resource_id(deployed, variant)
        what = target["ScalableDimension"].removeprefix("sagemaker:variant:")
        found.append((variant, what, target["MinCapacity"], target["MaxCapacity"]))
    return found


def archives(account, deployed):
    """What is in the archives under the prefix."""
    bucket = deployed.outputs["BucketName"]
    objects = account.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    urls = {found["Key"]: f"s3://{bucket}/{found['Key']}" for found in objects}
    return {
        key: artifact_of(account, {"PrimaryContainer": {"ModelDataUrl": url}}).files
        for key, url in urls.items()
    }


def versions_of(model):
    """The files of a tree of versions, with these at the root."""
    files = [path for path in model.rglob("*") if path.is_file()]
    return {path.relative_to(model).as_posix(): path.read_bytes() for path in files}
