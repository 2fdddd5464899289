import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Duration, Resource, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { TensorFlowBatchTransformProps } from './tensorflow-batch-transform-props';
import { hearOfArrivals } from './transform-arrival-checks';
import { checkTransform, warnOfTransform } from './transform-checks';
import { transformDefinition } from './transform-definition';
import * as lazily from './transform-lazily';
import { grantForTransform } from './transform-permissions';
import { type TransformRequest, transformRequest } from './transform-request';
import { placeable } from '../model/placeable-model';
import { volumeKeyStatements } from '../private/container-rights';
import { throwIfAny } from '../private/errors';
import { jobStatements } from '../private/job-rights';
import { JobTags } from '../private/job-tags';
import { jobNamePrefixOf } from '../private/name-prefix';

/**
 * Scores objects in S3 with a TensorFlow model, in transform jobs of SageMaker that a state machine runs.
 *
 * CloudFormation has no transform jobs: each run is an execution of the state machine, with jobs of its own. Executions can be started at
 * any time, with an input such as `{"prefix": "incoming/2024-05-01/"}` to score only that: it must begin with the prefix of the transform's
 * input. Without one, all of the input is scored. With a run on arrival there is always an input: the `prefix`, or the key of the `manifest`.
 *
 * The results of each job are in a folder of its own, which the output of the execution names: it is the description of the job.
 *
 * The jobs have the tags of the construct, and those of its stack: at most 50. When the stack is deleted, an execution that runs is stopped,
 * but its job goes on until it is done; stop the execution before if the job is not to be paid for.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html
 */
export class TensorFlowBatchTransform extends Resource {
  /** The state machine that runs the jobs. */
  public readonly stateMachine: sfn.IStateMachine;

  /** What the names of all its transform jobs begin with, up to a hyphen. */
  public readonly transformJobNamePrefix: string;

  constructor(scope: Construct, id: string, props: TensorFlowBatchTransformProps) {
    super(scope, id);
    throwIfAny(this, checkTransform(this, props));
    const { model, instanceType, run } = props;
    const asyncInvocationTimeout = props.invocationTimeout ?? Duration.minutes(10); // which is how long SageMaker waits
    const modelName = placeable(model)?._modelNameFor(this, { instanceType, asyncInvocationTimeout }) ?? model.modelName;
    warnOfTransform(this, props);
    hearOfArrivals(this, props);

    this.transformJobNamePrefix = jobNamePrefixOf(this);
    const tags = new JobTags(this, 'Tags', 'AWS::SageMaker::TransformJob', 'transform job').render();
    this.stateMachine = this.makeStateMachine(props, transformRequest(props, { modelName, tags }));
    this.stateMachine.node.addDependency(...grantForTransform(this, props));
    if (run?._schedule !== undefined) {
      lazily.stateMachineSchedule().runOnSchedule(this, run._schedule, this.stateMachine);
    }
    if (run?._arrival !== undefined) {
      const { TransformArrival } = lazily.transformArrival();
      new TransformArrival(this, 'Arrival', {
        arrival: run._arrival, source: props.input._source, stateMachineArn: this.stateMachine.stateMachineArn,
      });
    }
  }

  /**
   * Lets a principal start runs.
   *
   * @param grantee who may start them
   */
  public grantStart(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /**
   * A rule for the states that its transform jobs come to: InProgress, Completed, Failed, Stopping, Stopped.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
   */
  public onStateChange(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.onStatus(id, options);
  }

  /** A rule for transform jobs that have completed. */
  public onSuccess(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.onStatus(id, options, ['Completed']);
  }

  /**
   * A rule for transform jobs that have failed, or were stopped. Where SageMaker has no instances, the run may go on with another job.
   */
  public onFailure(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.onStatus(id, options, ['Failed', 'Stopped']);
  }

  /** How many runs have succeeded. Sum over 5 minutes by default. */
  public metricSucceeded(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricSucceeded(props);
  }

  /** How many runs have failed. Sum over 5 minutes by default. */
  public metricFailed(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricFailed(props);
  }

  /** How many milliseconds runs took, with all their waiting. Average over 5 minutes by default. */
  public metricDuration(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricTime(props);
  }

  private makeStateMachine(props: TensorFlowBatchTransformProps, request: TransformRequest): sfn.StateMachine {
    const { run, topic, volumeEncryptionKey, capacityRetries = 5 } = props;
    const { bucket, path } = props.input._source;
    const { JsonStateMachine } = lazily.jsonStateMachine();
    return new JsonStateMachine(this, 'StateMachine', {
      definition: transformDefinition({
        request,
        bucketName: bucket.bucketName,
        path,
        isOnArrival: run?._arrival !== undefined,
        transformJobNamePrefix: this.transformJobNamePrefix,
        partition: Stack.of(this).partition,
        capacityRetries,
        topicArn: topic?.topicArn,
      }),
      statements: () => [
        ...jobStatements(this, 'TransformJob', this.transformJobNamePrefix),
        ...volumeEncryptionKey === undefined ? [] : volumeKeyStatements(volumeEncryptionKey.keyArn),
        ...topic === undefined ? [] : topicStatements(topic),
      ],
    }).stateMachine;
  }

  private onStatus(id: string, options: events.OnEventOptions, statuses?: string[]): events.Rule {
    return lazily.jobStateRule().jobStateRule(this, id, options, { kind: 'TransformJob', namePrefix: this.transformJobNamePrefix }, statuses);
  }
}

/** Tells a topic; SNS encrypts what it is told, where it does, with the rights of whoever tells it. */
function topicStatements({ topicArn, masterKey }: sns.ITopic): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({ actions: ['sns:Publish'], resources: [topicArn] }),
    ...masterKey === undefined ? [] : [new iam.PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [masterKey.keyArn] })],
  ];
}
