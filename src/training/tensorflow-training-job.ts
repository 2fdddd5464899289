import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Annotations, type Duration, Lazy, Resource, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ModelRegistration } from './model-registration';
import type { BoundRegistration } from './registration-request';
import * as lazily from './run-lazily';
import type { TrainedArtifact } from './trained-artifact';
import { LONGEST_WAIT } from './training-definition';
import type { TrainingDeployment } from './training-deployment';
import type { TrainingJobDeployOptions } from './training-job-deploy-options';
import { searchOfJobs, type TrainingMetricOptions } from './training-metrics';
import type { TensorFlowTrainingOptions } from './training-options';
import type { TrainingRedeployment } from './training-redeployment';
import { type BoundTrainingRequest, trainingRequest } from './training-request';
import { TrainingRun } from './training-run';
import type { TrainingRunner } from './training-runner';
import type { TrainingRuns } from './training-runs';
import type { TrainingStateMachine } from './training-state-machine';
import { TensorFlowServingEndpoint } from '../endpoint/tensorflow-serving-endpoint';
import type { ModelArtifact } from '../model/model-artifact';
import { ModelFromArtifact } from '../model/model-from-artifact';
import type { ITrainedModel } from '../model/trained-model';
import { checkPattern } from '../private/checks';
import { throwIfAny, validationError, type Violation } from '../private/errors';
import { checkCapacityRetries } from '../private/job-states';
import { jobNamePrefixOf } from '../private/name-prefix';

/** What is trained, and when. */
export interface TensorFlowTrainingJobProps extends TensorFlowTrainingOptions {
  /**
   * When the job runs.
   *
   * @default TrainingRun.onDeploy()
   */
  readonly run?: TrainingRun;

  /**
   * How often a run tries another job when SageMaker has no instances for it, 0 to 20 times: after 2 minutes, and each time after twice
   * as long, but at most an hour.
   *
   * @default 5
   */
  readonly capacityRetries?: number;

  /**
   * Registers the model of each run that succeeds as a version in a model package group. A run whose model cannot be registered fails.
   *
   * A run that a deployment finds, and does not repeat, is not registered again.
   *
   * @default - models are not registered
   */
  readonly registerIn?: ModelRegistration;
}

/** The run of a deployment, and what it makes. */
interface DeployedRun {
  readonly request: BoundTrainingRequest;
  readonly machine: TrainingStateMachine;
  readonly deployment: TrainingDeployment;
  readonly artifact: TrainedArtifact;
  /** What the keys of all models begin with. */
  readonly keyPrefix: string;
}

/**
 * A job that trains a TensorFlow model on SageMaker, run by a state machine.
 *
 * CloudFormation has no training jobs: each run is an execution of the state machine, with jobs of its own. By default the job runs when it
 * is deployed and when it changes, and what serves its model waits for that.
 *
 * The output of an execution is the description of its training job; with `registerIn`, its `OutputModelPackageArn` is the version that was
 * registered. Executions without input can be started at any time.
 *
 * Its training jobs have the tags of the construct, and those of its stack: at most 50.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/how-it-works-training.html
 */
export class TensorFlowTrainingJob extends Resource implements ITrainedModel, iam.IGrantable, ec2.IConnectable {
  /** The state machine that runs the job. */
  public readonly stateMachine: sfn.IStateMachine;

  /** The role that SageMaker assumes for the job. */
  public readonly role: iam.IRole;

  /** The principal that permissions are granted to: the role. */
  public readonly grantPrincipal: iam.IPrincipal;

  /** The bucket that models are written to. */
  public readonly outputBucket: s3.IBucket;

  /** What the names of all its training jobs begin with, up to a hyphen. */
  public readonly trainingJobNamePrefix: string;

  private readonly ownConnections?: ec2.Connections;
  private readonly deployed?: DeployedRun;
  private redeployment?: TrainingRedeployment;
  private readonly options: TensorFlowTrainingOptions;

