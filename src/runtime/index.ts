export { AsyncInferenceError } from './async-error';
export { type AsyncNotification, readNotification } from './async-notification';
export {
  type AsyncInferenceOptions, type AsyncInvocationOptions, type AsyncRequest, type AsyncResultOptions,
} from './async-options';
export { type AsyncPrediction } from './async-prediction';
export { type ByteSource, type WebStream } from './byte-chunks';
export { type TensorFlowServingClientProps, TensorFlowServingClient } from './client';
export {
  type ErrorDetails, type ModelErrorProps, AccessDeniedError, ConnectionError, EndpointNotFoundError, InvalidRequestError,
  MalformedResponseError, ModelError, ModelNotReadyError, PayloadTooLargeError, RequestAbortedError, RequestRefusedError,
  RequestTimeoutError, SdkError, ServiceError, TensorFlowServingError, ThrottledError,
} from './errors';
export { type FakeCall, type FakeFailure, type FakeTensorFlowServingProps, FakeTensorFlowServing } from './fake';
export { type FakeSageMakerFailure } from './fake-errors';
export { type GatherOptions } from './gather';
export { type InvocationDefaults, type InvocationOptions, type Method } from './invocation';
export { type Attempt, type AttemptResult, type ClientMiddleware } from './middleware';
export { type FeatureSpec, type ModelTypes, type SignatureTypes } from './model-types';
export { type ObjectStore, type S3Commands, type S3Methods, type S3Object, type S3Sender, s3ObjectStore } from './object-store';
export { type AsyncInference, type Gathering, asyncInference, gathering } from './plug-ins';
export { type AsyncEndpointInvoker } from './predict-async';
export {
  type Failed, type Instance, type InstanceSource, type PredictManyOptions, type Predicted, type PredictionResult, type PredictionResultOf,
} from './predict-many';
export {
  type ClassifyRequest, type ClassifyResponse, type ColumnarRequest, type ColumnarResponse, type Examples, type RegressRequest,
  type RegressResponse, type RowRequest, type RowResponse, type TypedExamples,
} from './requests';
export { type RetryOptions } from './retry';
export { type EndpointInvoker } from './sender';
export {
  type ClassifySignatureName, type DefaultSignatureName, type Inputs, type Instances, type Outputs, type Predictions,
  type RegressSignatureName, type Rows, type Signature, type SignatureName, type Signatures, type TensorSpec,
} from './signatures';
export { type TensorElements, Tensor, tensor } from './tensor';
export {
  type BigIntArray, type Example, type Feature, type FeatureValue, type NumberArray, type ResponseValue, type TensorValue,
} from './tensor-values';
export { type TransformOutputFormat } from './transform-documents';
export { type ReadTransformOutputOptions, type TransformRecord, readTransformOutput } from './transform-output';
export { MalformedTransformOutputError } from './transform-output-error';
export { type TypedExample } from './typed-example';
export { type ExampleOf, type InputsOf, type InstancesOf, type OutputsOf, type PredictionsOf } from './types-of-model';
