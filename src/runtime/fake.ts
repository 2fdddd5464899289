import {
  type InvokeEndpointAsyncCommandOutput, type InvokeEndpointCommand, type InvokeEndpointCommandOutput, InvokeEndpointAsyncCommand,
} from '@aws-sdk/client-sagemaker-runtime';
import { type FakeSageMakerFailure, abortError, containerError, containerSentence, sageMakerError } from './fake-errors';
import { type JsonObject } from './fake-json';
import { columnsOf, decodeColumns, decodeRows, encodeOutputs, encodeRows, parsedRequest, rowsOf, wrapped } from './fake-rows';
import { Refusal, decodeExample, encodeTensor, isObject } from './fake-tensors';
import { type Method } from './invocation';
import { type ModelTypes, type SignatureTypes } from './model-types';
import { type ObjectStore } from './object-store';
import { type AsyncEndpointInvoker } from './predict-async';
import { type EndpointInvoker } from './sender';
import { type ResponseValue, type TensorValue } from './tensor-values';

/** A request that a fake endpoint got. */
export interface FakeCall {
  readonly endpointName: string;
  readonly method: Method;
  readonly signatureName: string;
  readonly isAsync: boolean;
  /** The body as it came. */
  readonly body: string;
  /** The instances, of a predict request in row format that could be read. */
  readonly instances?: ResponseValue[];
  /** The inputs, of a predict request in columnar format that could be read. */
  readonly inputs?: ResponseValue;
  /** The examples, of a classify or regress request that could be read, with the context in each. */
  readonly examples?: Record<string, ResponseValue>[];
  readonly modelName?: string;
  readonly modelVersion?: string;
  readonly targetVariant?: string;
  readonly targetModel?: string;
  readonly inferenceId?: string;
  /** The custom attributes that are not the client's own. */
  readonly customAttributes?: string;
}

/**
 * What goes wrong with a request.
 *
 * A name is an error of SageMaker's, or a connection that breaks; an error is thrown as it is; a status with a body is what
 * the container answers, with status 200 as a success; a delay in milliseconds comes before the usual answer.
 */
export type FakeFailure = FakeSageMakerFailure | Error | { readonly status: number; readonly body: string } | { readonly delay: number };

/** What the fake model answers; each may be a promise, and what it throws is the container's error with status 500. */
export interface FakeTensorFlowServingProps {
  /**
   * What is known of the model; requests that TensorFlow Serving would refuse are then refused.
   * @default - any request that can be read is taken, and whole numbers are what they look like
   */
  readonly model?: ModelTypes<never>;

  /**
   * The variant that answers where none is asked for.
   * @default 'AllTraffic'
   */
  readonly variant?: string;

  /**
   * How long the answer to an asynchronous request takes, in milliseconds.
   * @default - it is there at once
   */
  readonly asyncDelay?: number;

  /** Gives a prediction for an instance. */
  onInstance?(instance: ResponseValue, call: FakeCall): Answer<TensorValue>;

  /** Gives the predictions for all instances of a request. */
  onPredict?(instances: ResponseValue[], call: FakeCall): Answer<TensorValue>;

  /** Gives the outputs for the inputs of a request in columnar format. */
  onInputs?(inputs: ResponseValue, call: FakeCall): Answer<TensorValue>;

  /** Gives the labels and scores of each example. */
  onClassify?(examples: Record<string, ResponseValue>[], call: FakeCall): Answer<readonly (readonly (readonly [label: string, score: number])[])[]>;

  /** Gives a number for each example. */
  onRegress?(examples: Record<string, ResponseValue>[], call: FakeCall): Answer<readonly number[]>;
}

type Answer<T> = T | Promise<T>;

/** An answer of the container. */
interface ContainerAnswer {
  readonly status: number;
  readonly body: string;
}

/** What a client takes from an answer, to a request of either kind. */
type FakeOutput = Pick<InvokeEndpointCommandOutput, 'Body' | 'InvokedProductionVariant' | '$metadata'> & InvokeEndpointAsyncCommandOutput;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * An endpoint for tests, without a network: give it to a client as its `client`.
 *
 * It reads requests as TensorFlow Serving does, lets functions of the test answer, and writes their answers as TensorFlow
 * Serving does. Instances go to `onInstance` or `onPredict`, inputs to `onInputs`; where only the other kind is there, they
 * are turned around. Asynchronous requests are answered in its `store`, which the client must be given as well.
 *
 * ```ts nofixture
 * import { FakeTensorFlowServing, TensorFlowServingClient } from 'cdk-tensorflow-serving/runtime';
 *
 * async function test() {
 *   const fake = new FakeTensorFlowServing({ onInstance: (x) => Number(x) / 2 + 3 });
 *   const client = new TensorFlowServingClient({ endpointName: 'half-plus-three', client: fake });
 *   fake.failNext('throttled');
 *   await client.predict({ instances: [1.0, 2.0, 5.0] }); // { predictions: [3.5, 4, 5.5] }
 *   fake.calls.length; // 2
 * }
 * ```
 */
