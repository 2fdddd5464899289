"""What CloudFormation does with a stack, where moto's does something else.

moto's CloudFormation reads templates, and makes, updates and deletes the resources of each type. But

- it does all of that while the request waits, so that nobody sees a stack in progress or can cancel it;
- it has one status for a stack and all its resources, and events of the stack only: no resource has failed, and nothing
  says why;
- it does not roll back: whatever goes wrong is the answer to the request, and what was made stays;
- an update deletes what is no longer in the template before it makes what is new, and not after all is well;
- it updates a resource if its text in the template has changed, and not if what that refers to has;
- it deletes in any order;
- it does without the resources that it does not know.

Here a stack is worked on in a thread of its own, one resource after another, each after those that it refers to or depends
on; the statuses, the reasons and the order are those that the CloudFormation User Guide documents.

What is still missing: resources are not made at the same time, stack policies, change sets, imports, timeouts of stacks,
and updates that go on after a rollback has failed. A resource that moto replaces is replaced at once, and made anew when
that is rolled back.
"""

import json
import threading

import emulator
from moto.cloudformation import models, parsing, responses
from moto.cloudformation.exceptions import ValidationError
from moto.core.responses import EmptyResult

# what moto does not have, and nothing here depends on
IGNORED = {"AWS::Lambda::EventInvokeConfig", "AWS::CDK::Metadata"}


class Failed(Exception):
    def __init__(self, logical_id):
        super().__init__(logical_id)
        self.logical_id = logical_id


class Ignored:
    """A resource that is none."""

    physical_resource_id = "ignored"

    @classmethod
    def create_from_cloudformation_json(cls, *_, **__):
        return cls()

    def is_created(self):
        return True

    def delete(self, account_id, region):
        pass


# --- the order of resources


def named_in(value):
    """The names that a value refers to."""
    if isinstance(value, dict):
        if "Ref" in value:
            yield value["Ref"]
        if "Fn::GetAtt" in value:
            yield value["Fn::GetAtt"][0]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from named_in(item)


def in_order(resources):
    """The logical ids, each after those that it needs."""
    ordered = {}

    def visit(logical_id):
        if logical_id in ordered:
            return
        resource = resources[logical_id]
        depends = resource.get("DependsOn", [])
        for other in [*named_in(resource.get("Properties")), *([depends] if isinstance(depends, str) else depends)]:
            if other in resources and other != logical_id:
                visit(other)
        ordered[logical_id] = None

    for logical_id in resources:
        visit(logical_id)
    return list(ordered)


# --- the resources of a stack


