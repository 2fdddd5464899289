import { CustomResource } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import type { TrainingRunner } from './training-runner';
import type { TrainingStateMachine } from './training-state-machine';

/** Whose runs they are. */
export interface TrainingRunsProps {
  readonly runner: TrainingRunner;
  readonly machine: TrainingStateMachine;
}

/**
 * All runs of a training job, whoever starts them. When it is deleted, those in progress are stopped.
 *
 * What starts runs depends on it, to be gone before; the state machine and the rights to stop its runs are there until then.
 */
export class TrainingRuns extends Construct {
  /** What lets the function stop them. */
  public readonly rights: IDependable;

  constructor(scope: Construct, id: string, { runner, machine }: TrainingRunsProps) {
    super(scope, id);
    this.rights = runner.grantStop(this, machine);
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::TensorFlowTrainingRuns',
      serviceToken: runner.serviceToken,
      serviceTimeout: runner.serviceTimeout,
      properties: { StateMachineArn: machine.stateMachine.stateMachineArn },
    });
    resource.node.addDependency(machine, this.rights);
  }
}