  constructor(scope: Construct, id: string, props: TensorFlowTrainingJobProps) {
    super(scope, id);
    const { run = TrainingRun.onDeploy(), capacityRetries = 5, registerIn, ...options } = props;
    throwIfAny(this, [
      ...checkCapacityRetries(capacityRetries),
      ...run._onDeploy ? checkOutputPrefix(options.outputPrefix) : [],
      ...registerIn === undefined ? [] : lazily.registrationRequest().checkRegistration(this, registerIn, options.version),
    ]);
    this.warnOfLongRuns(run, options.maxWait ?? options.maxRuntime);
    const request = trainingRequest(this, options);

    this.options = options;
    this.role = request.role;
    this.grantPrincipal = request.role;
    this.outputBucket = request.outputBucket;
    this.ownConnections = request.connections;
    this.trainingJobNamePrefix = jobNamePrefixOf(this);

    const runner = lazily.trainingRunner().TrainingRunner.of(this);
    const { TrainingStateMachine } = lazily.trainingStateMachine();
    const machine = new TrainingStateMachine(this, 'StateMachine', {
      request,
      trainingJobNamePrefix: this.trainingJobNamePrefix,
      capacityRetries,
      trainingPlanArn: options.trainingPlanArn,
      signalFunctionArn: run._onDeploy ? runner.signalFunctionArn : undefined,
      registration: registerIn === undefined ? undefined : this.register(request, registerIn),
    });
    this.stateMachine = machine.stateMachine;
    this.stateMachine.node.addDependency(request.dependable);
    const { TrainingRuns } = lazily.trainingRuns();
    const runs = new TrainingRuns(this, 'Runs', { runner, machine });
    if (run._schedule !== undefined) {
      lazily.stateMachineSchedule().runOnSchedule(this, run._schedule, this.stateMachine, runs);
    }
    this.deployed = run._onDeploy ? this.runOnDeploy(request, machine, runner, runs, capacityRetries) : undefined;
  }

  /**
   * The model that the job trains when it is deployed, for what serves it in the same stack. Throws where the job does not run on deploy.
   *
   * What is made of it waits for the run. A new run is a new object in the bucket, and so a new model.
   */
  public get artifact(): ModelArtifact {
    if (this.deployed === undefined) {
      throw validationError(this, {
        property: 'artifact',
        rule: 'exists only for a job that runs when it is deployed',
        remedy: 'leave out `run`, or serve a certain model with ModelArtifact.fromBucket(job.outputBucket, ...)',
      });
    }
    return this.deployed.artifact;
  }

  /** The security groups of the instances. Throws where these are in no VPC. */
  public get connections(): ec2.Connections {
    if (this.ownConnections === undefined) {
      throw validationError(this, { property: 'connections', rule: 'exist only for a job in a VPC', remedy: 'give the job a `vpc`' });
    }
    return this.ownConnections;
  }

  /**
   * Serves the model that the job trains when it is deployed, on a SageMaker endpoint. A new run updates the endpoint.
   *
   * For several variants, serverless inference, or several models, give `artifact` to a `ModelFromArtifact`.
   *
   * @param id the id of the endpoint; the model has the same, followed by `Model`
   */
  public deploy(id: string, options: TrainingJobDeployOptions): TensorFlowServingEndpoint {
    const version = options.version ?? (options.image === undefined ? this.options.version : undefined);
    if (version === undefined && options.image === undefined) {
      throw validationError(this, {
        property: 'version',
        rule: 'must be given to `deploy`, because the job has an image of its own, of which the version is not known',
        remedy: 'give the release of TensorFlow that serves, or an `image`',
      });
    }
    const model = new ModelFromArtifact(this, `${id}Model`, { ...options, version, artifact: this.artifact });
    return new TensorFlowServingEndpoint(this, id, { ...options, model });
  }

