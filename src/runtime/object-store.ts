/** Where the bodies of asynchronous requests and their answers are: objects with addresses such as `s3://bucket/key`. */
export interface ObjectStore {
  /** Writes an object. */
  put(uri: string, body: Uint8Array, contentType: string, signal?: AbortSignal): Promise<void>;

  /**
   * Reads an object.
   *
   * @returns undefined where there is none
   * @throws an error with the status 403 or 404, as the AWS SDK has it, where there is none that can be read
   */
  get(uri: string, signal?: AbortSignal): Promise<Uint8Array | undefined>;

  /** Deletes an object; one that is not there is no error. */
  delete?(uri: string): Promise<void>;
}

interface Location {
  readonly Bucket: string;
  readonly Key: string;
}

type Put = Location & { readonly Body: Uint8Array; readonly ContentType: string };

/** An object as the AWS SDK's S3 client gives it. */
export interface S3Object {
  readonly Body?: { transformToByteArray(): Promise<Uint8Array> };
}

/** What is needed of the AWS SDK's `S3`. */
export interface S3Methods {
  putObject(input: Put, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
  getObject(input: Location, options?: { abortSignal?: AbortSignal }): Promise<S3Object>;
  deleteObject?(input: Location): Promise<unknown>;
}

/** What is needed of the AWS SDK's `S3Client`. */
export interface S3Sender {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  send(command: any, options?: { abortSignal?: AbortSignal }): Promise<any>;
}

/** The AWS SDK's commands for objects, which go with an `S3Client`. */
export interface S3Commands {
  readonly PutObjectCommand: new (input: Put) => unknown;
  readonly GetObjectCommand: new (input: Location) => unknown;
  readonly DeleteObjectCommand?: new (input: Location) => unknown;
}

/**
 * Objects in S3: by the AWS SDK's `S3`, or by its `S3Client` together with the commands, so that a bundle holds no more of it.
 *
 * ```ts nofixture
 * import * as s3 from '@aws-sdk/client-s3';
 * import { s3ObjectStore } from 'cdk-tensorflow-serving/runtime';
 *
 * s3ObjectStore(new s3.S3());
 * s3ObjectStore(new s3.S3Client(), { PutObjectCommand: s3.PutObjectCommand, GetObjectCommand: s3.GetObjectCommand });
 * ```
 */
export function s3ObjectStore(client: S3Methods): ObjectStore;
export function s3ObjectStore(client: S3Sender, commands: S3Commands): ObjectStore;
export function s3ObjectStore(client: S3Methods | S3Sender, commands?: S3Commands): ObjectStore {
  const methods = commands !== undefined ? methodsOf(client as S3Sender, commands) : client as S3Methods;
  return {
    put: async (uri, body, contentType, signal) => {
      await methods.putObject({ ...locationOf(uri), Body: body, ContentType: contentType }, { abortSignal: signal });
    },
    get: async (uri, signal) => (await methods.getObject(locationOf(uri), { abortSignal: signal })).Body?.transformToByteArray(),
    ...methods.deleteObject !== undefined ? {
      delete: async (uri) => {
        await methods.deleteObject!(locationOf(uri));
      },
    } : {},
  };
}

function methodsOf(client: S3Sender, { PutObjectCommand, GetObjectCommand, DeleteObjectCommand }: S3Commands): S3Methods {
  return {
    putObject: (input, options) => client.send(new PutObjectCommand(input), options),
    getObject: (input, options) => client.send(new GetObjectCommand(input), options),
    ...DeleteObjectCommand !== undefined ? { deleteObject: (input) => client.send(new DeleteObjectCommand(input)) } : {},
  };
}

/** The bucket and key of `s3://bucket/key`, which is how SageMaker writes addresses. */
function locationOf(uri: string): Location {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  if (bucket === undefined) {
    throw new TypeError(`the address must be s3://BUCKET/KEY, got: ${uri}`);
  }
  return { Bucket: bucket, Key: key };
}
