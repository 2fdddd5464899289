/**
 * What an alarm of an endpoint is about.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
 */
export enum AlarmKind {
  /** Requests are answered with a 5XX status. */
  SERVER_ERRORS = 'ServerErrors',

  /** The container takes long to answer. */
  MODEL_LATENCY = 'ModelLatency',

  /** SageMaker adds much time to requests. */
  OVERHEAD_LATENCY = 'OverheadLatency',

  /** The instances have little CPU left. */
  CPU_UTILIZATION = 'CpuUtilization',

  /** An instance, or the container of a serverless variant, has little memory left. */
  MEMORY_UTILIZATION = 'MemoryUtilization',

  /** An instance has little disk left. */
  DISK_UTILIZATION = 'DiskUtilization',

  /** The instances have little GPU left. */
  GPU_UTILIZATION = 'GpuUtilization',

  /** An instance has little GPU memory left. */
  GPU_MEMORY_UTILIZATION = 'GpuMemoryUtilization',

  /** The instances publish nothing. */
  NO_DATA = 'NoData',

  /** A request to an asynchronous endpoint is old. */
  AGE_OF_OLDEST_REQUEST = 'AgeOfOldestRequest',

  /** Requests to an asynchronous endpoint wait, and it has no instance. */
  BACKLOG_WITHOUT_CAPACITY = 'BacklogWithoutCapacity',

  /** Asynchronous requests fail. */
  INVOCATION_FAILURES = 'InvocationFailures',

  /** Asynchronous requests wait longer than they may. */
  EXPIRED_REQUESTS = 'ExpiredRequests',

  /** Asynchronous requests cannot be read from S3. */
  REQUEST_DOWNLOAD_FAILURES = 'RequestDownloadFailures',

  /** Answers to asynchronous requests cannot be written to S3. */
  RESPONSE_UPLOAD_FAILURES = 'ResponseUploadFailures',

  /** A topic cannot be told of asynchronous requests. */
  NOTIFICATION_FAILURES = 'NotificationFailures',

  /** A serverless variant answers nearly as many requests at the same time as it may. */
  CONCURRENCY_UTILIZATION = 'ConcurrencyUtilization',

  /** Requests to a multi-model wait long for it to load. */
  MODEL_LOADING = 'ModelLoading',
}
