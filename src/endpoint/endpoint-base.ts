import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import { type Duration, Resource } from 'aws-cdk-lib/core';
import { endpointMetric, isOfEndpoint } from './endpoint-metrics';
import { DESCRIBE, INVOKE, INVOKE_ASYNC } from './endpoint-permissions';
import { validationError } from '../private/errors';

/** A metric of one variant of an endpoint. */
export interface VariantMetricOptions extends cloudwatch.MetricOptions {
  /**
   * The variant whose metric it is.
   *
   * @default - the only variant of the endpoint
   */
  readonly variantName?: string;
}

/** A SageMaker endpoint that answers TensorFlow Serving's requests. */
export interface ITensorFlowServingEndpoint extends sagemaker.IEndpoint, ec2.IConnectable {
  /**
   * Lets a principal send requests whose answers are written to S3.
   *
   * @param grantee who may send them
   */
  grantInvokeAsync(grantee: iam.IGrantable): iam.Grant;

  /**
   * Lets a principal read the state of the endpoint.
   *
   * @param grantee who may read it
   */
  grantDescribe(grantee: iam.IGrantable): iam.Grant;

  /**
   * A metric, by the name that SageMaker publishes it under.
   *
   * Those that this library knows come from the namespace, with the dimensions, the statistic and the unit that
   * SageMaker has for them. A metric of the queue of an asynchronous endpoint takes no `variantName`. Any other is
   * taken for one of a variant in AWS/SageMaker.
   *
   * @default - over 5 minutes; a metric that this library does not know is averaged
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
   */
  metric(metricName: string, props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many requests were sent. Sum over 5 minutes by default. */
  metricInvocations(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many requests were sent to each instance. Sum over 5 minutes by default. */
  metricInvocationsPerInstance(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many requests were answered at the same time. Maximum over 5 minutes by default. */
  metricConcurrentRequestsPerModel(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many requests were answered with a 4XX status. Sum over 5 minutes by default; the average is their share of the requests. */
  metricInvocation4xxErrors(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many requests were answered with a 5XX status. Sum over 5 minutes by default; the average is their share of the requests. */
  metricInvocation5xxErrors(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many requests the model did not answer with a 2XX status. Sum over 5 minutes by default. */
  metricInvocationModelErrors(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many microseconds the container took to answer. Average over 5 minutes by default. */
  metricModelLatency(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many microseconds SageMaker added to a request. Average over 5 minutes by default. */
  metricOverheadLatency(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How much of its CPUs an instance uses, 100 percent for each CPU. Average over 5 minutes by default. */
  metricCpuUtilization(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How much of its memory an instance uses, in percent. Average over 5 minutes by default. */
  metricMemoryUtilization(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How much of its disk an instance uses, in percent. Average over 5 minutes by default. */
  metricDiskUtilization(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How much of its GPUs an instance uses, 100 percent for each GPU. Average over 5 minutes by default. */
  metricGpuUtilization(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How much of its GPUs' memory an instance uses, 100 percent for each GPU. Average over 5 minutes by default. */
  metricGpuMemoryUtilization(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many requests to an asynchronous endpoint wait or are being answered. Average over 5 minutes by default. */
  metricApproximateBacklogSize(props?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /** How many requests to an asynchronous endpoint there are for each instance. Average over 5 minutes by default. */
  metricApproximateBacklogSizePerInstance(props?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /** 1 while requests to an asynchronous endpoint wait and it has no instance, otherwise 0. Maximum over 5 minutes by default. */
  metricHasBacklogWithoutCapacity(props?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /** How many seconds ago the oldest request to an asynchronous endpoint came. Maximum over 5 minutes by default. */
  metricApproximateAgeOfOldestRequest(props?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /** How many asynchronous requests were worked off. Sum over 5 minutes by default. */
  metricInvocationsProcessed(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many asynchronous requests failed, for whatever reason. Sum over 5 minutes by default. */
  metricInvocationFailures(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many asynchronous requests waited longer than they may. Sum over 5 minutes by default. */
  metricExpiredRequests(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many asynchronous requests could not be read from S3. Sum over 5 minutes by default. */
  metricRequestDownloadFailures(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many answers to asynchronous requests could not be written to S3. Sum over 5 minutes by default. */
  metricResponseUploadFailures(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many times a topic could not be told of an asynchronous request. Sum over 5 minutes by default. */
  metricNotificationFailures(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many microseconds it took to read an asynchronous request from S3. Average over 5 minutes by default. */
  metricRequestDownloadLatency(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many microseconds it took to write the answer to an asynchronous request to S3. Average over 5 minutes by default. */
  metricResponseUploadLatency(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many milliseconds an asynchronous request waited. Average over 5 minutes by default. */
  metricTimeInBacklog(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many milliseconds an asynchronous request took from when it came to when it was done. Average over 5 minutes by default. */
  metricTotalProcessingTime(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many microseconds it took to start a container of a serverless variant. Average over 5 minutes by default. */
  metricModelSetupTime(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How much of its `maxConcurrency` a serverless variant uses, from 0 to 1. Maximum over 5 minutes by default. */
  metricServerlessConcurrentExecutionsUtilization(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How much of the provisioned concurrency was in use, from 0 to 1. Maximum over 5 minutes by default. */
  metricServerlessProvisionedConcurrencyUtilization(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many requests provisioned concurrency answered. Sum over 5 minutes by default. */
  metricServerlessProvisionedConcurrencyInvocations(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many requests there was no provisioned concurrency left for. Sum over 5 minutes by default. */
  metricServerlessProvisionedConcurrencySpilloverInvocations(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many microseconds requests to a multi-model waited for its download and its loading. Average over 5 minutes by default. */
  metricModelLoadingWaitTime(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many microseconds it took to download one of many models. Average over 5 minutes by default. */
  metricModelDownloadingTime(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many microseconds it took the container to load one of many models. Average over 5 minutes by default. */
  metricModelLoadingTime(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many microseconds it took the container to unload one of many models. Average over 5 minutes by default. */
  metricModelUnloadingTime(props?: VariantMetricOptions): cloudwatch.Metric;

  /** Which share of the requests found their model loaded, from 0 to 1. Average over 5 minutes by default. */
  metricModelCacheHit(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many of its models an instance has loaded. Average over 5 minutes by default. */
  metricLoadedModelCount(props?: VariantMetricOptions): cloudwatch.Metric;
}

/** What a new endpoint and an imported one have in common. @internal */
export abstract class TensorFlowServingEndpointBase extends Resource implements ITensorFlowServingEndpoint {
  public abstract readonly endpointArn: string;
  public abstract readonly endpointName: string;
  public abstract readonly connections: ec2.Connections;

  /** How often the metrics of instances are published, where that was given. @internal */
  public readonly _metricPublishFrequency?: Duration;

  /** The names of the variants, as far as they are known. @internal */
  protected abstract readonly _variantNames: string[];

  /** The name of the endpoint in the dimensions of its metrics, if it is not written like `endpointName`. @internal */
  protected readonly _metricEndpointName?: string;

  /** A reference to the endpoint. */
  public get endpointRef(): sagemaker.EndpointReference {
    return { endpointArn: this.endpointArn };
  }

  /**
   * Lets a principal send requests and wait for their answers.
   *
   * @param grantee who may send them
   */
  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, INVOKE);
  }

  public grantInvokeAsync(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, INVOKE_ASYNC);
  }

  public grantDescribe(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, DESCRIBE);
  }

  public metric(metricName: string, props: VariantMetricOptions = {}): cloudwatch.Metric {
    const { variantName, ...options } = props;
    if (!isOfEndpoint(metricName)) {
      return this._metricOf(this._variantNameFor(variantName), metricName, options);
    }
    if (variantName !== undefined) {
      throw validationError(this, {
        property: 'variantName', got: variantName, rule: `cannot be given for ${metricName}, which is a metric of the whole endpoint`, remedy: 'leave it out',
      });
    }
    return this._metricOf(undefined, metricName, options);
  }

  public metricInvocations(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('Invocations', props);
  }

  public metricInvocationsPerInstance(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('InvocationsPerInstance', props);
  }

  public metricConcurrentRequestsPerModel(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('ConcurrentRequestsPerModel', props);
  }

  public metricInvocation4xxErrors(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('Invocation4XXErrors', props);
  }

  public metricInvocation5xxErrors(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('Invocation5XXErrors', props);
  }

  public metricInvocationModelErrors(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('InvocationModelErrors', props);
  }

  public metricModelLatency(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('ModelLatency', props);
  }

  public metricOverheadLatency(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('OverheadLatency', props);
  }

  public metricCpuUtilization(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('CPUUtilization', props);
  }

  public metricMemoryUtilization(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('MemoryUtilization', props);
  }

  public metricDiskUtilization(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('DiskUtilization', props);
  }

  public metricGpuUtilization(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('GPUUtilization', props);
  }

  public metricGpuMemoryUtilization(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('GPUMemoryUtilization', props);
  }

  public metricApproximateBacklogSize(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('ApproximateBacklogSize', props);
  }

  public metricApproximateBacklogSizePerInstance(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('ApproximateBacklogSizePerInstance', props);
  }

  public metricHasBacklogWithoutCapacity(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('HasBacklogWithoutCapacity', props);
  }

  public metricApproximateAgeOfOldestRequest(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('ApproximateAgeOfOldestRequest', props);
  }

  public metricInvocationsProcessed(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('InvocationsProcessed', props);
  }

  public metricInvocationFailures(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('InvocationFailures', props);
  }

  public metricExpiredRequests(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('ExpiredRequests', props);
  }

  public metricRequestDownloadFailures(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('RequestDownloadFailures', props);
  }

  public metricResponseUploadFailures(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('ResponseUploadFailures', props);
  }

  public metricNotificationFailures(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('NotificationFailures', props);
  }

  public metricRequestDownloadLatency(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('RequestDownloadLatency', props);
  }

  public metricResponseUploadLatency(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('ResponseUploadLatency', props);
  }

  public metricTimeInBacklog(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('TimeInBacklog', props);
  }

  public metricTotalProcessingTime(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('TotalProcessingTime', props);
  }

  public metricModelSetupTime(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('ModelSetupTime', props);
  }

  public metricServerlessConcurrentExecutionsUtilization(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('ServerlessConcurrentExecutionsUtilization', props);
  }

  public metricServerlessProvisionedConcurrencyUtilization(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('ServerlessProvisionedConcurrencyUtilization', props);
  }

  public metricServerlessProvisionedConcurrencyInvocations(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('ServerlessProvisionedConcurrencyInvocations', props);
  }

  public metricServerlessProvisionedConcurrencySpilloverInvocations(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('ServerlessProvisionedConcurrencySpilloverInvocations', props);
  }

  public metricModelLoadingWaitTime(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('ModelLoadingWaitTime', props);
  }

  public metricModelDownloadingTime(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('ModelDownloadingTime', props);
  }

  public metricModelLoadingTime(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('ModelLoadingTime', props);
  }

  public metricModelUnloadingTime(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('ModelUnloadingTime', props);
  }

  public metricModelCacheHit(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('ModelCacheHit', props);
  }

  public metricLoadedModelCount(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.metric('LoadedModelCount', props);
  }

  /** A metric of a variant, which is not looked for, or of the whole endpoint. @internal */
  public _metricOf(variantName: string | undefined, metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    const dimensions = { EndpointName: this._metricEndpointName ?? this.endpointName };
    return endpointMetric(metricName, variantName === undefined ? dimensions : { ...dimensions, VariantName: variantName }, options).attachTo(this);
  }

  /** The name of the variant that is meant: the only one, unless it was given. @internal */
  protected _variantNameFor(given: string | undefined): string {
    const names = this._variantNames;
    if (given === undefined && names.length === 1) {
      return names[0];
    }
    if (given === undefined) {
      throw validationError(this, {
        property: 'variantName',
        rule: names.length === 0 ? 'is required for a metric of an imported endpoint' : 'is required for a metric of an endpoint with several variants',
        remedy: names.length === 0 ? 'give it here, or `variantNames` to fromEndpointAttributes' : `give one of ${names.join(', ')}`,
      });
    }
    if (names.length > 0 && !names.includes(given)) {
      throw validationError(this, { property: 'variantName', got: given, rule: `must be a variant of the endpoint, which has ${names.join(', ')}` });
    }
    return given;
  }

  private grant(grantee: iam.IGrantable, actions: string[]): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [this.endpointArn] });
  }
}
