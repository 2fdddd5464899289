export { type EndpointInvoker, type TensorFlowServingClientProps, TensorFlowServingClient } from './client';
export {
  type ModelErrorProps, InvalidRequestError, MalformedResponseError, ModelError, PayloadTooLargeError, TensorFlowServingError,
} from './errors';
export { type InvocationDefaults, type InvocationOptions } from './invocation';
export {
  type ClassifyRequest, type ClassifyResponse, type ColumnarRequest, type ColumnarResponse, type Examples, type RegressRequest,
  type RegressResponse, type RowRequest, type RowResponse,
} from './requests';
export {
  type ClassifySignatureName, type DefaultSignatureName, type Inputs, type Instances, type Outputs, type Predictions,
  type RegressSignatureName, type Signature, type SignatureName, type Signatures, type TensorSpec,
} from './signatures';
export {
  type BigIntArray, type Example, type Feature, type FeatureValue, type NumberArray, type ResponseValue, type TensorValue,
} from './tensor-values';