export class FakeTensorFlowServing implements EndpointInvoker, AsyncEndpointInvoker {
  /** The requests, in the order in which they came. */
  public readonly calls: FakeCall[] = [];

  /** The objects of asynchronous requests and their answers, by their addresses. */
  public readonly objects = new Map<string, Uint8Array>();

  /** The notifications of asynchronous requests that have an answer, as SageMaker publishes them. */
  public readonly notifications: string[] = [];

  /** Reads and writes `objects`. */
  public readonly store: ObjectStore = {
    put: async (uri, body) => {
      this.objects.set(uri, body);
    },
    get: async (uri) => this.objects.get(uri),
    delete: async (uri) => {
      this.objects.delete(uri);
    },
  };

  private readonly failures: FakeFailure[] = [];

  public constructor(private readonly props: FakeTensorFlowServingProps = {}) {}

  /** Lets the next request fail, or as many as `times` says. */
  public failNext(failure: FakeFailure, times = 1): void {
    this.failures.push(...Array<FakeFailure>(times).fill(failure));
  }

  /** Answers a request. */
  public async send(
    command: InvokeEndpointCommand | InvokeEndpointAsyncCommand, { abortSignal }: { abortSignal?: AbortSignal } = {}): Promise<FakeOutput> {
    if (abortSignal?.aborted === true) {
      throw abortError();
    }
    const isAsync = command instanceof InvokeEndpointAsyncCommand;
    const call = this.callOf(command, isAsync);
    this.calls.push(call);
    const failure = this.failures.shift();
    if (typeof failure === 'string') {
      throw sageMakerError(failure);
    }
    if (failure instanceof Error) {
      throw failure;
    }
    const answer = async (): Promise<ContainerAnswer> => {
      if (failure !== undefined && 'delay' in failure) {
        await pause(failure.delay, isAsync ? undefined : abortSignal);
      }
      return failure !== undefined && 'status' in failure ? failure : this.answer(call, command.input.ContentType);
    };
    return isAsync ? this.answerAsync(call, answer) : this.answerNow(call, await answer());
  }

  private answerNow(call: FakeCall, { status, body }: ContainerAnswer): FakeOutput {
    const { targetVariant = this.props.variant ?? 'AllTraffic', endpointName } = call;
    if (status !== 200) {
      throw containerError(endpointName, status, body);
    }
    return {
      Body: new TextEncoder().encode(body) as FakeOutput['Body'],
      InvokedProductionVariant: targetVariant,
      $metadata: { httpStatusCode: 200, requestId: `fake-${this.calls.length}` },
    };
  }

  private async answerAsync(call: FakeCall, answer: () => Promise<ContainerAnswer>): Promise<FakeOutput> {
    const { asyncDelay } = this.props;
    const { inferenceId = `fake-${this.calls.length}`, endpointName } = call;
    const outputLocation = `s3://fake/output/${inferenceId}.out`;
    const failureLocation = `s3://fake/failure/${inferenceId}-error.out`;
    const finish = async () => {
      const { status, body } = await answer();
      const isCompleted = status === 200;
      this.objects.set(isCompleted ? outputLocation : failureLocation, new TextEncoder().encode(body));
      this.notifications.push(JSON.stringify({
        invocationStatus: isCompleted ? 'Completed' : 'Failed',
        ...isCompleted ? {} : { failureReason: containerSentence(status, body) },
        requestParameters: { contentType: 'application/json', endpointName },
        responseParameters: isCompleted ? { contentType: 'application/json', outputLocation } : { contentType: 'application/json', failureLocation },
        inferenceId,
        eventVersion: '1.0',
        eventSource: 'aws:sagemaker',
        eventName: 'InferenceResult',
      }));
    };
    if (asyncDelay === undefined) {
      await finish();
    } else {
      setTimeout(() => void finish(), asyncDelay);
    }
    return {
      InferenceId: inferenceId, OutputLocation: outputLocation, FailureLocation: failureLocation, $metadata: { httpStatusCode: 202 },
    } as FakeOutput;
  }

