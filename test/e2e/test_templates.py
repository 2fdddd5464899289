"""cfn-lint on every template that the repository makes."""

from pathlib import Path

import pytest
from cfnlint import api
from cfnlint.config import ManualArgs

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path.parent for path in ROOT.glob("examples/*/cdk.json"))
SNAPSHOTS = sorted(ROOT.glob("integ/*.snapshot/**/*.template.json"))

# the ids of rules that are not followed, with the reason
IGNORED = {
    "W3005": "the CDK's own functions wait for the role that they refer to, which is redundant and harmless",
}

@pytest.mark.parametrize("template", SNAPSHOTS, ids=lambda path: path.name.split(".")[0])
def test_snapshot(template):
    assert findings(template) == []


@pytest.mark.parametrize("app", EXAMPLES, ids=lambda path: path.name)
def test_example(app, cdk, tmp_path, subtests):
    cdk(app, "synth", "--quiet", f"--output={tmp_path}")
    templates = sorted(tmp_path.rglob("*.template.json"))
    assert templates
    for template in templates:
        with subtests.test(template.name):
            assert findings(template) == []


def findings(template):
    matches = api.lint_file(template, ManualArgs(ignore_checks=list(IGNORED)))
    found = [f"{m.rule.id} at {'/'.join(map(str, m.path))}: {m.message}" for m in matches]
    return [text for text in found if not is_wait_condition_data(text)]


def is_wait_condition_data(finding):
    """A wait condition's data is JSON as a text, as CloudFormation's guide says; its schema says that it is an object."""
    return finding.startswith(("E1017 ", "E1022 ")) and "Condition" in finding and "Data'" in finding