class Work:
    """What is done for a stack, one thing at a time."""

    def __init__(self, stack):
        self.stack = stack
        self.map = stack.resource_map
        self.statuses = {}
        self.reasons = {}
        self.types = {}
        self.properties = {}
        self.cancelled = threading.Event()
        self.thread = None

    def begin(self, work, *arguments):
        self.thread = threading.Thread(target=work, args=arguments, daemon=True)
        self.thread.start()

    def say(self, status, reason=None):
        """Tells of the stack."""
        self.stack.status = status
        self.stack.stack_status_reason = reason
        self.stack._add_stack_event(status, resource_status_reason=reason)

    def tell(self, logical_id, status, reason=None):
        """Tells of a resource."""
        self.statuses[logical_id], self.reasons[logical_id] = status, reason
        resource = self.map._parsed_resources.get(logical_id)
        event = models.Event(
            stack_id=self.stack.stack_id,
            stack_name=self.stack.name,
            logical_resource_id=logical_id,
            physical_resource_id=getattr(resource, "physical_resource_id", ""),
            resource_type=self.types[logical_id],
            resource_status=status,
            resource_status_reason=reason,
            resource_properties=None,
        )
        self.stack.events.append(event)

    def resolved(self, logical_id):
        """The properties, with the values that references have now."""
        properties = self.map._resource_json_map[logical_id].get("Properties", {})
        return json.dumps(parsing.clean_json(properties, self.map), sort_keys=True, default=str)

    def is_wanted(self, logical_id):
        condition = self.map._resource_json_map[logical_id].get("Condition")
        return condition is None or self.map.lazy_condition_map[condition]

    def make(self, logical_id):
        self.types[logical_id] = self.map._resource_json_map[logical_id]["Type"]
        self.tell(logical_id, "CREATE_IN_PROGRESS")
        try:
            if self.map[logical_id] is None:
                raise RuntimeError(f"the emulator has no {self.types[logical_id]}")
            self.properties[logical_id] = self.resolved(logical_id)
        except Exception as error:
            self.tell(logical_id, "CREATE_FAILED", str(error))
            raise Failed(logical_id) from error
        self.tell(logical_id, "CREATE_COMPLETE")

    def change(self, logical_id):
        """Updates a resource if that has other properties now, and says whether it had."""
        if self.resolved(logical_id) == self.properties[logical_id]:
            return False
        self.tell(logical_id, "UPDATE_IN_PROGRESS")
        try:
            definition = self.map._resource_json_map[logical_id]
            where = {"account_id": self.map._account_id, "region_name": self.map._region_name}
            updated = emulator.update_alone(logical_id, definition, self.map, **where)
            if updated is None:
                raise RuntimeError(f"the emulator cannot update {self.types[logical_id]}")
            self.map._parsed_resources[logical_id] = updated
            self.properties[logical_id] = self.resolved(logical_id)
        except Exception as error:
            self.tell(logical_id, "UPDATE_FAILED", str(error))
            raise Failed(logical_id) from error
        self.tell(logical_id, "UPDATE_COMPLETE")
        return True

    def remove(self, resources, logical_ids):
        """Deletes those of the resources that are there, the last first."""
        for logical_id in reversed(logical_ids):
            resource = self.map._parsed_resources.get(logical_id)
            if resource is None:
                continue
            if resources[logical_id].get("DeletionPolicy") == "Retain":
                self.tell(logical_id, "DELETE_SKIPPED")
            else:
                self.tell(logical_id, "DELETE_IN_PROGRESS")
                try:
                    self.map._delete_resource(resource, resources[logical_id])
                except Exception as error:
                    self.tell(logical_id, "DELETE_FAILED", str(error))
                    raise Failed(logical_id) from error
                self.tell(logical_id, "DELETE_COMPLETE")
            del self.map._parsed_resources[logical_id]

    # --- what is asked for

    def create(self):
        resources = self.map._resource_json_map
        try:
            for logical_id in in_order(resources):
                if self.is_wanted(logical_id):
                    self.make(logical_id)
        except Failed as failed:
            if self.cancelled.is_set():
                return  # by who deletes the stack
            what = f"The following resource(s) failed to create: [{failed.logical_id}]. Rollback requested by user."
            self.say("ROLLBACK_IN_PROGRESS", what)
            self.remove(resources, in_order(resources))
            self.say("ROLLBACK_COMPLETE")
        else:
            self.say("CREATE_COMPLETE")

    def update(self, template):
        before, old = self.stack.template, self.map._resource_json_map
        self.use(template)
        new = self.map._resource_json_map
        added, changed = [], []
        try:
            for logical_id in in_order(new):
                if not self.is_wanted(logical_id):
                    continue
                if logical_id not in self.map._parsed_resources:
                    added.append(logical_id)
                    self.make(logical_id)
                elif self.change(logical_id):
                    changed.append(logical_id)
        except Failed as failed:
            verb = "update" if failed.logical_id in old else "create"
            what = f"The following resource(s) failed to {verb}: [{failed.logical_id}]."
            self.say("UPDATE_ROLLBACK_IN_PROGRESS", None if self.cancelled.is_set() else what)
            self.cancelled.clear()
            self.use(before)
            for logical_id in in_order(old):
                if logical_id in self.map._parsed_resources:
                    self.change(logical_id)
            self.say("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
            self.remove(new, [logical_id for logical_id in in_order(new) if logical_id in added])
            self.say("UPDATE_ROLLBACK_COMPLETE")
        else:
            self.say("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
            self.remove(old, [logical_id for logical_id in in_order(old) if logical_id not in new])
            self.say("UPDATE_COMPLETE")

    def use(self, template):
        self.stack.template = template
        self.stack._parse_template()
        self.map._template = self.stack.template_dict
        self.map._resource_json_map = self.stack.template_dict["Resources"]
        self.map.load_mapping()
        self.map.load_parameters()
        self.map.load_conditions()
        self.stack.output_map = self.stack._create_output_map()

    def delete(self, backend, others):
        self.cancelled.set()
        if others is not None:
            others.join()
        self.say("DELETE_IN_PROGRESS", "User Initiated")
        resources = self.map._resource_json_map
        try:
            self.remove(resources, in_order(resources))
        except Failed as failed:
            self.say("DELETE_FAILED", f"The following resource(s) failed to delete: [{failed.logical_id}]. ")
        else:
            self.say("DELETE_COMPLETE")
            backend.deleted_stacks[self.stack.stack_id] = self.stack
            backend.stacks.pop(self.stack.stack_id)


# --- in the place of moto's

works = {}

# those in which a stack can be updated
SETTLED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


def create_resources(stack):
    stack.status = "CREATE_IN_PROGRESS"
    work = works[stack.stack_id] = Work(stack)
    work.begin(work.create)


def update_stack(stack, template, role_arn=None, parameters=None, tags=None):
    work = works[stack.stack_id]
    if stack.status not in SETTLED:
        what = f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated."
        raise ValidationError(stack.name, message=what)
    if stack.parse_template(template) == stack.template_dict:
        raise ValidationError(stack.name, message="No updates are to be performed.")
    work.say("UPDATE_IN_PROGRESS", "User Initiated")
    work.begin(work.update, template)


def delete_stack(backend, name_or_id):
    for stack in list(backend.stacks.values()):
        if name_or_id in (stack.name, stack.stack_id):
            work = works[stack.stack_id]
            work.begin(work.delete, backend, work.thread)


def cancel_update_stack(self):
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    if stack.status != "UPDATE_IN_PROGRESS":
        raise ValidationError(stack.name, message="CancelUpdateStack cannot be called from current stack status")
    works[stack.stack_id].cancelled.set()
    return EmptyResult()


def stack_resources(stack):
    resources = works[stack.stack_id].map._parsed_resources
    return [resources[logical_id] for logical_id in stack.resource_map.resources if logical_id in resources]


def outputs(stack, otherwise=models.Stack.outputs.fget):
    # moto would make the resources that an output refers to
    return otherwise(stack) if stack.status in SETTLED else None


def describe(self, stack, resource, otherwise=responses.StackResourceDTO.__init__):
    otherwise(self, stack, resource)
    work = works[stack.stack_id]
    self.resource_status = work.statuses[self.logical_resource_id]
    self.resource_status_reason = work.reasons[self.logical_resource_id]
    self.timestamp = stack.creation_time


models.Stack.create_resources = create_resources
models.Stack.update = update_stack
models.Stack.stack_resources = property(stack_resources)
models.Stack.outputs = property(outputs)
models.CloudFormationBackend.delete_stack = delete_stack
responses.CloudFormationResponse.cancel_update_stack = cancel_update_stack
responses.StackResourceDTO.__init__ = describe
emulator.is_cancelled = lambda stack_id: works[stack_id].cancelled.is_set()
emulator.CLASSES |= {type_: Ignored for type_ in IGNORED}
