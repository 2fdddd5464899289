import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Duration } from 'aws-cdk-lib/core';
import type { AsyncInference } from './async-inference';
import type { ClarifyExplainer } from './clarify-explainer';
import type { DataCapture } from './data-capture';
import type { DeploymentStrategy } from './deployment-strategy';
import type { EndpointVariant } from './endpoint-variant';
import type { RollbackAlarms } from './rollback-alarms';
import type { VariantProperty } from './variant-property';

/** Options of an endpoint, whatever it serves and on what. */
export interface TensorFlowServingEndpointOptions {
  /**
   * The name of the endpoint. It has 1 to 63 letters, digits and hyphens, and is the same in capital and small letters.
   *
   * CloudFormation can update an endpoint with a name of its own, but not replace it: to become serverless, or to become
   * so no more, it needs another name.
   *
   * @default - one of the construct's path and the stack's id; CloudFormation's choice for a serverless endpoint
   */
  readonly endpointName?: string;

  /**
   * The key that encrypts the volumes of the instances.
   *
   * Instances with storage of their own, such as `ml.g5.xlarge`, encrypt it in hardware, with a key that is lost with
   * the instance; this key does not encrypt it, which is warned of.
   *
   * @default - a key of SageMaker's
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * A variant that gets copies of the requests to the only variant, and whose answers are dropped.
   *
   * It shows how another model or instance type would do. To promote it, give its model to the other variant, which keeps
   * its name. Its weight is the number of copies per request: the default of 1
   * is a copy of each. Endpoints that are serverless, asynchronous or for many models have none.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests.html
   */
  readonly shadow?: EndpointVariant;

  /**
   * Makes the endpoint asynchronous: it queues requests, and writes answers to S3. It then takes no other requests.
   *
   * @default - the endpoint answers at once
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html
   */
  readonly asyncInference?: AsyncInference;

  /**
   * Writes requests and answers to S3, to look at them later.
   *
   * @default - nothing is captured
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture.html
   */
  readonly dataCapture?: DataCapture;

  /**
   * How an update moves requests from the old instances to the new ones.
   *
   * @default - `DeploymentStrategy.allAtOnce()`; none for serverless variants, Inferentia 1 and Elastic Inference, where SageMaker has no choice
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
   */
  readonly deployment?: DeploymentStrategy;

  /**
   * The alarms that make SageMaker undo an update.
   *
   * @default - `RollbackAlarms.recommended()`; none where there is no deployment strategy, or where the role of a model cannot be allowed to
   *   look at them, because the model or the role was imported
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
   */
  readonly rollbackAlarms?: RollbackAlarms;

  /**
   * Explains predictions, with SageMaker Clarify.
   *
   * @default - no explanations
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-online-explainability.html
   */
  readonly explainer?: ClarifyExplainer;

  /**
   * Whether metrics tell the instances and containers of a variant apart.
   *
   * @default false
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MetricsConfig.html
   */
  readonly enhancedMetrics?: boolean;

  /**
   * Whether the metrics of single GPUs, and those that a container itself offers to Prometheus, are published. TensorFlow
   * Serving's container offers none.
   *
   * @default false
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MetricsConfig.html
   */
  readonly detailedObservability?: boolean;

  /**
   * How often the utilization of the instances is published: every 10, 30, 60, 120, 180, 240 or 300 seconds. With
   * `enhancedMetrics` it is also how often those of requests are.
   *
   * @default - every 60 seconds
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MetricsConfig.html
   */
  readonly metricPublishFrequency?: Duration;

  /**
   * Whether an update keeps what was changed while the endpoint ran: the number of instances, above all, which scaling sets.
   *
   * @default - true if a variant is scaled or `excludeRetainedVariantProperties` is given, otherwise false
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpoint.html
   */
  readonly retainAllVariantProperties?: boolean;

  /**
   * What an update nevertheless sets to what this app says.
   *
   * @default - the weights, where properties are retained and there are several variants
   */
  readonly excludeRetainedVariantProperties?: VariantProperty[];
}