  private callOf({ input }: InvokeEndpointCommand | InvokeEndpointAsyncCommand, isAsync: boolean): Writable<FakeCall> {
    const attributes = new Map<string, string>();
    const others = (input.CustomAttributes ?? '').split(',').filter((attribute) => {
      const [, name, value] = /^\s*tfs-(method|model-name|model-version)=(.*)$/.exec(attribute) ?? [];
      return name !== undefined ? void attributes.set(name, value) : attribute !== '';
    });
    const location = 'InputLocation' in input ? input.InputLocation : undefined;
    const body = location !== undefined ? this.objects.get(location) : input.Body as Uint8Array | undefined;
    return {
      endpointName: input.EndpointName!,
      method: (attributes.get('method') ?? 'predict') as Method,
      signatureName: 'serving_default',
      isAsync,
      body: new TextDecoder().decode(body),
      modelName: attributes.get('model-name'),
      modelVersion: attributes.get('model-version'),
      targetVariant: 'TargetVariant' in input ? input.TargetVariant : undefined,
      targetModel: 'TargetModel' in input ? input.TargetModel : undefined,
      inferenceId: input.InferenceId,
      customAttributes: others.length > 0 ? others.join(',') : undefined,
    };
  }

  private async answer(call: Writable<FakeCall>, contentType: string | undefined): Promise<ContainerAnswer> {
    try {
      if (contentType !== 'application/json') {
        throw new Refusal(`Unsupported Media Type: ${contentType ?? 'Unknown'}`, 415);
      }
      return { status: 200, body: await this.run(call) };
    } catch (error) {
      const status = error instanceof Refusal ? error.status : 500;
      return { status, body: `{\n    "error": ${JSON.stringify(error instanceof Error ? error.message : String(error))}\n}` };
    }
  }

  private async run(call: Writable<FakeCall>): Promise<string> {
    const request = parsedRequest(call.body);
    const { signature_name: signatureName = 'serving_default', instances, inputs } = request;
    if (typeof signatureName !== 'string') {
      throw new Refusal('JSON object is not formatted correctly. \'signature_name\' key must be a string value.');
    }
    call.signatureName = signatureName;
    const types = this.typesOf(call.method, signatureName);
    if (call.method !== 'predict') {
      return this.runExamples(call, request, types);
    }
    if (instances !== undefined && inputs !== undefined) {
      throw new Refusal('Not formatted correctly expecting only one of \'inputs\' or \'instances\' keys to exist');
    }
    if (instances !== undefined) {
      call.instances = decodeRows(instances, types);
      return wrapped('predictions', encodeRows(await this.predict(call.instances, call), types));
    }
    if (inputs === undefined) {
      throw new Refusal('Missing \'inputs\' or \'instances\' key');
    }
    call.inputs = decodeColumns(inputs, types);
    return wrapped('outputs', encodeOutputs(await this.predictColumns(call.inputs, call), types));
  }

  private async runExamples(call: Writable<FakeCall>, { examples, context }: JsonObject, types: SignatureTypes | undefined): Promise<string> {
    if (!Array.isArray(examples) || examples.length === 0) {
      throw new Refusal(examples === undefined ? 'When method is classify, key \'examples\' is expected and was not found' : 'Example list is empty');
    }
    if (context !== undefined && !isObject(context)) {
      throw new Refusal('Context must be JSON object');
    }
    call.examples = examples.map((example) => decodeExample(isObject(example) ? { ...context, ...example } : example, types?.features));
    const answer = call.method === 'regress' ? this.props.onRegress : this.props.onClassify;
    if (answer === undefined) {
      throw new TypeError(`the fake model cannot ${call.method}; give it \`${call.method === 'regress' ? 'onRegress' : 'onClassify'}\``);
    }
    return wrapped('results', encodeTensor(await answer(call.examples, call), undefined, 'results'));
  }

  private async predict(instances: ResponseValue[], call: FakeCall): Promise<TensorValue> {
    const { onPredict, onInstance, onInputs } = this.props;
    if (onPredict !== undefined) {
      return onPredict(instances, call);
    }
    if (onInstance !== undefined) {
      return Promise.all(instances.map((instance) => onInstance(instance, call)));
    }
    if (onInputs !== undefined) {
      return rowsOf(await onInputs(columnsOf(instances), call));
    }
    throw new TypeError('the fake model cannot predict; give it `onInstance`, `onPredict` or `onInputs`');
  }

  private async predictColumns(inputs: ResponseValue, call: FakeCall): Promise<TensorValue> {
    const { onInputs } = this.props;
    return onInputs !== undefined ? onInputs(inputs, call) : columnsOf(await this.predict(rowsOf(inputs), call) as ResponseValue[]);
  }

  private typesOf(method: Method, signatureName: string): SignatureTypes | undefined {
    const signatures: { readonly [name: string]: SignatureTypes } | undefined = this.props.model?.signatures;
    if (signatures !== undefined && !Object.hasOwn(signatures, signatureName)) {
      throw new Refusal(method === 'predict'
        ? `Serving signature name: "${signatureName}" not found in signature def`
        : `No signature was found with the name: ${signatureName}`);
    }
    return signatures?.[signatureName];
  }
}

/** Waits, or until the signal ends it. */
function pause(delay: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, delay);
    const abort = () => {
      clearTimeout(timer);
      reject(abortError());
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
}