  /**
   * Gives an endpoint the model of each later run: one by schedule, or that somebody starts by hand. Without this, it keeps the model that
   * it was deployed with.
   *
   * When such a run has trained a model, it copies the models and the configuration of the endpoint with the new model in them, updates the
   * endpoint by its own deployment strategy and rollback alarms, and succeeds when that serves the new model. It fails if the endpoint goes
   * back to the old one, for the reason that SageMaker gives. What earlier runs have copied is deleted then; the archives stay.
   *
   * A run waits, at most 20 hours, while the stack is deployed or the endpoint is updated. One that was started before the job was changed
   * leaves the endpoint alone. The next deployment asks the endpoint what it serves, and keeps that until the job itself is changed; it
   * fails if the endpoint is in an update for more than 15 minutes. A deployment that is rolled back goes back to the model of the
   * deployment before it, and the next run brings a newer one again.
   *
   * The variants that serve the `artifact` of this job get the new model. Their models can have no `code` that a deployment adds. A
   * serverless endpoint that was given no name gets another one, so that one which is there already is replaced. When this call is taken
   * out of the app, change the endpoint too: it would keep the model of a run, which its role can no longer read.
   *
   * @param endpoint the endpoint, in the stack of the job: one for each job, because a deployment keeps what that one serves
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
   */
  public redeploys(endpoint: TensorFlowServingEndpoint): void {
    throwIfAny(this, this.redeployment === undefined ? [] : [{
      property: 'redeploys',
      got: endpoint.node.path,
      rule: 'must be called once: what a deployment keeps is the model that one endpoint serves',
      remedy: 'make variants of that endpoint, or give the other one a job of its own',
    }]);
    if (this.deployed === undefined) {
      throw validationError(this, {
        property: 'redeploys',
        rule: 'needs a job that runs when it is deployed, whose model the endpoint serves until the next run',
        remedy: 'leave out `run`, or give it a schedule without `runOnDeploy: false`',
      });
    }
    const { request, deployment, ...deployed } = this.deployed;
    const { TrainingRedeployment } = lazily.trainingRedeployment();
    this.redeployment = new TrainingRedeployment(this, 'Redeployment', {
      endpoint,
      trainingJobNamePrefix: this.trainingJobNamePrefix,
      revision: request.revision,
      bucket: request.outputBucket,
      outputPrefix: request.outputPrefix,
      encryptionKey: request.outputEncryptionKey,
      isCompressed: request.isCompressed,
      deployedKey: deployment.modelKey,
      ...deployed,
    });
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
   * A rule for the states that its training jobs come to: InProgress, Completed, Failed, Stopping, Stopped.
   *
   * A run has a job for each attempt: an attempt that fails for lack of capacity, and is tried again, is Failed like any other. For runs that
   * fail in the end, use `metricFailed`.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
   */
  public onStateChange(id: string, options: events.OnEventOptions = {}): events.Rule {
    return lazily.jobStateRule().jobStateRule(this, id, options, { kind: 'TrainingJob', namePrefix: this.trainingJobNamePrefix });
  }

  /**
   * A metric of all its training jobs, by the name that SageMaker publishes it under: `CPUUtilization`, `GPUUtilization`,
   * `MemoryUtilization`, `DiskUtilization`, or one of `metricDefinitions`.
   *
   * Each job has a name of its own, so this is a search, with a line for each job and instance. It can be in a graph, but not in an alarm.
   *
   * @default - average over 5 minutes
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
   */
  public metric(metricName: string, options: TrainingMetricOptions = {}): cloudwatch.SearchExpression {
    return searchOfJobs(this.trainingJobNamePrefix, metricName, options);
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

  private register(request: BoundTrainingRequest, registerIn: ModelRegistration): BoundRegistration {
    const { outputBucket: bucket, outputEncryptionKey: encryptionKey, isCompressed } = request;
    return lazily.registrationRequest().bindRegistration(this, registerIn, {
      version: this.options.version, bucket, encryptionKey, isCompressed, keyPrefix: keyPrefixOf(request, this.trainingJobNamePrefix),
    });
  }

  private runOnDeploy(
    request: BoundTrainingRequest, machine: TrainingStateMachine, runner: TrainingRunner, runs: TrainingRuns, capacityRetries: number,
  ): DeployedRun {
    const { TrainingDeployment } = lazily.trainingDeployment();
    const { TrainedArtifact } = lazily.trainedArtifact();
    const { outputBucket: bucket, outputEncryptionKey: encryptionKey, isCompressed } = request;
    const { trainingJobNamePrefix } = this;
    const versionArn = machine.version();
    const keyPrefix = keyPrefixOf(request, trainingJobNamePrefix);
    const rights = runner.grantRun(this, { machine, versionArn, bucket, keyPrefix });
    const deployment = new TrainingDeployment(this, 'Deployment', {
      runner,
      machine,
      versionArn,
      trainingJobNamePrefix,
      capacityRetries,
      revision: request.revision,
      dependables: [request.dependable, runs.rights, ...rights],
    });
    const artifact = new TrainedArtifact(this, {
      bucket, encryptionKey, key: Lazy.uncachedString({ produce: () => this.redeployment?.modelKey ?? deployment.modelKey }), isCompressed,
    });
    return { request, machine, deployment, artifact, keyPrefix };
  }

  private warnOfLongRuns(run: TrainingRun, longest: Duration | undefined): void {
    if (run._onDeploy && longest !== undefined && !longest.isUnresolved() && longest.toSeconds({ integral: false }) > LONGEST_WAIT) {
      Annotations.of(this).addWarningV2('cdk-tensorflow-serving:trainingOutlastsDeployment',
        'The job may take longer than the 12 hours that a deployment waits for it, and then fails; '
        + 'let it train faster, or use TrainingRun.onDemand()');
    }
  }
}

/** The key of a model gets to those that use it as a part of a JSON text, which has other characters escaped. */
function checkOutputPrefix(prefix: string | undefined): Violation[] {
  return checkPattern('outputPrefix', prefix, /^[ !#-[\]-~]*$/, 'must have only printable characters of ASCII, and neither quotes nor backslashes');
}

/** What the keys of its models begin with. */
function keyPrefixOf({ outputPrefix }: BoundTrainingRequest, trainingJobNamePrefix: string): string {
  if (Token.isUnresolved(outputPrefix)) {
    return outputPrefix; // which may or may not end in a slash
  }
  return [...outputPrefix === '' ? [] : [outputPrefix.replace(/\/$/, '')], `${trainingJobNamePrefix}-`].join('/');
}
