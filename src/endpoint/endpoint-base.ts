import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import { Resource } from 'aws-cdk-lib/core';
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
   * A metric of a variant, by the name that SageMaker publishes it under in the namespace AWS/SageMaker.
   *
   * @default - the average over 5 minutes
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
   */
  metric(metricName: string, props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many requests were sent. Sum over 5 minutes by default. */
  metricInvocations(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many requests were sent to each instance. Sum over 5 minutes by default. */
  metricInvocationsPerInstance(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many requests were answered with a 4XX status. Sum over 5 minutes by default. */
  metricInvocation4xxErrors(props?: VariantMetricOptions): cloudwatch.Metric;

  /** How many requests were answered with a 5XX status. Sum over 5 minutes by default. */
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
}

/** What a new endpoint and an imported one have in common. @internal */
export abstract class TensorFlowServingEndpointBase extends Resource implements ITensorFlowServingEndpoint {
  public abstract readonly endpointArn: string;
  public abstract readonly endpointName: string;
  public abstract readonly connections: ec2.Connections;

  /** The names of the variants, as far as they are known. @internal */
  protected abstract readonly _variantNames: string[];

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

  public metric(metricName: string, props?: VariantMetricOptions): cloudwatch.Metric {
    return this.requestMetric(metricName, {}, props);
  }

  public metricInvocations(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.requestMetric('Invocations', SUM, props);
  }

  public metricInvocationsPerInstance(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.requestMetric('InvocationsPerInstance', SUM, props);
  }

  public metricInvocation4xxErrors(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.requestMetric('Invocation4XXErrors', SUM, props);
  }

  public metricInvocation5xxErrors(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.requestMetric('Invocation5XXErrors', SUM, props);
  }

  public metricInvocationModelErrors(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.requestMetric('InvocationModelErrors', SUM, props);
  }

  public metricModelLatency(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.requestMetric('ModelLatency', MICROSECONDS, props);
  }

  public metricOverheadLatency(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.requestMetric('OverheadLatency', MICROSECONDS, props);
  }

  public metricCpuUtilization(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.instanceMetric('CPUUtilization', props);
  }

  public metricMemoryUtilization(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.instanceMetric('MemoryUtilization', props);
  }

  public metricDiskUtilization(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.instanceMetric('DiskUtilization', props);
  }

  public metricGpuUtilization(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.instanceMetric('GPUUtilization', props);
  }

  public metricGpuMemoryUtilization(props?: VariantMetricOptions): cloudwatch.Metric {
    return this.instanceMetric('GPUMemoryUtilization', props);
  }

  private grant(grantee: iam.IGrantable, actions: string[]): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [this.endpointArn] });
  }

  private requestMetric(metricName: string, defaults: cloudwatch.MetricOptions, props?: VariantMetricOptions): cloudwatch.Metric {
    return this.variantMetric('AWS/SageMaker', metricName, defaults, props);
  }

  private instanceMetric(metricName: string, props?: VariantMetricOptions): cloudwatch.Metric {
    return this.variantMetric('/aws/sagemaker/Endpoints', metricName, PERCENT, props);
  }

  private variantMetric(
    namespace: string, metricName: string, defaults: cloudwatch.MetricOptions, props: VariantMetricOptions = {},
  ): cloudwatch.Metric {
    const { variantName, ...options } = props;
    return new cloudwatch.Metric({
      namespace,
      metricName,
      dimensionsMap: { EndpointName: this.endpointName, VariantName: this.variantFor(variantName) },
      ...defaults,
      ...options,
    }).attachTo(this);
  }

  private variantFor(given: string | undefined): string {
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
}

const SUM: cloudwatch.MetricOptions = { statistic: 'Sum' };
const MICROSECONDS: cloudwatch.MetricOptions = { statistic: 'Average', unit: cloudwatch.Unit.MICROSECONDS };
const PERCENT: cloudwatch.MetricOptions = { statistic: 'Average', unit: cloudwatch.Unit.PERCENT };
