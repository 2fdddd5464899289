import * as events from 'aws-cdk-lib/aws-events';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { type CfnResource, CfnWaitCondition, CfnWaitConditionHandle, CustomResource, Fn, Lazy, Stack } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import { LONGEST_WAIT } from './training-definition';
import type { TrainingRunner } from './training-runner';
import type { TrainingStateMachine } from './training-state-machine';

/** How many digits of a revision tell it from all others. */
const REVISION_LENGTH = 16;

/** What a deployment waits for. */
export interface TrainingDeploymentProps {
  readonly runner: TrainingRunner;
  readonly machine: TrainingStateMachine;
  /** The ARN of the state machine's version that runs. */
  readonly versionArn: string;
  readonly trainingJobNamePrefix: string;
  readonly capacityRetries: number;
  /** Changes when a new run is due. */
  readonly revision: string;
  /** What has to be there before a job is started. */
  readonly dependables: readonly IDependable[];
}

/**
 * The run of a deployment.
 *
 * Each revision is resources of its own, by their logical ids: a new one is created, which is its run, and the old one is deleted. So a
 * deployment that changes nothing runs nothing, and one that goes back stops what it has started.
 */
export class TrainingDeployment extends Construct {
  /** The key that the model of the run is written to: of an archive, or the prefix of files. */
  public readonly modelKey: string;

  constructor(scope: Construct, id: string, props: TrainingDeploymentProps) {
    super(scope, id);
    const { runner, machine, trainingJobNamePrefix } = props;
    const revision = Lazy.uncachedString({ produce: () => (Stack.of(this).resolve(props.revision) as string).slice(0, REVISION_LENGTH) });
    const { stateMachine } = machine;

    const handle = new CfnWaitConditionHandle(this, 'Handle');
    const run = new CustomResource(this, 'Run', {
      resourceType: 'Custom::TensorFlowTrainingRun',
      serviceToken: runner.serviceToken,
      serviceTimeout: runner.serviceTimeout,
      properties: {
        StateMachineArn: stateMachine.stateMachineArn,
        StateMachineVersionArn: props.versionArn,
        Revision: revision,
        TrainingJobNamePrefix: trainingJobNamePrefix,
        Attempts: props.capacityRetries + 1,
        SignalUrl: handle.ref,
      },
    });
    run.node.addDependency(machine, this.watch(props), ...props.dependables);
    const condition = new CfnWaitCondition(this, 'Condition', { handle: handle.ref, timeout: String(LONGEST_WAIT), count: 1 });
    // what the run waits for takes nothing from its time
    condition.node.addDependency(run);
    for (const resource of [handle, run.node.defaultChild as CfnResource, condition]) {
      ofRevision(resource, revision);
    }
    // the data is {"artifact":"<key>"}
    this.modelKey = Fn.select(3, Fn.split('"', condition.attrData.toString()));
  }

  /** Tells the deployment of a run that somebody has stopped, or that has failed before it could tell itself. */
  private watch({ runner: { signalFunctionArn }, machine }: TrainingDeploymentProps): events.Rule {
    const rule = new events.Rule(this, 'Watch', {
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [machine.stateMachine.stateMachineArn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      targets: [{ bind: () => ({ arn: signalFunctionArn }) }],
    });
    new lambda.CfnPermission(rule, 'Permission', {
      action: 'lambda:InvokeFunction', functionName: signalFunctionArn, principal: 'events.amazonaws.com', sourceArn: rule.ruleArn,
    });
    return rule;
  }
}

/** Makes a resource another one for each revision. */
function ofRevision(resource: CfnResource, revision: string): void {
  const stack = Stack.of(resource);
  const logicalId = stack.resolve(resource.logicalId) as string;
  resource.overrideLogicalId(Lazy.uncachedString({ produce: () => `${logicalId}${stack.resolve(revision)}` }));
}
