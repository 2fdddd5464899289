import type { TensorFlowBatchTransformProps } from './tensorflow-batch-transform-props';
import { captureDirectory } from './transform-data-capture';
import { TransformS3DataType } from './transform-data-source';
import { TransformFormat } from './transform-format';
import { keyIdOf, s3Uri } from '../private/s3-directory';

type Parameters = { readonly [name: string]: unknown };

/** What a request is made of beside the props. */
export interface TransformRequestParts {
  readonly modelName: string;
  /** The tags as SageMaker takes them. */
  readonly tags: unknown;
}

/** What to ask of SageMaker. */
export interface TransformRequest {
  /**
   * The parameters of CreateTransformJob, in its words, except for what each job has of its own: its name, the address of its input, and
   * that of its output. Values may be tokens.
   */
  readonly parameters: Parameters;
  /** What the addresses of inputs stand for. */
  readonly dataType: TransformS3DataType;
  /** The address that each job's output has its name added to, after a slash. */
  readonly outputUri: string;
}

/** The request of all jobs of a batch transform, with which nothing is wrong. */
export function transformRequest(props: TensorFlowBatchTransformProps, { modelName, tags }: TransformRequestParts): TransformRequest {
  const { contentType, splitType, batchStrategy, accept, assembleWith } = (props.format ?? TransformFormat.jsonLines())._options;
  const { input, output, run, inputFilter, outputFilter, joinSource, invocationTimeout, invocationRetries, dataCapture, experiment } = props;
  const dataType = run?._arrival?.kind === 'manifest' ? TransformS3DataType.MANIFEST : input._source.dataType;
  return {
    parameters: withoutUndefined({
      ModelName: modelName,
      TransformInput: withoutUndefined({
        DataSource: { S3DataSource: { S3DataType: dataType } },
        ContentType: contentType,
        CompressionType: input._compression,
        SplitType: splitType,
      }),
      TransformOutput: withoutUndefined({ KmsKeyId: keyIdOf(output._directory), Accept: accept, AssembleWith: assembleWith }),
      TransformResources: withoutUndefined({
        InstanceType: props.instanceType.toString(),
        InstanceCount: props.instanceCount ?? 1,
        VolumeKmsKeyId: props.volumeEncryptionKey?.keyArn,
        TransformAmiVersion: props.amiVersion?.toString(),
      }),
      BatchStrategy: batchStrategy,
      MaxConcurrentTransforms: props.maxConcurrentTransforms,
      MaxPayloadInMB: props.maxPayload?.toMebibytes(),
      ModelClientConfig: orNothing({ InvocationsTimeoutInSeconds: invocationTimeout?.toSeconds(), InvocationsMaxRetries: invocationRetries }),
      DataProcessing: orNothing({ InputFilter: inputFilter, OutputFilter: outputFilter, JoinSource: joinSource }),
      Environment: props.environment,
      DataCaptureConfig: dataCapture === undefined ? undefined : withoutUndefined({
        DestinationS3Uri: s3Uri(captureDirectory(dataCapture)),
        KmsKeyId: keyIdOf(captureDirectory(dataCapture)),
        GenerateInferenceId: dataCapture.generateInferenceId,
      }),
      ExperimentConfig: orNothing({
        ExperimentName: experiment?.experimentName,
        TrialName: experiment?.trialName,
        TrialComponentDisplayName: experiment?.displayName,
        RunName: experiment?.runName,
      }),
      Tags: tags,
    }),
    dataType,
    outputUri: s3Uri(output._directory),
  };
}

/** What is there; nothing, where that is nothing. */
function orNothing(map: Parameters): Parameters | undefined {
  const rest = withoutUndefined(map);
  return Object.keys(rest).length === 0 ? undefined : rest;
}

function withoutUndefined(map: Parameters): Parameters {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined));
}
