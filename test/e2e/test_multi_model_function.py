"""The function that puts archives under the prefix of a multi-model endpoint, as it is deployed, against S3 of the emulator."""

import io
import json
import os
import subprocess
import tarfile

import pytest

# by name, buckets would be hosts below the emulator's, which do not resolve
CALL = """
const { S3Client } = require('@aws-sdk/client-s3');
const send = S3Client.prototype.send;
S3Client.prototype.send = function (...args) { this.config.forcePathStyle = true; return send.apply(this, args); };
require('./assets/model/multi-model-archive.lambda/index.js').handler(JSON.parse(process.argv[1]), { getRemainingTimeInMillis: () => 900000 });
"""

HANDLER = b'def handler(data, context):\n    return data.read(), "application/json"\n'
KEY = "many/north.tar.gz"


@pytest.fixture
def s3(account):
    account.clear()
    client = account.client("s3")
    for bucket in ("models", "assets"):
        client.create_bucket(Bucket=bucket)
    return client


@pytest.fixture
def call(root, account, answers):
    """Calls the function, and returns its answer."""
    received, url = answers
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")} | account.environment

    def invoke(request_type, request_id, physical_id=None, logical_id="North", **properties):
        event = {
            "RequestType": request_type,
            "ResponseURL": url,
            "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/Stack/1",
            "RequestId": request_id,
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": physical_id,
            "ResourceProperties": {"SourceBucket": "assets", "SourceKey": "a.tar.gz", "TargetBucket": "models", "TargetKey": KEY} | properties,
        }
        subprocess.run(["node", "-e", CALL, json.dumps(event)], cwd=root, env=environment, check=True)
        return received[-1]

    return invoke


def archive(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def keys(s3):
    return [found["Key"] for found in s3.list_objects_v2(Bucket="models").get("Contents", [])]


def body(s3):
    return s3.get_object(Bucket="models", Key=KEY)["Body"].read()


def files(s3):
    with tarfile.open(fileobj=io.BytesIO(body(s3))) as tar:
        return {m.name: tar.extractfile(m).read() for m in tar if m.isfile()}


def test_what_the_app_packed_is_copied_updated_and_deleted(s3, call):
    first, second = os.urandom(40 * 1024 * 1024), os.urandom(1000)  # the first is more than one part of an upload
    s3.put_object(Bucket="assets", Key="a.tar.gz", Body=first)
    s3.put_object(Bucket="assets", Key="b.tar.gz", Body=second)

    created = call("Create", "1")
    assert created["Status"] == "SUCCESS"
    assert created["PhysicalResourceId"].startswith(f"s3://models/{KEY}#")
    assert body(s3) == first

    # the same call again
    assert call("Create", "1") == created

    updated = call("Update", "2", created["PhysicalResourceId"], SourceKey="b.tar.gz")
    assert updated["PhysicalResourceId"] == created["PhysicalResourceId"]
    assert body(s3) == second

    # a failed update goes back
    assert call("Update", "3", created["PhysicalResourceId"])["PhysicalResourceId"] == created["PhysicalResourceId"]
    assert body(s3) == first

    assert call("Delete", "4", created["PhysicalResourceId"])["Status"] == "SUCCESS"
    assert keys(s3) == []

    # the same call again
    assert call("Delete", "4", created["PhysicalResourceId"])["Status"] == "SUCCESS"


def test_late_deletion_leaves_alone_what_came_after(s3, call):
    s3.put_object(Bucket="assets", Key="a.tar.gz", Body=b"archive")
    before = call("Create", "1")["PhysicalResourceId"]
    call("Delete", "2", before)
    after = call("Create", "3")["PhysicalResourceId"]
    assert after != before

    assert call("Delete", "2", before)["Status"] == "SUCCESS"
    assert keys(s3) == [KEY]

    call("Delete", "4", after)
    assert keys(s3) == []


def test_what_others_have_put_there_stays(s3, call):
    s3.put_object(Bucket="assets", Key="a.tar.gz", Body=b"ours")
    s3.put_object(Bucket="models", Key=KEY, Body=b"theirs")

    refused = call("Create", "1")
    assert refused["Status"] == "FAILED"
    assert refused["Reason"] == (
        f"s3://models/{KEY} is there already, and was not put there by addModel: remove it, or add the model under another name"
    )
    assert call("Delete", "2", refused["PhysicalResourceId"])["Status"] == "SUCCESS"
    assert body(s3) == b"theirs"

    s3.delete_object(Bucket="models", Key=KEY)
    created = call("Create", "3")
    assert "belongs to arn:aws:cloudformation:us-east-1:123456789012:stack/Stack/1 North:" in call("Create", "4", logical_id="South")["Reason"]
    assert call("Delete", "5", "South", logical_id="South")["Status"] == "SUCCESS"
    assert body(s3) == b"ours"

    # overwritten by hand, and then removed from the app
    s3.put_object(Bucket="models", Key=KEY, Body=b"theirs")
    assert call("Delete", "6", created["PhysicalResourceId"])["Status"] == "SUCCESS"
    assert body(s3) == b"theirs"


def test_archive_in_a_bucket_gets_its_versions_to_its_root(s3, call):
    weights = os.urandom(40 * 1024 * 1024)
    version = {"saved_model.pb": b"graph", "variables/variables.data-00000-of-00001": weights}
    model = {f"export/north/7/{name}": content for name, content in version.items()}
    s3.put_object(Bucket="assets", Key="a.tar.gz", Body=archive(model | {"code/inference.py": b"old"}))
    s3.put_object(Bucket="assets", Key="code.tar.gz", Body=archive({"code/inference.py": HANDLER}))

    created = call("Create", "1", Pending="true", CodeBucket="assets", CodeKey="code.tar.gz")

    assert created["Status"] == "SUCCESS"
    assert files(s3) == {f"7/{name}": content for name, content in version.items()} | {"code/inference.py": HANDLER}

    # one that has them there is copied as it is
    ready = archive({"1/saved_model.pb": b"graph"})
    s3.put_object(Bucket="assets", Key="b.tar.gz", Body=ready)
    assert call("Update", "2", created["PhysicalResourceId"], Pending="true", SourceKey="b.tar.gz")["Status"] == "SUCCESS"
    assert body(s3) == ready


def test_failed_creation_leaves_nothing_and_failed_update_what_was_there(s3, call):
    several = {"a/1/saved_model.pb": b"graph", "b/1/saved_model.pb": os.urandom(40 * 1024 * 1024)}
    s3.put_object(Bucket="assets", Key="several.tar.gz", Body=archive(several))
    s3.put_object(Bucket="assets", Key="a.tar.gz", Body=archive({"m/1/saved_model.pb": b"graph"}))

    for key, reason in (("several.tar.gz", "it holds 2 models (a/, b/)"), ("missing.tar.gz", "")):
        failed = call("Create", "1", SourceKey=key, Pending="true")
        assert failed["Status"] == "FAILED"
        assert failed["Reason"].startswith(f"s3://assets/{key} cannot be one of many models: {reason}")
        assert keys(s3) == []
        assert "Uploads" not in s3.list_multipart_uploads(Bucket="models")

    created = call("Create", "2", Pending="true")["PhysicalResourceId"]
    assert call("Update", "3", created, SourceKey="several.tar.gz", Pending="true")["Status"] == "FAILED"
    assert files(s3) == {"1/saved_model.pb": b"graph"}
