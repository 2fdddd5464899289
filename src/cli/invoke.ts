import type { InvokeEndpointCommandInput, SageMakerRuntimeClientConfig } from '@aws-sdk/client-sagemaker-runtime';
import { type Command, CommandError, type Terminal, UsageError } from './command';
import { parseArguments } from './parse-arguments';
import { printable } from './printable';
import { type BodySource, readBody, withSignature } from './request-body';
import { InvalidRequestError, ModelError, TensorFlowServingError, throwIfAny } from '../runtime/errors';
import { checkOptions, invocation, type InvocationOptions, type Method } from '../runtime/invocation';
import { readResponse } from '../runtime/response-body';
import { limited } from '../runtime/retry';
import { servingError } from '../runtime/sdk-error';

const SDK = '@aws-sdk/client-sagemaker-runtime';

/** Of the container's 60 seconds and what comes on top of them. */
const DEFAULT_TIMEOUT = 70;
const MAX_TIMEOUT = 999_999;

/** `invoke`: one request to an endpoint, as it was written. */
export const INVOKE: Command = {
  name: 'invoke',
  synopsis: '--endpoint NAME [--body JSON | --body-file FILE] [OPTION...]',
  summary: 'send a request to an endpoint, and show the answer',
  description: `Sends one request to a SageMaker endpoint, as it was written, and writes the answer as it
came. Without --body and --body-file, the request is what is piped in.

  npx cdk-tensorflow-serving invoke --endpoint NAME --body '{"instances": [1.0, 2.0, 5.0]}'

It needs the AWS SDK (npm install ${SDK}), and
takes the region and credentials where that finds them. For an endpoint on this machine,
credentials and a region need not be there.

Options:
  --endpoint NAME            the name of the endpoint
  --endpoint-url URL         where to send the request, such as http://127.0.0.1:8080
  --region REGION            the region of the endpoint
  --body JSON                the body of the request
  --body-file FILE           a file with the body
  --method METHOD            predict (the default), classify or regress
  --signature NAME           the signature to call, for a body that does not name one
  --variant NAME             the production variant to call
  --target-model KEY         the archive to call, on a multi-model endpoint
  --model-name NAME          the model to call, in a container with several
  --model-version NUMBER     the version of the model
  --custom-attributes TEXT   what inference code is told beside the body
  --content-type TYPE        json (the default), jsonlines, csv, or any media type
  --accept TYPE              what the answer is to be; json is the default
  --timeout SECONDS          how long to wait for the answer; ${DEFAULT_TIMEOUT} is the default
  --help, -h                 show this help`,
  run,
};

const MEDIA_TYPES: Readonly<Record<string, string>> = { json: 'application/json', jsonlines: 'application/jsonlines', csv: 'text/csv' };

const METHODS: readonly string[] = ['predict', 'classify', 'regress'] satisfies Method[];

/** Which option a value came from, by what the client calls it. */
const OPTION_NAMES: Readonly<Record<string, string>> = {
  endpointName: '--endpoint',
  targetVariant: '--variant',
  targetModel: '--target-model',
  modelName: '--model-name',
  modelVersion: '--model-version',
  customAttributes: '--custom-attributes',
};

interface Options extends BodySource {
  readonly endpoint: string;
  readonly endpointUrl?: URL;
  readonly region?: string;
  readonly signature?: string;
  /** In milliseconds. */
  readonly timeout: number;
  readonly parameters: Omit<InvokeEndpointCommandInput, 'Body'>;
}

async function run(argv: string[], terminal: Terminal): Promise<void> {
  const options = parse(argv);
  const given = await readBody(options, terminal);
  const body = options.signature !== undefined ? withSignature(given, options.signature) : given;
  write(terminal, await send(options, body, terminal.env));
}

function parse(argv: string[]): Options {
  const { values, positionals } = parseArguments(argv, {
    'endpoint': { type: 'string' },
    'endpoint-url': { type: 'string' },
    'region': { type: 'string' },
    'body': { type: 'string' },
    'body-file': { type: 'string' },
    'method': { type: 'string', default: 'predict' },
    'signature': { type: 'string' },
    'variant': { type: 'string' },
    'target-model': { type: 'string' },
    'model-name': { type: 'string' },
    'model-version': { type: 'string' },
    'custom-attributes': { type: 'string' },
    'content-type': { type: 'string', default: 'json' },
    'accept': { type: 'string', default: 'json' },
    'timeout': { type: 'string', default: String(DEFAULT_TIMEOUT) },
  });
  const { endpoint, method, region } = values;
  if (positionals.length > 0) {
    throw new UsageError(`unexpected argument: ${positionals[0]}`);
  }
  if (endpoint === undefined) {
    throw new UsageError('--endpoint NAME is missing');
  }
  if (!METHODS.includes(method)) {
    throw new UsageError(`--method must be ${METHODS.join(', ')}, got: ${method}`);
  }
  const timeout = Number(values.timeout);
  if (!(timeout > 0 && timeout <= MAX_TIMEOUT)) {
    throw new UsageError(`--timeout must be a number of seconds, got: ${values.timeout}`);
  }
  const url = values['endpoint-url'];
  return {
    endpoint,
    endpointUrl: url !== undefined ? endpointUrl(url) : undefined,
    region,
    body: values.body,
    bodyFile: values['body-file'],
    signature: values.signature,
    timeout: timeout * 1000,
    parameters: {
      ...parametersOf(endpoint, method as Method, {
        targetVariant: values.variant,
        targetModel: values['target-model'],
        modelName: values['model-name'],
        modelVersion: values['model-version'],
        customAttributes: values['custom-attributes'],
      }),
      ContentType: mediaType('--content-type', values['content-type']),
      Accept: mediaType('--accept', values.accept),
    },
  };
}

