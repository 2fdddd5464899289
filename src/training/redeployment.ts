/* eslint-disable import/no-extraneous-dependencies -- part of a function only, which has the SDK */
import type { DescribeEndpointCommandOutput, UpdateEndpointCommandInput, VariantPropertyType } from '@aws-sdk/client-sagemaker';
import type { TrainingJobDescription } from './model-of-job';
import { REDEPLOY, type RedeployTarget } from './redeploy-target';
import { configPrefix } from './redeployed-models';

/** What a run asks of the function, after its job has succeeded: again and again, until there is nothing to wait for. */
export interface RedeployEvent {
  readonly target: RedeployTarget;
  /** The state machine that the run is of. */
  readonly stateMachineArn: string;
  /** What CloudFormation does with the stack. */
  readonly stackStatus: string;
  /** The description of the training job. */
  readonly job: TrainingJobDescription;
  /** The answer to the last time. */
  readonly before: Pick<RedeployResult, 'waits' | 'from'>;
}

/** How far it is. */
export interface RedeployResult {
  /** `wait`: ask again; `redeployed`: the endpoint serves the model; `skipped`: there was a reason not to; `failed`: it will not serve it. */
  readonly status: 'wait' | 'redeployed' | 'skipped' | 'failed';
  readonly reason: string;
  /** How often was waited. */
  readonly waits: number;
  /** What the endpoint had when the update began; null before that. */
  readonly from: string | null;
}

/** What is known when it is decided what to do. */
export interface RedeployFacts {
  /** The endpoint; undefined where there is none. */
  readonly endpoint: Pick<DescribeEndpointCommandOutput, 'EndpointStatus' | 'EndpointConfigName' | 'FailureReason'> | undefined;
  /** The revision that the state machine runs now; undefined where it redeploys nothing any more. */
  readonly currentRevision: string | undefined;
}

/** What there is to do. */
export type RedeployStep =
  | { readonly step: 'answer'; readonly status: RedeployResult['status']; readonly reason: string }
  | { readonly step: 'update'; readonly from: string };

/** The states of an endpoint that it leaves by itself. */
const BUSY = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack'];

/** Once a minute, which leaves room in the history of an execution. */
const MOST_WAITS = 1200;

/** Decides what to do for the model of a run. */
export function decide({ target, stackStatus, job, before }: RedeployEvent, { endpoint, currentRevision }: RedeployFacts): RedeployStep {
  const { endpointName } = target;
  const { EndpointStatus: status, EndpointConfigName: served = '', FailureReason: failure } = endpoint ?? {};
  const answer = (outcome: RedeployResult['status'], reason: string): RedeployStep => ({ step: 'answer', status: outcome, reason });
  const wait = (reason: string) => before.waits < MOST_WAITS ? answer('wait', reason)
    : answer('failed', `${reason} still, after ${MOST_WAITS / 60} hours`);
  const because = failure === undefined ? '' : `: ${failure}`;

  if (stackStatus.startsWith('DELETE_')) {
    return answer('skipped', 'the stack is being deleted');
  }
  if (status === undefined) {
    return answer('failed', `there is no endpoint ${endpointName}`);
  }
  if (BUSY.includes(status)) {
    return wait(`endpoint ${endpointName} is ${status}`);
  }
  if (status !== 'InService') {
    return answer('failed', `endpoint ${endpointName} is ${status}${because}`);
  }
  if (served.startsWith(configPrefix(target, job.TrainingJobName!))) {
    return answer('redeployed', `endpoint ${endpointName} serves the model of training job ${job.TrainingJobName}`);
  }
  if (before.from !== null) {
    return served === before.from
      ? answer('failed', `endpoint ${endpointName} went back to the model that it had before${because}`)
      : answer('skipped', `endpoint ${endpointName} was updated with something else since`);
  }
  if (stackStatus.endsWith('_IN_PROGRESS')) {
    return wait(`the stack is ${stackStatus}`); // CloudFormation could not update the endpoint in the meantime
  }
  return currentRevision !== target.revision
    ? answer('skipped', 'the run is of what was deployed before the last deployment')
    : { step: 'update', from: served };
}

/** The update that gives an endpoint another configuration, in the way that its deployment has said. */
export function updateOf(
  { endpointName, retainAllVariantProperties, excludeRetainedVariantProperties: excluded }: RedeployTarget,
  { LastDeploymentConfig }: Pick<DescribeEndpointCommandOutput, 'LastDeploymentConfig'>,
  configName: string,
): UpdateEndpointCommandInput {
  return {
    EndpointName: endpointName,
    EndpointConfigName: configName,
    ...retainAllVariantProperties === undefined ? {} : { RetainAllVariantProperties: retainAllVariantProperties },
    ...excluded === undefined ? {} : {
      ExcludeRetainedVariantProperties: excluded.map((property) => ({ VariantPropertyType: property.variantPropertyType as VariantPropertyType })),
    },
    ...LastDeploymentConfig === undefined ? {} : { RetainDeploymentConfig: true },
  };
}

/** The revision in the definition of a state machine, if that redeploys something. */
export function revisionIn(definition: string): string | undefined {
  const { States = {} } = JSON.parse(definition) as { States?: { [name: string]: { Parameters?: { Payload?: { target?: RedeployTarget } } } } };
  return States[REDEPLOY]?.Parameters?.Payload?.target?.revision;
}
