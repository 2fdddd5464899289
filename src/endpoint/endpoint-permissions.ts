/** Sends a request and waits for its answer. */
export const INVOKE = ['sagemaker:InvokeEndpoint'];

/** Sends a request whose answer is written to S3. */
export const INVOKE_ASYNC = ['sagemaker:InvokeEndpointAsync'];

/** Reads the state of the endpoint. */
export const DESCRIBE = ['sagemaker:DescribeEndpoint'];

/** Looks at the alarms that undo an update. */
export const DESCRIBE_ALARMS = ['cloudwatch:DescribeAlarms'];