function parametersOf(endpointName: string, method: Method, options: InvocationOptions): Options['parameters'] {
  try {
    throwIfAny(endpointName, checkOptions({ endpointName, ...options }));
    return invocation(endpointName, method, {}, options).parameters;
  } catch (error) {
    throw error instanceof InvalidRequestError
      ? new UsageError(error.message.replace(/`(\w+)`/g, (quoted, name: string) => OPTION_NAMES[name] ?? quoted))
      : error;
  }
}

function mediaType(option: string, given: string): string {
  const type = MEDIA_TYPES[given] ?? given;
  if (!/^[!-.0-~]+\/[ -~]+$/.test(type)) {
    throw new UsageError(`${option} must be ${Object.keys(MEDIA_TYPES).join(', ')} or a media type, got: ${given}`);
  }
  return type;
}

function endpointUrl(given: string): URL {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError(`--endpoint-url must be a URL that begins with http:// or https://, got: ${given}`);
  }
  return url;
}

async function send({ endpoint, parameters, timeout, ...options }: Options, body: Uint8Array, env: Terminal['env']): Promise<Uint8Array> {
  const { InvokeEndpointCommand, SageMakerRuntimeClient } = sdk();
  const client = new SageMakerRuntimeClient(clientConfig(options, env));
  const limits = { endpointName: endpoint, attemptTimeout: timeout, isStateless: false };
  try {
    const command = new InvokeEndpointCommand({ ...parameters, Body: body });
    const output = await limited(timeout, limits, (abortSignal) => client.send(command, { abortSignal }));
    // the AWS SDK has null for an empty body
    const answer: Uint8Array = output.Body ?? new Uint8Array();
    refuseError(endpoint, output.InvokedProductionVariant ?? parameters.TargetVariant, answer);
    return answer;
  } catch (error) {
    const { message } = servingError(error, { endpointName: endpoint, targetVariant: parameters.TargetVariant, payloadBytes: body.length });
    throw new CommandError(`${message}${remedyFor(message)}`);
  } finally {
    client.destroy();
  }
}

function sdk(): typeof import('@aws-sdk/client-sagemaker-runtime') {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- nothing else on the command line needs it
    return require('@aws-sdk/client-sagemaker-runtime');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') {
      throw new CommandError(`invoke needs the AWS SDK, which is not installed; run: npm install ${SDK}`);
    }
    throw error;
  }
}

function clientConfig({ endpointUrl: url, region }: Pick<Options, 'endpointUrl' | 'region'>, env: Terminal['env']): SageMakerRuntimeClientConfig {
  const isLocal = url !== undefined && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  const hasCredentials = [env.AWS_ACCESS_KEY_ID, env.AWS_PROFILE].some((value) => value !== undefined && value !== '');
  const regions = [region, env.AWS_REGION, env.AWS_DEFAULT_REGION, isLocal ? 'us-east-1' : undefined];
  const knownRegion = regions.find((value) => value !== undefined && value !== '');
  return {
    maxAttempts: 1,
    ...url !== undefined ? { endpoint: url.href } : {},
    ...knownRegion !== undefined ? { region: knownRegion } : {},
    // nothing on this machine looks at them, but without any the AWS SDK sends nothing
    ...isLocal && !hasCredentials ? { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } } : {},
  };
}

/** Older containers pass on TensorFlow Serving's error as a success; whatever else came is an answer. */
function refuseError(endpointName: string, variant: string | undefined, body: Uint8Array): void {
  try {
    readResponse({ endpointName, variant, body }, 'predictions');
  } catch (error) {
    if (error instanceof ModelError || !(error instanceof TensorFlowServingError)) {
      throw error;
    }
  }
}

function remedyFor(message: string): string {
  if (message.includes('Region is missing')) {
    return '; give --region, or set AWS_REGION';
  }
  return message.includes('Could not load credentials') ? '; set up credentials as for the AWS CLI' : '';
}

function write({ stdout }: Terminal, answer: Uint8Array): void {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(answer);
  } catch {
    stdout.write(answer);
    return;
  }
  stdout.write(stdout.isTTY === true ? printable(text) : text);
  if (!text.endsWith('\n')) {
    stdout.write('\n');
  }
}
